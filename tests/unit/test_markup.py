"""Telegram's HTML: what is allowed and how long it is."""

import pytest

from bot.content.markup import length, problems, visible


@pytest.mark.parametrize(
    "wording",
    [
        "plain words & an ampersand, 3 > 2",
        "<b>bold <i>and italic</i></b>",
        '<a href="https://europa.eu/youreurope?a=1&amp;b=2">link</a>',
        '<a href="{url}">link</a>',
        '<a href="tg://user?id=1">person</a>',
        '<pre><code class="language-python">x = 1</code></pre>',
        "<blockquote expandable>long</blockquote>",
        "<tg-spoiler>surprise</tg-spoiler>",
        '<span class="tg-spoiler">surprise</span>',
        "1 &lt; 2, &#233; and &#xE9;",
        "<B>shouting</B>",
    ],
)
def test_what_telegram_takes_is_no_problem(wording):
    assert list(problems(wording)) == []


@pytest.mark.parametrize(
    "wording, said",
    [
        ("1 < 2", "'<' that begins no tag"),
        ("<b>bold", "does not close <b>"),
        ("bold</b>", "closes </b>, which is not open"),
        ("<b><i>x</b></i>", "closes </b> before </i>"),
        ("<p>x</p>", "uses <p>"),
        ("line<br>line", "uses <br>"),
        ('<b class="x">y</b>', "gives <b> attributes"),
        ("<a>link</a>", "malformed <a>"),
        ('<a href="javascript:x">link</a>', "malformed <a"),
        ("<span>x</span>", "malformed <span>"),
        ("<code><b>x</b></code>", "within code"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "blockquote within a blockquote"),
        ("a&nbsp;b", "&nbsp;, which Telegram does not know"),
    ],
)
def test_what_telegram_refuses_or_shows_raw_is_named(wording, said):
    assert any(said in problem for problem in problems(wording))


def test_length_counts_what_is_left_after_parsing_in_utf16_units():
    assert visible("<b>1 &lt; 2</b>") == "1 < 2"
    assert length("<b>1 &lt; 2</b>") == 5
    assert length("👋") == 2
