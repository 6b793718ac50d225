"""What is said on the eve of a day abroad: that it is a public holiday, and how the first morning at work will go.

Nobody writes these into a journey: they follow from the calendar of the place. They keep to the message budget and go
before what is less pressing that day; too late they say nothing, since "tomorrow" would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bot.clock import ONE_DAY, Itinerary, local, to_utc
from bot.content.kits import Holiday
from bot.content.loader import Library
from bot.content.schema import TextStep, When
from bot.rules.calendar import DueStep, LearnerFacts
from bot.rules.kit_values import holidays_on

HOLIDAY, FIRST_MORNING = "holiday", "first-morning"
HOLIDAY_AT = time(17)  # shops are still open
MORNING_AT = time(18, 45)  # home from the first walk, and time to ask somebody
WORTH = timedelta(hours=3)
MARK = "eve~"  # no step of a journey can be called so
MOST_IN_A_ROW = 4
WEEKEND = 5  # Saturday


class Eve(NamedTuple):
    """What it is the eve of."""

    what: str  # holiday or first-morning
    day: date  # the day after

    @property
    def id(self) -> str:
        """The step id of its row."""
        return f"{MARK}{self.what}~{self.day.isoformat()}"


def is_eve(step: str) -> bool:
    """Whether a due row is one of these and no step of a journey."""
    return step.startswith(MARK)


def parse(step: str) -> Eve:
    """The inverse of `Eve.id`."""
    _, what, day = step.split("~")
    return Eve(what, date.fromisoformat(day))


def eves(library: Library, facts: LearnerFacts, start: datetime, end: datetime) -> list[DueStep]:
    """Those due from `start` until before `end` (aware), for one learner."""
    stay = facts.itinerary
    if stay is None or facts.role != "learner":
        return []
    first, last = max(stay.arrival, start.date() - ONE_DAY), min(stay.return_ - ONE_DAY, end.date() + ONE_DAY)
    due = (_due(eve, at, stay) for eve, at in _between(library, facts, stay, first, last))
    return [item for item in due if start <= item.due_at < end]


def holidays_from(library: Library, country: str, city: str, day: date) -> tuple[Holiday, ...]:
    """The public holidays of that day and of the days right after it; none if the day itself is none. `city` is a kit
    id or any town."""
    found: list[Holiday] = []
    for number in range(MOST_IN_A_ROW):
        there = _there(library, country, city, day + number * ONE_DAY)
        if not there:
            break
        found.append(there[0])
    return tuple(found)


def first_workday(library: Library, facts: LearnerFacts) -> date | None:
    """The first day after the arrival on which people work there: from Monday to Friday and no public holiday."""
    stay = facts.itinerary
    if stay is None:
        return None
    day = stay.arrival + ONE_DAY
    while day < stay.return_:
        if day.weekday() < WEEKEND and not _there(library, facts.host_country, facts.host_city, day):
            return day
        day += ONE_DAY
    return None


def _between(
    library: Library, facts: LearnerFacts, stay: Itinerary, first: date, last: date
) -> Iterator[tuple[Eve, time]]:
    """The eves that fall on the days from `first` to `last`."""
    work = first_workday(library, facts) if first <= stay.arrival + timedelta(days=14) else None
    for number in range((last - first).days + 1):
        eve = first + number * ONE_DAY
        day = eve + ONE_DAY
        if day == work:
            yield Eve(FIRST_MORNING, day), MORNING_AT
        if HOLIDAY not in facts.wishes.quiet and _begins(library, facts, stay, day):
            yield Eve(HOLIDAY, day), HOLIDAY_AT


def _begins(library: Library, facts: LearnerFacts, stay: Itinerary, day: date) -> bool:
    """Is that day the first holiday of a row, or the first that somebody who has just arrived can be told of?"""
    if not _there(library, facts.host_country, facts.host_city, day):
        return False
    before = day - ONE_DAY
    return before <= stay.arrival or not _there(library, facts.host_country, facts.host_city, before)


def _there(library: Library, country: str, city: str, day: date) -> tuple[Holiday, ...]:
    kit = library.kits.get(city)
    return holidays_on(library, country, kit.subdivision if kit else None, day)


def _due(eve: Eve, at: time, stay: Itinerary) -> DueStep:
    day = eve.day - ONE_DAY
    zone = stay.zone_on(day)
    instant = to_utc(day, at, zone)
    when = When.model_construct(anchor="arrival", days=(day - stay.arrival).days, at=at, weekdays=())
    step = TextStep.model_construct(
        id=eve.id, kind="text", use=eve.what, stage="during", when=when, worth=WORTH, required=True
    )  # fmt: skip
    return DueStep(step, instant, instant + WORTH, local(instant, zone), zone)
