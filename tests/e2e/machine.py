"""An operator's machine as the end-to-end tests see it: a folder, a database, the sandbox in Telegram's place, and the
shipped command in real processes."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bot.sandbox.faults import parse_fault
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from tests.e2e.forked import Forked, nursery
from tests.support.bot_api import SPEC, check_calls

Json = dict[str, Any]

COMMAND = str(Path(sys.executable).with_name("compagnon"))
TOKEN = "7654321:AAE2e-Nobody-Ever-Had-This-Token"
COHORT = "SPRING"
BYTECODE = Path(tempfile.gettempdir()) / "compagnon-e2e-bytecode"  # compiling takes longer than most commands
PATIENCE = 120.0  # seconds at most: waits end as soon as something is there, but the cores may be busy


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


class Running:
    """A process that goes on: killed, stopped or left; its standard error is in a file."""

    def __init__(self, process: asyncio.subprocess.Process | Forked, out: Path) -> None:
        self.process = process
        self._out = out

    def log(self) -> str:
        """Everything it has written so far."""
        return self._out.read_text("utf-8", "replace")

    def worked(self) -> float:
        """Seconds of processor time it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        await self.process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Ask it to end; its exit status and the seconds it took. Raises AssertionError when it does not end."""
        began = time.monotonic()
        self.process.send_signal(number)
        status = await self.ended(PATIENCE)
        return status, time.monotonic() - began

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Its exit status. Raises AssertionError when it goes on."""
        try:
            return await asyncio.wait_for(self.process.wait(), seconds)
        except TimeoutError:
            raise AssertionError(f"the process goes on after {seconds} s\n{self.log()}") from None

    async def says(self, words: str, seconds: float = PATIENCE) -> None:
        """Wait until these words are in its log."""
        await eventually(lambda: words in self.log(), seconds, lambda: f"{words!r} is not in the log\n{self.log()}")


class Patient(Person):
    """A person who waits as long as a busy machine needs."""

    async def wait_for(self, text: str, timeout: float = PATIENCE, after: int = 0) -> Json:
        """As of any person."""
        return await super().wait_for(text, timeout, after)


@dataclass
class Machine:
    """`play` a story on it; whatever is still running then is ended, and every call of the bot is checked."""

    folder: Path
    database_url: str
    tokens: dict[str, str] = field(default_factory=dict)  # invite tokens by code
    clock: Any = None
    installed: bool = False  # begin by the installed command, and not within milliseconds

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(TOKEN, "compagnon_e2e_bot")
        self.processes: list[Running] = []

    def play(self, story: Callable[[], Awaitable[None]]) -> None:
        """Run an async story from the sandbox's start to the check of all that was said."""
        asyncio.run(self._play(story))
        calls = self.sandbox.api.log.after(0)
        for process in self.processes:
            assert "Traceback" not in process.log(), process.log()
            assert not re.search(r"\.py:\d+ ", process.log()), f"an exception was logged\n{process.log()}"
            assert TOKEN.split(":")[1] not in process.log(), "the token is in the log"
        if SPEC.exists():  # it lies outside this repository
            check_calls(calls)

    async def _play(self, story: Callable[[], Awaitable[None]]) -> None:
        await self.sandbox.start()
        try:
            await story()
        except Exception as error:
            for process in self.processes[-2:]:
                error.add_note(f"--- the log of a process\n{process.log()[-3000:]}")
            raise
        finally:
            for process in self.processes:
                if process.process.returncode is None:
                    await process.kill()
            await self.sandbox.stop()

    # --- processes ---

    def environment(self, **settings: str) -> dict[str, str]:
        """The machine's settings as environment variables; given ones (without prefix) win."""
        ours = {
            "TOKEN": TOKEN, "API_URL": self.sandbox.url, "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder / "data"),
        } | settings  # fmt: skip
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("COMPAGNON_", "PYTHON"))}
        clean["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
        return clean | {f"COMPAGNON_{name}": value for name, value in ours.items() if value}

    async def command(self, *words: str, **settings: str) -> Outcome:
        """Run a command to its end."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = await self._begin(words, self.environment(**settings), out, err)
            status = await asyncio.wait_for(process.wait(), 120)
            said = [file.seek(0) or file.read().decode() for file in (out, err)]
        return Outcome(status, *said)

    async def _begin(
        self, words: Sequence[str], environment: dict[str, str], out: IO[bytes], err: IO[bytes]
    ) -> asyncio.subprocess.Process | Forked:  # fmt: skip
        if not self.installed:
            return nursery().begin(words, self.folder, environment, out, err)
        return await asyncio.create_subprocess_exec(
            COMMAND, *words, cwd=self.folder, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=err
        )

    async def do(self, *words: str, **settings: str) -> Outcome:
        """Run a command that must succeed."""
        outcome = await self.command(*words, **settings)
        assert outcome.status == 0, f"compagnon {' '.join(words)}\n{outcome.out}{outcome.err}"
        return outcome

    async def start(self, *words: str, **settings: str) -> Running:
        """Start something that goes on; by default the whole service."""
        out = self.folder / f"log{len(self.processes)}.txt"
        with out.open("wb") as file:
            process = await self._begin(words or ("run",), self.environment(**settings), file, file)
        running = Running(process, out)
        self.processes.append(running)
        return running

    # --- Telegram ---

    def fault(self, kind: str, method: str = "*", times: int | None = 1, **more: Any) -> None:
        """Switch a fault on, as the control API does."""
        self.sandbox.api.faults.add(parse_fault({"kind": kind, "method": method, "times": times, **more}))

    def healed(self) -> None:
        """All faults are over."""
        self.sandbox.api.faults.clear()

    def calls(self, method: str, *, ok: bool | None = True) -> list[Json]:
        """The calls of one method so far; `ok=None` also the refused ones."""
        return [
            call for call in self.sandbox.api.log.after(0)
            if call["method"] == method and ok in (None, call["ok"])
        ]  # fmt: skip

    def sent(self, chat_id: int) -> list[str]:
        """The texts of the new messages to a chat, in order, edits left out."""
        return [c["params"].get("text", "") for c in self.calls("sendMessage") if c["params"]["chat_id"] == chat_id]

    def doubled(self) -> list[tuple[int, str]]:
        """Messages that went to the same chat more than once."""
        seen = Counter((c["params"]["chat_id"], c["params"]["text"]) for c in self.calls("sendMessage"))
        return [message for message, times in seen.items() if times > 1]

    # --- people ---

    async def person(self, first_name: str, **fields: str) -> Person:
        """Somebody with a phone."""
        return await Patient.join(self.sandbox.url, first_name, **fields)

    async def referent(self, code: str = "claire", name: str = "Claire") -> Person:
        """A contact person opens their invite and chooses English."""
        person = await self.person(name, label="referent")
        await person.send(f"/start {self.tokens[code]}")
        await person.wait_for("English")
        await person.click("English")
        await person.wait_for("Welcome, ")
        return person

    async def learner(self, code: str = "L02", name: str = "Noé") -> Person:
        """A learner of age opens the invite and walks through the whole onboarding in English."""
        person = await self.person(name, label="learner", language_code="fr")
        for do, expected in onboarding(person, self.tokens[code]):
            await do()
            await person.wait_for(expected)
        return person


def onboarding(person: Person, token: str) -> list[tuple[Callable[[], Awaitable[Any]], str]]:
    """The taps of a learner's way in, each with words of the answer."""
    return [
        (lambda: person.send(f"/start {token}"), "English"),
        (lambda: person.click("English"), "I'm Compagnon"),
        (lambda: person.click("Yes, I agree"), "Here is what your school told me"),
        (lambda: person.click("Yes, that's right"), "Which hour suits you"),
        (lambda: person.click(KEEP), "All set."),
    ]


KEEP = "join:hour:keep"


async def eventually(
    true: Callable[[], bool], seconds: float = PATIENCE, otherwise: Callable[[], str] | str = "it did not happen"
) -> None:
    """Wait until something is true. Raises AssertionError with the given words."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(otherwise if isinstance(otherwise, str) else otherwise())
        await asyncio.sleep(0.02)


def free_port() -> int:
    """A port of this machine that nobody has, and that no connection is given.

    Not one that the system offers: those go to outgoing connections, too, and for a minute after each of them nobody
    can listen there. The hundreds a second of a test would take it before the process has started that is to listen.
    """
    for port in random.sample(range(10_000, 32_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


def webhook() -> dict[str, str]:
    """Settings for webhook mode on a free port."""
    listen = f"127.0.0.1:{free_port()}"
    return {"WEBHOOK_URL": f"http://{listen}/telegram", "LISTEN": listen}
