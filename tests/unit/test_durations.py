"""The short notations, both ways."""

from datetime import time, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.clock import QuietHours
from bot.errors import BadInput
from bot.rules.durations import (
    NO_QUIET_HOURS,
    format_check_in_days,
    format_duration,
    format_hhmm,
    format_quiet_hours,
    parse_check_in_days,
    parse_duration,
    parse_hhmm,
    parse_quiet_hours,
)


@pytest.mark.parametrize(
    "text, seconds",
    [
        ("30s", 30),
        ("10m", 600),
        ("90m", 5400),
        ("2h", 7200),
        ("1d", 86_400),
        ("0s", 0),
        (" 4H ", 14_400),
        ("1h30m", 5400),
    ],
)
def test_durations_are_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", " ", "10", "m", "-5m", "1.5h", "10 minutes", "30m2h", "1w", "٣m", "5m\n5m"])
def test_what_is_no_duration_is_named(text: str) -> None:
    with pytest.raises(BadInput, match="is not a duration: write a number and a unit") as caught:
        parse_duration(text)
    assert text in str(caught.value)


@pytest.mark.parametrize("text", ["367d", "999999999d", "8785h"])
def test_a_duration_beyond_a_year_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="longest is 366d"):
        parse_duration(text)


@pytest.mark.parametrize(
    "seconds, text", [(0, "0s"), (30, "30s"), (90, "90s"), (600, "10m"), (5400, "90m"), (7200, "2h"), (86_400, "1d")]
)
def test_durations_are_written_in_their_largest_whole_unit(seconds: int, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


@given(st.integers(0, 366 * 86_400))
def test_a_duration_survives_writing_and_reading(seconds: int) -> None:
    assert parse_duration(format_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text, expected", [("19:00", time(19)), ("7:30", time(7, 30)), ("00:00", time(0)), (" 23:59 ", time(23, 59))]
)
def test_times_of_day_are_read(text: str, expected: time) -> None:
    assert parse_hhmm(text) == expected


@pytest.mark.parametrize("text", ["", "24:00", "19", "19:60", "7pm", "19.00", "19:00:00", "-1:00"])
def test_what_is_no_time_of_day_is_named(text: str) -> None:
    with pytest.raises(BadInput, match="is not a time of day: write hours and minutes"):
        parse_hhmm(text)


def test_times_of_day_are_written_with_two_digits() -> None:
    assert format_hhmm(time(7, 5)) == "07:05"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("22:00-07:00", QuietHours(time(22), time(7))),
        ("22:00 – 7:00", QuietHours(time(22), time(7))),
        ("13:00-15:00", QuietHours(time(13), time(15))),
        ("none", NO_QUIET_HOURS),
    ],
)
def test_quiet_hours_are_read(text: str, expected: QuietHours) -> None:
    assert parse_quiet_hours(text) == expected


@pytest.mark.parametrize("text", ["", "22:00", "22:00-07:00-08:00", "22:00-25:00", "late", "22:00-22:00"])
def test_what_are_no_quiet_hours_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_quiet_hours(text)


@pytest.mark.parametrize("text", ["22:00-07:00", "13:30-15:00", "none"])
def test_quiet_hours_survive_reading_and_writing(text: str) -> None:
    assert format_quiet_hours(parse_quiet_hours(text)) == text


@pytest.mark.parametrize(
    "text, days",
    [
        ("daily", {0, 1, 2, 3, 4, 5, 6}),
        ("weekdays", {0, 1, 2, 3, 4}),
        ("mon,thu", {0, 3}),
        ("Sun, MON,sun", {0, 6}),
    ],
)
def test_check_in_days_are_read(text: str, days: set[int]) -> None:
    assert parse_check_in_days(text) == days


@pytest.mark.parametrize(
    "text, named", [("", ""), ("monday", "monday"), ("mon;thu", "mon;thu"), ("mon,,thu", ""), ("daily,mon", "daily")]
)
def test_an_unknown_day_is_named(text: str, named: str) -> None:
    with pytest.raises(BadInput, match=f"“{named}” in check-in days"):
        parse_check_in_days(text)


@given(st.sets(st.integers(0, 6), min_size=1))
def test_check_in_days_survive_writing_and_reading(days: set[int]) -> None:
    assert parse_check_in_days(format_check_in_days(days)) == days


@pytest.mark.parametrize("days", [set(), {7}, {-1, 2}])
def test_impossible_days_are_not_written(days: set[int]) -> None:
    with pytest.raises(ValueError, match="Check-in days"):
        format_check_in_days(days)
