"""Webhook delivery: secret header, order per chat, parallel chats, retries, answers in the response."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.support.sandbox import Desk, at_desk

Json = dict[str, Any]
SECRET = "X-Telegram-Bot-Api-Secret-Token"


class Receiver:
    """A bot's webhook: notes what comes; `answer` decides the response to an update."""

    def __init__(self) -> None:
        self.updates: list[Json] = []
        self.secrets: list[str | None] = []
        self.active = self.most_active = 0
        self.pause = 0.0
        self.answer: Callable[[Json], web.Response] = lambda update: web.Response()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        update = await request.json()
        self.updates.append(update)
        self.secrets.append(request.headers.get(SECRET))
        await asyncio.sleep(self.pause)
        self.active -= 1
        return self.answer(update)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates]

    async def got(self, count: int) -> None:
        for _ in range(500):
            if len(self.updates) >= count:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"only {len(self.updates)} of {count} updates came: {self.updates}")


@asynccontextmanager
async def receiving(here: Desk, **params: Any) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    here.sandbox.api.webhook.retry_base = 0.02
    try:
        await here.result("setWebhook", url=receiver.url, **params)
        yield receiver
    finally:
        await here.result("deleteWebhook")
        await runner.cleanup()


async def _pending(here: Desk, count: int) -> Json:
    """getWebhookInfo as soon as so many updates are pending."""
    info: Json = {}
    for _ in range(500):
        info = await here.result("getWebhookInfo")
        if info["pending_update_count"] == count:
            return info
        await asyncio.sleep(0.01)
    raise AssertionError(info)


def test_updates_are_posted_with_the_secret_and_confirmed() -> None:
    async def scenario(here: Desk) -> None:
        async with receiving(here, secret_token="s3-cret_") as receiver:
            await here.person.send("a")
            await receiver.got(1)
            assert receiver.secrets == ["s3-cret_"]
            info = await _pending(here, 0)
            assert info == {
                "url": receiver.url, "has_custom_certificate": False, "pending_update_count": 0, "max_connections": 40,
            }  # fmt: skip

    at_desk(scenario)


def test_no_secret_means_no_header() -> None:
    async def scenario(here: Desk) -> None:
        async with receiving(here) as receiver:
            await here.person.send("a")
            await receiver.got(1)
            assert receiver.secrets == [None]

    at_desk(scenario)


def test_what_was_pending_is_delivered_unless_dropped() -> None:
    async def scenario(here: Desk) -> None:
        await here.person.send("before")
        async with receiving(here) as receiver:
            await receiver.got(1)
            assert receiver.texts() == ["before"]
            await _pending(here, 0)
        await here.person.send("dropped")
        async with receiving(here, drop_pending_updates=True) as receiver:
            await here.person.send("after")
            await receiver.got(1)
            assert receiver.texts() == ["after"]

    at_desk(scenario)


def test_a_refused_update_comes_again_before_the_next_of_that_chat() -> None:
    async def scenario(here: Desk) -> None:
        async with receiving(here) as receiver:
            failures = iter([500, 503])
            receiver.answer = lambda update: web.Response(status=next(failures, 200))
            await here.person.send("a")
            await here.person.send("b")
            await receiver.got(4)
            assert receiver.texts() == ["a", "a", "a", "b"]
            info = await _pending(here, 0)
            assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
            assert info["last_error_date"] == int(here.clocks.wall.timestamp())

    at_desk(scenario)


def test_retry_after_in_the_answer_sets_the_pause() -> None:
    async def scenario(here: Desk) -> None:
        async with receiving(here) as receiver:
            answers = iter([web.Response(status=429, headers={"Retry-After": "1"})])
            receiver.answer = lambda update: next(answers, web.Response())
            await here.person.send("a")
            await receiver.got(1)
            await asyncio.sleep(0.3)
            assert len(receiver.updates) == 1
            await receiver.got(2)

    at_desk(scenario)


def test_chats_are_served_side_by_side_and_each_in_order() -> None:
    async def scenario(here: Desk) -> None:
        people = [here.sandbox.world.add_user(f"P{n}") for n in range(6)]
        async with receiving(here, max_connections=4) as receiver:
            receiver.pause = 0.02
            for number in range(3):
                for person in people:
                    await here.control("POST", f"chats/{person.id}/send", {"text": str(number)})
            await receiver.got(18)
            for person in people:
                own = [u["message"]["text"] for u in receiver.updates if u["message"]["chat"]["id"] == person.id]
                assert own == ["0", "1", "2"]
            assert 1 < receiver.most_active <= 4

    at_desk(scenario)


def test_an_unreachable_webhook_shows_in_the_info() -> None:
    async def scenario(here: Desk) -> None:
        here.sandbox.api.webhook.retry_base = 0.02
        await here.result("setWebhook", url="http://127.0.0.1:9/hook")
        await here.person.send("a")
        for _ in range(100):
            info = await here.result("getWebhookInfo")
            if "last_error_message" in info:
                break
            await asyncio.sleep(0.01)
        assert info["last_error_message"] == "Connection refused"
        assert info["pending_update_count"] == 1

    at_desk(scenario)


def test_a_method_in_the_answer_is_carried_out() -> None:
    async def scenario(here: Desk) -> None:
        async with receiving(here) as receiver:
            call = {"method": "sendMessage", "chat_id": here.chat, "text": "in the answer"}
            receiver.answer = lambda update: web.json_response(call)
            await here.person.send("a")
            await here.person.wait_for("in the answer")
            assert (await here.calls())[-1]["method"] in ("sendMessage", "getWebhookInfo")

    at_desk(scenario)


def test_a_webhook_and_polling_exclude_each_other() -> None:
    async def scenario(here: Desk) -> None:
        poll = asyncio.create_task(here.call("getUpdates", timeout=5))
        await asyncio.sleep(0.05)
        async with receiving(here):
            assert (await poll)["description"] == "Conflict: terminated by setWebhook request"
            assert await here.refused("getUpdates") == (
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        assert await here.updates() == []

    at_desk(scenario)


def test_bad_webhooks_are_refused() -> None:
    async def scenario(here: Desk) -> None:
        assert "invalid webhook URL" in await here.refused("setWebhook", url="nowhere")
        assert "unallowed characters" in await here.refused("setWebhook", url="http://127.0.0.1:1/", secret_token="a b")
        assert "too long" in await here.refused("setWebhook", url="http://127.0.0.1:1/", secret_token="a" * 257)

    at_desk(scenario)
