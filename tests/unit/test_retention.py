"""When what is known of people goes: told before, never while anything keeps them. And how old Telegram wants them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.rules.ages import too_young
from bot.rules.retention import NOTICE, Todo, Verdict, judge

NOW = datetime(2026, 9, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_nobody_goes_while_one_stay_or_role_keeps_them() -> None:
    assert judge([NOW - DAY, None], None, NOW).todo is Todo.WAIT
    assert judge([NOW - DAY, NOW + NOTICE + DAY], None, NOW).todo is Todo.WAIT
    assert judge([], None, NOW).todo is Todo.WAIT


def test_people_are_told_two_weeks_before_the_last_of_their_days() -> None:
    assert judge([NOW, NOW + NOTICE], None, NOW) == Verdict(Todo.TELL, NOW + NOTICE)


def test_who_is_long_overdue_is_told_first_and_has_the_same_two_weeks() -> None:
    assert judge([NOW - 300 * DAY], None, NOW) == Verdict(Todo.TELL, NOW + NOTICE)
    assert judge([NOW - 300 * DAY], NOW - NOTICE + DAY, NOW).todo is Todo.WAIT
    assert judge([NOW - 300 * DAY], NOW - NOTICE, NOW).todo is Todo.ERASE


def test_dates_that_move_take_back_what_was_announced() -> None:
    assert judge([NOW + 60 * DAY], NOW - DAY, NOW).todo is Todo.UNTELL


@pytest.mark.parametrize(
    ("born", "country", "young"),
    [
        (date(2010, 9, 2), "FR", True),
        (date(2010, 9, 1), "FR", False),
        (date(2010, 9, 2), "ba", False),
        (date(2013, 9, 2), "BA", True),
        (date(2010, 9, 2), None, True),
        (None, "FR", False),
    ],
)
def test_telegram_wants_sixteen_years_in_the_eu_and_thirteen_elsewhere(
    born: date | None, country: str | None, young: bool
) -> None:
    assert too_young(born, country, date(2026, 9, 1)) is young
