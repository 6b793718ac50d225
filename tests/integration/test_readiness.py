"""Readiness: who is not ready, and why; coordinators are told 14 and 3 days ahead, once each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.service import drills, readiness, status
from bot.service.core import Core
from bot.store.tables import Cohort, Membership
from tests.support.cohort import BACKUP, COORDINATOR, REFERENT, Begin, Small, add_staff, small_cohort
from tests.support.looking import change, change_stay, rows

CODE = "SPRING"
ARRIVAL = datetime(2026, 3, 1, tzinfo=UTC)


def with_staff(core: Core) -> Small:
    """A month before the arrival; both referents and a coordinator have joined."""
    small = small_cohort(core)
    add_staff(core, small, "nora", "Nora", "Desk", "coordinator", "C01")
    small.join_staff()
    small.world.say(COORDINATOR, f"/start {small.tokens['nora']}")
    small.world.tap(COORDINATOR, "English")
    small.join()
    return small


@pytest.fixture
def staffed(begin: Begin) -> Small:
    return begin(with_staff)


def heard(core: Core, small: Small) -> None:
    drills.start(core, CODE, small.world.now)
    small.world.turn()
    small.world.tap(REFERENT, "I'm on it")
    small.world.wait(minutes=31)


def why(core: Core, small: Small) -> list[str]:
    found: list[str] = status.of_cohort(core, CODE, small.world.now)["not_ready_because"]
    return found


def test_a_ladder_that_took_a_drill_within_30_days_is_ready(core: Core, staffed: Small) -> None:
    assert ["Nobody has acknowledged a drill" in one for one in why(core, staffed)] == [True]
    heard(core, staffed)
    found = status.of_cohort(core, CODE, staffed.world.now)
    assert (found["ready"], found["not_ready_because"]) == (True, [])
    assert [p["name"] for p in found["drill"]["people"] if p["heard_at"]] == ["Claire Exemple"]


def test_a_drill_too_long_before_the_arrival_says_nothing(core: Core, staffed: Small) -> None:
    heard(core, staffed)
    change_stay(core, staffed, departure_date=datetime(2026, 4, 20).date(), arrival_date=datetime(2026, 4, 20).date(),
                return_date=datetime(2026, 4, 30).date())  # fmt: skip
    assert "from 2026-03-21 on, run `compagnon cohort drill SPRING`" in why(core, staffed)[0]


def test_a_drill_that_nobody_heard_does_not_count(core: Core, staffed: Small) -> None:
    drills.start(core, CODE, staffed.world.now)
    staffed.world.wait(minutes=31)
    assert status.of_cohort(core, CODE, staffed.world.now)["ready"] is False


def test_holes_in_duty_hours_of_the_next_30_days_are_named(core: Core, staffed: Small) -> None:
    heard(core, staffed)
    for row in rows(core, Membership, Membership.role.in_(("referent", "coordinator"))):
        change(core, row, duty="07:00-22:00")
    (sentence,) = why(core, staffed)
    assert sentence.startswith("Nobody is on duty for L01: Sun 1 Mar 00:00 to Sun 1 Mar 07:00 and 3 more times")


def test_who_is_alone_and_who_is_not_reached_are_named(core: Core, small: Small) -> None:
    small.join_staff(backup=False)
    assert any("Not reached by the bot, on the ladder of L01: Marco Esempio" in one for one in why(core, small))
    change(core, rows(core, Membership, Membership.code == "R02")[0], ended_at=small.world.now)
    assert "Claire Exemple is alone on the ladder of L01: add a backup." in why(core, small)


def test_coordinators_are_told_14_and_3_days_ahead_once_each(core: Core, staffed: Small) -> None:
    with core.store.transaction() as session:
        readiness.watch(session, staffed.cohort_id, staffed.world.now)
    staffed.world.travel(ARRIVAL - timedelta(days=2))
    told = [m for m in staffed.world.phone(COORDINATOR).messages if "isn't ready yet" in m.text]
    assert [m.at for m in told] == [datetime(2026, 2, day, 8, tzinfo=UTC) for day in (15, 26)]
    assert "nobody has answered a test alert" in told[0].text
    assert not any("isn't ready yet" in m.text for m in staffed.world.phone(BACKUP).messages)
    assert rows(core, Cohort)[0].look_at is None


def test_who_is_ready_is_told_nothing(core: Core, staffed: Small) -> None:
    heard(core, staffed)
    with core.store.transaction() as session:
        readiness.watch(session, staffed.cohort_id, staffed.world.now)
    staffed.world.travel(ARRIVAL - timedelta(days=2))
    assert not any("isn't ready yet" in m.text for m in staffed.world.phone(COORDINATOR).messages)
