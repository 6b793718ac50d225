"""When a morning digest is due: one's own hour, one's own clock, once a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bot.rules.digest import Look, hour_of, look

PARIS, AUCKLAND = "Europe/Paris", "Pacific/Auckland"


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stored", "hour"), [(None, time(8)), ("", time(8)), ("06:30", time(6, 30)), ("off", None)], ids=str
)
def test_the_hour_is_the_chosen_one_else_the_usual_one(stored: str | None, hour: time | None) -> None:
    assert hour_of(stored) == hour


def test_before_the_hour_it_waits_for_it() -> None:
    assert look(at(3, 6, 59), time(8), PARIS, None) == Look(False, date(2026, 3, 2), at(3, 7))


def test_nobodys_first_morning_begins_after_its_hour() -> None:
    assert look(at(3, 8), time(8), PARIS, None) == Look(False, date(2026, 3, 3), at(4, 7))


def test_at_the_hour_it_is_due_and_comes_again_the_next_day() -> None:
    assert look(at(3, 7), time(8), PARIS, date(2026, 3, 2)) == Look(True, date(2026, 3, 3), at(4, 7))


def test_a_day_is_looked_at_once_even_when_a_later_hour_is_chosen() -> None:
    assert look(at(3, 7, 30), time(10), PARIS, date(2026, 3, 3)) == Look(False, date(2026, 3, 3), at(4, 9))


def test_far_too_late_it_waits_for_the_next_day() -> None:
    assert look(at(3, 13), time(8), PARIS, date(2026, 3, 2)) == Look(False, date(2026, 3, 3), at(4, 7))


def test_the_day_is_that_of_the_clock_that_is_read() -> None:
    assert look(at(3, 19), time(8), AUCKLAND, date(2026, 3, 3)) == Look(True, date(2026, 3, 4), at(4, 19))


def test_the_hour_follows_the_change_of_the_clocks() -> None:
    assert look(at(28, 7), time(8), PARIS, None).again == at(29, 6)
