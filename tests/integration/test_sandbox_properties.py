"""Whatever is written, the parse modes answer with entities that fit the text, or refuse; the page's HTML is safe."""

import re
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, strategies as st

from bot.sandbox.entities import settle, utf16_length, with_found
from bot.sandbox.errors import ApiError
from bot.sandbox.html_mode import parse_html
from bot.sandbox.markdown_mode import parse_markdown
from bot.sandbox.render import to_html

_HTML_BITS = [
    "<b>", "</b>", "<i>", "</i>", "<code>", "</code>", "<pre>", "</pre>", "<a href='https://a.eu'>", "<a>", "</a>",
    "</>", "<blockquote expandable>", "</blockquote>", "<span class=\"tg-spoiler\">", "</span>", "<", ">", "&", "&lt;",
    "&#128512;", "😀", "é", " ", "\n", "\r", "x", "\u202e", "javascript:", '"', "a.eu", "/go",
]  # fmt: skip
_MARKDOWN_BITS = [
    "*",
    "_",
    "__",
    "~",
    "||",
    "`",
    "```",
    "[",
    "](",
    ")",
    ">",
    "\n",
    "\\",
    "!",
    "😀",
    "x",
    " ",
    "![",
    "a.eu",
]
_KINDS = ["bold", "italic", "code", "pre", "text_link", "blockquote", "spoiler", "underline"]
_TAG = re.compile(r'</?(?:b|i|u|s|code|pre|blockquote|a|span)(?: (?:class|href|target|rel)="[^"<>]*")*>')


def _soup(bits: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(bits), max_size=14).map("".join) | st.text(max_size=20)


def _check(text: str, entities: list[dict[str, Any]]) -> None:
    text, entities = settle(text, entities)
    entities = with_found(text, entities)
    end = utf16_length(text)
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= end
    _check_html(to_html(text, entities))


def _check_html(html: str) -> None:
    """Only known tags, all closed in order, no address but http, https and tg."""
    assert "<" not in _TAG.sub("", html)

    class Reader(HTMLParser):
        opened: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.opened = [*self.opened, tag]
            assert all(not (value or "").lower().startswith("javascript") for name, value in attrs if name == "href")

        def handle_endtag(self, tag: str) -> None:
            assert self.opened[-1] == tag
            self.opened = self.opened[:-1]

    reader = Reader()
    reader.feed(html)
    assert reader.opened == []


@given(_soup(_HTML_BITS))
def test_html_fits_or_is_refused(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except ApiError:
        return
    _check(text, entities)


@given(_soup(_MARKDOWN_BITS))
def test_markdown_fits_or_is_refused(source: str) -> None:
    try:
        text, entities = parse_markdown(source)
    except ApiError:
        return
    _check(text, entities)


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.sampled_from(_KINDS), st.integers(0, 30), st.integers(1, 30)), max_size=6),
)
def test_given_entities_that_cross_are_put_in_order(text: str, wanted: list[tuple[str, int, int]]) -> None:
    end = utf16_length(text)
    entities = [
        {"type": kind, "offset": start, "length": min(length, end - start), "url": "https://a.eu/"}
        for kind, start, length in wanted
        if start < end
    ]
    _check(text, entities)
