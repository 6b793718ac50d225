"""Long polling: offsets, waiting, one poller, allowed updates; and what people's actions look like to the bot."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.support.sandbox import Desk, at_desk


def _texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


def test_updates_stay_until_a_higher_offset_confirms_them() -> None:
    async def scenario(here: Desk) -> None:
        for text in ("a", "b", "c"):
            await here.person.send(text)
        first = await here.updates()
        assert _texts(first) == ["a", "b", "c"]
        assert [u["update_id"] - first[0]["update_id"] for u in first] == [0, 1, 2]
        assert _texts(await here.updates()) == ["a", "b", "c"]
        assert _texts(await here.updates(offset=first[0]["update_id"] + 1, limit=1)) == ["b"]
        assert _texts(await here.updates(offset=-1)) == ["c"]
        assert await here.updates(offset=first[2]["update_id"] + 1) == []

    at_desk(scenario)


def test_a_poll_waits_for_an_update() -> None:
    async def scenario(here: Desk) -> None:
        poll = asyncio.create_task(here.updates(timeout=5))
        await asyncio.sleep(0.05)
        assert not poll.done()
        await here.person.send("late")
        assert _texts(await poll) == ["late"]

    at_desk(scenario)


def test_a_poll_without_news_ends_empty() -> None:
    async def scenario(here: Desk) -> None:
        assert await here.updates(timeout=1) == []

    at_desk(scenario)


def test_a_second_poller_ends_the_first_with_409() -> None:
    async def scenario(here: Desk) -> None:
        first = asyncio.create_task(here.call("getUpdates", timeout=5))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(here.call("getUpdates", timeout=5))
        assert await first == {
            "ok": False, "error_code": 409,
            "description": "Conflict: terminated by other getUpdates request; "
                           "make sure that only one bot instance is running",
        }  # fmt: skip
        await here.person.send("for the second")
        assert _texts((await second)["result"]) == ["for the second"]

    at_desk(scenario)


def test_a_poller_that_hangs_up_does_not_hinder_the_next() -> None:
    async def scenario(here: Desk) -> None:
        first = asyncio.create_task(here.call("getUpdates", timeout=30))
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.sleep(0.05)
        await here.person.send("x")
        assert _texts(await here.updates()) == ["x"]

    at_desk(scenario)


def test_only_allowed_updates_are_queued_and_the_choice_is_remembered() -> None:
    async def scenario(here: Desk) -> None:
        await here.updates(allowed_updates=["callback_query", "my_chat_member"])
        await here.person.send("unheard")
        await here.person.block()
        assert [set(u) - {"update_id"} for u in await here.updates()] == [{"my_chat_member"}]
        await here.person.block(False)
        await here.updates(allowed_updates=[])
        await here.person.send("heard")
        assert "heard" in str(await here.updates())
        assert "must be an Array" in await here.refused("getUpdates", allowed_updates=[1])

    at_desk(scenario)


def test_a_message_of_a_person_carries_their_language() -> None:
    async def scenario(here: Desk) -> None:
        await here.person.send("/kit laundry")
        (update,) = await here.updates()
        assert update["message"] == {
            "message_id": 2,
            "from": {
                "id": here.chat,
                "is_bot": False,
                "first_name": "Ana",
                "last_name": "Silva",
                "language_code": "pt-PT",
            },
            "chat": {"id": here.chat, "type": "private", "first_name": "Ana", "last_name": "Silva"},
            "date": int(here.clocks.wall.timestamp()),
            "text": "/kit laundry",
            "entities": [{"type": "bot_command", "offset": 0, "length": 4}],
        }

    at_desk(scenario)


def test_edits_and_forwards_are_seen_as_such() -> None:
    async def scenario(here: Desk) -> None:
        sent = await here.person.send("typo")
        here.clocks.advance(timedelta(seconds=5))
        await here.person.send("fixed", edit=sent["message_id"])
        await here.person.send("/sos", forward=True)
        _, edited, forwarded = await here.updates()
        assert edited["edited_message"]["text"] == "fixed"
        assert edited["edited_message"]["edit_date"] == edited["edited_message"]["date"] + 5
        assert forwarded["message"]["forward_origin"]["type"] == "hidden_user"

    at_desk(scenario)


def test_everything_else_a_person_can_send_arrives() -> None:
    async def scenario(here: Desk) -> None:
        await here.person.send_location(47.2, -1.5, live_period=3600)
        await here.person.send_sticker("🎉")
        await here.person.send_voice(7)
        await here.person.send_document(b"data", "paper.pdf", caption="see /help")
        await here.person.send_photo(b"\x89PNG\r\n\x1a\n" + bytes(16), caption="me")
        await here.control("POST", f"chats/{here.chat}/send", {"contact": {"phone_number": "+33", "first_name": "Bo"}})
        messages = [u["message"] for u in await here.updates()]
        assert messages[0]["location"] == {"latitude": 47.2, "longitude": -1.5, "live_period": 3600}
        assert messages[1]["sticker"]["emoji"] == "🎉"
        assert messages[2]["voice"]["duration"] == 7
        assert messages[3]["document"]["mime_type"] == "application/pdf"
        assert messages[3]["caption_entities"] == [{"type": "bot_command", "offset": 4, "length": 5}]
        assert messages[4]["photo"][0]["file_id"]
        assert messages[5]["contact"] == {"phone_number": "+33", "first_name": "Bo"}

    at_desk(scenario)


def test_blocking_is_reported_once_with_both_states() -> None:
    async def scenario(here: Desk) -> None:
        await here.person.block()
        await here.person.block()
        (update,) = await here.updates()
        change = update["my_chat_member"]
        assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "kicked")
        assert change["from"]["id"] == here.chat

    at_desk(scenario)


def test_a_tap_waits_for_its_answer() -> None:
    async def scenario(here: Desk) -> None:
        await here.say("choose", reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "y:1"}]]})
        tap = asyncio.create_task(here.person.click("Yes"))
        (update,) = await here.updates(timeout=5)
        query = update["callback_query"]
        assert (query["data"], query["message"]["text"], query["from"]["id"]) == ("y:1", "choose", here.chat)
        await here.result("answerCallbackQuery", callback_query_id=query["id"], text="Noted", show_alert=True)
        assert await tap == {"answered": True, "text": "Noted", "show_alert": True, "url": None}

    at_desk(scenario)


TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def _tapped(here: Desk) -> str:
    await here.say("choose", reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]})
    tap = asyncio.create_task(here.person.click("Yes"))
    (update,) = await here.updates(timeout=5)
    tap.cancel()
    return str(update["callback_query"]["id"])


def test_a_tap_is_answered_once() -> None:
    async def scenario(here: Desk) -> None:
        query = await _tapped(here)
        assert "MESSAGE_TOO_LONG" in await here.refused("answerCallbackQuery", callback_query_id=query, text="x" * 201)
        assert "URL_INVALID" in await here.refused("answerCallbackQuery", callback_query_id=query, url="https://a.eu")
        await here.result("answerCallbackQuery", callback_query_id=query)
        assert await here.refused("answerCallbackQuery", callback_query_id=query) == TOO_OLD
        assert await here.refused("answerCallbackQuery", callback_query_id="1") == TOO_OLD

    at_desk(scenario)


def test_a_late_answer_to_a_tap_is_refused() -> None:
    async def scenario(here: Desk) -> None:
        query = await _tapped(here)
        here.clocks.seconds += 16
        assert await here.refused("answerCallbackQuery", callback_query_id=query) == TOO_OLD

    at_desk(scenario)


def test_forged_data_passes_unless_checked_and_deleted_messages_are_inaccessible() -> None:
    async def scenario(here: Desk) -> None:
        message = await here.say("choose", reply_markup={"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]})
        await here.result("deleteMessage", chat_id=here.chat, message_id=message["message_id"])
        tap = asyncio.create_task(here.person.forge(message["message_id"], "forged"))
        (update,) = await here.updates(timeout=5)
        assert update["callback_query"]["data"] == "forged"
        assert update["callback_query"]["message"]["date"] == 0
        tap.cancel()
        body = {"message_id": 1, "data": "forged", "checked": True}
        status, answer = await here.control("POST", f"chats/{here.chat}/click", body)
        assert (status, answer["error"]) == (400, "Message 1 has no button with the data 'forged'.")

    at_desk(scenario)
