"""Deliveries become the right calls, and long texts stay valid."""

import re

import pytest
from hypothesis import given, strategies as st

from bot.errors import Rejected
from bot.flows.vocabulary import Attachment, Button, ReplyButton, Screen, Venue, screen
from bot.i18n import Text, utf16_length
from bot.transport.html import fits, length, shorten, shorten_plain, visible
from bot.transport.render import Call, Upload, render, without_markup
from tests.support.transport import CATALOGUES, delivery, words


def calls(shown: Screen, **more: object) -> tuple[Call, ...]:
    return render(delivery(shown, **more), CATALOGUES)


def only(shown: Screen, **more: object) -> Call:
    (call,) = calls(shown, **more)
    return call


def test_paragraphs_are_joined_by_a_blank_line_and_values_are_escaped():
    call = only(screen(Text("hello", {"name": "A & <B>"}), Text("plain")))
    assert call.method == "sendMessage"
    assert call.params == {
        "chat_id": 7, "text": "Hello <b>A &amp; &lt;B&gt;</b>\n\nJust words", "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True}, "disable_notification": True,
    }  # fmt: skip


def test_safety_is_not_silent_and_protected_content_is_protected():
    call = only(words("x", protect=True), silent=False)
    assert "disable_notification" not in call.params
    assert call.params["protect_content"] is True


def test_inline_buttons_carry_data_or_an_address():
    rows = ((Button(Text("ok"), "a:b"), Button(Text("ok"), url="https://example.org")),)
    markup = only(words("x", rows=rows), language="fr").params["reply_markup"]
    assert markup == {"inline_keyboard": [[
        {"text": "Tout va bien", "callback_data": "a:b"}, {"text": "Tout va bien", "url": "https://example.org"},
    ]]}  # fmt: skip


@pytest.mark.parametrize("data", ["", None, "x" * 65, "é" * 33])
def test_impossible_callback_data_is_refused(data: str | None):
    with pytest.raises(Rejected, match="64 bytes"):
        calls(words("x", rows=((Button(Text("ok"), data),),)))


def test_reply_keyboards_come_and_go():
    shown = Screen((Text("plain"),), reply=((ReplyButton(Text("ok"), location=True), ReplyButton(Text("plain"))),))
    assert only(shown).params["reply_markup"] == {
        "keyboard": [[{"text": "I'm fine", "request_location": True}, {"text": "Just words"}]],
        "resize_keyboard": True,
    }
    assert only(Screen((Text("plain"),), reply=())).params["reply_markup"] == {"remove_keyboard": True}


def test_an_edit_names_its_message_and_takes_away_old_buttons():
    call = only(words("new"), edits=31)
    assert (call.method, call.params["message_id"]) == ("editMessageText", 31)
    assert "reply_markup" not in call.params
    assert "disable_notification" not in call.params


@pytest.mark.parametrize(
    "more",
    [{"attachment": Attachment("photo", file_id="F")}, {"venue": Venue(1.0, 2.0, "a", "b")}, {"reply": ()}],
)
def test_what_cannot_be_edited_in_is_sent_anew(more: dict[str, object]):
    assert calls(words("x", **more), edits=31)[-1].method.startswith("send")


@pytest.mark.parametrize(
    ("kind", "method"), [("photo", "sendPhoto"), ("document", "sendDocument"), ("voice", "sendVoice")]
)
def test_attachments_have_their_own_methods(kind: str, method: str):
    call = only(words("look", attachment=Attachment(kind, file_id="F")))
    assert (call.method, call.params[kind], call.params["caption"]) == (method, "F", "look")
    upload = only(words("look", attachment=Attachment(kind, path="exports/a.json", name="a.json")))
    assert upload.uploads == {kind: Upload("exports/a.json", "a.json")}
    assert kind not in upload.params


def test_an_attachment_needs_no_words():
    assert "caption" not in only(Screen((), attachment=Attachment("photo", file_id="F"))).params


def test_an_unknown_attachment_is_refused():
    with pytest.raises(Rejected, match="photo, document or voice"):
        calls(words("x", attachment=Attachment("hologram", file_id="F")))


def test_a_place_alone_is_one_call_with_its_buttons():
    venue = Venue(47.2, -1.5, "Hospital", "1 place Ricordeau")
    call = only(Screen((), rows=((Button(Text("ok"), "a"),),), venue=venue))
    assert (call.method, call.params["title"]) == ("sendVenue", "Hospital")
    assert "reply_markup" in call.params


def test_a_place_with_words_is_two_calls_and_the_words_have_the_buttons():
    first, last = calls(words("x", venue=Venue(47.2, -1.5, "a", "b"), rows=((Button(Text("ok"), "a"),),)))
    assert (first.method, last.method) == ("sendVenue", "sendMessage")
    assert "reply_markup" in last.params
    assert "reply_markup" not in first.params


def test_nothing_to_say_is_still_a_message():
    assert only(words("  ")).params["text"] == "…"


def test_a_long_text_ends_visibly_and_closes_its_tags():
    text = only(Screen((Text("long"),))).params["text"]
    assert text.endswith("word…</b>")
    assert 4080 < length(text) <= 4096


def test_a_long_caption_is_held_to_its_own_limit():
    caption = only(Screen((Text("long"),), attachment=Attachment("photo", file_id="F"))).params["caption"]
    assert 1000 < length(caption) <= 1024


def test_plain_text_is_what_the_reader_would_have_seen():
    call = without_markup(Call("sendMessage", {"text": "<b>a &amp; b</b> <i>", "parse_mode": "HTML"}))
    assert call.params == {"text": "a & b "}


@pytest.mark.parametrize(
    ("markup", "limit", "expected"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("<b>one two</b> three", 9, "<b>one two</b>…"),
        ("<b>one <i>two</i></b>", 6, "<b>one…</b>"),
        ("&lt;&lt;&lt;&lt;", 3, "&lt;&lt;…"),
        ("abcdefghij", 5, "abcd…"),
        ("😀😀😀", 4, "😀…"),
        ('<a href="https://x">one two</a>', 5, '<a href="https://x">one…</a>'),
    ],
)
def test_shortening(markup: str, limit: int, expected: str):
    assert shorten(markup, limit) == expected


_PIECES = st.lists(
    st.sampled_from(["<b>", "</b>", "<i>", "</i>", "&amp;", "&lt;", "word ", "é", "😀", "\n", "x" * 9]), max_size=40
)


@given(_PIECES, st.integers(2, 60))
def test_a_shortened_text_always_fits_and_is_balanced(pieces: list[str], limit: int):
    markup = _balanced(pieces)
    short = shorten(markup, limit)
    assert fits(short, limit)
    assert _balanced(re.findall(r"</?[bi]>|[^<]+", short)) == short
    assert visible(markup).startswith(visible(short).removesuffix("…").rstrip()) or short == markup


def _balanced(pieces: list[str]) -> str:
    """Pieces with closing tags only where they fit, and all tags closed."""
    out, stack = [], []
    for piece in pieces:
        if piece in ("</b>", "</i>"):
            if not stack or stack[-1] != piece:
                continue
            stack.pop()
        elif piece in ("<b>", "<i>"):
            stack.append(piece.replace("<", "</"))
        out.append(piece)
    return "".join(out + stack[::-1])


@given(st.text(max_size=80), st.integers(1, 60))
def test_shortened_plain_text_always_fits(text: str, limit: int):
    assert utf16_length(shorten_plain(text, limit)) <= max(limit, 1)
