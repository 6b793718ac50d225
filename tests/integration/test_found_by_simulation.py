"""What the simulated stays found once, each as the shortest way to see it."""

from __future__ import annotations

from datetime import date

from bot.service import handover, learners
from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, Travel
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.looking import change, change_stay, march, rows

NEW_PHONE = 77


def test_who_never_said_that_they_arrived_there_can_still_say_that_they_are_home(core: Core, small: Small) -> None:
    change_stay(core, small, return_date=date(2026, 3, 2))
    small.join()
    small.world.travel(march(1, 8))
    small.world.tap(LEARNER, "I've left")
    (out,) = rows(core, Travel, Travel.direction == "out")
    change(core, out, state="delayed", expected_at=march(2, 21), deadline=march(3, 0), wake_at=march(3, 0))
    small.world.travel(march(2, 8))
    small.world.tap(LEARNER, "I've arrived")
    (back,) = rows(core, Travel, Travel.direction == "back")
    assert back.state == "arrived"


def new_phone(core: Core, small: Small) -> None:
    found = learners.relink(core, "L01", None, small.world.now)
    small.world.say(NEW_PHONE, f"/start {found['token']}")
    small.world.turn()


def test_what_waits_for_an_answer_is_asked_again_on_a_new_phone(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18, 1))
    new_phone(core, abroad)
    assert [m.kind for m in abroad.world.phone(NEW_PHONE).messages].count("reminder") == 1
    abroad.world.tap(NEW_PHONE, "I'm fine")
    abroad.world.travel(march(2, 22))
    assert rows(core, Alert) == []


def test_on_a_new_phone_there_is_as_much_time_to_answer_as_after_a_reminder(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18, 0))
    abroad.world.travel(march(2, 19, 55))
    new_phone(core, abroad)
    (row,) = rows(core, CheckIn, CheckIn.day == date(2026, 3, 2))
    assert row.deadline == march(2, 20, 55)
    abroad.world.travel(march(2, 20, 56))
    assert [alert.reason for alert in rows(core, Alert)] == ["not_answered"]


def test_a_question_that_waited_for_the_old_phone_comes_to_the_new_one(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 17, 59))
    (row,) = rows(core, CheckIn, CheckIn.day == date(2026, 3, 2))
    learners.relink(core, "L01", None, abroad.world.now)
    change(core, row, state="asked", asked_at=march(2, 17, 59), wake_at=march(2, 20))
    new_phone(core, abroad)
    assert [m.kind for m in abroad.world.phone(NEW_PHONE).messages].count("check_in") == 1


def test_a_journey_under_way_is_asked_about_on_a_new_phone(core: Core, small: Small) -> None:
    small.join()
    small.world.travel(march(1, 8))
    new_phone(core, small)
    small.world.tap(NEW_PHONE, "I've arrived")
    assert [row.state for row in rows(core, Travel, Travel.direction == "out")] == ["arrived"]


def test_who_has_left_hears_nothing_of_learners_any_more(core: Core, small: Small) -> None:
    small.join_staff()
    small.join()
    small.world.travel(march(1, 8))
    handover.end(core, "SPRING", "R01", "R02", small.world.now)
    small.world.turn()
    # A stay that was over by then keeps the name of who looked after it.
    change_stay(core, small, referent_id=small.memberships["claire"])
    before = len(small.world.phone(REFERENT).messages)
    small.world.tap(LEARNER, "I've arrived")
    small.world.wait(hours=12)
    assert len(small.world.phone(REFERENT).messages) == before
