"""`run_due`: everything whose moment has come, safely from several processes at once; and what wakes it."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest

from bot.clock import VirtualClock
from bot.errors import StorageTrouble
from bot.service import upkeep
from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, DueStep, Heartbeat, Outbox
from scheduler import service
from scheduler.due import run_due
from scheduler.service import Scheduler
from tests.support.cohort import LEARNER, SECOND_LEARNER, Small, add_learner
from tests.support.looking import march, rows


def test_an_idle_turn_does_nothing(core: Core, abroad: Small) -> None:
    assert not run_due(core, abroad.world.now).anything


def test_a_turn_writes_the_schedulers_heartbeat(core: Core, small: Small) -> None:
    run_due(core, small.world.now)
    assert {b.name: b.at for b in rows(core, Heartbeat)}["scheduler"] == small.world.now
    assert upkeep.last_heartbeat(core, "scheduler") == small.world.now


def test_the_next_instant_is_the_earliest_of_all(core: Core, abroad: Small) -> None:
    assert upkeep.next_due(core, abroad.world.now) == (march(2, 11, 30), "step")
    abroad.world.travel(march(2, 11, 30))
    assert upkeep.next_due(core, abroad.world.now, visible=True) == (march(2, 18), "check_in")


def test_an_empty_database_has_nothing_to_do(core: Core) -> None:
    assert upkeep.next_due(core, march(1, 0)) is None
    assert not run_due(core, march(1, 0)).anything


def test_turning_twice_at_one_instant_does_nothing_more(core: Core, abroad: Small) -> None:
    abroad.world.clock.set(march(2, 18))
    run_due(core, march(2, 18))
    queued = len(rows(core, Outbox))
    run_due(core, march(2, 18))
    assert len(rows(core, Outbox)) == queued


def test_several_processes_at_once_ask_alert_and_offer_once(core: Core, abroad: Small) -> None:
    add_learner(core, abroad, "ben", "Ben", "Exemplo", "L02")
    abroad.join("ben", SECOND_LEARNER)
    abroad.world.turn()
    abroad.world.clock.set(march(2, 18))
    failures: list[BaseException] = []

    def turn() -> None:
        try:
            run_due(core, march(2, 18))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(rows(core, Outbox, Outbox.kind == "check_in")) == 2
    assert len({r.step for r in rows(core, DueStep)}) * 2 == len(rows(core, DueStep))
    assert rows(core, Alert) == []


def test_a_check_in_goes_before_a_prompt_of_the_same_instant(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        for row in session.query(DueStep).where(DueStep.state == "planned"):
            row.due_at = march(2, 18)
    abroad.world.clock.set(march(2, 18))
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.turn()
    kinds = [m.kind for m in abroad.world.phone(LEARNER).messages[before:]]
    assert kinds[0] == "check_in"
    assert "prompt" in kinds


def test_a_clock_set_back_an_hour_repeats_nothing(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 19, 30))
    sent = len(rows(core, Outbox))
    run_due(core, march(2, 18, 30))
    run_due(core, march(2, 19, 30))
    assert len(rows(core, Outbox)) == sent
    assert rows(core, CheckIn)[0].state == "reminded"


# --- what wakes it --------------------------------------------------------------------------------


def scheduler(core: Core, poked: list[int]) -> Scheduler:
    return Scheduler(core, VirtualClock(march(2, 18)), lambda: poked.append(1))


def test_the_loop_turns_and_pokes_the_sender(core: Core, abroad: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "EVERY", 0.02)
    poked: list[int] = []

    async def run() -> None:
        loop = scheduler(core, poked)
        loop.start()
        for _ in range(300):
            await asyncio.sleep(0.02)
            if poked:
                break
        await loop.stop()

    asyncio.run(run())
    assert poked
    assert rows(core, Outbox, Outbox.kind == "check_in")


def test_a_locked_database_does_not_stop_the_loop(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[int] = []

    def locked(_core: Core, _now: object, _hands: int) -> None:
        turns.append(1)
        raise StorageTrouble("The database is locked.")

    monkeypatch.setattr(service, "run_due", locked)
    monkeypatch.setattr(service, "EVERY", 0.02)

    async def run() -> None:
        loop = scheduler(core, [])
        loop.start()
        for _ in range(300):
            await asyncio.sleep(0.02)
            if len(turns) >= 3:
                break
        await loop.stop()

    asyncio.run(run())
    assert len(turns) >= 3


def test_a_loop_that_stopped_turning_is_started_anew(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "EVERY", 0.05)
    monkeypatch.setattr(service, "STUCK", 0.3)

    async def run() -> bool:
        loop = scheduler(core, [])
        loop.start()
        assert loop._wake is not None
        loop._wake.pause()  # as a clock set back an hour does to interval jobs
        stopped = loop._wake
        for _ in range(200):
            await asyncio.sleep(0.02)
            if loop._wake is not stopped:
                break
        started_anew = loop._wake is not stopped
        await loop.stop()
        return started_anew

    assert asyncio.run(run())


def test_what_is_idle_for_long_stays_idle(core: Core, abroad: Small) -> None:
    for minutes in range(5):
        assert not run_due(core, abroad.world.now + timedelta(minutes=minutes)).anything
