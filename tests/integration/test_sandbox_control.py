"""The control API: people, chats, groups, clock, events, and who may use it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from tests.support.sandbox import Desk, at_desk

Json = dict[str, Any]


class Trips:
    """A director whose clock knows two stops."""

    def __init__(self) -> None:
        self.at = "2026-03-01T12:00:00+00:00"
        self.gate = asyncio.Event()

    async def clock(self) -> Json:
        return {"now": self.at, "zone": "Europe/Paris", "next_at": None, "next_label": None, "marks": {}, "busy": False,
                "step": None}  # fmt: skip

    async def travel(self, to: str) -> Json:
        if to == "return":
            raise ValueError("Nobody has a return date yet.")
        await self.gate.wait()
        self.at = "2026-03-02T12:00:00+00:00"
        return await self.clock()

    async def invites(self) -> list[Json]:
        return [{"code": "L1", "role": "learner", "name": "Lea", "url": "https://t.me/b?start=t", "token": "t"}]


def test_the_state_names_bot_and_people() -> None:
    async def scenario(here: Desk) -> None:
        _, state = await here.control("GET", "state")
        assert state == {
            "bot": {"id": 100, "first_name": "Compagnon", "username": "compagnon_demo_bot"},
            "users": [{
                "id": here.chat, "first_name": "Ana", "last_name": "Silva", "username": "", "language_code": "pt-PT",
                "blocked": False, "label": "",
            }],
            "clock": None, "faults": [], "invites": [],
        }  # fmt: skip

    at_desk(scenario)


def test_a_chat_shows_the_commands_of_the_narrowest_scope_in_the_readers_language() -> None:
    async def scenario(here: Desk) -> None:
        def commands(text: str) -> list[Json]:
            return [{"command": "menu", "description": text}]

        async def shown() -> str:
            return str((await here.person.chat())["commands"][0]["description"])

        chat = {"type": "chat", "chat_id": here.chat}
        await here.result("setMyCommands", commands=commands("all"))
        assert await shown() == "all"
        await here.result("setMyCommands", commands=commands("todos"), language_code="pt")
        assert await shown() == "todos"
        await here.result("setMyCommands", commands=commands("hers"), scope=chat)
        assert await shown() == "hers"
        assert await here.result("getMyCommands", scope=chat) == commands("hers")
        assert await here.result("getMyCommands", scope=chat, language_code="pt") == []
        await here.result("deleteMyCommands", scope=chat)
        assert await shown() == "todos"

    at_desk(scenario)


BAD_COMMANDS = [
    ([{"command": "Menu", "description": "x"}], "BOT_COMMAND_INVALID"),
    ([{"command": "m" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
    ([{"command": "menu", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
    ([{"command": "menu", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
    ([{"command": "menu"}], "can't parse BotCommand: Can't find field \"description\""),
    ([{"command": f"c{n}", "description": "x"} for n in range(101)], "BOT_COMMANDS_TOO_MUCH"),
]


@pytest.mark.parametrize("commands, reason", BAD_COMMANDS)
def test_bad_commands_are_refused(commands: list[Json], reason: str) -> None:
    async def scenario(here: Desk) -> None:
        assert await here.refused("setMyCommands", commands=commands) == f"Bad Request: {reason}"

    at_desk(scenario)


def test_command_scopes_are_checked() -> None:
    async def scenario(here: Desk) -> None:
        commands = [{"command": "menu", "description": "x"}]
        assert "Unsupported type" in await here.refused("setMyCommands", commands=commands, scope={"type": "moon"})
        chat = {"type": "chat", "chat_id": 42}
        assert await here.refused("setMyCommands", commands=commands, scope=chat) == "Bad Request: chat not found"
        assert "language_code" in await here.refused("setMyCommands", commands=commands, language_code="french")

    at_desk(scenario)


def test_the_bot_describes_itself() -> None:
    async def scenario(here: Desk) -> None:
        await here.result("setMyDescription", description="Goes along", language_code="en")
        assert await here.result("getMyDescription", language_code="en") == {"description": "Goes along"}
        await here.result("setMyShortDescription", short_description="A friend")
        assert await here.result("getMyShortDescription", language_code="fr") == {"short_description": "A friend"}
        assert "too long" in await here.refused("setMyDescription", description="x" * 513)
        await here.result("setChatMenuButton", chat_id=here.chat, menu_button={"type": "commands"})
        assert await here.result("getChatMenuButton", chat_id=here.chat) == {"type": "commands"}
        assert "unsupported type" in await here.refused("setChatMenuButton", menu_button={"type": "soup"})
        me = await here.result("getMe")
        assert (me["username"], me["can_read_all_group_messages"]) == ("compagnon_demo_bot", False)
        chat = await here.result("getChat", chat_id=here.chat)
        assert (chat["first_name"], chat["max_reaction_count"]) == ("Ana", 11)
        member = await here.result("getChatMember", chat_id=here.chat, user_id=here.chat)
        assert member["status"] == "member"

    at_desk(scenario)


def test_typing_shows_until_the_message_comes() -> None:
    async def scenario(here: Desk) -> None:
        await here.result("sendChatAction", chat_id=here.chat, action="typing")
        assert (await here.person.chat())["typing"] is True
        await here.say()
        assert (await here.person.chat())["typing"] is False
        await here.result("sendChatAction", chat_id=here.chat, action="typing")
        here.clocks.seconds += 6
        assert (await here.person.chat())["typing"] is False
        assert "wrong parameter action" in await here.refused("sendChatAction", chat_id=here.chat, action="dancing")

    at_desk(scenario)


async def _group(here: Desk) -> Json:
    _, group = await here.control("POST", "groups", {"title": "Class", "members": [here.chat]})
    return dict(group)


def test_a_group_tells_the_bot_it_came_in_and_the_bot_can_leave() -> None:
    async def scenario(here: Desk) -> None:
        group = await _group(here)
        joined, created = await here.updates()
        assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
        assert created["message"]["group_chat_created"] is True
        await here.result("sendMessage", chat_id=group["id"], text="I only talk in private.")
        await here.result("leaveChat", chat_id=group["id"])
        assert await here.refused("sendMessage", chat_id=group["id"], text="x") == (
            "Forbidden: bot is not a member of the group chat"
        )
        assert "can't be changed in private" in await here.refused("leaveChat", chat_id=here.chat)

    at_desk(scenario)


def test_in_groups_the_bot_hears_commands_and_replies_only() -> None:
    async def scenario(here: Desk) -> None:
        group = await _group(here)
        said = await here.result("sendMessage", chat_id=group["id"], text="hello")
        here.sandbox.world.updates.clear()
        path = f"chats/{group['id']}/send"
        for body in (
            {"text": "chatter"}, {"text": "/start"}, {"text": "/start@other_bot"}, {"text": "/sos@compagnon_demo_bot"},
            {"text": "why?", "reply_to": said["message_id"]},
        ):  # fmt: skip
            await here.control("POST", path, {**body, "from": here.chat})
        heard = [update["message"]["text"] for update in await here.updates()]
        assert heard == ["/start", "/sos@compagnon_demo_bot", "why?"]
        status, answer = await here.control("POST", path, {"text": "x", "from": 7})
        assert (status, answer["error"]) == (400, 'In a group, "from" must be the id of a member; 7 is not one.')

    at_desk(scenario)


def test_a_group_that_became_a_supergroup_names_its_new_id() -> None:
    async def scenario(here: Desk) -> None:
        group = await _group(here)
        _, new = await here.control("POST", f"chats/{group['id']}/migrate")
        answer = await here.call("sendMessage", chat_id=group["id"], text="x")
        assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
        assert answer["parameters"] == {"migrate_to_chat_id": new["id"]}
        assert (await here.result("sendMessage", chat_id=new["id"], text="x"))["chat"]["type"] == "supergroup"

    at_desk(scenario)


def test_a_kicked_bot_is_told_so() -> None:
    async def scenario(here: Desk) -> None:
        group = await _group(here)
        await here.control("POST", f"chats/{group['id']}/kick")
        assert await here.refused("sendMessage", chat_id=group["id"], text="x") == (
            "Forbidden: bot was kicked from the group chat"
        )

    at_desk(scenario)


BAD_SENDS = [
    ({}, "Nothing to send: give one of text, location, sticker, voice, contact, photo, document."),
    ({"text": " "}, "An empty message can't be sent; write something."),
    ({"text": "a" * 4097}, "A message has at most 4096 characters; this one has 4097."),
    ({"photo": "!"}, '"photo" must be the file as base64 text.'),
    ({"photo": "aGVsbG8="}, "A photo must be a PNG, JPEG, GIF or WebP picture; send other files as a document."),
    ({"voice": 0}, '"voice" is its length in whole seconds, from 1.'),
    ({"location": {"latitude": 1}}, 'A location needs "latitude" and "longitude" in degrees.'),
]


@pytest.mark.parametrize("body, sentence", BAD_SENDS)
def test_a_person_who_sends_nonsense_gets_one_sentence(body: Json, sentence: str) -> None:
    async def scenario(here: Desk) -> None:
        assert await here.control("POST", f"chats/{here.chat}/send", body) == (400, {"error": sentence})

    at_desk(scenario)


def test_unknown_chats_and_people_without_name_are_refused() -> None:
    async def scenario(here: Desk) -> None:
        status, answer = await here.control("GET", "chats/42")
        assert (status, answer["error"]) == (
            404, "There is no chat 42 in the sandbox; see GET /sandbox/state for the people.",
        )  # fmt: skip
        assert await here.control("POST", "users", {}) == (400, {"error": 'A person needs a "first_name".'})
        status, answer = await here.control("GET", "chats/abc")
        assert (status, answer["error"]) == (400, "The chat id must be a whole number, not 'abc'.")

    at_desk(scenario)


def test_someone_who_blocked_the_bot_must_unblock_it_to_write() -> None:
    async def scenario(here: Desk) -> None:
        await here.person.block()
        with pytest.raises(AssertionError, match="Ana has blocked the bot; unblock it first"):
            await here.person.send("hello")

    at_desk(scenario)


def test_the_call_log_goes_on_where_one_left_off() -> None:
    async def scenario(here: Desk) -> None:
        await here.say("a")
        await here.call("sendMessage", chat_id=here.chat)
        first, second = await here.calls()
        assert (first["method"], first["params"]["text"], first["status"], first["ok"]) == (
            "sendMessage",
            "a",
            200,
            True,
        )
        assert (second["n"], second["status"], second["ok"]) == (2, 400, False)
        assert await here.calls(after=1) == [second]
        assert await here.calls(after=2) == []

    at_desk(scenario)


@asynccontextmanager
async def _events(here: Desk) -> AsyncIterator[asyncio.Queue[Json]]:
    queue: asyncio.Queue[Json] = asyncio.Queue()

    async def read() -> None:
        async with here.session.get(f"{here.sandbox.url}/sandbox/events") as response:
            async for line in response.content:
                if line.startswith(b"data: "):
                    queue.put_nowait(json.loads(line[6:]))

    task = asyncio.create_task(read())
    while not here.sandbox.world.hub.listened:
        await asyncio.sleep(0.01)
    try:
        yield queue
    finally:
        task.cancel()


def test_events_tell_the_page_what_happens() -> None:
    async def scenario(here: Desk) -> None:
        async with _events(here) as queue:
            message = await here.say("<b>a</b>", parse_mode="HTML")
            of = {"chat_id": here.chat, "message_id": message["message_id"]}
            await here.result("editMessageText", **of, text="b")
            await here.result("deleteMessage", **of)
            await here.result("sendChatAction", chat_id=here.chat, action="typing")
            await here.person.block()
            await here.result("setMyCommands", commands=[])
            kinds = [await asyncio.wait_for(queue.get(), 2) for _ in range(6)]
            assert [event["type"] for event in kinds] == ["message", "edit", "delete", "typing", "users", "commands"]
            assert kinds[0]["message"]["html"] == "<b>a</b>"
            assert kinds[2]["message"]["message_id"] == message["message_id"]

    at_desk(scenario)


def test_without_a_director_there_is_no_time_travel() -> None:
    async def scenario(here: Desk) -> None:
        status, answer = await here.control("POST", "clock", {"to": "next"})
        assert status == 404
        assert "no virtual clock" in answer["error"]

    at_desk(scenario)


def test_the_clock_travels_once_at_a_time_and_tells_the_page() -> None:
    async def run() -> None:
        trips = Trips()
        sandbox = Sandbox(director=trips)
        await sandbox.start()
        try:
            async with aiohttp.ClientSession() as session:
                here = Desk(sandbox, session, None, Person(sandbox.url, 0))  # type: ignore[arg-type]
                async with _events(here) as queue:
                    trip = asyncio.create_task(here.control("POST", "clock", {"to": "+1d"}))
                    await asyncio.wait_for(queue.get(), 2)
                    status, answer = await here.control("POST", "clock", {"to": "next"})
                    assert (status, answer["error"]) == (409, "The clock is moving already; wait until it has arrived.")
                    trips.gate.set()
                    assert (await trip)[1]["now"] == "2026-03-02T12:00:00+00:00"
                    assert (await asyncio.wait_for(queue.get(), 2))["clock"]["now"] == "2026-03-02T12:00:00+00:00"
                    assert (await asyncio.wait_for(queue.get(), 2))["type"] == "invites"
                status, answer = await here.control("POST", "clock", {"to": "return"})
                assert (status, answer["error"]) == (400, "Nobody has a return date yet.")
                assert (await here.control("POST", "clock", {"to": "moon"}))[0] == 400
                _, state = await here.control("GET", "state")
                assert state["invites"][0]["token"] == "t"
        finally:
            await sandbox.stop()

    asyncio.run(run())


FOREIGN = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1:1"},
    {"Host": "127.0.0.1.evil.example"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_foreign_hosts_and_pages_are_refused(headers: dict[str, str]) -> None:
    async def scenario(here: Desk) -> None:
        for path in ("/", "/sandbox/state", "/sandbox/events", "/web/app.js"):
            async with here.session.get(here.sandbox.url + path, headers=headers) as response:
                assert response.status == 403
        assert (await here.control("POST", "users", {"first_name": "Eve"}, **headers))[0] == 403
        assert len(here.sandbox.world.users) == 1

    at_desk(scenario)


def test_our_own_page_may_ask() -> None:
    async def scenario(here: Desk) -> None:
        local = here.sandbox.url.replace("127.0.0.1", "localhost")
        assert (await here.control("GET", "state", Origin=here.sandbox.url))[0] == 200
        async with here.session.get(f"{here.sandbox.url}/", headers={"Host": local[7:], "Origin": local}) as response:
            assert response.status == 200
            assert "script-src 'self'" in response.headers["Content-Security-Policy"]

    at_desk(scenario)


@pytest.mark.parametrize("path", ["/web/../server.py", "/web/%2e%2e/server.py", "/web//etc/passwd", "/web/nope.js"])
def test_only_files_of_the_page_are_served(path: str) -> None:
    async def scenario(here: Desk) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.sandbox.port)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{here.sandbox.port}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = await reader.read()
        writer.close()
        assert b" 404 " in answer.splitlines()[0]

    at_desk(scenario)


def test_a_port_in_use_is_an_os_error() -> None:
    async def scenario(here: Desk) -> None:
        with pytest.raises(OSError, match="address already in use"):
            await Sandbox().start(port=here.sandbox.port)

    at_desk(scenario)


def test_a_token_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="looks like"):
        Sandbox(token="secret")
