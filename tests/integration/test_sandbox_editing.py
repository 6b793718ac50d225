"""Editing and deleting in the sandbox."""

from datetime import timedelta
from typing import Any

from tests.support.sandbox import Desk, at_desk

KEYBOARD = {"inline_keyboard": [[{"text": "OK", "callback_data": "ok"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


def test_an_edit_changes_text_and_keyboard() -> None:
    async def scenario(here: Desk) -> None:
        message = await here.say("one", reply_markup=KEYBOARD)
        here.clocks.advance(timedelta(minutes=1))
        edited = await here.result("editMessageText", **_of(message), text="<b>two</b>", parse_mode="HTML")
        assert edited["text"] == "two"
        assert edited["edit_date"] == message["date"] + 60
        assert "reply_markup" not in edited
        assert (await here.person.messages())[-1]["html"] == "<b>two</b>"

    at_desk(scenario)


def _of(message: dict[str, Any]) -> dict[str, Any]:
    return {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}


def test_an_edit_that_changes_nothing_is_refused() -> None:
    async def scenario(here: Desk) -> None:
        message = await here.say("<b>same</b>", parse_mode="HTML", reply_markup=KEYBOARD)
        same = {"text": "*same*", "parse_mode": "MarkdownV2", "reply_markup": KEYBOARD}
        assert await here.refused("editMessageText", **_of(message), **same) == NOT_MODIFIED
        assert await here.refused("editMessageReplyMarkup", **_of(message), reply_markup=KEYBOARD) == NOT_MODIFIED
        await here.result("editMessageReplyMarkup", **_of(message))
        assert await here.refused("editMessageReplyMarkup", **_of(message)) == NOT_MODIFIED

    at_desk(scenario)


def test_what_is_not_there_or_not_ours_cannot_be_edited() -> None:
    async def scenario(here: Desk) -> None:
        missing = {"chat_id": here.chat, "message_id": 99, "text": "x"}
        assert await here.refused("editMessageText", **missing) == "Bad Request: message to edit not found"
        foreign = {"chat_id": here.chat, "message_id": 1, "text": "x"}
        assert await here.refused("editMessageText", **foreign) == "Bad Request: message can't be edited"
        keyed = await here.say(reply_markup={"keyboard": [["a"]]})
        assert await here.refused("editMessageText", **_of(keyed), text="x") == "Bad Request: message can't be edited"
        assert await here.refused("editMessageText", chat_id=here.chat, text="x") == (
            "Bad Request: message identifier is not specified"
        )
        plain = await here.say()
        assert await here.refused("editMessageText", **_of(plain), text="x", reply_markup={"keyboard": [["a"]]}) == (
            "Bad Request: inline keyboard expected"
        )

    at_desk(scenario)


def test_text_and_captions_are_edited_by_their_own_methods() -> None:
    async def scenario(here: Desk) -> None:
        text = await here.say()
        assert "there is no caption" in await here.refused("editMessageCaption", **_of(text), caption="c")
        place = await here.result("sendLocation", chat_id=here.chat, latitude=1, longitude=2)
        assert "there is no text" in await here.refused("editMessageText", **_of(place), text="x")
        sent = await here.person.send_document(b"x", "x.txt")
        document = await here.result(
            "sendDocument", chat_id=here.chat, document=sent["document"]["file_id"], caption="a"
        )
        assert (await here.result("editMessageCaption", **_of(document), caption="b"))["caption"] == "b"
        assert "caption" not in await here.result("editMessageCaption", **_of(document))

    at_desk(scenario)


def test_a_live_location_moves_until_it_ends() -> None:
    async def scenario(here: Desk) -> None:
        sent = await here.result("sendLocation", chat_id=here.chat, latitude=1, longitude=2, live_period=3600)
        moved = await here.result("editMessageLiveLocation", **_of(sent), latitude=1.5, longitude=2)
        assert moved["location"] == {"latitude": 1.5, "longitude": 2.0, "live_period": 3600}
        here.clocks.advance(timedelta(hours=1))
        late = await here.refused("editMessageLiveLocation", **_of(sent), latitude=3, longitude=2)
        assert late == "Bad Request: message can't be edited"

    at_desk(scenario)


def test_a_live_location_can_be_stopped_once() -> None:
    async def scenario(here: Desk) -> None:
        sent = await here.result("sendLocation", chat_id=here.chat, latitude=1, longitude=2, live_period=3600)
        stopped = await here.result("stopMessageLiveLocation", **_of(sent))
        assert stopped["location"] == {"latitude": 1.0, "longitude": 2.0}
        assert await here.refused("stopMessageLiveLocation", **_of(sent)) == "Bad Request: message can't be edited"

    at_desk(scenario)


def test_messages_can_be_deleted_for_48_hours() -> None:
    async def scenario(here: Desk) -> None:
        young, old = await here.say("a"), await here.say("b")
        here.clocks.advance(timedelta(hours=48))
        assert await here.result("deleteMessage", **_of(young)) is True
        assert await here.refused("deleteMessage", **_of(young)) == "Bad Request: message to delete not found"
        here.clocks.advance(timedelta(seconds=1))
        assert await here.refused("deleteMessage", **_of(old)) == "Bad Request: message can't be deleted for everyone"

    at_desk(scenario)
