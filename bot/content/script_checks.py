"""Checks of journeys: steps that nobody can get, at bad hours, too close together, or too many for a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, product

from babel import Locale

from bot.clock import Itinerary, QuietHours
from bot.content.folder import Loaded, Tree
from bot.content.items import Reflection
from bot.content.schema import Conditions, Journey, Nights, Step
from bot.content.source import nearest
from bot.errors import Fault
from bot.rules.budget import APART, FIRST_WEEK, FIRST_WEEK_DAY, USUAL_DAY, simulate
from bot.rules.calendar import ADULT, AGE_UNKNOWN, LearnerFacts, calendar
from bot.rules.durations import DAY_NAMES, format_hhmm
from bot.rules.permissions import Role

QUIET = QuietHours(time(22), time(7))
STATUSES = ("pupil", "apprentice", "graduate")
LONGEST_ID = 40  # a button's data have 64 bytes, and walk, action and number need their share
LONGEST_STAY = 365  # nights, for journeys without an upper limit
ARRIVALS = tuple(date(2027, 3, 1) + timedelta(days=n) for n in range(7))  # a Monday and the six days after it
LONG_BEFORE = datetime(2024, 1, 1, tzinfo=UTC)


def script_faults(loaded: Loaded, tree: Tree) -> Iterator[Fault]:
    """Every fault of one journey file."""
    journey = loaded.model
    assert isinstance(journey, Journey)
    for role in journey.roles:
        if role not in set(Role):
            what = f"'{role}' is no role{nearest(role, Role)}; choose one of {', '.join(Role)}"
            yield loaded.document.fault(("roles",), what)
    for step in journey.steps:
        problems = [*contradictions(step.conditions, journey.nights, tree), *_answers(step, journey, tree)]
        for field, what in [*problems, *_hours(step), *_long_id(step), *_never_due(step, journey, bool(problems))]:
            yield loaded.document.fault((*journey.place_of(step.id), *field), f"step {step.id} {what}")
    for step, what in [*too_close(journey), *too_many(journey)]:
        yield loaded.document.fault((*journey.place_of(step.id), "when"), f"step {step.id} {what}")


Problem = tuple[tuple[str, ...], str]  # field within the step, what is wrong


# --- conditions -------------------------------------------------------------------------------------


def contradictions(wanted: Conditions, stay: Nights, tree: Tree) -> Iterator[Problem]:
    """Conditions no learner can fulfil, with each other or in this journey, and words nobody will ever have."""
    least, most = wanted.min_age or 0, wanted.max_age if wanted.max_age is not None else 120
    if least > most:
        yield ("for", "min_age"), f"is for nobody: min_age {least} is above max_age {most}; swap them"
    if wanted.minors is True and least >= ADULT:
        yield ("for", "minors"), f"is for nobody: minors are never {least}; remove one of minors and min_age"
    if wanted.minors is False and most < ADULT:
        yield ("for", "minors"), f"is for nobody: adults are never {most}; remove one of minors and max_age"
    fewest = max(wanted.min_nights or 0, stay.min)
    longest = min(_or_endless(wanted.max_nights), _or_endless(stay.max))
    if fewest > longest:
        field = "min_nights" if wanted.min_nights is not None else "max_nights"
        what = f"is for nobody: at least {fewest} and at most {longest} nights, the journey's own limits included"
        yield ("for", field), f"{what}; change {field}"
    yield from _unknown_words(wanted)
    yield from _cities(wanted, tree)


def _or_endless(nights: int | None) -> int:
    return LONGEST_STAY * 10 if nights is None else nights


def _unknown_words(wanted: Conditions) -> Iterator[Problem]:
    for status in wanted.statuses:
        if status not in STATUSES:
            hint = nearest(status, STATUSES)
            yield ("for", "statuses"), f"asks for the status '{status}'{hint}; choose one of {', '.join(STATUSES)}"
    countries = {*Locale("en").territories, "XK"}
    for field in ("home_countries", "host_countries"):
        for code in getattr(wanted, field):
            if code not in countries:
                yield ("for", field), f"asks for the country '{code}', which ISO 3166 does not have; correct it"


def _cities(wanted: Conditions, tree: Tree) -> Iterator[Problem]:
    kits = tree.models("kits")
    for city in wanted.cities:
        if city not in kits:
            if kits and (hint := nearest(city, kits)):
                yield ("for", "cities"), f"asks for the city '{city}', which has no kit{hint}; correct the name"
        elif wanted.host_countries and kits[city].country not in wanted.host_countries:
            country = kits[city].country
            yield ("for", "cities"), f"is for nobody in {city}: it lies in {country}, which host_countries leaves out"


def _answers(step: Step, journey: Journey, tree: Tree) -> Iterator[Problem]:
    for asked, wanted in step.conditions.answers.items():
        source = journey.step(asked)
        if source is None:
            hint = nearest(asked, [other.id for other in journey.steps])
            yield ("for", "answers", asked), f"depends on the step '{asked}', which is not in this journey{hint}"
            continue
        item = tree.models("reflections").get(source.use) if source.kind == "reflection" else None
        yield from ((("for", "answers", asked), what) for what in _too_early(step, source))
        choices = [choice.id for choice in item.choices] if isinstance(item, Reflection) else []
        for answer in wanted:
            if answer not in choices:
                what = f"waits for the answer '{answer}', which {asked} does not offer{nearest(answer, choices)}"
                yield ("for", "answers", asked), f"{what}; its choices are {', '.join(choices) or 'none'}"


def _too_early(step: Step, source: Step) -> Iterator[str]:
    """Why nobody can have answered `source` when `step` comes."""
    if not compatible(step.conditions.model_copy(update={"answers": {}}), source.conditions):
        yield f"is for nobody: it waits for an answer to {source.id}, which is for other learners; change one of them"
    elif source.when.anchor == step.when.anchor and _place(source) >= _place(step):
        yield f"waits for an answer to {source.id}, which comes later or at the same time; move one of them"


def _place(step: Step) -> tuple[int, time]:
    return step.when.days, step.when.at


def _long_id(step: Step) -> Iterator[Problem]:
    if len(step.id) > LONGEST_ID:
        what = f"has an id of {len(step.id)} letters, too long for Telegram's buttons; at most {LONGEST_ID}"
        yield ("id",), f"{what}, and an id stays for ever: choose a shorter one before anybody gets it"


def _hours(step: Step) -> Iterator[Problem]:
    if QUIET.contains(step.when.at):
        hours = f"{format_hhmm(QUIET.start)}–{format_hhmm(QUIET.end)}"
        yield ("when", "at"), f"comes at {format_hhmm(step.when.at)}, in quiet hours ({hours}); choose another time"


# --- representative stays ---------------------------------------------------------------------------


def someone(wanted: Conditions) -> LearnerFacts:
    """A learner without dates who fulfils the conditions, if anybody can."""
    age = max(wanted.min_age or 0, min(wanted.max_age if wanted.max_age is not None else AGE_UNKNOWN, AGE_UNKNOWN))
    if wanted.minors is False:
        age = max(age, ADULT)
    return LearnerFacts(
        None,
        birth_date=date(ARRIVALS[0].year - age - 1, 9, 1),
        status=wanted.statuses[0] if wanted.statuses else "pupil",
        trade=wanted.trades[0] if wanted.trades else "baker",
        language=wanted.languages[0] if wanted.languages else "fr",
        home_country=wanted.home_countries[0] if wanted.home_countries else "FR",
        host_country=wanted.host_countries[0] if wanted.host_countries else "ES",
        host_city=wanted.cities[0] if wanted.cities else "seville",
        answers={step_id: choices[0] for step_id, choices in wanted.answers.items()},
    )


def stay(nights: int, arrival: date) -> Itinerary:
    """A stay in two zones; the clocks change during it when it is long enough."""
    departure = arrival - timedelta(days=1) if nights > 14 else arrival
    return Itinerary("Europe/Paris", "Europe/Madrid", departure, arrival, arrival + timedelta(days=nights))


def lengths(wanted: Nights, least: int | None = None, most: int | None = None) -> list[int]:
    """Lengths in nights to try: shortest, longest, and whole weeks between."""
    low = max(wanted.min, least or 0)
    high = min(value for value in (wanted.max, most, LONGEST_STAY) if value is not None)
    return sorted({low, high, *(n for n in (1, 5, 7, 10, 13, 14, 21, 28, 60, 90, 180) if low <= n <= high)})


def _never_due(step: Step, journey: Journey, contradicted: bool) -> Iterator[Problem]:
    if contradicted:
        return
    wanted = step.conditions
    alone = journey.model_copy(update={"steps": (step,), "roles": ("learner",)})
    for nights in lengths(journey.nights, wanted.min_nights, wanted.max_nights):
        for arrival in ARRIVALS:
            if calendar(alone, _travelling(someone(wanted), nights, arrival)):
                return
    when = f"{step.when.anchor} {step.when.days:+d} days"
    yield ("when",), f"never comes: {when} lies outside the stage '{step.stage}' in every stay; change when or stage"


def _travelling(facts: LearnerFacts, nights: int, arrival: date) -> LearnerFacts:
    return replace(facts, itinerary=stay(nights, arrival))


# --- too close, too many ----------------------------------------------------------------------------


def compatible(one: Conditions, other: Conditions) -> bool:
    """Whether one learner can fulfil both."""
    ranges = all(
        max(getattr(one, low) or 0, getattr(other, low) or 0) <= min(_top(one, high), _top(other, high))
        for low, high in (("min_age", "max_age"), ("min_nights", "max_nights"))
    )
    sets = all(
        not getattr(one, name) or not getattr(other, name) or set(getattr(one, name)) & set(getattr(other, name))
        for name in ("statuses", "trades", "languages", "home_countries", "host_countries", "cities")
    )
    answers = all(set(wanted) & set(other.answers.get(step_id, wanted)) for step_id, wanted in one.answers.items())
    ages = one.minors is None or other.minors is None or one.minors == other.minors
    return ranges and sets and answers and ages


def _top(wanted: Conditions, name: str) -> int:
    value: int | None = getattr(wanted, name)
    return LONGEST_STAY * 10 if value is None else value


def same_day(one: Step, other: Step) -> bool:
    """Whether two steps of one learner are written for the same day, whatever the dates of the stay."""
    a, b = one.when, other.when
    return (a.anchor, a.days, a.weekdays) == (b.anchor, b.days, b.weekdays) and compatible(
        one.conditions, other.conditions
    )


def too_close(journey: Journey) -> Iterator[tuple[Step, str]]:
    """Steps written for the same day less than an hour apart."""
    for one, other in combinations(journey.steps, 2):
        if same_day(one, other):
            apart = abs(_minutes(one.when.at) - _minutes(other.when.at))
            if apart < APART.total_seconds() / 60:
                what = f"comes {apart} minutes from step {one.id} on the same day; leave an hour or choose another day"
                yield other, what


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def too_many(journey: Journey) -> Iterator[tuple[Step, str]]:
    """Days that bring more messages than the budget has, whatever the dates of the stay."""
    reported: set[str] = set()
    for step in journey.steps:
        group = [step]
        for other in journey.steps:
            if other is not step and all(same_day(other, member) for member in group):
                group.append(other)
        in_first_week = step.when.anchor == "arrival" and 0 <= step.when.days < FIRST_WEEK.days
        most = FIRST_WEEK_DAY if in_first_week else USUAL_DAY
        if len(group) > most and not reported.intersection(other.id for other in group):
            reported.update(other.id for other in group)
            names = ", ".join(other.id for other in group)
            yield group[-1], f"makes {len(group)} messages on one day ({names}) where {most} may come; move one"


def lost_steps(loaded: Loaded) -> Iterator[tuple[bool, Fault]]:
    """Steps that the message budget pushes out in some representative stay: (whether required, what and where)."""
    journey = loaded.model
    assert isinstance(journey, Journey)
    people = {repr(someone(step.conditions)): someone(step.conditions) for step in journey.steps}
    made_for = journey.model_copy(update={"roles": ("learner",)})
    seen: set[str] = set()
    for facts, nights, arrival in product(people.values(), lengths(journey.nights), ARRIVALS[::3]):
        for line in simulate(made_for, _travelling(facts, nights, arrival), LONG_BEFORE):
            if line.sent or line.step_id in seen or (step := journey.step(line.step_id)) is None:
                continue
            seen.add(step.id)
            example = f"in a stay of {nights} nights from a {DAY_NAMES[arrival.weekday()].capitalize()}"
            what = (
                f"step {step.id} finds no room {example}: the message budget drops it; move it or make it worth longer"
            )
            yield step.required, loaded.document.fault((*journey.place_of(step.id), "when"), what)
