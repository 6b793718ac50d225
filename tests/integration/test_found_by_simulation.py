"""What the simulated stays found once, each as the shortest way to see it."""

from __future__ import annotations

from datetime import date

from bot.service.core import Core
from bot.store.tables import Travel
from tests.support.cohort import LEARNER, Small
from tests.support.looking import change, change_stay, march, rows


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
