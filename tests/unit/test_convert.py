"""Every shape of update becomes the right event."""

from typing import Any

import pytest
from telegram import Update

from bot.flows.vocabulary import (
    Command,
    Document,
    Edited,
    Event,
    Forwarded,
    Group,
    Incoming,
    Membership,
    Other,
    Photo,
    Place,
    Start,
    Tap,
    Voice,
    Words,
)
from bot.transport.convert import incoming, plainly

ANA = {"id": 7, "is_bot": False, "first_name": "Ana", "language_code": "pt-PT"}
BOT = {"id": 100, "is_bot": True, "first_name": "Compagnon", "username": "compagnon_demo_bot"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ana"}
FILE = {"file_id": "F", "file_unique_id": "U"}
SMALL = {**FILE, "width": 1, "height": 1}
ANYWHERE = {"latitude": 47.2, "longitude": -1.5}
GROUPS = [{"id": -5, "type": kind, "title": "Class"} for kind in ("group", "supergroup", "channel")]


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 31, "date": 1_770_000_000, "chat": PRIVATE, "from": ANA, **fields}


def read(**update: Any) -> Incoming | None:
    """As the library reads it; where it can be read without, that comes to the same."""
    raw = {"update_id": 5, **update}
    found, plain = incoming(Update.de_json(raw, None)), plainly(raw)
    assert plain in (None, found)
    return found


def event(**fields: Any) -> Event | None:
    said = read(message=message(**fields))
    return said.event if said else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello", Words("Hello", 31)),
        ("nu\0ll", Words("null", 31)),
        ("/start", Start()),
        ("/start abc_DEF-1", Start("abc_DEF-1")),
        ("/START", Start()),
        ("/menu", Command("menu")),
        ("/sos@compagnon_demo_bot", Command("sos")),
        ("/SOS!", Command("sos", "!")),
        ("/kit  where is the\nhospital? ", Command("kit", "where is the\nhospital?")),
        ("/kit@compagnon_demo_bot bus", Command("kit", "bus")),
        ("/etc/passwd", Words("/etc/passwd", 31)),
        ("/ menu", Words("/ menu", 31)),
        ("see /menu", Words("see /menu", 31)),
        ("/", Words("/", 31)),
        ("/é", Words("/é", 31)),
    ],
)
def test_text_becomes_words_or_a_command(text: str, expected: Event):
    assert event(text=text) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"photo": [SMALL, {**SMALL, "file_id": "BIG"}], "caption": "my bus"}, Photo("BIG", "my bus")),
        ({"voice": {**FILE, "duration": 12}}, Voice("F", 12)),
        ({"document": {**FILE, "file_name": "cv.pdf"}}, Document("F", "cv.pdf")),
        ({"location": ANYWHERE}, Place(47.2, -1.5)),
        ({"location": {**ANYWHERE, "live_period": 900}}, Place(47.2, -1.5, live=True)),
        ({"location": ANYWHERE, "venue": {"location": ANYWHERE, "title": "Bar", "address": "Quai"}}, Place(47.2, -1.5)),
        ({"sticker": {**FILE, "width": 1, "height": 1, "type": "regular", "is_animated": False, "is_video": False}},
         Other("sticker")),
        ({"contact": {"phone_number": "+33", "first_name": "Bo"}}, Other("contact")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Other("dice")),
        ({"animation": {**FILE, "width": 1, "height": 1, "duration": 1}, "document": FILE}, Other("animation")),
        ({"hologram": {"depth": 3}}, Other("hologram")),
        ({"text": "hi", "reply_to_message": message(text="x") | {"message_id": 12}}, Words("hi", 31, 12)),
        ({"text": "/sos", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "X"}},
         Forwarded("/sos")),
        ({"caption": "look", "photo": [{**FILE, "width": 1, "height": 1}],
          "forward_origin": {"type": "channel", "date": 1, "message_id": 2, "chat": GROUPS[2]}}, Forwarded("look")),
        ({"text": "/sos", "via_bot": BOT}, Forwarded("/sos")),
        ({"pinned_message": message(text="x")}, None),
        ({"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}}, None),
    ],
)  # fmt: skip
def test_what_is_not_text(fields: dict[str, Any], expected: Event | None):
    assert event(**fields) == expected


def test_who_wrote_comes_along():
    said = read(message=message(text="hi"))
    assert said == Incoming(5, 7, Words("hi", 31), "pt-PT", "Ana")


def test_edited_words_and_captions_are_edits():
    said = read(edited_message=message(text="/sos now"))
    assert said is not None
    assert said.event == Edited("/sos now", 31)
    said = read(edited_message=message(caption="bus", photo=[{**FILE, "width": 1, "height": 1}]))
    assert said is not None
    assert said.event == Edited("bus", 31)


def test_a_live_location_moves_until_it_ends():
    said = read(edited_message=message(location={**ANYWHERE, "live_period": 900}))
    assert said is not None
    assert said.event == Place(47.2, -1.5, live=True, update=True)
    said = read(edited_message=message(location=ANYWHERE))
    assert said is not None
    assert said.event == Place(47.2, -1.5, live=False, update=True)


def tapped(**fields: Any) -> Incoming | None:
    return read(callback_query={"id": "q1", "from": ANA, "chat_instance": "c", **fields})


def test_a_tap_brings_its_message_and_query():
    assert tapped(data="menu:kit", message=message(text="x")) == Incoming(
        5, 7, Tap("menu:kit", 31), "pt-PT", "Ana", "q1"
    )


def test_a_tap_on_a_message_too_old_to_show_still_counts():
    said = tapped(data="menu:kit", message={"chat": PRIVATE, "message_id": 3, "date": 0})
    assert said is not None
    assert said.event == Tap("menu:kit", 3)


def test_a_tap_without_message_or_data_is_still_answered():
    said = tapped(game_short_name="x")
    assert said == Incoming(5, 7, Tap(""), "pt-PT", "Ana", "q1")


@pytest.mark.parametrize("chat", GROUPS, ids=lambda chat: str(chat["type"]))
def test_anything_from_a_group_is_group(chat: dict[str, Any]):
    for update in (
        read(message=message(text="/start", chat=chat)),
        read(channel_post={"message_id": 1, "date": 1, "chat": chat, "text": "x"}),
        tapped(data="x", message=message(text="x", chat=chat)),
        read(my_chat_member=member(chat, "left", "member")),
    ):
        assert update is not None
        assert (update.event, update.chat_id) == (Group(), -5)


def member(chat: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    def shaped(status: str) -> dict[str, Any]:
        return {"status": status, "user": BOT, **({"until_date": 0} if status == "kicked" else {})}

    return {"chat": chat, "from": ANA, "date": 1, "old_chat_member": shaped(old), "new_chat_member": shaped(new)}


def test_blocking_and_unblocking():
    for status, present in (("kicked", False), ("member", True)):
        said = read(my_chat_member=member(PRIVATE, "member", status))
        assert said is not None
        assert said.event == Membership(present)


def test_leaving_a_group_gives_nothing_to_answer():
    assert read(my_chat_member=member(GROUPS[0], "member", "left")) is None
    assert read(message=message(chat=GROUPS[0], left_chat_member=BOT)) is None
    assert read(message=message(chat=GROUPS[0], migrate_to_chat_id=-1009)) is None


def test_updates_nobody_asked_for_are_nothing():
    assert read(chosen_inline_result={"result_id": "1", "query": "x", "from": ANA}) is None


# --- what is read without the library -----------------------------------------------------------------


@pytest.mark.parametrize("text", ["Hello", "/start abc", "/sos@compagnon_demo_bot", "nu\0ll"])
def test_plain_words_and_commands_are_read_without_the_library(text: str):
    raw = {"update_id": 5, "message": message(text=text, entities=[{"type": "bold", "offset": 0, "length": 1}])}
    assert plainly(raw) == read(message=message(text=text))


def test_a_plain_tap_is_read_without_the_library():
    query = {"id": "9", "from": ANA, "chat_instance": "1", "data": "menu:home", "message": message(text="Hello")}
    assert plainly({"update_id": 5, "callback_query": query}) == Incoming(
        5, 7, Tap("menu:home", 31), "pt-PT", "Ana", "9"
    )


@pytest.mark.parametrize(
    "more",
    [
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "X"}},
        {"via_bot": BOT},
        {"reply_to_message": {"message_id": 3}},
        {"caption": "x"},
        {"chat": GROUPS[0]},
        {"text": None},
        {"text": 5},
        {"from": None},
        {"message_id": "31"},
        {"something_new": {}},
    ],
)
def test_anything_more_or_other_is_left_to_the_library(more: dict[str, Any]):
    assert plainly({"update_id": 5, "message": message(**({"text": "/sos"} | more))}) is None


@pytest.mark.parametrize("raw", [{}, {"message": None}, {"message": []}, {"callback_query": {}}, {"poll": {}}])
def test_what_is_no_plain_update_is_left_to_the_library(raw: dict[str, Any]):
    assert plainly({"update_id": 5, **raw}) is None
