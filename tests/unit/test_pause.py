"""Planned silence as rules: which days, how long, and what is never paused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.clock import Itinerary
from bot.rules import pause as rules
from bot.rules.pause import Asker, Pause, Refusal, State

STAY = Itinerary("Europe/Paris", "Europe/Madrid", date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 21))
ADULT = Asker(STAY, minor=False, hour=time(19))
MINOR = replace(ADULT, minor=True)


def march(day: int, hour: int = 11, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def day(number: int) -> date:
    return date(2026, 3, number)


NOW = march(4)  # a Wednesday


@pytest.mark.parametrize(
    ("first", "last", "asker", "why"),
    [
        (4, 4, MINOR, None),
        (4, 6, MINOR, None),
        (4, 7, MINOR, Refusal.TOO_LONG),
        (4, 10, ADULT, None),
        (4, 11, ADULT, Refusal.TOO_LONG),
        (3, 4, ADULT, Refusal.NOT_THESE_DAYS),
        (6, 5, ADULT, Refusal.NOT_THESE_DAYS),
        (11, 12, ADULT, None),
        (12, 13, ADULT, Refusal.NOT_THESE_DAYS),
    ],
)
def test_a_pause_is_short_and_near(first: int, last: int, asker: Asker, why: Refusal | None) -> None:
    assert rules.refusal(asker, day(first), day(last), NOW) is why


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"alert_open": True}, Refusal.ALERT_OPEN),
        ({"waits": True}, Refusal.ANSWER_FIRST),
        ({"itinerary": None}, Refusal.NO_STAY),
        ({"pauses": (Pause(day(8), day(8), State.ASKED),)}, Refusal.ONE_AT_A_TIME),
        ({"pauses": (Pause(day(8), day(8), State.ON),)}, Refusal.ONE_AT_A_TIME),
        ({"pauses": (Pause(day(8), day(8), State.REFUSED),)}, None),
        ({"pauses": (Pause(day(2), day(2), State.ON),)}, None),
    ],
)
def test_what_closes_the_door(changed: dict[str, object], why: Refusal | None) -> None:
    assert rules.closed(replace(ADULT, **changed), NOW) is why  # type: ignore[arg-type]


def test_the_days_of_arrival_and_return_are_never_paused() -> None:
    assert rules.first_days(MINOR, march(1, 8))[0] == day(2)
    assert rules.last_days(ADULT, day(18)) == [day(18), day(19), day(20)]
    assert rules.first_days(ADULT, march(20, 20)) == []


def test_moved_dates_take_a_travel_day_out_of_a_pause() -> None:
    agreed = (Pause(day(9), day(10), State.ON),)
    earlier = replace(STAY, return_=day(10))
    assert [rules.paused(agreed, earlier, d) for d in (day(9), day(10))] == [True, False]


@pytest.mark.parametrize(("asker", "last_minute"), [(ADULT, march(4, 17, 59)), (MINOR, march(4, 15, 59))])
def test_today_can_be_paused_until_the_question_is_near(asker: Asker, last_minute: datetime) -> None:
    # The hour is 19:00 in Madrid, 18:00 UTC; a minor's request needs an hour to be answered and one to be told.
    assert day(4) in rules.first_days(asker, last_minute)
    assert day(4) not in rules.first_days(asker, last_minute.replace(minute=0, hour=last_minute.hour + 1))


def test_a_day_that_is_answered_needs_no_pause() -> None:
    assert day(4) not in rules.first_days(replace(ADULT, answered_today=True), NOW)


def test_there_is_a_question_between_two_pauses() -> None:
    before = replace(ADULT, pauses=(Pause(day(2), day(3), State.ON),))
    assert rules.first_days(before, NOW)[0] == day(5)


def test_a_pause_that_ended_early_counts_only_as_far_as_it_went() -> None:
    ended = replace(ADULT, pauses=(Pause(day(2), day(6), State.ON, back_on=day(4)),))
    assert rules.closed(ended, NOW) is None
    assert rules.first_days(ended, NOW)[0] == day(5)


@pytest.mark.parametrize(
    ("now", "span"),
    [
        (march(4), (day(7), day(8))),
        (march(7), (day(7), day(8))),
        (march(7, 19), (day(8), day(8))),
        (march(8, 19), (day(14), day(15))),
        (march(19), (day(20), day(20))),
    ],
)
def test_the_weekend_is_what_is_left_of_it(now: datetime, span: tuple[date, date]) -> None:
    late = replace(ADULT, itinerary=replace(STAY, return_=day(21)))
    if span == (day(20), day(20)):
        assert rules.weekend(late, now) is None  # the return is on Saturday
    else:
        assert rules.weekend(late, now) == span


def test_somebody_must_agree_an_hour_before_the_first_question() -> None:
    assert rules.agree_by(MINOR, day(7)) == march(7, 17)


def test_the_hour_is_the_wall_clocks_when_clocks_change() -> None:
    spring = replace(MINOR, itinerary=replace(STAY, return_=date(2026, 4, 20)))
    assert rules.agree_by(spring, day(28)) == march(28, 17)
    assert rules.agree_by(spring, day(29)) == march(29, 16)


@pytest.mark.parametrize(
    ("now", "back"),
    [(march(5, 17, 59), day(5)), (march(5, 18), day(6)), (march(4, 10), day(5)), (march(7, 20), day(8))],
)
def test_who_ends_a_pause_is_asked_from_the_next_hour_on(now: datetime, back: date) -> None:
    assert rules.back_on(ADULT, Pause(day(5), day(8), State.ON), now) == back


def test_what_only_was_asked_for_silences_nothing() -> None:
    for state in State:
        assert Pause(day(5), day(6), state).covers(day(5)) is (state is State.ON)
