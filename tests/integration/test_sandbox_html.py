"""Telegram's HTML parse mode, as a table: text, entities in UTF-16 units, errors with byte offsets."""

from typing import Any

import pytest

from bot.sandbox.entities import settle, tidy
from bot.sandbox.errors import ApiError
from bot.sandbox.html_mode import parse_html


def _e(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


PARSED = [
    ("plain", "plain", []),
    ("<b>bold</b>", "bold", [_e("bold", 0, 4)]),
    ("<strong>a</strong><em>b</em><ins>c</ins><del>d</del><strike>e</strike>", "abcde",
     [_e("bold", 0, 1), _e("italic", 1, 1), _e("underline", 2, 1), _e("strikethrough", 3, 1),
      _e("strikethrough", 4, 1)]),
    ("<B>upper</B>", "upper", [_e("bold", 0, 5)]),
    ("😀<b>x</b>", "😀x", [_e("bold", 2, 1)]),
    ("<b>😀</b>é<i>y</i>", "😀éy", [_e("bold", 0, 2), _e("italic", 3, 1)]),
    ("<b>👨‍👩‍👧</b>", "👨‍👩‍👧", [_e("bold", 0, 8)]),
    ("<b>a<i>b</i>c</b>", "abc", [_e("bold", 0, 3), _e("italic", 1, 1)]),
    ("<i><b>x</b></i>", "x", [_e("bold", 0, 1), _e("italic", 0, 1)]),
    ("a &lt; b &amp;&amp; c &gt; d &quot;e&quot;", 'a < b && c > d "e"', []),
    ("&#128512;&#x1F600;", "😀😀", []),
    ("&#128512;<b>x</b>", "😀x", [_e("bold", 2, 1)]),
    ("&nbsp; &copy; &", "&nbsp; &copy; &", []),
    ("&lt", "<", []),
    ("&apos;", "&apos;", []),
    ("&#0; &#x110000;", "&#0; &#x110000;", []),
    ('<a href="https://example.org/?a=1&amp;b=2">x</a>', "x", [_e("text_link", 0, 1, url="https://example.org/?a=1&b=2")]),
    ("<a href='https://example.org'>x</a>", "x", [_e("text_link", 0, 1, url="https://example.org/")]),
    ("<a href=example.org>x</a>", "x", [_e("text_link", 0, 1, url="http://example.org/")]),
    ("<a>https://example.org/x</a>", "https://example.org/x", [_e("text_link", 0, 21, url="https://example.org/x")]),
    ('<a href="tg://user?id=5000000001">Ana</a>', "Ana", [_e("text_mention", 0, 3, user={"id": 5000000001})]),
    ('<a href="javascript:alert(1)">x</a>', "x", []),
    ('<a href="http://localhost:8080/">x</a>', "x", []),
    ('<a href="mailto:a@b.eu">x</a>', "x", []),
    ("<tg-spoiler>x</tg-spoiler>", "x", [_e("spoiler", 0, 1)]),
    ('<span class="tg-spoiler">x</span>', "x", [_e("spoiler", 0, 1)]),
    ("<blockquote>x</blockquote>", "x", [_e("blockquote", 0, 1)]),
    ("<blockquote expandable>x</blockquote>", "x", [_e("expandable_blockquote", 0, 1)]),
    ("<blockquote expandable=\"\">x</blockquote>", "x", [_e("expandable_blockquote", 0, 1)]),
    ("<code>x</code>", "x", [_e("code", 0, 1)]),
    ('<code class="language-python">x</code>', "x", [_e("code", 0, 1)]),
    ("<pre>x</pre>", "x", [_e("pre", 0, 1)]),
    ('<pre><code class="language-python">x</code></pre>', "x", [_e("pre", 0, 1, language="python")]),
    ('<code class="language-python"><pre>x</pre></code>', "x", [_e("pre", 0, 1, language="python")]),
    ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍",
     [_e("custom_emoji", 0, 2, custom_emoji_id="5368324170671202286")]),
    ("<b></b>x", "x", []),
    ("<b>x</>", "x", [_e("bold", 0, 1)]),
    ("<b >x</b >", "x", [_e("bold", 0, 1)]),
    ('<b id="1">x</b>', "x", [_e("bold", 0, 1)]),
    ("a > b", "a > b", []),
]  # fmt: skip

REFUSED = [
    ("<br>", 'Unsupported start tag "br" at byte offset 0'),
    ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
    ("😀<script>", 'Unsupported start tag "script" at byte offset 4'),
    ("1 < 2 > 3", 'Unsupported start tag "" at byte offset 2'),
    ("I <3 you", 'Unsupported start tag "3" at byte offset 2'),
    ("I <3", "Unclosed start tag at byte offset 2"),
    ("<b", "Unclosed start tag at byte offset 0"),
    ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
    ('<a href="x', "Unclosed start tag at byte offset 0"),
    ("<a href=x$y>z</a>", "Unexpected end of name token at byte offset 8"),
    ('<a ="x">z</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ("<b><i>é</b></i>", 'Unmatched end tag at byte offset 8, expected "</i>", found "</b>"'),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<span class="red">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<tg-emoji emoji-id="x">x</tg-emoji>', "Invalid custom emoji identifier specified"),
    ("&#xD83D;&#xDE00;", "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                         "surrogate code units"),
]  # fmt: skip


@pytest.mark.parametrize("source, text, entities", PARSED)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize("source, reason", REFUSED)
def test_bad_html_is_refused_with_the_byte_offset(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


def test_styles_stop_at_code() -> None:
    _, entities = parse_html("<b>ab<code>cd</code>ef</b>")
    assert tidy(entities) == [_e("bold", 0, 2), _e("code", 2, 2), _e("bold", 4, 2)]


def test_a_style_inside_the_same_style_is_one() -> None:
    _, entities = parse_html("<b>a<b>b</b>c</b>")
    assert tidy(entities) == [_e("bold", 0, 3)]


def test_a_quote_inside_a_quote_vanishes() -> None:
    _, entities = parse_html("<blockquote>a<blockquote>b</blockquote></blockquote>")
    assert tidy(entities) == [_e("blockquote", 0, 2)]


def test_blanks_at_the_ends_are_trimmed_with_their_entities() -> None:
    assert settle(*parse_html("  \n x <b>y  </b>\n")) == ("x y", [_e("bold", 2, 1)])


def test_an_entity_of_blanks_vanishes() -> None:
    assert settle(*parse_html("a<b>  </b>b")) == ("a  b", [])


def test_direction_overrides_are_dropped_and_entities_move() -> None:
    assert settle(*parse_html("a\u202eb<b>c</b>")) == ("abc", [_e("bold", 2, 1)])
