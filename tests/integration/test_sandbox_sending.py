"""Sending through the sandbox: what arrives, Telegram's limits and the shapes of its refusals."""

import json
from typing import Any

import aiohttp
import pytest

from tests.support.sandbox import Desk, at_desk

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000002800000019008060000009a768270")


def _keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


def test_a_message_comes_back_as_telegram_sends_it() -> None:
    async def scenario(here: Desk) -> None:
        message = await here.say("Hi <b>Ana 😀</b>", parse_mode="HTML")
        assert message == {
            "message_id": 2,
            "from": {"id": 100, "is_bot": True, "first_name": "Compagnon", "username": "compagnon_demo_bot"},
            "chat": {"id": here.chat, "type": "private", "first_name": "Ana", "last_name": "Silva"},
            "date": int(here.clocks.wall.timestamp()),
            "text": "Hi Ana 😀",
            "entities": [{"type": "bold", "offset": 3, "length": 6}],
        }

    at_desk(scenario)


def test_the_page_gets_the_message_as_safe_html() -> None:
    async def scenario(here: Desk) -> None:
        await here.say("&lt;script&gt; <b>a<i>b</i></b> <a href='https://a.eu/?x=&quot;'>l</a>", parse_mode="HTML")
        assert (await here.person.last())["html"] == (
            "&lt;script&gt; <b>a<i>b</i></b> "
            '<a href="https://a.eu/?x=&quot;" target="_blank" rel="noopener noreferrer">l</a>'
        )

    at_desk(scenario)


def test_links_and_commands_in_plain_text_are_marked() -> None:
    async def scenario(here: Desk) -> None:
        message = await here.say("😀 see https://a.eu/x. or /help, mail a@b.eu, @someone #tag +33 6 12 34 56 78")
        found = [(e["type"], e["offset"], e["length"]) for e in message["entities"]]
        assert found == [
            ("url", 7, 14), ("bot_command", 26, 5), ("email", 38, 6), ("mention", 46, 8), ("hashtag", 55, 4),
            ("phone_number", 60, 17),
        ]  # fmt: skip

    at_desk(scenario)


def test_every_encoding_of_a_request_is_read() -> None:
    async def scenario(here: Desk) -> None:
        url = f"{here.sandbox.url}/bot100:TEST/sendmessage"
        markup = json.dumps(_keyboard(callback_data="a"))
        fields = {"chat_id": str(here.chat), "text": "é", "reply_markup": markup}
        multipart = aiohttp.FormData(fields, default_to_multipart=True)
        for request in (
            here.session.post(url, data=fields),
            here.session.get(url, params=fields),
            here.session.post(url, params=fields),
            here.session.post(url, data=multipart),
        ):
            async with request as response:
                message = (await response.json())["result"]
                assert message["text"] == "é"
                assert message["reply_markup"] == _keyboard(callback_data="a")

    at_desk(scenario)


def test_a_body_that_is_no_json_is_refused() -> None:
    async def scenario(here: Desk) -> None:
        url = f"{here.sandbox.url}/bot100:TEST/getMe"
        async with here.session.post(url, data=b"{", headers={"Content-Type": "application/json"}) as response:
            assert response.status == 400
            assert "can't parse request body" in (await response.json())["description"]

    at_desk(scenario)


TEXT_REFUSALS = [
    ({}, "message text is empty"),
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "text must be non-empty"),
    ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
    ({"text": "a" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": "é" * 16385}, "text is too long"),
    ({"text": "<b>x", "parse_mode": "HTML"},
     'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"'),
    ({"text": "a.b", "parse_mode": "MarkdownV2"},
     "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'"),
    ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    ({"text": 5}, 'parameter "text" must be of type String'),
    ({"text": "x", "entities": [{"type": "bold", "offset": 1, "length": 1}]},
     "entity begins after the end of the text at UTF-16 offset 1"),
    ({"text": "x", "chat_id": ""}, "chat_id is empty"),
    ({"text": "x", "chat_id": 42}, "chat not found"),
    ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
    ({"text": "x", "chat_id": "abc"}, "chat not found"),
    ({"text": "x", "message_thread_id": 3}, "message thread not found"),
    ({"text": "x", "business_connection_id": "b"}, "business connection not found"),
    ({"text": "x", "disable_notification": True, "protect_content": "maybe"},
     'parameter "protect_content" must be of type Boolean'),
    ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
    ({"text": "x", "reply_parameters": "["}, "can't parse reply parameters JSON object"),
]  # fmt: skip


@pytest.mark.parametrize("params, reason", TEXT_REFUSALS)
def test_a_bad_text_message_is_refused(params: dict[str, Any], reason: str) -> None:
    async def scenario(here: Desk) -> None:
        assert await here.refused("sendMessage", **{"chat_id": here.chat, **params}) == f"Bad Request: {reason}"
        assert len(await here.person.messages()) == 1

    at_desk(scenario)


MARKUP_REFUSALS = [
    (_keyboard(callback_data="a" * 65), "BUTTON_DATA_INVALID"),
    (_keyboard(callback_data="é" * 33), "BUTTON_DATA_INVALID"),
    (_keyboard(), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    (_keyboard(callback_data=""),
     "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    (_keyboard(callback_data="a", url="https://a.eu"),
     "can't parse inline keyboard button: Only one action is allowed, found url and callback_data"),
    (_keyboard(url="ftp://a.eu"), "inline keyboard button URL 'ftp://a.eu' is invalid: Unsupported URL protocol"),
    (_keyboard(url="javascript:x"), "inline keyboard button URL 'javascript:x' is invalid: Unsupported URL protocol"),
    (_keyboard(url="http://localhost"), "inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL"),
    (_keyboard(web_app={"url": "http://a.eu"}),
     "inline keyboard button Web App URL 'http://a.eu' is invalid: Only HTTPS links are allowed"),
    ({"inline_keyboard": [[{"text": "", "callback_data": "a"}]]}, "inline keyboard button text must be non-empty"),
    ({"inline_keyboard": [[{"callback_data": "a"}]]}, 'can\'t parse inline keyboard button: Can\'t find field "text"'),
    ({"inline_keyboard": [["a"]]}, "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
    ({"inline_keyboard": [{"text": "a"}]},
     'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
    ({"inline_keyboard": [[{"text": "a", "callback_data": "a"}] * 101]}, "reply markup is too long"),
    ({"keyboard": [[]]}, "reply keyboard must have at least one button"),
    ({"keyboard": [[{"text": "a", "request_location": True, "request_contact": True}]]},
     "can't parse keyboard button: Only one request is allowed, found request_contact and request_location"),
    ({"buttons": []},
     "reply markup must have one of the fields inline_keyboard, keyboard, remove_keyboard, force_reply"),
    ("[1]", "object expected as reply markup"),
]  # fmt: skip


@pytest.mark.parametrize("markup, reason", MARKUP_REFUSALS)
def test_a_bad_keyboard_is_refused(markup: Any, reason: str) -> None:
    async def scenario(here: Desk) -> None:
        refusal = await here.refused("sendMessage", chat_id=here.chat, text="x", reply_markup=markup)
        assert refusal == f"Bad Request: {reason}"

    at_desk(scenario)


def test_64_bytes_of_button_data_pass() -> None:
    async def scenario(here: Desk) -> None:
        message = await here.say(reply_markup=_keyboard(callback_data="é" * 32))
        assert message["reply_markup"] == _keyboard(callback_data="é" * 32)

    at_desk(scenario)


def test_4096_units_after_parsing_pass() -> None:
    async def scenario(here: Desk) -> None:
        message = await here.say(f"<b>{'😀' * 2048}</b>", parse_mode="HTML")
        assert message["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]

    at_desk(scenario)


def test_a_reply_keyboard_shows_until_it_is_removed() -> None:
    async def scenario(here: Desk) -> None:
        markup = {"keyboard": [[{"text": "Where am I?", "request_location": True}]], "resize_keyboard": True}
        message = await here.say(reply_markup=markup)
        assert "reply_markup" not in message
        assert (await here.person.chat())["reply_keyboard"] == markup
        await here.say(reply_markup={"remove_keyboard": True})
        assert (await here.person.chat())["reply_keyboard"] is None

    at_desk(scenario)


def test_a_reply_names_the_message_it_answers() -> None:
    async def scenario(here: Desk) -> None:
        message = await here.say(reply_parameters={"message_id": 1})
        assert message["reply_to_message"]["text"] == "/start"
        again = await here.say(reply_parameters={"message_id": 99, "allow_sending_without_reply": True})
        assert "reply_to_message" not in again

    at_desk(scenario)


def test_a_mention_carries_the_person_and_one_of_a_stranger_vanishes() -> None:
    async def scenario(here: Desk) -> None:
        text = f'<a href="tg://user?id={here.chat}">Ana</a> <a href="tg://user?id=7">Bo</a>'
        message = await here.say(text, parse_mode="HTML")
        assert [(e["type"], e["user"]["first_name"]) for e in message["entities"]] == [("text_mention", "Ana")]

    at_desk(scenario)


def test_a_photo_is_uploaded_described_and_downloaded() -> None:
    async def scenario(here: Desk) -> None:
        form = aiohttp.FormData({"chat_id": str(here.chat), "caption": "<b>c</b>", "parse_mode": "HTML"})
        form.add_field("photo", PNG, filename="p.png", content_type="image/png")
        async with here.session.post(f"{here.sandbox.url}/bot100:TEST/sendPhoto", data=form) as response:
            message = (await response.json())["result"]
        assert message["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]
        assert [(size["width"], size["height"]) for size in message["photo"]] == [(320, 200), (640, 400)]
        file = await here.result("getFile", file_id=message["photo"][-1]["file_id"])
        async with here.session.get(f"{here.sandbox.url}/file/bot100:TEST/{file['file_path']}") as response:
            assert await response.read() == PNG
        again = await here.result("sendPhoto", chat_id=here.chat, photo=message["photo"][-1]["file_id"])
        assert again["photo"][-1]["file_size"] == len(PNG)

    at_desk(scenario)


def test_an_attached_document_keeps_its_name() -> None:
    async def scenario(here: Desk) -> None:
        form = aiohttp.FormData({"chat_id": str(here.chat), "document": "attach://one"})
        form.add_field("one", b"%PDF", filename="export.pdf", content_type="application/pdf")
        async with here.session.post(f"{here.sandbox.url}/bot100:TEST/sendDocument", data=form) as response:
            document = (await response.json())["result"]["document"]
        assert (document["file_name"], document["mime_type"], document["file_size"]) == (
            "export.pdf",
            "application/pdf",
            4,
        )

    at_desk(scenario)


def test_bad_files_are_refused() -> None:
    async def scenario(here: Desk) -> None:
        chat = here.chat
        assert await here.refused("sendPhoto", chat_id=chat) == "Bad Request: there is no photo in the request"
        assert await here.refused("sendDocument", chat_id=chat, document="attach://x") == (
            "Bad Request: there is no document in the request"
        )
        assert "wrong remote file identifier" in await here.refused("sendPhoto", chat_id=chat, photo="nope")
        assert "failed to get HTTP URL content" in await here.refused(
            "sendPhoto", chat_id=chat, photo="https://a.eu/p.png"
        )
        assert await here.refused("getFile", file_id="nope") == "Bad Request: invalid file_id"
        form = aiohttp.FormData({"chat_id": str(chat), "caption": "c" * 1025})
        form.add_field("document", b"x", filename="x.txt")
        async with here.session.post(f"{here.sandbox.url}/bot100:TEST/sendDocument", data=form) as response:
            assert (await response.json())["description"] == "Bad Request: message caption is too long"
        form = aiohttp.FormData({"chat_id": str(chat)})
        form.add_field("photo", b"no picture", filename="p.png")
        async with here.session.post(f"{here.sandbox.url}/bot100:TEST/sendPhoto", data=form) as response:
            assert (await response.json())["description"] == "Bad Request: IMAGE_PROCESS_FAILED"

    at_desk(scenario)


def test_locations_and_venues_arrive() -> None:
    async def scenario(here: Desk) -> None:
        place = {"latitude": 47.2, "longitude": -1.55}
        assert (await here.result("sendLocation", chat_id=here.chat, **place))["location"] == place
        venue = await here.result("sendVenue", chat_id=here.chat, title="School", address="1 Quai", **place)
        assert venue["venue"] == {"location": place, "title": "School", "address": "1 Quai"}
        assert venue["location"] == place
        assert await here.refused("sendLocation", chat_id=here.chat, longitude=1) == "Bad Request: latitude is empty"
        assert "wrong location" in await here.refused("sendLocation", chat_id=here.chat, latitude=91, longitude=1)
        assert "live location period" in await here.refused("sendLocation", chat_id=here.chat, live_period=5, **place)
        assert "type Float" in await here.refused("sendLocation", chat_id=here.chat, latitude="north", longitude=1)

    at_desk(scenario)


def test_forwards_tell_their_origin_and_copies_do_not() -> None:
    async def scenario(here: Desk) -> None:
        params = {"chat_id": here.chat, "from_chat_id": here.chat, "message_id": 1}
        forwarded = await here.result("forwardMessage", **params)
        assert forwarded["forward_origin"]["sender_user"]["id"] == here.chat
        copied = await here.result("copyMessage", **params)
        assert copied == {"message_id": forwarded["message_id"] + 1}
        assert "forward_origin" not in (await here.person.messages())[-1]
        params["message_id"] = 99
        assert await here.refused("forwardMessage", **params) == "Bad Request: message to forward not found"
        assert await here.refused("copyMessage", **params) == "Bad Request: message to copy not found"
        kept = await here.say("secret", protect_content=True)
        params["message_id"] = kept["message_id"]
        assert await here.refused("forwardMessage", **params) == "Bad Request: message can't be forwarded"

    at_desk(scenario)


def test_a_bot_cannot_write_first() -> None:
    async def scenario(here: Desk) -> None:
        answer = await here.call("sendMessage", chat_id=here.chat, text="x")
        assert answer == {
            "ok": False, "error_code": 403, "description": "Forbidden: bot can't initiate conversation with a user",
        }  # fmt: skip

    at_desk(scenario, started=False)


def test_a_blocked_bot_gets_403_forbidden() -> None:
    async def scenario(here: Desk) -> None:
        await here.person.block()
        answer = await here.call("sendMessage", chat_id=here.chat, text="x")
        assert answer == {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
        await here.person.block(False)
        assert (await here.say("x"))["text"] == "x"

    at_desk(scenario)


def test_a_deleted_account_is_403() -> None:
    async def scenario(here: Desk) -> None:
        await here.control("POST", f"chats/{here.chat}/delete")
        answer = await here.call("sendMessage", chat_id=here.chat, text="x")
        assert answer == {"ok": False, "error_code": 403, "description": "Forbidden: user is deactivated"}

    at_desk(scenario)


def test_half_a_character_is_refused() -> None:
    async def scenario(here: Desk) -> None:
        reason = await here.refused("sendMessage", chat_id=here.chat, text="\ud83d")
        assert reason == "Bad Request: strings must be encoded in UTF-8"

    at_desk(scenario)


def test_a_wrong_token_is_401_and_an_unknown_method_404() -> None:
    async def scenario(here: Desk) -> None:
        async with here.session.get(f"{here.sandbox.url}/bot100:WRONG/getMe") as response:
            assert (response.status, await response.json()) == (
                401, {"ok": False, "error_code": 401, "description": "Unauthorized"},
            )  # fmt: skip
        answer = await here.call("sendTelepathy")
        assert answer == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
        async with here.session.get(f"{here.sandbox.url}/bot100:TEST") as response:
            assert (response.status, (await response.json())["description"]) == (404, "Not Found")

    at_desk(scenario)


def test_flood_limits_answer_429_with_retry_after() -> None:
    async def scenario(here: Desk) -> None:
        for _ in range(3):
            await here.say()
        answer = await here.call("sendMessage", chat_id=here.chat, text="x")
        assert answer == {
            "ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }  # fmt: skip
        here.clocks.seconds += 1
        await here.say()

    at_desk(scenario, flood_limits=True)


def test_flood_limits_count_all_chats_together() -> None:
    async def scenario(here: Desk) -> None:
        people = [here.sandbox.world.add_user(f"P{n}") for n in range(31)]
        for person in people:
            person.started = True
        answers = [await here.call("sendMessage", chat_id=person.id, text="x") for person in people]
        assert [answer["ok"] for answer in answers] == [True] * 30 + [False]

    at_desk(scenario, flood_limits=True)
