"""Telegram's HTML: counting and shortening it the way Telegram does, after parsing, in UTF-16 units.

Tags and the four named entities: Bot API, "HTML style".
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from bot.i18n import utf16_length

ELLIPSIS = "…"
LONGEST_WORD = 32  # a longer one is cut in the middle

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9-]*)([^<>]*)>|&(?:#x?[0-9a-f]+|[a-z]+);|[^<&]+|[<&]", re.IGNORECASE)


def visible(markup: str) -> str:
    """The text a reader sees, without markup."""
    return "".join(html.unescape(token) for token, tag in _tokens(markup) if tag is None)


def length(markup: str) -> int:
    """Length after parsing, in UTF-16 code units."""
    return utf16_length(visible(markup))


def fits(markup: str, limit: int) -> bool:
    """Is the parsed text at most `limit` UTF-16 units long?"""
    # The markup is never shorter than what is seen of it, so nearly every text needs one cheap look only.
    return len(markup) * 2 <= limit or utf16_length(markup) <= limit or length(markup) <= limit


def shorten(markup: str, limit: int) -> str:
    """`markup` unchanged if it fits, else cut at a word boundary, ended by "…", with every open tag closed."""
    if fits(markup, limit):
        return markup
    kept: list[str] = []
    open_tags: list[str] = []
    room = limit - utf16_length(ELLIPSIS)
    for token, tag in _tokens(markup):
        if tag is not None:
            _track(token, tag, open_tags)
            kept.append(token)
            continue
        size = utf16_length(html.unescape(token))
        if size > room:
            head = "" if token.startswith("&") else _cut(token, room)
            if not kept or len(head) > LONGEST_WORD or any(c.isspace() for c in token[: len(head) + 1]):
                kept.append(head)
            break
        room -= size
        kept.append(token)
    while kept and open_tags and kept[-1].startswith("<") and not kept[-1].startswith("</"):
        kept.pop()  # nothing of what it was to mark is left
        open_tags.pop()
    closing = "".join(f"</{tag}>" for tag in reversed(open_tags))
    return "".join(kept).rstrip() + ELLIPSIS + closing


def shorten_plain(text: str, limit: int) -> str:
    """The same for text without markup."""
    if utf16_length(text) <= limit:
        return text
    return _cut(text, limit - utf16_length(ELLIPSIS)).rstrip() + ELLIPSIS


def _tokens(markup: str) -> Iterator[tuple[str, str | None]]:
    for match in _TOKEN.finditer(markup):
        tag = match[2]
        yield match[0], tag.lower() if tag else None


def _track(token: str, tag: str, open_tags: list[str]) -> None:
    if not token.startswith("</"):
        open_tags.append(tag)
    elif open_tags and open_tags[-1] == tag:
        open_tags.pop()


def _cut(text: str, room: int) -> str:
    # Decoding with "ignore" drops half of a surrogate pair at the edge.
    head = text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore")
    boundary = max(head.rfind(" "), head.rfind("\n"))
    if len(text) > len(head) and text[len(head)].isspace():
        return head
    # A word without end is cut in the middle rather than half of the text dropped.
    return head[:boundary] if boundary >= len(head) // 2 else head
