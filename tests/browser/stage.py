"""What the browser tests play on: the real sandbox in a thread, with a small scripted bot and a hand-moved clock."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from playwright.sync_api import Locator, Page, expect

from bot.sandbox.server import Sandbox

Json = dict[str, Any]

START = datetime(2026, 2, 27, 17, 40, tzinfo=UTC)
ARRIVAL = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RETURN = datetime(2026, 3, 29, 15, 0, tzinfo=UTC)
FINE = {"text": "I'm fine", "callback_data": "fine"}
HELP = {"text": "I need help", "callback_data": "help"}
MORE = {"text": "Tell me more", "callback_data": "more"}
ANSWERS = {"inline_keyboard": [[FINE, HELP], [MORE]]}


class HandClock:
    """A director: its clock stands still until somebody travels; `trips` are the places asked for, in order."""

    def __init__(self) -> None:
        self.now = START
        self.busy = False
        self.trips: list[str] = []
        self.open_invites: list[Json] = []

    async def clock(self) -> Json:
        """CLOCK as the sandbox hands it on."""
        return {
            "now": self.now.isoformat(),
            "zone": "Europe/Paris",
            "next_at": (self.now + timedelta(minutes=20)).isoformat(),
            "next_label": "Check-in for Léa Martin",
            "busy": self.busy,
            "step": self.now.isoformat() if self.busy else None,
            "marks": {"arrival": ARRIVAL.isoformat(), "return": RETURN.isoformat()},
        }

    async def travel(self, to: str) -> Json:
        """Moves there in a few visible steps."""
        self.trips.append(to)
        spans = {"next": timedelta(minutes=20), "+1h": timedelta(hours=1), "+1d": timedelta(days=1)}
        target = self.now + spans[to] if to in spans else {"arrival": ARRIVAL, "return": RETURN}[to]
        self.busy = True
        step = (target - self.now) / 3
        for _ in range(3):
            await asyncio.sleep(0.05)
            self.now += step
        self.now, self.busy = target, False
        return await self.clock()

    async def invites(self) -> list[Json]:
        """People who have not joined yet."""
        return self.open_invites


class ScriptedBot:
    """Long-polls the sandbox: greets with buttons, answers taps, echoes everything else. `seen` are its updates."""

    def __init__(self, url: str) -> None:
        self._base = f"{url}/bot100:TEST"
        self.seen: list[Json] = []

    async def call(self, method: str, **params: Any) -> Any:
        """One Bot API call; returns its result. Raises AssertionError when the sandbox refuses it."""
        async with self._session.post(f"{self._base}/{method}", json=params) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def run(self) -> None:
        """Polls until cancelled; a sandbox that is away for a moment is waited for."""
        offset = 0
        async with aiohttp.ClientSession() as self._session:
            await self.call("setMyCommands", commands=[
                {"command": "menu", "description": "What you can do"}, {"command": "sos", "description": "Help, now"},
                {"command": "kit", "description": "Ask about your city"}])  # fmt: skip
            while True:
                try:
                    updates = await self.call("getUpdates", offset=offset, timeout=20)
                except (aiohttp.ClientError, AssertionError):
                    await asyncio.sleep(0.1)
                    continue
                for update in updates:
                    offset = update["update_id"] + 1
                    self.seen.append(update)
                    await self.answer(update)

    async def answer(self, update: Json) -> None:
        """The script."""
        if query := update.get("callback_query"):
            await self._tapped(query)
        elif message := update.get("message"):
            await self._said(message["chat"]["id"], message.get("text", "something"))

    async def _tapped(self, query: Json) -> None:
        data = query["data"]
        answer = {"text": f"You chose {data}", "show_alert": data == "more"}
        await self.call("answerCallbackQuery", callback_query_id=query["id"], **answer)

    async def _said(self, chat_id: int, text: str) -> None:
        if text.startswith("/start"):
            welcome = {"text": "<b>Welcome</b> aboard. How are you?", "parse_mode": "HTML", "reply_markup": ANSWERS}
            await self.call("sendMessage", chat_id=chat_id, **welcome)
        elif text == "where am I":
            keyboard = [[{"text": "Share my place", "request_location": True}], ["Not now"]]
            await self.call("sendMessage", chat_id=chat_id, text="Tell me:", reply_markup={"keyboard": keyboard})
        else:
            await self.call("sendMessage", chat_id=chat_id, text=f"You said: {text}")


class Stage:
    """A running sandbox with Léa (learner), Marc (referent) and the bot; `run` lets a coroutine run in its loop."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.sandbox = Sandbox(now=lambda: self.clock.now, director=self.clock)
        self.run(self.sandbox.start())
        self.bot = ScriptedBot(self.sandbox.url)
        self._polling = asyncio.run_coroutine_threadsafe(self.bot.run(), self._loop)
        self.learner = self.person("Léa", "Martin", "learner")
        self.referent = self.person("Marc", "Dubois", "referent")

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs `work` in the sandbox's loop and waits for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def do(self, work: Any) -> Any:
        """Calls a plain function in the sandbox's loop."""

        async def call() -> Any:
            return work()

        return self.run(call())

    def until(self, true: Callable[[], bool], seconds: float = 8.0) -> None:
        """Wait until something has come to the bot: the page shows it a moment earlier."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "it did not come to the bot"
            time.sleep(0.02)

    def person(self, first_name: str, last_name: str, label: str) -> int:
        """A new person; returns the user id."""
        user = self.do(lambda: self.sandbox.world.add_user(first_name, last_name, language_code="en", label=label))
        return int(user.id)

    def meet(self, user_id: int) -> None:
        """Lets the bot write to somebody who never wrote to it."""
        self.sandbox.world.users[user_id].started = True

    def say(self, user_id: int, text: str, **params: Any) -> Json:
        """The bot writes to a person; returns the message."""
        self.meet(user_id)
        result: Json = self.run(self.bot.call("sendMessage", chat_id=user_id, text=text, **params))
        return result

    def texts(self) -> list[str]:
        """What people wrote to the bot, in order."""
        return [update["message"].get("text", "") for update in self.bot.seen if "message" in update]

    def taps(self) -> list[str]:
        """The data of all tapped buttons."""
        return [update["callback_query"]["data"] for update in self.bot.seen if "callback_query" in update]

    def restart(self) -> None:
        """The sandbox goes away and comes back on the same port, as after a crash of the demo's terminal."""
        port = self.sandbox.port
        self.run(self.sandbox.stop())
        self.run(self.sandbox.start(port=port))

    def close(self) -> None:
        """Ends bot, sandbox and thread."""
        self._polling.cancel()
        self.run(self.sandbox.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


def phone(page: Page, name: str = "Léa Martin") -> Locator:
    """The phone of a person."""
    return page.locator(f'.phone[aria-label="{name}\'s phone"]')


def started(page: Page) -> Locator:
    """Léa's phone after she tapped Start and was greeted."""
    lea = phone(page)
    lea.get_by_role("button", name="Start", exact=True).click()
    expect(lea.get_by_text("Welcome aboard. How are you?")).to_be_visible()
    return lea


def write(phone_: Locator, text: str) -> None:
    """The person types and presses Enter."""
    field = phone_.get_by_role("textbox")
    field.fill(text)
    field.press("Enter")
