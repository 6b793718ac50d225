"""Processes on cores, and what they cost: the bot has one core, everything else the other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from tests.e2e.machine import free_port

ROOT = Path(__file__).parents[2]
CORES = sorted(os.sched_getaffinity(0))
BOT_CORE, OTHER_CORE = CORES[0], CORES[-1]
_NUMBERS = count(1)
SECRET = "bench-secret"
START_SECONDS = 60.0


def spawn(module: str, core: int | None, env: dict[str, str] | None = None, **more: Any) -> subprocess.Popen[str]:
    """A Python process of ours on one core; None: on all of them."""
    cores = CORES if core is None else [core]
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.benchmarks.{module}"], cwd=ROOT, text=True,
        env={**os.environ, **(env or {})}, preexec_fn=lambda: os.sched_setaffinity(0, cores), **more,
    )  # fmt: skip


@contextmanager
def on_all_cores(backend: int) -> Iterator[None]:
    """The PostgreSQL server with this backend, and what connects from now on, is not kept off the bot's core."""
    server = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    before = os.sched_getaffinity(server)
    for cores in (set(CORES), before):
        for process in (server, *map(int, children)):
            with suppress(ProcessLookupError):  # a connection that was closed meanwhile
                os.sched_setaffinity(process, cores)
        if cores != before:
            yield


class Schedulers:
    """Processes with the shipped turn of the schedule, which all begin it at once."""

    def __init__(self, many: int, env: dict[str, str]) -> None:
        cores = [BOT_CORE] if many == 1 else [None] * many
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._processes = [spawn("our_scheduler", core, env, **pipes) for core in cores]
        for process in self._processes:
            assert _line(process) == "ready\n", "a scheduler did not start; its error is above"

    def turn(self, now: datetime) -> list[dict[str, Any]]:
        """One turn of each at `now`; what they did."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(now.isoformat() + "\n")
            process.stdin.flush()
        return [json.loads(_line(process)) for process in self._processes]

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.communicate(timeout=30)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


class Telegram:
    """The stub's process; see `tests.benchmarks.telegram` for the orders it takes."""

    def __init__(self) -> None:
        self._process = spawn("telegram", OTHER_CORE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = f"http://127.0.0.1:{self._answer()['port']}"

    def order(self, **order: Any) -> dict[str, Any]:
        """Have it do something, and wait for the outcome."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the stub of Telegram died; its error is above")
        answer: dict[str, Any] = json.loads(line)
        return answer


class Bot:
    """A bot's process on its core, listening for updates."""

    def __init__(self, module: str, env: dict[str, str], path: str) -> None:
        self.port = free_port()
        self.to = [self.port, path, SECRET]
        self._process = spawn(module, BOT_CORE, {name: value.format(port=self.port) for name, value in env.items()})
        self._until_ready()

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Tell it to stop, and wait."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    def _until_ready(self) -> None:
        late = time.monotonic() + START_SECONDS
        while time.monotonic() < late and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1).close()
            except urllib.error.HTTPError:  # 404: it listens
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the bot did not start; its error is above")


def settings_env(telegram: Telegram, database_url: str) -> dict[str, str]:
    """The settings of one of our bots; each has a token of its own."""
    return {
        "COMPAGNON_TOKEN": f"{1000 + next(_NUMBERS)}:bench", "COMPAGNON_API_URL": telegram.url,
        "COMPAGNON_DATABASE_URL": database_url, "COMPAGNON_LOG_LEVEL": "WARNING",
    }  # fmt: skip


def ours(telegram: Telegram, database_url: str) -> Bot:
    """The shipped bot in webhook mode."""
    listening = {
        "COMPAGNON_WEBHOOK_URL": "http://127.0.0.1:{port}/hook", "COMPAGNON_WEBHOOK_SECRET": SECRET,
        "COMPAGNON_LISTEN": "127.0.0.1:{port}",
    }  # fmt: skip
    return Bot("our_bot", settings_env(telegram, database_url) | listening, "/hook")


def peer(telegram: Telegram) -> Bot:
    """The bare echo bot."""
    env = {
        "BENCH_TOKEN": "5678:peer", "BENCH_API": telegram.url, "BENCH_SECRET": SECRET, "BENCH_PORT": "{port}",
    }  # fmt: skip
    return Bot("echo_bot", env, "/hook")
