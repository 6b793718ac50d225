"""Courses and timelines of those who accompany: begun, planned, sent by their clock, kept, and theirs alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.service import erasing, privacy, readiness
from bot.service.core import Core
from bot.store.tables import Membership, Person, Placement, Walk, WalkStep
from tests.support.cohort import BACKUP, COORDINATOR, GUARDIAN, REFERENT, Small, add_staff
from tests.support.looking import change_stay, march, rows


def steps(core: Core, state: str) -> set[str]:
    return {row.step for row in rows(core, WalkStep, WalkStep.state == state)}


def sent(small: Small, chat_id: int) -> list[str]:
    """The cards that came by themselves."""
    return [shown.text for shown in small.world.phone(chat_id).messages if shown.kind == "prompt"]


@pytest.fixture
def staff(small: Small) -> Small:
    small.join_staff()
    small.world.turn()
    return small


def test_a_contact_person_walks_one_course_a_cohort(core: Core, staff: Small) -> None:
    walks = rows(core, Walk)
    assert sorted((walk.person_id, walk.journey) for walk in walks) == [
        (staff.people["claire"], "referent"), (staff.people["marco"], "referent"),
    ]  # fmt: skip


def test_what_was_due_before_they_joined_lies_there_and_is_not_sent(core: Core, staff: Small) -> None:
    assert "referent-alerts" in steps(core, "offered")
    assert not any("When an alert comes" in text for text in sent(staff, REFERENT))


def test_what_comes_is_sent_in_its_morning_and_once(core: Core, staff: Small) -> None:
    staff.world.travel(march(5, 12))
    cards = [text for text in sent(staff, REFERENT) if "The first week" in text]
    assert len(cards) == 1
    (row, *_) = rows(core, WalkStep, WalkStep.step == "referent-first-week")
    assert row.offered_at is not None
    assert row.offered_at >= march(3, 8)


def test_the_course_is_in_the_menu_and_its_lesson_goes_on_card_by_card(core: Core, staff: Small) -> None:
    world = staff.world
    world.say(REFERENT, "/menu")
    world.tap(REFERENT, "My course")
    world.tap(REFERENT, "When an alert comes")
    world.tap(REFERENT, "Next ›")
    (row,) = rows(core, WalkStep, WalkStep.step == "referent-alerts", WalkStep.state == "open")
    assert row.data == {"card": 1}


def test_nobody_opens_a_step_of_somebody_elses_course(core: Core, staff: Small) -> None:
    (claires,) = rows(core, Walk, Walk.person_id == staff.people["claire"])
    staff.world.forge(BACKUP, f"walk:{claires.id}~referent-alerts:open")
    assert not steps(core, "open")


@pytest.mark.parametrize(
    "data", ["walk:", "walk:x~y:open", "walk:1:open", "walk:99999999999999999999~a:open", "walk:of:-1"]
)
def test_a_made_up_button_changes_nothing(core: Core, staff: Small, data: str) -> None:
    staff.world.forge(REFERENT, data)
    assert not steps(core, "open")


def test_moved_dates_move_what_is_not_sent(core: Core, staff: Small) -> None:
    staff.world.travel(march(1, 12))
    assert "referent-first-week" in steps(core, "planned")
    change_stay(core, staff, departure_date=date(2026, 4, 1), arrival_date=date(2026, 4, 1),
                return_date=date(2026, 4, 20))  # fmt: skip
    with core.store.transaction() as session:
        readiness.watch(session, staff.cohort_id, staff.world.now)
    staff.world.turn()
    assert "referent-first-week" not in steps(core, "planned")


def test_dates_that_were_taken_away_and_come_again_bring_what_was_planned(core: Core, staff: Small) -> None:
    staff.world.travel(march(1, 12))
    for day, back in ((None, None), (date(2026, 3, 1), date(2026, 3, 21))):
        change_stay(core, staff, departure_date=day, arrival_date=day, return_date=back)
        with core.store.transaction() as session:
            readiness.watch(session, staff.cohort_id, staff.world.now)
        staff.world.turn()
        assert ("referent-first-week" in steps(core, "planned")) == (day is not None)


def test_who_is_no_longer_responsible_gets_nothing_more(core: Core, staff: Small) -> None:
    staff.world.travel(march(1, 12))
    with core.store.transaction() as session:
        for name in ("claire", "marco"):
            session.get_one(Membership, staff.memberships[name]).ended_at = staff.world.now
    staff.world.travel(march(4, 12))
    assert not any("The first week" in text for text in sent(staff, REFERENT))


def test_somebody_added_later_begins_when_the_cohort_is_looked_at(core: Core, staff: Small) -> None:
    add_staff(core, staff, "nora", "Nora", "Beispiel", "coordinator", "C01")
    staff.world.say(COORDINATOR, f"/start {staff.tokens['nora']}")
    assert {walk.journey for walk in rows(core, Walk, Walk.person_id == staff.people["nora"])} == {"coordinator"}


def test_a_family_walks_beside_one_stay_and_reads_nothing_of_what_the_learner_says(core: Core, staff: Small) -> None:
    add_staff(core, staff, "mum", "Maman", "Exemple", "family", "F01")
    with core.store.transaction() as session:
        session.get_one(Placement, staff.placements["lea"]).guardian_id = staff.people["mum"]
        session.get_one(Person, staff.people["lea"]).birth_date = date(2009, 5, 1)
    staff.world.say(GUARDIAN, f"/start {staff.tokens['mum']}")
    staff.world.tap(GUARDIAN, "English")
    staff.world.travel(march(2, 12))
    (walk,) = rows(core, Walk, Walk.person_id == staff.people["mum"])
    assert walk.placement_id == staff.placements["lea"]
    assert any("The first days" in text for text in sent(staff, GUARDIAN))


def test_an_export_holds_the_course_and_erasing_takes_it_away(core: Core, staff: Small) -> None:
    claire = staff.people["claire"]
    with core.store.transaction() as session:
        found = privacy.export(session, claire, staff.world.now)
        assert {row["step"] for row in found["walk_step"]} >= {"referent-alerts"}
        erasing.erase(core, session, claire, staff.world.now, None)
    assert [walk.person_id for walk in rows(core, Walk)] == [staff.people["marco"]]


def test_planning_twice_changes_nothing(core: Core, staff: Small) -> None:
    before = [(row.step, row.state, row.due_at) for row in rows(core, WalkStep)]
    with core.store.transaction() as session:
        for walk in session.query(Walk):
            walk.plan_at = staff.world.now
    staff.world.turn()
    assert [(row.step, row.state, row.due_at) for row in rows(core, WalkStep)] == before


def test_a_week_of_several_cards_brings_one_a_day(core: Core, staff: Small) -> None:
    staff.world.travel(march(1, 12) + timedelta(days=25))
    days = [row.offered_at.date() for row in rows(core, WalkStep) if row.offered_at and row.offered_at > march(1, 0)]
    mine = len(days) // 2  # two people walk the same course
    assert len(set(days)) == mine
