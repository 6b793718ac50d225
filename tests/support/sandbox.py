"""A running sandbox with one person and a bot that speaks raw HTTP: what the sandbox tests stand on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bot.sandbox.director import Director
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox

Json = dict[str, Any]
TOKEN = "100:TEST"


class Clocks:
    """A wall clock and a monotonic one that tests move by hand."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, delta: timedelta) -> None:
        self.wall += delta
        self.seconds += delta.total_seconds()


@dataclass
class Desk:
    """`person` has a private chat (id `chat`); `call` is the bot's side, `control` the page's."""

    sandbox: Sandbox
    session: aiohttp.ClientSession
    clocks: Clocks
    person: Person

    @property
    def chat(self) -> int:
        return self.person.id

    async def call(self, method: str, **params: Any) -> Json:
        """A Bot API call as JSON; the whole answer."""
        async with self.session.post(f"{self.sandbox.url}/bot{TOKEN}/{method}", json=params) as response:
            answer: Json = await response.json()
            assert answer["ok"] == (response.status == 200)
            assert answer["ok"] or answer["error_code"] == response.status
            return answer

    async def result(self, method: str, **params: Any) -> Any:
        """The result of a call that must succeed."""
        answer = await self.call(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """The description of a call that must fail."""
        answer = await self.call(method, **params)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def say(self, text: str = "Hello", **params: Any) -> Json:
        """The bot writes to the person."""
        message: Json = await self.result("sendMessage", chat_id=self.chat, text=text, **params)
        return message

    async def control(self, verb: str, path: str, body: Json | None = None, **headers: str) -> tuple[int, Any]:
        """A control call: status and JSON."""
        url = f"{self.sandbox.url}/sandbox/{path}"
        async with self.session.request(verb, url, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def calls(self, after: int = 0) -> list[Json]:
        """The log of Bot API calls."""
        _, calls = await self.control("GET", f"calls?after={after}")
        return list(calls)

    async def updates(self, **params: Any) -> list[Json]:
        """getUpdates."""
        return list(await self.result("getUpdates", **params))


@asynccontextmanager
async def desk(*, started: bool = True, director: Director | None = None, **options: Any) -> AsyncIterator[Desk]:
    """A sandbox on a free port with frozen clocks; if `started`, the person has written /start and the bot took it."""
    clocks = Clocks()
    sandbox = Sandbox(TOKEN, now=clocks.now, monotonic=clocks.monotonic, director=director, **options)
    await sandbox.start()
    try:
        async with aiohttp.ClientSession() as session:
            person = await Person.join(sandbox.url, "Ana", last_name="Silva", language_code="pt-PT")
            here = Desk(sandbox, session, clocks, person)
            if started:
                await person.send("/start")
                sandbox.world.updates.clear()
            yield here
    finally:
        await sandbox.stop()


def at_desk(scenario: Callable[[Desk], Awaitable[None]], **options: Any) -> None:
    """Runs an async scenario at a fresh desk."""

    async def run() -> None:
        async with desk(**options) as here:
            await scenario(here)

    asyncio.run(run())
