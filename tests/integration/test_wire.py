"""Calls over kept-alive connections, against a server that answers whatever a test wants it to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bot.transport.wire import BrokenOff, NoConnection, Wires, target_of

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"
WHOLE = {
    "counted": ([FINE], b"fine"),
    "counted, byte by byte": ([bytes([one]) for one in FINE], b"fine"),
    "in chunks": (
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nfi\r", b"\n2\r\nn", b"e\r\n0\r\n", b"\r\n"],
        b"fine",
    ),
    "a word in between": ([b"HTTP/1.1 100 Continue\r\n\r\n" + FINE], b"fine"),
    "until the end": ([b"HTTP/1.1 200 OK\r\n\r\nfi", b"ne", b""], b"fine"),
    "without a body": ([b"HTTP/1.1 204 No Content\r\n\r\n"], b""),
    "capitals and spaces": ([b"HTTP/1.1 200 OK\r\nCONTENT-LENGTH:4\r\n\r\nfine"], b"fine"),
}
BROKEN = {
    "no HTTP": [b"SSH-2.0-OpenSSH_9.9\r\n"],
    "no status": [b"HTTP/1.1 abc OK\r\n\r\n"],
    "closed at once": [b""],
    "cut off": [FINE[:-1], b""],
    "a chunk is missing": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nfi\r\n", b""],
}


class Server:
    """Answers each request with what is next of `answers`; an empty piece closes the connection."""

    def __init__(self, answers: Sequence[Sequence[bytes]]) -> None:
        self.connections = 0
        self.read: list[bytes] = []
        self._answers = iter(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
                self.read.append(head + await reader.readexactly(size))
                for piece in next(self._answers, ()):
                    if not piece:
                        return
                    writer.write(piece)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def with_server(answers: Sequence[Sequence[bytes]], act: Callable[[Wires, Any, Server], Any], most: int = 2) -> Any:
    async def run() -> Any:
        server = Server(answers)
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        wires = Wires(most, 1.0, 0.05)
        try:
            async with asyncio.timeout(5):
                return await act(wires, target_of(f"http://127.0.0.1:{port}/bot1/x", "test"), server)
        finally:
            wires.close()
            listening.close()

    return asyncio.run(run())


async def call(wires: Wires, target: Any, _server: Server) -> tuple[int, bytes]:
    return await wires.post(target, b'{"a": 1}', 2.0, 4.0)


@pytest.mark.parametrize("shape", WHOLE)
def test_an_answer_of_any_shape_is_read(shape: str) -> None:
    pieces, body = WHOLE[shape]
    assert with_server([pieces], call)[1] == body


@pytest.mark.parametrize("shape", BROKEN)
def test_what_is_no_whole_answer_breaks_off(shape: str) -> None:
    with pytest.raises(BrokenOff):
        with_server([BROKEN[shape]], call)


def test_a_call_is_written_as_http_has_it() -> None:
    async def act(wires: Wires, target: Any, server: Server) -> bytes:
        await call(wires, target, server)
        return server.read[0]

    head, _, body = with_server([[FINE]], act).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /bot1/x HTTP/1.1"
    assert {b"Content-Type: application/json", b"Content-Length: 8", b"User-Agent: test"} < set(lines)
    assert lines[1].startswith(b"Host: 127.0.0.1:")
    assert body == b'{"a": 1}'


def test_calls_one_after_the_other_share_a_connection_until_it_is_closed() -> None:
    async def act(wires: Wires, target: Any, server: Server) -> list[int]:
        found = []
        for _ in range(4):
            await call(wires, target, server)
            await asyncio.sleep(0.02)  # until a closed connection is known to be so
            found.append(server.connections)
        return found

    closing = FINE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert with_server([[FINE], [closing], [FINE, b""], [FINE]], act) == [1, 1, 2, 3]


def test_silence_ends_a_call_and_its_connection() -> None:
    async def act(wires: Wires, target: Any, server: Server) -> int:
        with pytest.raises(TimeoutError):
            await wires.post(target, b"{}", 0.05, 4.0)
        await call(wires, target, server)
        return server.connections

    assert with_server([[FINE[:10]], [FINE]], act) == 2


def test_who_finds_no_free_connection_has_written_nothing() -> None:
    async def act(wires: Wires, target: Any, server: Server) -> tuple[Any, int]:
        first = asyncio.create_task(wires.post(target, b"{}", 0.2, 0.2))
        await asyncio.sleep(0.02)
        with pytest.raises(NoConnection):
            await call(wires, target, server)
        with pytest.raises(TimeoutError):
            await first
        return await call(wires, target, server), len(server.read)

    assert with_server([[], [FINE]], act, most=1) == ((200, b"fine"), 2)


def test_closing_breaks_off_what_is_under_way_and_opens_nothing_more() -> None:
    async def act(wires: Wires, target: Any, server: Server) -> None:
        under_way = asyncio.create_task(call(wires, target, server))
        await asyncio.sleep(0.02)
        wires.close()
        with pytest.raises(BrokenOff):
            await under_way
        with pytest.raises(NoConnection):
            await call(wires, target, server)

    with_server([[]], act)


@pytest.mark.parametrize("url", ["", "http://", "ftp://127.0.0.1/x", "http://[::1/x", "http://127.0.0.1:99999/x"])
def test_an_address_that_leads_nowhere_is_no_connection(url: str) -> None:
    with pytest.raises(NoConnection):
        target_of(url, "test")
