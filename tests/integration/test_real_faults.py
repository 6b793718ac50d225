"""The shipped processes, real databases and the sandbox in Telegram's place, and what goes wrong with machines.

Every test prints what was lost, doubled and late, and adds it to build/faults.json. A seed replays the same draws; what
the processors make of them differs a little.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.content.loader import Library
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.store.engine import open_store
from tests.e2e.machine import Machine
from tests.support.databases import Databases
from tests.support.evening import Evening, Figures

KINDS = ("sqlite", "postgresql")
KILLS = 20
CYCLE = 5.0  # seconds from one kill to the next, about


@pytest.fixture
def evening_of(databases: Databases, library: Library, search: KitSearch, tmp_path: Path) -> Callable[..., Evening]:
    """An evening on a fresh database of a kind, prepared."""

    def prepare(what: str, kind: str, seed: int, seconds: float, people: int = 2000, asked: int = 200) -> Evening:
        machine = Machine(tmp_path, databases.fresh(kind))
        evening = Evening(machine, what, seed, people, asked)
        store = open_store(machine.database_url)
        try:
            evening.prepare(Core(store, library, search, tmp_path), timedelta(seconds=seconds))
        finally:
            store.close()
        return evening

    return prepare


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
