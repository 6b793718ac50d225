"""When each step of a journey is due for one learner.

A day is counted from the learner's own dates, the hour is the wall clock's where the learner is on that day; only then
does it become an instant, so that a change to summer time moves nothing. Which steps are due follows from the facts
alone: moved dates simply give another calendar.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.clock import Itinerary, Stage, local, to_utc
from bot.content.schema import Conditions, Journey, Step, When
from bot.i18n import base_language
from bot.rules.durations import DAY_NAMES
from bot.rules.wishes import NO_WISHES, Wishes, wanted

ADULT = 18
AGE_UNKNOWN = 17  # no birth date means: treat as a minor; the oldest, so that "from 16 on" is not withheld


@dataclass(frozen=True)
class LearnerFacts:
    """What a journey may ask about a learner. Countries are ISO 3166 codes, `host_city` a kit id or a town's name,
    `answers` the choice by step id. A candidate has no itinerary yet."""

    itinerary: Itinerary | None
    birth_date: date | None = None
    status: str = ""
    trade: str = ""
    language: str = "en"
    home_country: str = ""
    host_country: str = ""
    host_city: str = ""
    role: str = "learner"
    answers: Mapping[str, str] = field(default_factory=dict)
    wishes: Wishes = NO_WISHES


@dataclass(frozen=True)
class DueStep:
    """A step with its instants in UTC (`expires_at`: from when on it is no longer worth sending) and the aware local
    time at which the learner sees it come, in `zone`."""

    step: Step
    due_at: datetime
    expires_at: datetime
    local: datetime
    zone: str


def age_on(birth_date: date | None, day: date) -> int | None:
    """Age in years; who was born on 29 February gets older on 1 March of a common year."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def nights(itinerary: Itinerary) -> int:
    """Length of the stay: nights between arrival and return."""
    return (itinerary.return_ - itinerary.arrival).days


_ANCHORS = {"departure": "departure", "arrival": "arrival", "return": "return_"}


def day_of(when: When, itinerary: Itinerary) -> date:
    """The calendar day a step is planned for; with weekdays the first such day on or after the counted one."""
    day: date = getattr(itinerary, _ANCHORS[when.anchor]) + timedelta(days=when.days)
    if when.weekdays:
        wanted = {DAY_NAMES.index(name) for name in when.weekdays}
        while day.weekday() not in wanted:
            day += timedelta(days=1)
    return day


def in_stage(stage: Stage, day: date, itinerary: Itinerary) -> bool:
    """Whether a day belongs to a stage; the days of arrival and return belong to both of their neighbours."""
    if stage == "before":
        return day <= itinerary.arrival
    if stage == "during":
        return itinerary.arrival <= day <= itinerary.return_
    return day >= itinerary.return_


def applies(step: Step, facts: LearnerFacts, day: date) -> bool:
    """Whether a step is for this learner when it is planned for `day`: the day lies in the step's stage (a stay too
    short for it leaves it out), the learner's wishes let it come by itself, and every condition holds. An answer not
    given yet fulfils no condition."""
    stay = facts.itinerary
    if stay is None or not in_stage(step.stage, day, stay):
        return False
    return wanted(step, day, stay.arrival, facts.wishes) and fits(step.conditions, facts, stay, day)


def fits(asked: Conditions, facts: LearnerFacts, stay: Itinerary, day: date) -> bool:
    """Whether every condition holds on that day."""
    return (
        _age_fits(asked, age_on(facts.birth_date, day))
        and _within(nights(stay), asked.min_nights, asked.max_nights)
        and _one_of(facts.status, asked.statuses)
        and _one_of(facts.trade, asked.trades)
        and (not asked.languages or base_language(facts.language) in {base_language(tag) for tag in asked.languages})
        and _one_of(facts.home_country, asked.home_countries)
        and _one_of(facts.host_country, asked.host_countries)
        and _one_of(facts.host_city, asked.cities)
        and all(facts.answers.get(step_id) in choices for step_id, choices in asked.answers.items())
    )


def _age_fits(asked: Conditions, age: int | None) -> bool:
    years = AGE_UNKNOWN if age is None else age
    if asked.minors is not None and asked.minors != (years < ADULT):
        return False
    return _within(years, asked.min_age, asked.max_age)


def _within(value: int, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _one_of(value: str, choices: tuple[str, ...]) -> bool:
    return not choices or value.casefold() in {choice.casefold() for choice in choices}


def due_at(step: Step, facts: LearnerFacts) -> datetime:
    """The instant (UTC) of a step's day and hour, where the learner is on that day; ValueError without dates."""
    return _due(step, _stay(facts)).due_at


def calendar(journey: Journey, facts: LearnerFacts) -> list[DueStep]:
    """Every step that is for this learner, by due time; steps of one instant stay in the author's order.
    Empty for a candidate without dates and for a role the journey is not made for."""
    stay = facts.itinerary
    if stay is None or facts.role not in journey.roles:
        return []
    due = [_due(step, stay) for step in journey.steps if applies(step, facts, day_of(step.when, stay))]
    return sorted(due, key=lambda item: item.due_at)


def between(journey: Journey, facts: LearnerFacts, start: datetime, end: datetime) -> list[DueStep]:
    """The part of the calendar due from `start` until before `end` (both aware)."""
    return [item for item in calendar(journey, facts) if start <= item.due_at < end]


# Wider than any two clocks on Earth are apart: further off, a day alone tells that its hour does not matter.
MARGIN = timedelta(days=2)


def around(
    journey: Journey, facts: LearnerFacts, start: datetime, end: datetime, also: Collection[str] = ()
) -> list[DueStep]:
    """At least that part of the calendar that is due before `end` and still worth sending at `start` (both aware),
    and the steps named in `also` whenever they are due. Hours of days far off are not worked out."""
    stay = facts.itinerary
    if stay is None or facts.role not in journey.roles:
        return []
    first, last = (start - MARGIN).date(), (end + MARGIN).date()
    due = [
        _due(step, stay)
        for step in journey.steps
        if (((day := day_of(step.when, stay)) <= last and day + step.worth >= first) or step.id in also)
        and applies(step, facts, day)
    ]
    return sorted(due, key=lambda item: item.due_at)


def _stay(facts: LearnerFacts) -> Itinerary:
    if facts.itinerary is None:
        raise ValueError("a candidate without dates has no due times; ask `calendar`, which is empty then")
    return facts.itinerary


def _due(step: Step, stay: Itinerary) -> DueStep:
    day = day_of(step.when, stay)
    zone = stay.zone_on(day)
    instant = to_utc(day, step.when.at, zone)
    return DueStep(step, instant, instant + step.worth, local(instant, zone), zone)
