"""Two weeks of days as bars."""

from __future__ import annotations

from datetime import date

from bot.rules import mood

TODAY = date(2026, 3, 14)
DAYS = {date(2026, 3, 1): 1, date(2026, 3, 13): 4, date(2026, 3, 14): 5, date(2026, 2, 28): 3}


def test_a_trend_is_two_weeks_long_and_has_dots_for_days_without_a_word() -> None:
    assert mood.trend(DAYS, TODAY) == "▁···········▆█"


def test_a_bar_is_filled_as_far_as_the_day_was_good() -> None:
    assert [mood.bar(value) for value in (1, 5)] == ["▰▱▱▱▱", "▰▰▰▰▰"]


def test_a_button_carries_just_what_was_shown() -> None:
    assert mood.digits(DAYS, TODAY) == "10000000000045"
