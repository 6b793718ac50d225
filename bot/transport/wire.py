"""Calls over kept-alive connections to one server: as little as HTTP/1.1 needs for a POST of JSON.

Of the time an answer took, a third was aiohttp's client, which is made for everything that may be asked of HTTP. What
is written once to a connection may have been carried out; what found no connection was surely not.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from aiohappyeyeballs import start_connection

IDLE_SECONDS = 30.0  # a connection that rested longer is not trusted any more: the other end may just be closing it
FALL_BACK_SECONDS = 0.25  # until the other family of addresses is tried as well
LONGEST_HEAD = 65536  # bytes
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+) *\r\n")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked")
_CLOSE = re.compile(rb"\r\nconnection: *close")

Answer = tuple[int, bytes]  # status and body


class NoConnection(Exception):
    """Nothing was written."""


class BrokenOff(Exception):
    """The call was written, and no whole answer came."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address leads, and how a POST to it begins."""

    host: str
    port: int
    secure: bool
    head: bytes


@lru_cache(maxsize=256)
def target_of(url: str, agent: str) -> Target:
    """Raises NoConnection for an address that leads nowhere."""
    try:
        parts = urlsplit(url)
        host, port, secure = parts.hostname, parts.port, parts.scheme == "https"
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nUser-Agent: {agent}\r\n"
            "Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode("ascii")
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise NoConnection("the address is not valid") from None
    return Target(host, port or (443 if secure else 80), secure, head)


class Wires:
    """The connections to one server, at most so many; each carries one call at a time."""

    def __init__(self, most: int, connect_seconds: float, wait_seconds: float) -> None:
        """`wait_seconds`: the longest that a call waits for a free connection."""
        self._free = asyncio.Semaphore(most)
        self._connect_seconds, self._wait_seconds = connect_seconds, wait_seconds
        self._resting: deque[_Wire] = deque()
        self._all: set[_Wire] = set()
        self._secure: ssl.SSLContext | None = None
        self._closed = False

    async def post(self, target: Target, body: bytes, quiet: float | None, total: float | None) -> Answer:
        """One call; it may take `total` seconds, and `quiet` of them without a byte of the answer.

        Raises NoConnection, BrokenOff, or TimeoutError when the call was written and the time is over.
        """
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        try:
            wire = self._rested() or await self._open(target)
            answer = await wire.call(target.head + b"%d\r\n\r\n" % len(body) + body, quiet, total)
            if wire.usable:
                self._resting.append(wire)
            return answer
        finally:
            self._free.release()

    def close(self) -> None:
        """Break off whatever is under way."""
        self._closed = True
        for wire in tuple(self._all):
            wire.close()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise NoConnection("no connection was free in time") from None

    def _rested(self) -> _Wire | None:
        """The connection that was used last; those that rested too long are closed."""
        now = asyncio.get_running_loop().time()
        while self._resting and (not self._resting[0].usable or now - self._resting[0].used > IDLE_SECONDS):
            self._resting.popleft().close()
        while self._resting:
            wire = self._resting.pop()
            if wire.usable:
                return wire
        return None

    async def _open(self, target: Target) -> _Wire:
        if self._closed:
            raise NoConnection("the connection was closed")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_seconds):
                known = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
                plain = await start_connection(known, happy_eyeballs_delay=FALL_BACK_SECONDS, loop=loop)
                _, wire = await loop.create_connection(
                    lambda: _Wire(self._all), sock=plain, ssl=self._context() if target.secure else None,
                    server_hostname=target.host if target.secure else None,
                )  # fmt: skip
        except socket.gaierror:
            raise NoConnection("the host name cannot be resolved") from None
        except TimeoutError:
            raise NoConnection("no connection in time") from None
        except OSError as error:
            raise NoConnection(error.strerror or type(error).__name__) from None
        if self._closed:  # while we connected
            wire.close()
            raise NoConnection("the connection was closed")
        return wire

    def _context(self) -> ssl.SSLContext:
        if self._secure is None:
            self._secure = ssl.create_default_context()
        return self._secure


class _Wire(asyncio.Protocol):
    """One connection."""

    def __init__(self, known: set[_Wire]) -> None:
        self._known = known
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._answer: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._read = b""
        self.used = self._heard = self._loop.time()
        self.usable = True

    async def call(self, request: bytes, quiet: float | None, total: float | None) -> Answer:
        """Write it and wait. Whatever goes wrong ends the connection: nobody knows what it would say next."""
        self._answer = self._loop.create_future()
        self._heard = self._loop.time()
        late = None if total is None else self._heard + total
        self._transport.write(request)
        self._timer = None if quiet is None else self._loop.call_later(quiet, self._look, quiet, late)
        try:
            return await self._answer
        except BaseException:
            self.close()
            raise
        finally:
            self._answer = None
            if self._timer is not None:
                self._timer.cancel()

    def close(self) -> None:
        """No more calls; what is under way breaks off."""
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    # --- what the event loop tells ----------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._known.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.usable = False
        self._known.discard(self)
        if self._answer is None or self._answer.done():
            return
        try:
            whole = _ended(self._read) if exc is None else None
        except ValueError:
            whole = None
        if whole is not None:
            self._answer.set_result(whole)
        else:
            self._answer.set_exception(BrokenOff("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        self.used = self._heard = self._loop.time()
        self._read += data
        try:
            found = _whole(self._read)
        except ValueError:
            self._answer.set_exception(BrokenOff("the answer was not HTTP"))
            return
        if found is None:
            return
        answer, self.usable = found
        self._read = b""
        self._answer.set_result(answer)
        if not self.usable:
            self.close()

    def _look(self, quiet: float, late: float | None) -> None:
        """Has the other end been silent for too long?"""
        if self._answer is None or self._answer.done():
            return
        now = self._loop.time()
        until = self._heard + quiet if late is None else min(self._heard + quiet, late)
        if until - now > 0:
            self._timer = self._loop.call_later(until - now, self._look, quiet, late)
        else:
            self._answer.set_exception(TimeoutError())


# --- answers ------------------------------------------------------------------------------------------


def _whole(read: bytes) -> tuple[Answer, bool] | None:
    """The answer, and whether the connection stays; None while it is not whole. Raises ValueError for nonsense."""
    end = read.find(b"\r\n\r\n")
    if end < 0:
        if len(read) > LONGEST_HEAD or not b"HTTP/1.".startswith(read[:7]):
            raise ValueError("no head of an answer")
        return None
    head = read[: end + 2].lower()
    status = _status(head)
    if 100 <= status < 200:  # a word in between
        return _whole(read[end + 4 :])
    stays = head.startswith(b"http/1.1") and _CLOSE.search(head) is None
    length = _LENGTH.search(head)
    if _CHUNKED.search(head) is not None:
        body = _joined(read, end + 4)
    elif length is not None:
        size = int(length[1])
        body = read[end + 4 : end + 4 + size] if len(read) >= end + 4 + size else None
    elif status in (204, 304):
        body = b""
    else:
        return None  # until the other end closes
    return None if body is None else ((status, body), stays)


def _ended(read: bytes) -> Answer | None:
    """The answer that ended with the connection; None where it was cut off."""
    end = read.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = read[: end + 2].lower()
    counted = _LENGTH.search(head) is not None or _CHUNKED.search(head) is not None
    return None if counted else (_status(head), read[end + 4 :])


def _status(head: bytes) -> int:
    if not head.startswith((b"http/1.1 ", b"http/1.0 ")):
        raise ValueError("no status")
    return int(head[9:12])


def _joined(read: bytes, start: int) -> bytes | None:
    """A body that came in pieces; None while one is missing."""
    pieces: list[bytes] = []
    while (end := read.find(b"\r\n", start)) >= 0:
        size = int(read[start:end].partition(b";")[0], 16)
        if size == 0:
            return b"".join(pieces) if read.find(b"\r\n\r\n", end) >= 0 else None
        start = end + 2 + size + 2
        if len(read) < start:
            return None
        pieces.append(read[end + 2 : end + 2 + size])
    return None
