"""Telegram's markup as runs of plain words, so that pages and sheets show what the chat shows and nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_BOLD, _ITALIC, _CODE = frozenset(("b", "strong")), frozenset(("i", "em")), frozenset(("code", "pre"))
_LINK = re.compile(r"(https?://|mailto:)")
_MARKS = re.compile(r"\*\*|__|~~|--")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look alike; `link` is an address."""

    words: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[Run] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or "" if tag == "a" else ""
        self._open.append((tag, address if _LINK.match(address) else ""))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place]
                return

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self._open}
        link = next((address for _, address in reversed(self._open) if address), "")
        self.runs.append(Run(data, bool(tags & _BOLD), bool(tags & _ITALIC), bool(tags & _CODE), link))


def runs(text: str) -> list[Run]:
    """A text with markup as runs; tags it does not know leave only their words."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.runs


def bare(text: str) -> str:
    """The words alone."""
    return "".join(run.words for run in runs(text))


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a text."""
    yield from (part.strip("\n") for part in re.split(r"\n[ \t]*\n", text) if part.strip())


def headed(text: str) -> tuple[str, str]:
    """A card's bold first line and the rest; ("", text) where it begins otherwise."""
    found = re.fullmatch(r"<b>([^<>\n]+)</b>\n+(.*)", text, re.DOTALL)
    return (found[1], found[2]) if found else ("", text)


def as_html(text: str) -> str:
    """Runs as HTML that is safe to put into a page."""
    return "".join(_html(run) for run in runs(text))


def _html(run: Run) -> str:
    words = html.escape(run.words, quote=False).replace("\n", "<br>\n")
    words = f"<code>{words}</code>" if run.code else words
    words = f"<em>{words}</em>" if run.italic else words
    words = f"<strong>{words}</strong>" if run.bold else words
    return f'<a href="{html.escape(run.link)}">{words}</a>' if run.link else words


def as_marks(text: str) -> str:
    """Runs with `**` around what is bold, as a sheet of paper reads it; addresses are written out."""
    return "".join(_marks(run) for run in runs(text))


def _marks(run: Run) -> str:
    words = run.words
    if run.link and run.link.removeprefix("mailto:") not in words:
        words += f" ({run.link})"
    words = _MARKS.sub(lambda found: "\\" + found[0], words).replace("](", "] (")
    return f"**{words}**" if (run.bold or run.code) and words.strip() else words
