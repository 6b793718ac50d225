"""Planned silence: which days a learner may ask to be left without a check-in question.

A pause never touches a travel day, a day whose question is on its way, or an open alert; it is short, and two pauses
never follow each other without a question in between. Source: decisions.md, "Check-ins and alerts".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.clock import ONE_DAY, Itinerary, local_date, to_utc

MOST_MINOR = 3  # days
MOST_ADULT = 7
AHEAD = 7  # the first day is at most that many days away: plans further off change
TOLD_BEFORE = timedelta(hours=1)  # who asked in vain reads so that long before the question comes after all
TIME_TO_AGREE = timedelta(hours=1)  # less than that is no time in which somebody could be expected to answer
SATURDAY, SUNDAY = 5, 6


class Refusal(StrEnum):
    """Why there is no pause now, or not on these days."""

    NO_STAY = "no_stay"
    ALERT_OPEN = "alert_open"
    ANSWER_FIRST = "answer_first"
    ONE_AT_A_TIME = "one_at_a_time"
    NOT_THESE_DAYS = "not_these_days"
    TOO_LONG = "too_long"


class State(StrEnum):
    """What became of a request. `on`: agreed to, or not in need of it; it may lie ahead, hold or be over."""

    ASKED = "asked"
    ON = "on"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Pause:
    """A pause as it was asked for; both days belong to it. `back_on`: the first day asked again if it ended early."""

    first: date
    last: date
    state: State
    back_on: date | None = None

    @property
    def ends(self) -> date:
        """The last day without a question; before `first` when it was ended before it began."""
        return self.last if self.back_on is None else min(self.last, self.back_on - ONE_DAY)

    def covers(self, day: date) -> bool:
        """Is there no question on that day because of this pause?"""
        return self.state is State.ON and self.first <= day <= self.ends

    def over(self, today: date) -> bool:
        """Nothing of it lies ahead any more."""
        return self.state not in (State.ASKED, State.ON) or today > self.ends or self.ends < self.first


@dataclass(frozen=True)
class Asker:
    """What decides about a learner's pause. `hour` is that of the check-in; `waits`: a question is asked and not
    answered; `answered_today`: today's question needs no pause any more."""

    itinerary: Itinerary | None
    minor: bool
    hour: time
    alert_open: bool = False
    waits: bool = False
    answered_today: bool = False
    pauses: tuple[Pause, ...] = ()

    @property
    def most(self) -> int:
        """The longest pause in days."""
        return MOST_MINOR if self.minor else MOST_ADULT


def pausable(itinerary: Itinerary, day: date) -> bool:
    """Strictly between arrival and return: travel days have their own questions, which nothing silences."""
    return itinerary.arrival < day < itinerary.return_


def paused(pauses: Iterable[Pause], itinerary: Itinerary, day: date) -> bool:
    """Is there no check-in question on that day? Dates may have moved since: a travel day is never paused."""
    return pausable(itinerary, day) and any(pause.covers(day) for pause in pauses)


def current(pauses: Iterable[Pause], today: date) -> Pause | None:
    """The pause that is asked for, lies ahead or holds."""
    return next((pause for pause in pauses if not pause.over(today)), None)


def question_at(asker: Asker, day: date) -> datetime:
    """When the question of a day would come (UTC)."""
    assert asker.itinerary is not None, "without dates there are no questions"
    return to_utc(day, asker.hour, asker.itinerary.zone_on(day))


def agree_by(asker: Asker, first: date) -> datetime:
    """Until when somebody must have agreed, so that the learner knows before the question of the first day."""
    return question_at(asker, first) - TOLD_BEFORE


def closed(asker: Asker, now: datetime) -> Refusal | None:
    """Why this learner can ask for no pause at all now; None when they can."""
    if asker.itinerary is None or asker.itinerary.stage_at(now) == "after":
        return Refusal.NO_STAY
    if asker.alert_open:
        return Refusal.ALERT_OPEN
    if asker.waits:
        return Refusal.ANSWER_FIRST
    if current(asker.pauses, _today(asker, now)) is not None:
        return Refusal.ONE_AT_A_TIME
    return None


def first_days(asker: Asker, now: datetime) -> list[date]:
    """Days on which a pause may begin, in order."""
    if closed(asker, now) is not None:
        return []
    today = _today(asker, now)
    days = (today + timedelta(days=n) for n in range(AHEAD + 1))
    return [day for day in days if _may_begin(asker, day, now)]


def last_days(asker: Asker, first: date) -> list[date]:
    """Days on which a pause that begins on `first` may end, in order."""
    assert asker.itinerary is not None, "without dates there is no pause"
    days = []
    for n in range(asker.most):
        day = first + timedelta(days=n)
        if not pausable(asker.itinerary, day):
            break
        days.append(day)
    return days


def weekend(asker: Asker, now: datetime) -> tuple[date, date] | None:
    """This weekend, or what is left of it; None when there is nothing to pause in it."""
    firsts = first_days(asker, now)
    first = next((day for day in firsts if day.weekday() in (SATURDAY, SUNDAY)), None)
    if first is None:
        return None
    sunday = first + timedelta(days=SUNDAY - first.weekday())
    return first, max(day for day in last_days(asker, first) if day <= sunday)


def refusal(asker: Asker, first: date, last: date, now: datetime) -> Refusal | None:
    """Why there is no pause from `first` to `last`; None when it may be."""
    shut = closed(asker, now)
    if shut is not None:
        return shut
    if last < first or first not in first_days(asker, now):
        return Refusal.NOT_THESE_DAYS
    if (last - first).days + 1 > asker.most:
        return Refusal.TOO_LONG
    return None if last in last_days(asker, first) else Refusal.NOT_THESE_DAYS


def back_on(asker: Asker, pause: Pause, now: datetime) -> date:
    """The first day with a question again when a pause ends now: today while its hour has not come, else tomorrow."""
    today = _today(asker, now)
    day = today if now < question_at(asker, today) else today + ONE_DAY
    return max(day, pause.first)


def _today(asker: Asker, now: datetime) -> date:
    assert asker.itinerary is not None, "without dates nobody is anywhere"
    return local_date(now, asker.itinerary.zone_at(now))


def _may_begin(asker: Asker, day: date, now: datetime) -> bool:
    assert asker.itinerary is not None, "without dates there is no pause"
    if not pausable(asker.itinerary, day) or (asker.answered_today and day == _today(asker, now)):
        return False
    # Back to back they would be one long pause.
    if any(pause.state is State.ON and pause.first <= day <= pause.ends + ONE_DAY for pause in asker.pauses):
        return False
    needed = TOLD_BEFORE + TIME_TO_AGREE if asker.minor else timedelta(0)
    return now + needed < question_at(asker, day)
