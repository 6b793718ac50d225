"""The nursery from outside: processes that begin at once, with the face of those of asyncio."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import IO

from tests.e2e.nursery import HEAD

ROOT = Path(__file__).parents[2]


class Forked:
    """A process that began in the nursery."""

    def __init__(self, pid: int, ended: Path) -> None:
        self.pid = pid
        self._ended = ended

    @property
    def returncode(self) -> int | None:
        """Its exit status, minus the signal that ended it; None while it runs."""
        return int(self._ended.read_text()) if self._ended.exists() else None

    async def wait(self) -> int:
        """Until it has ended; its exit status."""
        while (status := self.returncode) is None:
            await asyncio.sleep(0.005)
        return status

    def kill(self) -> None:
        """`kill -9`."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


class Nursery:
    """One for all tests of this process; begun with the first that needs it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="compagnon-nursery-"))
        self._line, theirs = socket.socketpair()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPAGNON_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.nursery", str(theirs.fileno())], cwd=ROOT, env=environment,
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
        )  # fmt: skip
        theirs.close()
        self._numbers = count()
        atexit.register(self.close)

    def begin(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], out: IO[bytes], err: IO[bytes]
    ) -> Forked:  # fmt: skip
        """A process that runs a command line."""
        ended = self._folder / str(next(self._numbers))
        body = json.dumps(
            {"words": list(words), "folder": str(folder), "environment": dict(environment), "ended": str(ended)}
        ).encode()
        socket.send_fds(self._line, [HEAD.pack(len(body))], [out.fileno(), err.fileno()])
        self._line.sendall(body)
        (pid,) = HEAD.unpack(self._line.recv(HEAD.size, socket.MSG_WAITALL))
        return Forked(pid, ended)

    def close(self) -> None:
        """Nobody begins any more."""
        self._line.close()
        self._process.wait(10)


@cache
def nursery() -> Nursery:
    """The nursery of this process."""
    return Nursery()
