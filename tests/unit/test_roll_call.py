"""What a roll call asks of time: it hurries, and never waits longer than the learner's own check-in would."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.check_in_terms import Policy, State
from bot.rules.roll_call import policy, still_asks

CALLED = datetime(2026, 3, 2, 6, tzinfo=UTC)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("reminder", "grace", "expected"),
    [(60, 120, (15, 60)), (10, 45, (10, 45)), (0, 120, (15, 60)), (0, 10, (15, 10))],
)
def test_a_roll_call_reminds_and_alerts_soon_and_never_later_than_the_daily_check_in(
    reminder: int, grace: int, expected: tuple[int, int]
) -> None:
    found = policy(Policy(minutes(240), minutes(reminder), minutes(grace)))
    assert (found.reminder_after, found.grace) == tuple(map(minutes, expected))


def test_nothing_said_before_the_call_answers_it() -> None:
    assert policy(Policy(minutes(240), minutes(60), minutes(120))).answer_window == timedelta(0)


@pytest.mark.parametrize(
    ("state", "later", "stands"),
    [
        (State.PLANNED, 0, True), (State.REMINDED, 200, True), (State.ALERTED, 90, True), (State.ALERTED, 120, False),
        (State.ANSWERED, 1, False), (State.CLOSED, 1, False), (State.EXCUSED, 1, False),
    ],
)  # fmt: skip
def test_another_roll_call_waits_only_while_the_first_one_still_asks(state: State, later: int, stands: bool) -> None:
    assert still_asks(state, CALLED, CALLED + minutes(later)) is stands
