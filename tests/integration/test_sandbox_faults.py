"""Faults that can be switched on, each as the bot sees it."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from tests.support.sandbox import Desk, at_desk


async def _fault(here: Desk, **fault: Any) -> None:
    status, answer = await here.control("POST", "faults", fault)
    assert status == 200, answer


ANSWERS = [
    ("429", 429, "Too Many Requests: retry after 7"),
    ("500", 500, "Internal Server Error"),
    ("409", 409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
    ("401", 401, "Unauthorized"),
]


@pytest.mark.parametrize("kind, status, description", ANSWERS)
def test_a_fault_strikes_as_often_as_told(kind: str, status: int, description: str) -> None:
    async def scenario(here: Desk) -> None:
        await _fault(here, method="sendMessage", kind=kind, times=2, retry_after=7)
        for _ in range(2):
            answer = await here.call("sendMessage", chat_id=here.chat, text="x")
            assert (answer["error_code"], answer["description"]) == (status, description)
        await here.say("through")
        assert [m["text"] for m in await here.person.messages()] == ["/start", "through"]

    at_desk(scenario)


def test_429_says_when_to_come_back() -> None:
    async def scenario(here: Desk) -> None:
        await _fault(here, method="*", kind="429", retry_after=3)
        async with here.session.get(f"{here.sandbox.url}/bot100:TEST/getMe") as response:
            assert (await response.json())["parameters"] == {"retry_after": 3}
            assert response.headers["Retry-After"] == "3"

    at_desk(scenario)


def test_502_is_a_page_that_is_no_json() -> None:
    async def scenario(here: Desk) -> None:
        await _fault(here, method="getMe", kind="502")
        async with here.session.get(f"{here.sandbox.url}/bot100:TEST/getMe") as response:
            assert (response.status, response.content_type) == (502, "text/html")
            assert "Bad Gateway" in await response.text()

    at_desk(scenario)


@pytest.mark.parametrize("kind, arrives", [("drop", False), ("timeout_before", False), ("timeout_after", True)])
def test_a_cut_connection_leaves_the_bot_without_an_answer(kind: str, arrives: bool) -> None:
    async def scenario(here: Desk) -> None:
        await _fault(here, method="sendMessage", kind=kind, seconds=0.05)
        with pytest.raises(aiohttp.ClientConnectionError):
            await here.say("lost?")
        texts = [message["text"] for message in await here.person.messages()]
        assert ("lost?" in texts) is arrives
        (call,) = [call for call in await here.calls() if call["method"] == "sendMessage"]
        assert (call["status"], call["ok"]) == (0, False)

    at_desk(scenario)


def test_a_timeout_holds_the_line_until_the_client_gives_up() -> None:
    async def scenario(here: Desk) -> None:
        await _fault(here, method="sendMessage", kind="timeout_after")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(here.say("sent all the same"), 0.2)
        assert (await here.person.last())["text"] == "sent all the same"

    at_desk(scenario)


def test_slow_answers_late() -> None:
    async def scenario(here: Desk) -> None:
        await _fault(here, method="sendMessage", kind="slow", seconds=0.2)
        begin = time.monotonic()
        await here.say()
        assert time.monotonic() - begin >= 0.2

    at_desk(scenario)


def test_a_fault_can_be_for_one_chat_and_for_good() -> None:
    async def scenario(here: Desk) -> None:
        other = here.sandbox.world.add_user("Bo")
        other.started = True
        await _fault(here, method="sendMessage", kind="500", times=None, chat_id=other.id)
        for _ in range(3):
            assert await here.refused("sendMessage", chat_id=other.id, text="x") == "Internal Server Error"
        await here.say()
        _, state = await here.control("GET", "state")
        assert [fault["chat_id"] for fault in state["faults"]] == [other.id]
        await here.control("DELETE", "faults")
        await here.result("sendMessage", chat_id=other.id, text="x")

    at_desk(scenario)


BAD = [
    ({"kind": "flu"},
     'There is no fault "flu"; choose one of 429, 500, 502, timeout_before, timeout_after, drop, 409, 401, slow.'),
    ({"kind": "500", "times": 0}, '"times" is a whole number from 1, or null for always; 0 is neither.'),
    ({"kind": "slow", "seconds": "a"}, '"retry_after" and "chat_id" are whole numbers and "seconds" is a number.'),
]  # fmt: skip


@pytest.mark.parametrize("fault, sentence", BAD)
def test_a_bad_fault_is_refused_with_one_sentence(fault: dict[str, Any], sentence: str) -> None:
    async def scenario(here: Desk) -> None:
        assert await here.control("POST", "faults", fault) == (400, {"error": sentence})

    at_desk(scenario)
