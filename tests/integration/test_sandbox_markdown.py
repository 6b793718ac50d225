"""Telegram's MarkdownV2 parse mode, as a table."""

from typing import Any

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.markdown_mode import parse_markdown


def _e(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


PARSED = [
    ("*b* _i_ __u__ ~s~ ||p||", "b i u s p",
     [_e("bold", 0, 1), _e("italic", 2, 1), _e("underline", 4, 1), _e("strikethrough", 6, 1), _e("spoiler", 8, 1)]),
    ("😀 *x*", "😀 x", [_e("bold", 3, 1)]),
    (r"1\.5 \- \*no\*", "1.5 - *no*", []),
    ("`a*b`", "a*b", [_e("code", 0, 3)]),
    ("```python\nx = 1```", "x = 1", [_e("pre", 0, 5, language="python")]),
    ("```\nx```", "x", [_e("pre", 0, 1)]),
    ("[t](https://example.org)", "t", [_e("text_link", 0, 1, url="https://example.org/")]),
    (r"[t](https://example.org/a\)b)", "t", [_e("text_link", 0, 1, url="https://example.org/a)b")]),
    ("[t](tg://user?id=7)", "t", [_e("text_mention", 0, 1, user={"id": 7})]),
    ("![👍](tg://emoji?id=5368324170671202286)", "👍",
     [_e("custom_emoji", 0, 2, custom_emoji_id="5368324170671202286")]),
    ("*a _b_ c*", "a b c", [_e("bold", 0, 5), _e("italic", 2, 1)]),
    (">q\n>r\nafter", "q\nr\nafter", [_e("blockquote", 0, 4)]),
    (">q", "q", [_e("blockquote", 0, 1)]),
    (">q\n>r||", "q\nr", [_e("expandable_blockquote", 0, 3)]),
    ("**", "", []),
]  # fmt: skip

REFUSED = [
    ("a.b", "Character '.' is reserved and must be escaped with the preceding '\\'"),
    ("a!", "Character '!' is reserved and must be escaped with the preceding '\\'"),
    ("a|b", "Character '|' is reserved and must be escaped with the preceding '\\'"),
    ("a > b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
    ("é*x", "Can't find end of Bold entity at byte offset 2"),
    ("_x", "Can't find end of Italic entity at byte offset 0"),
    ("```py\nx", "Can't find end of PreCode entity at byte offset 0"),
    ("[t](http://a.b", "Can't find end of a URL at byte offset 4"),
    ("![x]", "Custom emoji entity must contain a tg://emoji URL"),
]  # fmt: skip


@pytest.mark.parametrize("source, text, entities", PARSED)
def test_markdown_becomes_text_and_entities(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_markdown(source) == (text, entities)


@pytest.mark.parametrize("source, reason", REFUSED)
def test_bad_markdown_is_refused(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_markdown(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"
