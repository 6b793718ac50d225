"""Drills: everybody taps for themselves, learners hear nothing, the coordinator reads how it went."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.errors import BadInput
from bot.rules.alert import Reason, Severity
from bot.rules.drill import SEEDS
from bot.service import alerts, drills, upkeep
from bot.service.core import Core
from bot.store.tables import Alert, Case, Drill, Membership, Placement
from tests.support.alerting import alerted
from tests.support.cohort import (
    BACKUP,
    COORDINATOR,
    LEARNER,
    REFERENT,
    Begin,
    Small,
    abroad_cohort,
    add_learner,
    add_staff,
)
from tests.support.looking import change, change_stay, march, rows

CODE = "SPRING"


def with_a_coordinator(core: Core) -> Small:
    """With a coordinator who has joined."""
    abroad = abroad_cohort(core)
    add_staff(core, abroad, "nora", "Nora", "Desk", "coordinator", "C01")
    abroad.world.say(COORDINATOR, f"/start {abroad.tokens['nora']}")
    abroad.world.tap(COORDINATOR, "English")
    return abroad


@pytest.fixture
def desk(begin: Begin) -> Small:
    return begin(with_a_coordinator)


def test_everybody_taps_for_themselves_and_who_has_is_left_alone(core: Core, desk: Small) -> None:
    drills.start(core, CODE, desk.world.now)
    desk.world.turn()
    desk.world.tap(REFERENT, "I'm on it")
    assert "you were heard" in desk.world.phone(REFERENT).last.text
    desk.world.wait(minutes=16)
    assert (alerted(desk, REFERENT), alerted(desk, BACKUP)) == (0, 3)
    assert "haven't tapped since" in desk.world.phone(BACKUP).last.text


def test_it_ends_after_half_an_hour_and_the_coordinator_reads_who_heard_it(core: Core, desk: Small) -> None:
    drills.start(core, CODE, desk.world.now)
    desk.world.turn()
    desk.world.wait(minutes=3)
    desk.world.tap(REFERENT, "I'm on it")
    desk.world.tap(COORDINATOR, "I'm on it")
    desk.world.wait(minutes=30)
    text = desk.world.phone(COORDINATOR).last.text
    assert "2 of 3 heard it" in text
    assert "Claire Exemple: after 3 minutes" in text
    assert "Did not hear it: Marco Esempio" in text
    assert "I didn't hear from you" in desk.world.phone(BACKUP).last.text
    assert [row.resolved_at is not None for row in rows(core, Alert)] == [True]
    assert not {m.kind for m in desk.world.phone(LEARNER).messages} & {"alert", "safety", "notice"}


def test_it_is_over_as_soon_as_all_have_tapped(core: Core, desk: Small) -> None:
    drills.start(core, CODE, desk.world.now)
    desk.world.turn()
    for chat in (REFERENT, BACKUP, COORDINATOR):
        desk.world.tap(chat, "I'm on it")
    desk.world.turn()
    assert rows(core, Drill)[0].state == "done"
    assert "3 of 3 heard it" in desk.world.phone(COORDINATOR).last.text
    (found,) = drills.listing(core, CODE)
    assert {(p["name"], p["minutes"]) for p in found["people"]} >= {("Claire Exemple", 0)}


def test_one_tap_counts_for_every_ladder_one_is_on(core: Core, desk: Small) -> None:
    add_learner(core, desk, "ben", "Ben", "Beispiel", "L02", backup_id=None)
    drills.start(core, CODE, desk.world.now)
    desk.world.turn()
    assert len(rows(core, Alert)) == 2
    desk.world.tap(REFERENT, "I'm on it")
    desk.world.wait(minutes=20)
    assert alerted(desk, REFERENT) == 1


def test_a_tap_after_the_end_changes_nothing(core: Core, desk: Small) -> None:
    drills.start(core, CODE, desk.world.now)
    desk.world.turn()
    desk.world.wait(minutes=31)
    result = drills.listing(core, CODE)
    desk.world.tap(REFERENT, "I'm on it")
    assert desk.world.phone(REFERENT).toasts[-1] == "This test is over. Nothing else to do."
    assert drills.listing(core, CODE) == result


def test_who_is_off_duty_or_not_joined_is_named_not_rung(core: Core, desk: Small) -> None:
    change(core, rows(core, Membership, Membership.id == desk.memberships["marco"])[0], duty="mon-fri 18:00-19:00")
    drills.start(core, CODE, desk.world.now)
    desk.world.turn()
    desk.world.wait(minutes=31)
    assert alerted(desk, BACKUP) == 0
    assert [p["why"] for p in drills.listing(core, CODE)[0]["people"] if not p["told"]] == ["off_duty"]
    assert "Marco Esempio" in desk.world.phone(COORDINATOR).last.text


def test_the_learners_own_call_for_help_during_a_drill_is_a_real_alert(core: Core, desk: Small) -> None:
    drills.start(core, CODE, desk.world.now)
    desk.world.turn()
    desk.world.say(LEARNER, "/sos")
    desk.world.turn()
    assert {row.reason for row in rows(core, Alert, Alert.resolved_at.is_(None))} == {"drill", "asked_for_help"}
    desk.world.wait(minutes=31)
    assert [row.reason for row in rows(core, Alert, Alert.resolved_at.is_(None))] == ["asked_for_help"]


@pytest.mark.parametrize("seed", [0, SEEDS // 3, SEEDS - 1])
def test_an_unannounced_drill_comes_once_out_of_hours(core: Core, desk: Small, seed: int) -> None:
    # Still at home: nobody misses a check-in, so nothing real is open.
    change_stay(
        core, desk, departure_date=date(2026, 4, 1), arrival_date=date(2026, 4, 1), return_date=date(2026, 4, 9)
    )
    before = drills.plan(core, CODE, timedelta(days=3), desk.world.now, seed)
    at = rows(core, Drill)[0].wake_at
    assert at is not None
    assert desk.world.now < at < before
    local = at + timedelta(hours=1)  # Paris in March
    assert local.hour >= 22 or local.hour < 7
    assert (at, "drill") != upkeep.next_due(core, at, visible=True)
    desk.world.travel(at + timedelta(minutes=31))
    assert rows(core, Drill)[0].state == "done"


def test_it_waits_while_something_real_is_open(core: Core, desk: Small) -> None:
    drills.plan(core, CODE, timedelta(days=3), desk.world.now, 0)
    at = rows(core, Drill)[0].wake_at
    assert at is not None
    with core.store.transaction() as session:
        stay = session.get_one(Placement, desk.placements["lea"])
        alerts.raise_alert(core, session, stay, Reason.ASKED_FOR_HELP, Severity.RED, at - timedelta(minutes=1))
    drills.wake(core, at, 10)
    (row,) = rows(core, Drill)
    assert row.state == "planned"
    assert row.wake_at is not None
    assert row.wake_at >= at + timedelta(hours=6)


def test_a_second_one_is_refused_and_the_first_can_be_cancelled(core: Core, desk: Small) -> None:
    drills.plan(core, CODE, timedelta(days=3), desk.world.now)
    with pytest.raises(BadInput, match="waiting already"):
        drills.plan(core, CODE, timedelta(days=3), desk.world.now)
    assert drills.cancel(core, CODE, desk.world.now) == 1
    with pytest.raises(BadInput, match="no hour out of hours"):
        drills.plan(core, CODE, timedelta(hours=2), desk.world.now)
    assert desk.world.now == march(2, 11)


def test_a_drill_that_could_come_after_the_last_return_is_refused_with_how_long_there_is(
    core: Core, desk: Small
) -> None:
    with pytest.raises(BadInput, match=r"return on 2026-03-21, less than 30d from now: give it at most --within 19d\."):
        drills.plan(core, CODE, timedelta(days=30), desk.world.now)
    assert rows(core, Drill) == []
    assert drills.plan(core, CODE, timedelta(days=19), desk.world.now)


def test_in_the_last_hours_of_a_stay_it_is_too_late_for_an_unannounced_drill(core: Core, desk: Small) -> None:
    desk.world.clock.set(march(21, 22))
    with pytest.raises(BadInput, match="too late for a drill"):
        drills.plan(core, CODE, timedelta(days=7), desk.world.now)


def test_a_drill_is_no_open_alert_about_the_learner_whose_ladder_it_tries(core: Core, desk: Small) -> None:
    drills.start(core, CODE, desk.world.now)
    desk.world.turn()
    desk.world.say(REFERENT, "/learners")
    assert "open alert" not in desk.world.phone(REFERENT).last.text


def test_whoever_an_open_case_names_is_tried_with_the_ladder_of_another_learner(core: Core, desk: Small) -> None:
    add_learner(core, desk, "mia", "Mia", "Esempio", "L02", arrival_date=date(2026, 2, 20))
    with core.store.transaction() as session:
        session.add(
            Case(placement_id=desk.placements["lea"], cohort_id=desk.cohort_id, opened_at=desk.world.now,
                 named_role="referent", named_id=desk.people["claire"], told=[])
        )  # fmt: skip
    (found,) = drills.start(core, CODE, desk.world.now)
    assert found["told"] == ["Claire Exemple", "Marco Esempio", "Nora Desk"]
