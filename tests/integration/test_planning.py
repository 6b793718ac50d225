"""Planning ahead: 72 hours of every stay as rows, the same however often it is done."""

from __future__ import annotations

from datetime import date, timedelta

from bot.service import planning, rollcall
from bot.service.core import Core
from bot.store.tables import CheckIn, DueStep, Person, Placement, StepRun
from tests.support.cohort import LEARNER, Small, small_cohort
from tests.support.looking import change_stay, march, rows


def planned(core: Core) -> list[tuple[object, ...]]:
    steps = [(r.step, r.due_at, r.expires_at, r.state) for r in rows(core, DueStep)]
    return [*steps, *((r.day, r.due_at, r.state) for r in rows(core, CheckIn))]


def test_planning_twice_changes_nothing(core: Core, abroad: Small) -> None:
    before = planned(core)
    for _ in range(3):
        change_stay(core, abroad)
        planning.plan(core, abroad.world.now, 100)
    assert planned(core) == before


def test_nothing_further_away_than_72_hours_is_planned(core: Core, abroad: Small) -> None:
    horizon = abroad.world.now + timedelta(hours=72)
    assert all(r.due_at < horizon for r in rows(core, CheckIn))
    assert all(r.planned_at < horizon for r in rows(core, DueStep, DueStep.state == "planned"))
    assert max(r.due_at for r in rows(core, CheckIn)) == march(4, 18)


def test_every_day_of_the_horizon_has_its_check_in(core: Core, abroad: Small) -> None:
    assert [r.day.day for r in rows(core, CheckIn)] == [2, 3, 4]


def test_a_stay_is_planned_again_within_a_day(core: Core, abroad: Small) -> None:
    (stay,) = rows(core, Placement)
    assert stay.plan_at is not None
    assert stay.plan_at - abroad.world.now <= timedelta(hours=24)


def test_moved_dates_move_steps_that_are_not_sent(core: Core, small: Small) -> None:
    small.join()
    small.world.travel(march(1, 0) - timedelta(days=2))
    sent = {r.step for r in rows(core, DueStep, DueStep.state == "sent")}
    week = timedelta(days=7)
    change_stay(core, small, departure_date=date(2026, 3, 1) + week, arrival_date=date(2026, 3, 1) + week,
                return_date=date(2026, 3, 21) + week)  # fmt: skip
    small.world.turn()
    waiting = rows(core, DueStep, DueStep.state == "planned")
    assert "day-before" not in {r.step for r in waiting}
    assert sent <= {r.step for r in rows(core, DueStep, DueStep.state == "sent")}


def test_a_step_that_waits_for_room_goes_when_the_dates_move_away(core: Core, small: Small) -> None:
    small.join()
    small.world.turn()
    with core.store.transaction() as session:
        for row in session.query(DueStep).where(DueStep.state == "planned"):
            row.due_at, row.why = row.due_at + timedelta(days=1), "the day was full"
    later = timedelta(days=60)
    change_stay(core, small, departure_date=date(2026, 3, 1) + later, arrival_date=date(2026, 3, 1) + later,
                return_date=date(2026, 3, 21) + later)  # fmt: skip
    small.world.turn()
    assert rows(core, DueStep, DueStep.state == "planned") == []


def test_another_host_country_changes_which_steps_come(core: Core) -> None:
    small = small_cohort(core, start=march(1, 9) - timedelta(days=46))
    small.join()
    small.world.turn()
    assert "insurance-card" in {r.step for r in rows(core, DueStep)}
    change_stay(core, small, host_country="XK", host_city="pristina", kit="pristina", host_zone="Europe/Belgrade")
    small.world.turn()
    steps = {r.step for r in rows(core, DueStep, DueStep.state == "planned")}
    assert "insurance-card" not in steps
    assert "insurance-travel" in steps


def answer_trip(core: Core, small: Small, choice: str) -> None:
    with core.store.transaction() as session:
        session.add(
            StepRun(placement_id=small.placements["lea"], step="trip", state="done", data={"choice": choice},
                    offered_at=small.world.now)
        )  # fmt: skip


def test_an_earlier_answer_decides_which_step_comes(core: Core) -> None:
    small = small_cohort(core, start=march(1, 9) - timedelta(days=52))
    small.join()
    answer_trip(core, small, "train")
    change_stay(core, small)
    small.world.clock.set(march(1, 9) - timedelta(days=7))
    small.world.turn()
    steps = {r.step for r in rows(core, DueStep)}
    assert "travel-train" in steps
    assert not {"travel-plane", "travel-road"} & steps


def test_a_changed_answer_changes_what_is_planned(core: Core) -> None:
    small = small_cohort(core, start=march(1, 9) - timedelta(days=52))
    small.join()
    answer_trip(core, small, "train")
    change_stay(core, small)
    small.world.clock.set(march(1, 9) - timedelta(days=7))
    small.world.turn()
    with core.store.transaction() as session:
        session.query(StepRun).where(StepRun.step == "trip").one().data = {"choice": "plane"}
    change_stay(core, small)
    small.world.turn()
    steps = {r.step for r in rows(core, DueStep, DueStep.state == "planned")}
    assert "travel-plane" in steps
    assert "travel-train" not in steps


def test_a_stay_long_over_is_left_in_peace(core: Core, small: Small) -> None:
    small.join()
    small.world.clock.set(march(21, 0) + timedelta(days=70))
    small.world.turn()
    assert rows(core, Placement)[0].plan_at is None


def test_an_erased_person_is_not_planned(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        session.get_one(Person, abroad.people["lea"]).erased_at = abroad.world.now
    abroad.world.clock.set(march(4, 11))
    change_stay(core, abroad)
    planning.plan(core, abroad.world.now, 100)
    assert max(r.day.day for r in rows(core, CheckIn)) == 4


def test_the_evening_before_belongs_to_home_and_the_first_evening_to_the_host(core: Core) -> None:
    small = small_cohort(core, start=march(1, 0) - timedelta(days=1, hours=-9))
    change_stay(core, small, host_city="faro", kit="faro", host_country="PT", host_zone="Europe/Lisbon")
    small.join()
    small.world.turn()
    due = {r.step: r.due_at for r in rows(core, DueStep)}
    assert due["day-before"] == march(1, 16, 30) - timedelta(days=1)
    assert due["arrival"] == march(1, 17, 30)
    assert rows(core, CheckIn)[0].due_at == march(2, 19)


def test_a_prompt_keeps_its_local_hour_over_the_change_of_clocks(core: Core) -> None:
    small = small_cohort(core, start=march(28, 9))
    change_stay(core, small, arrival_date=date(2026, 3, 24), departure_date=date(2026, 3, 24),
                return_date=date(2026, 4, 14))  # fmt: skip
    small.join()
    small.world.turn()
    due = {r.step: r.due_at for r in rows(core, DueStep, DueStep.state == "planned")}
    assert due["sorting"] == march(29, 10, 30)
    assert small.world.phone(LEARNER).messages


def test_a_check_in_whose_hour_passed_in_a_long_outage_is_closed_and_not_forgotten(core: Core, abroad: Small) -> None:
    abroad.world.clock.set(march(4, 3))
    change_stay(core, abroad)
    abroad.world.turn()
    (missed,) = rows(core, CheckIn, CheckIn.day == date(2026, 3, 2))
    assert missed.state == "closed"


def test_planning_again_leaves_a_roll_call_alone(core: Core, abroad: Small) -> None:
    rollcall.call(core, "SPRING", None, abroad.world.now)
    change_stay(core, abroad)
    abroad.world.turn()
    assert abroad.world.phone(LEARNER).last.kind == "check_in"


def test_who_opens_the_invite_late_is_not_asked_for_hours_that_passed_before(core: Core) -> None:
    small = small_cohort(core, start=march(3, 20))
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    small.world.turn()
    assert [r.day.day for r in rows(core, CheckIn)] == [4, 5, 6]


def waiting_kinds(core: Core) -> set[str]:
    journey = core.content.journey("learner-short")
    due = {r.step for r in rows(core, DueStep, DueStep.state == "planned")}
    return {step.kind for step in journey.steps if step.id in due and not step.required}


def test_challenges_switched_off_in_the_chat_are_not_planned_and_come_back_when_wanted(
    core: Core, abroad: Small
) -> None:
    assert "challenge" in waiting_kinds(core)
    abroad.world.forge(LEARNER, "wishes:rhythm:off")
    abroad.world.turn()
    assert "challenge" not in waiting_kinds(core)
    abroad.world.forge(LEARNER, "wishes:rhythm:daily")
    abroad.world.turn()
    assert "challenge" in waiting_kinds(core)


def test_a_challenge_asked_for_before_its_day_is_not_offered_again(core: Core, abroad: Small) -> None:
    abroad.world.forge(LEARNER, "challenge:more")
    (taken,) = [r.step for r in rows(core, StepRun) if r.state == "open"]
    version = rows(core, Placement)[0].journey_version_id
    assert version is not None
    with core.store.transaction() as session:
        row = DueStep(
            placement_id=1, version_id=version, step=taken, planned_at=abroad.world.now, due_at=abroad.world.now,
            expires_at=abroad.world.now + timedelta(hours=9), state="planned",
        )  # fmt: skip
        session.add(row)
    abroad.world.turn()
    (due,) = rows(core, DueStep, DueStep.step == taken)
    assert (due.state, due.why) == ("skipped", "taken before")
