"""Telegram as the benchmarks need it: a fast stub of the Bot API that also posts updates to a bot's webhook.

A process of its own, on the core the bot does not have. It reads one JSON order a line on stdin and answers each with
one JSON line on stdout:
`{"load": kind, "to": [port, path, secret], "seconds": s, "in_flight": n, "chats": n}` posts updates, of kind `kit` (a
question of a new wording), `known` or `tap`; an update is done when the webhook said 200 *and* the bot's message to
that chat came, whichever is later;
`{"count": "start"}` and `{"count": "stop"}` count messages sent, refusing more than 30 in any second when asked to.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

import uvloop

from tests.benchmarks.questions import english, typed

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_CHAT = re.compile(rb'chat_id(?:=|": ?)(\d+)')
_SAYING = (b"sendMessage", b"editMessageText")
_ME = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
FIRST_CHAT = 1_000_000
TELEGRAMS_LIMIT = 30  # messages in any second, Bot FAQ


@dataclass
class Counted:
    """Messages sent to people, for the broadcast."""

    at: list[float] = field(default_factory=list)
    refused: int = 0
    recent: deque[float] = field(default_factory=deque)
    strict: bool = False

    def one(self, now: float) -> bool:
        """Count one more; False when Telegram would answer 429."""
        if self.strict:
            while self.recent and now - self.recent[0] >= 1.0:
                self.recent.popleft()
            if len(self.recent) >= TELEGRAMS_LIMIT:
                self.refused += 1
                return False
            self.recent.append(now)
        self.at.append(now)
        return True


class Stub:
    """What Telegram remembers: webhooks by path of the API, message ids, and who waits for a message."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.updates = count(1)
        self.webhooks: dict[bytes, str] = {}
        self.waiting: dict[int, Callable[[], None]] = {}
        self.counted = Counted()
        self.questions = {"kit": typed(), "known": cycle(english())}

    def call(self, path: bytes, body: bytes) -> bytes:
        """The answer to one method call."""
        bot, _, method = path.rpartition(b"/")
        if method in _SAYING:
            return self._said(body)
        if method == b"getMe":
            return _ok(_ME)
        if method == b"setWebhook":
            self.webhooks[bot] = _url(body)
        if method == b"getWebhookInfo":
            info = {"url": self.webhooks.get(bot, ""), "has_custom_certificate": False, "pending_update_count": 0}
            return _ok(info)
        return b'{"ok":true,"result":true}'

    def _said(self, body: bytes) -> bytes:
        found = _CHAT.search(body)
        chat = int(found[1]) if found else 0
        if not self.counted.one(time.monotonic()):
            return b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}'  # noqa: E501
        done = self.waiting.pop(chat, None)
        if done is not None:
            done()
        return (
            b'{"ok":true,"result":{"message_id":%d,"date":1760000000,"from":{"id":1,"is_bot":true,"first_name":"Bench"},'
            b'"chat":{"id":%d,"type":"private","first_name":"Lea"},"text":"words"}}' % (next(self.numbers), chat)
        )


def _ok(result: Any) -> bytes:
    return json.dumps({"ok": True, "result": result}).encode()


def _url(body: bytes) -> str:
    try:
        return str(json.loads(body)["url"])
    except ValueError:  # the peer sends forms; nobody asks for its address again
        return ""


class Api(asyncio.Protocol):
    """One kept-alive connection of a bot."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            found = _LENGTH.search(head)
            size = int(found[1]) if found else 0
            if len(self._buffer) < end + 4 + size:
                return
            body = self._buffer[end + 4 : end + 4 + size]
            self._buffer = self._buffer[end + 4 + size :]
            answer = self._stub.call(head.split(b" ", 2)[1], body)
            status = b"429 Too Many Requests" if answer.startswith(b'{"ok":false') else b"200 OK"
            self._transport.write(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(answer), answer)
            )


class Load:
    """Keeps a number of updates in flight to one webhook for a time."""

    def __init__(self, stub: Stub, order: dict[str, Any]) -> None:
        self.stub = stub
        self.port, self.path, self.secret = order["to"]
        self.kind, self.chats = order["load"], order["chats"]
        self.until = time.monotonic() + order["seconds"]
        self.latencies: list[float] = []
        self.failed = 0

    async def run(self, in_flight: int) -> dict[str, Any]:
        """All slots, until the time is over and every update is done."""
        loop = asyncio.get_running_loop()
        began = time.monotonic()
        slots = []
        for _ in range(in_flight):
            _, slot = await loop.create_connection(lambda: Slot(self), "127.0.0.1", self.port)
            slots.append(slot)
        await asyncio.wait_for(asyncio.gather(*(slot.finished for slot in slots)), self.until - began + 60)
        took = time.monotonic() - began
        for slot in slots:
            slot.transport.close()
        ordered = sorted(self.latencies)
        return {
            "updates": len(ordered), "seconds": took, "failed": self.failed,
            "p50_ms": 1000 * ordered[len(ordered) // 2], "p95_ms": 1000 * ordered[len(ordered) * 95 // 100],
        }  # fmt: skip

    def request(self, number: int, chat: int) -> bytes:
        """The next update as an HTTP request, as Telegram posts it."""
        body = json.dumps(self._update(number, chat)).encode()
        return (
            b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"X-Telegram-Bot-Api-Secret-Token: %b\r\nContent-Length: %d\r\n\r\n%b"
            % (self.path.encode(), self.secret.encode(), len(body), body)
        )

    def _update(self, number: int, chat: int) -> dict[str, Any]:
        person = {"id": chat, "is_bot": False, "first_name": "Lea", "language_code": "en"}
        message = {"message_id": number, "date": 1760000000, "chat": {"id": chat, "type": "private"}}
        if self.kind == "tap":
            query = {"id": str(number), "from": person, "chat_instance": "1", "data": "menu:home",
                     "message": {**message, "from": _ME, "text": "Hello Lea, day 6 of 22 in Seville."}}  # fmt: skip
            return {"update_id": number, "callback_query": query}
        question = next(self.stub.questions[self.kind])
        return {"update_id": number, "message": {**message, "from": person, "text": question}}


class Slot(asyncio.Protocol):
    """One update after the other on one connection."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._missing = 0
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(ConnectionError(f"the bot closed the connection: {exc}"))

    def _next(self) -> None:
        if time.monotonic() >= self._load.until:
            self.finished.set_result(None)
            return
        number = next(self._load.stub.updates)
        chat = FIRST_CHAT + number % self._load.chats
        self._missing, self._began = 2, time.monotonic()
        self._load.stub.waiting[chat] = self._step
        self.transport.write(self._load.request(number, chat))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        found = _LENGTH.search(self._buffer[:end])
        if len(self._buffer) < end + 4 + (int(found[1]) if found else 0):
            return
        if not self._buffer.startswith(b"HTTP/1.1 200"):
            self._load.failed += 1
        self._buffer = b""
        self._step()

    def _step(self) -> None:
        self._missing -= 1
        if self._missing == 0:
            self._load.latencies.append(time.monotonic() - self._began)
            self._next()


async def obey(stub: Stub, order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order."""
    if "load" in order:
        return await Load(stub, order).run(order["in_flight"])
    if order["count"] == "start":
        stub.counted = Counted(strict=order.get("strict", False))
        return {}
    found, stub.counted = stub.counted, Counted()  # nobody is refused any more
    took = found.at[-1] - found.at[0] if found.at else 0.0
    return {"messages": len(found.at), "seconds": took, "refused": found.refused}


async def main() -> None:
    """Listen, say where, and take orders until stdin ends."""
    loop = asyncio.get_running_loop()
    stub = Stub()
    server = await loop.create_server(lambda: Api(stub), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await obey(stub, json.loads(line))), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
