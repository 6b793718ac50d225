"""What waits for an arrival, until when, and when it comes then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.awaited import awaits, comes_at, not_there_until
from bot.rules.travel_days import Direction
from bot.rules.travel_terms import State
from tests.support.journeys import journey, step

EVENING = datetime(2026, 3, 1, 19, 15, tzinfo=UTC)  # 20:15 in Madrid
WORTH = timedelta(minutes=90)
DEADLINE = datetime(2026, 3, 1, 22, tzinfo=UTC)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def waits(state: State, now: datetime, *, looked_after: bool = False) -> datetime | None:
    return not_there_until(state, DEADLINE, now, looked_after=looked_after)


def test_steps_of_the_stay_await_the_way_there_and_steps_after_it_the_way_home() -> None:
    home = step("c", 1, "17:30", anchor="return", stage="after")
    found = journey(step("a", -2, "17:30"), step("b", 0, "17:30"), home)
    assert [awaits(one.stage) for one in found.steps] == [None, Direction.OUT, Direction.BACK]


@pytest.mark.parametrize("state", [State.PLANNED, State.ASKED, State.LEFT, State.DELAYED])
def test_on_the_way_one_looks_again_when_the_missing_arrival_is_judged(state: State) -> None:
    assert waits(state, NOON) == DEADLINE
    assert waits(state, DEADLINE) == DEADLINE + timedelta(minutes=30)


@pytest.mark.parametrize("state", [State.ARRIVED, State.EXCUSED, State.CLOSED])
def test_nothing_waits_once_the_journey_is_over(state: State) -> None:
    assert waits(state, NOON) is None


def test_a_missing_arrival_holds_things_back_until_a_person_has_looked_or_two_days_have_passed() -> None:
    assert waits(State.ALERTED, DEADLINE) == DEADLINE + timedelta(days=2)
    assert waits(State.ALERTED, DEADLINE, looked_after=True) is None
    assert waits(State.ALERTED, DEADLINE + timedelta(days=2)) is None


@pytest.mark.parametrize(
    ("arrives", "comes"),
    [
        (EVENING - timedelta(hours=2), EVENING),  # earlier than thought: at its hour
        (EVENING + timedelta(minutes=60), EVENING + timedelta(minutes=60)),  # a little late: at once
        (EVENING + timedelta(hours=15), EVENING + timedelta(days=1)),  # the next morning: that evening
        (EVENING + timedelta(hours=3), EVENING + timedelta(days=1)),  # late at night: the evening after
    ],
)
def test_what_waited_comes_at_once_while_it_fits_and_else_at_its_own_hour(arrives: datetime, comes: datetime) -> None:
    assert comes_at(EVENING, WORTH, "Europe/Madrid", arrives) == comes


def test_its_own_hour_is_that_of_the_wall_clock_when_the_clocks_change() -> None:
    saturday = datetime(2026, 3, 28, 19, 15, tzinfo=UTC)
    assert comes_at(saturday, WORTH, "Europe/Madrid", saturday + timedelta(hours=5)) == saturday + timedelta(hours=23)
