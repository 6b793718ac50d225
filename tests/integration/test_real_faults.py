"""The shipped processes, real databases and the sandbox in Telegram's place, and what goes wrong with machines.

Every test prints what was lost, doubled and late, and adds it to build/faults.json. A seed replays the same draws; what
the processors make of them differs a little.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.content.loader import Library
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.store.engine import open_store
from tests.e2e.machine import Machine
from tests.support.databases import Databases
from tests.support.evening import Evening, Figures

KINDS = ("sqlite", "postgresql")
KILLS = 20
GRACE, SHORT_GRACE = 30, 20  # seconds; a killed process is away for ten
TAKE_OVER = 20.0  # seconds
CYCLE = 5.0  # seconds from one kill to the next, about


@pytest.fixture
def evening_of(databases: Databases, library: Library, search: KitSearch, tmp_path: Path) -> Callable[..., Evening]:
    """An evening on a fresh database of a kind, prepared."""

    def prepare(what: str, kind: str, seed: int, seconds: float, people: int = 2000, asked: int = 200) -> Evening:
        return prepared(databases, kind, library, search, tmp_path, what, seed, seconds, people, asked)

    return prepare


def prepared(
    databases: Databases, kind: str, library: Library, search: KitSearch, folder: Path, what: str, seed: int,
    seconds: float, people: int, asked: int,
) -> Evening:  # fmt: skip
    """An evening whose check-ins fall due within so many seconds."""
    machine = Machine(folder, databases.fresh(kind))
    evening = Evening(machine, what, seed, people, asked, GRACE if people >= 2000 else SHORT_GRACE)
    store = open_store(machine.database_url)
    try:
        evening.prepare(Core(store, library, search, folder), timedelta(seconds=seconds))
    finally:
        store.close()
    return evening


class SmallDisk:
    """A file system of a few megabytes of its own, which can be filled up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take_in(self, url: str) -> str:
        """Move an SQLite database here; its new address."""
        target = self.folder / "compagnon.sqlite3"
        shutil.copy(make_url(url).database or "", target)
        return f"sqlite:///{target}"

    def fill(self) -> None:
        """Not one byte is left."""
        with contextlib.suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))

    def free(self) -> None:
        """Somebody cleans up."""
        (self.folder / "ballast").unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Needs the right to mount; without it the test is left out and says so."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("this user may not mount a small file system")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", folder], check=True)


def play(evening: Evening, trouble: Callable[[], Awaitable[None]]) -> Figures:
    """The trouble, then calm until everything is done; the figures are kept and must be right."""

    async def story() -> None:
        living = asyncio.create_task(evening.people_live())
        try:
            await trouble()
            await evening.wait_for_all()
            assert not living.done(), living.exception()
        finally:
            living.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await living

    evening.machine.play(story)
    figures = evening.count()
    figures.keep()
    assert not figures.verdict(), figures.verdict()
    return figures


async def killed_again_and_again(evening: Evening, kills: int = KILLS) -> None:
    """Half of the kills come after some more messages, so that others are in the air; half at any instant."""
    running = await evening.start()
    for _ in range(kills):
        if evening.dice.random() < 0.5:
            await evening.sends(evening.dice.randint(1, 120), 20)
            await asyncio.sleep(evening.dice.random() * 0.01)
        else:
            await asyncio.sleep(evening.dice.random() * 3)
        await evening.kill(running)
        running = await evening.start()


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_kills_in_a_check_in_hour_and_a_message_to_two_thousand_lose_nothing(
    evening_of: Callable[..., Evening], kind: str
) -> None:
    evening = evening_of("kill -9", kind, 1, KILLS * CYCLE)
    figures = play(evening, lambda: killed_again_and_again(evening))
    assert figures.faults == KILLS


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_kills_lose_nothing(evening_of: Callable[..., Evening], kind: str, seed: int) -> None:
    evening = evening_of("kill -9", kind, seed, KILLS * CYCLE)
    play(evening, lambda: killed_again_and_again(evening))


def test_a_postgresql_that_falls_over_in_the_middle_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, library: Library, search: KitSearch, tmp_path: Path
) -> None:
    own = Databases(tmp_path_factory.mktemp("falling"))
    try:
        evening = prepared(own, "postgresql", library, search, tmp_path, "PostgreSQL restarts", 2, 6.0, 400, 40)

        async def trouble() -> None:
            running = await evening.start()
            for _ in range(2):
                await evening.sends(evening.dice.randint(30, 120), 40)
                await asyncio.to_thread(own.crash)
                evening.figures.faults += 1
                await asyncio.sleep(evening.dice.random() * 3)
                await asyncio.to_thread(own.recover)
                evening.note_air()
            await running.says("Trying again")

        play(evening, trouble)
    finally:
        own.close()


@pytest.mark.parametrize("kind", KINDS)
def test_while_telegram_cannot_be_reached_everything_waits_and_then_goes_out_once(
    evening_of: Callable[..., Evening], kind: str
) -> None:
    evening = evening_of("Telegram's port closed", kind, 3, 6.0, 400, 40)
    sandbox = evening.machine.sandbox

    async def trouble() -> None:
        await evening.start()
        for _ in range(2):
            await evening.sends(evening.dice.randint(30, 120), 40)
            port = sandbox.port
            await sandbox.stop()
            evening.figures.faults += 1
            evening.note_air()
            await asyncio.sleep(2 + evening.dice.random() * 3)
            evening.note_air()
            await sandbox.start(port=port)

    play(evening, trouble)


@pytest.mark.long  # needs the right to mount
def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(
    databases: Databases, library: Library, search: KitSearch, tmp_path: Path, small_disk: SmallDisk
) -> None:
    evening = prepared(databases, "sqlite", library, search, tmp_path, "disk full", 4, 6.0, 400, 40)
    evening.machine.database_url = small_disk.take_in(evening.machine.database_url)

    async def trouble() -> None:
        running = await evening.start()
        await evening.sends(60, 40)
        small_disk.fill()
        evening.figures.faults += 1
        await running.says("The disk is full: free some space; nothing was half-written.")
        await asyncio.sleep(3)
        assert running.process.returncode is None, running.log()
        evening.note_air()
        small_disk.free()

    play(evening, trouble)
    assert evening.ask("PRAGMA integrity_check") == [("ok",)]
    assert not evening.ask("PRAGMA foreign_key_check")


@pytest.mark.parametrize("seed", [5])
def test_of_two_bots_and_two_schedulers_the_others_take_over_within_twenty_seconds(
    evening_of: Callable[..., Evening], seed: int
) -> None:
    evening = evening_of("take-over", "postgresql", seed, 15.0, 400, 40)
    waited: list[float] = []

    async def trouble() -> None:
        bots = [await evening.start("run", "bot") for _ in range(2)]
        schedulers = [await evening.start("run", "scheduler") for _ in range(2)]
        for one in (*bots, *schedulers):
            await one.says("running as")
        await evening.sends(evening.dice.randint(30, 120), 60)
        for _ in range(3):  # who of two holds a lease is chance, too
            for what, pair in (("bot", bots), ("scheduler", schedulers)):
                await evening.kill(pair.pop(evening.dice.randrange(2)))
                pair.append(await evening.start("run", what))
            waited.append(await evening.answered())
            waited.append(await evening.turned())
            await asyncio.gather(*(pair[-1].says("running as") for pair in (bots, schedulers)))

    play(evening, trouble)
    print("somebody was answered and the schedule turned after", " ".join(f"{s:.1f}" for s in waited), "s")
    assert max(waited) <= TAKE_OVER, waited
