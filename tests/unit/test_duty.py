"""Duty hours: the notation, the clock, the nights when clocks change, holes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import BadInput
from bot.rules.duty import Duty, Watch, holes, named, next_change, on_duty, parse_duty, stretches, without

PARIS = "Europe/Paris"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("text", ["always", "", None, " Always "])
def test_nothing_means_always(text: str | None) -> None:
    assert parse_duty(text) == Duty()


@pytest.mark.parametrize(
    ("text", "on", "off"),
    [
        ("mon-fri 07:00-22:00; sat,sun 09:00-20:00", at(2, 6), at(2, 5, 59)),
        ("mon-fri 07:00-22:00; sat,sun 09:00-20:00", at(7, 8), at(7, 19)),
        ("22:00-06:00", at(3, 4, 59), at(3, 5)),
        ("fri-mon 22:00-06:00", at(3, 1), at(4, 1)),
        ("weekdays", at(6, 22, 59), at(6, 23)),
        ("mon 08:00-12:00,13:00-24:00", at(2, 22, 59), at(2, 11, 30)),
        ("weekend", at(7, 0), at(9, 0)),
        ("Mon – Wed 7:00–9:00", at(4, 7), at(5, 7)),
    ],
)
def test_the_clock_decides_who_is_on_duty(text: str, on: datetime, off: datetime) -> None:
    assert (on_duty(parse_duty(text), PARIS, on), on_duty(parse_duty(text), PARIS, off)) == (True, False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("xyz 07:00-08:00", "“xyz” .* is not a day"),
        ("mon-xx 07:00-08:00", "“mon-xx” .* is not a day"),
        ("mon 25:00-26:00", "“25:00” is not a time of day"),
        ("mon 07:00", "is not a time: write start and end"),
        ("mon 07:00-07:00", "starts and ends at the same time"),
        (";", "are not duty hours"),
        ("mon 1:00-2:00;" * 30, "too long"),
    ],
)
def test_a_slip_is_named(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        parse_duty(text)


@pytest.mark.parametrize(("first", "last"), [(27, 30), (24, 27)], ids=["forward", "back"])
@pytest.mark.parametrize("change", ["02:00", "02:30", "03:00", "01:30"])
def test_two_who_share_the_night_leave_no_hole_when_clocks_change(first: int, last: int, change: str) -> None:
    month = 3 if first == 27 else 10
    start, end = (datetime(2026, month, day, 12, tzinfo=UTC) for day in (first, last))
    pair = [Watch(1, parse_duty(f"19:00-{change}"), PARIS), Watch(2, parse_duty(f"{change}-19:00"), PARIS)]
    assert holes(pair, start, end) == ()


def test_the_night_is_an_hour_shorter_when_clocks_go_forward() -> None:
    (night,) = stretches(parse_duty("sat 22:00-06:00"), PARIS, at(28, 12), at(29, 12))
    assert night[1] - night[0] == timedelta(hours=7)


@pytest.mark.parametrize(
    ("text", "then"),
    [("mon-fri 07:00-22:00", at(2, 6)), ("sat 09:00-10:00", at(7, 8)), ("always", None), ("daily", None)],
)
def test_the_next_change(text: str, then: datetime | None) -> None:
    assert next_change(parse_duty(text), PARIS, MONDAY) == then


def test_the_next_change_is_the_end_while_on_duty() -> None:
    assert next_change(parse_duty("mon-fri 07:00-22:00"), PARIS, at(2, 12)) == at(2, 21)


def test_who_is_away_leaves_a_hole_that_another_zone_fills_in_part() -> None:
    away = Watch(1, Duty(), PARIS, ((at(2, 8), at(2, 20)),))
    lisbon = Watch(2, parse_duty("09:00-18:00"), "Europe/Lisbon")
    assert holes([away, lisbon], MONDAY, at(3, 0)) == ((at(2, 8), at(2, 9)), (at(2, 18), at(2, 20)))


def test_nobody_at_all_is_one_hole() -> None:
    assert holes([], MONDAY, at(3, 0)) == ((MONDAY, at(3, 0)),)
    assert holes([], MONDAY, MONDAY) == ()


def test_taking_away_the_middle_leaves_two_ends() -> None:
    assert without([(at(2, 0), at(2, 9))], [(at(2, 3), at(2, 4))]) == ((at(2, 0), at(2, 3)), (at(2, 4), at(2, 9)))


def test_holes_are_named_by_the_clock_of_the_cohort() -> None:
    gaps = [(at(day, 19), at(day, 20)) for day in range(2, 7)]
    assert named(gaps, PARIS, most=1) == "Mon 2 Mar 20:00 to Mon 2 Mar 21:00 and 4 more times"
