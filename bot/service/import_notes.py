"""What an import points out without refusing it: stays that are possible, but look like slips of the keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.rules.ages import ELSEWHERE, IN_EUROPE, too_young
from bot.rules.durations import parse_check_in_days
from bot.service.cohorts import WEEKEND
from bot.service.import_rows import Entry
from bot.service.stays import is_minor
from bot.store.tables import Cohort, Person, Placement

NAMED = 5  # how many codes a note names before it only counts


def stay_notes(entries: Iterable[Entry], longest: int | None, today: date) -> list[str]:
    """Sentences on stays that are over, longer than the journey is made for (`longest`, in nights), or without a night.
    Entries were checked: they have both dates."""
    over, long, short = [], [], []
    for entry in entries:
        arrival, back = entry.values["arrival_date"], entry.values["return_date"]
        if back < today:
            over.append(entry.code)
        if longest is not None and (back - arrival).days > longest:
            long.append(entry.code)
        if back == arrival:
            short.append(entry.code)
    notes = []
    if over:
        notes.append(f"The stay is wholly in the past: {some(over)}. Check the year.")
    if long:
        notes.append(
            f"Longer than the journey's {longest} nights: {some(long)}. Check the dates, or take another journey."
        )
    if short:
        notes.append(f"A stay of zero nights: {some(short)}. Check the dates; the return is the day of the way home.")
    return notes


@dataclass(frozen=True, slots=True)
class _Trip:
    """A stay, and what tells its traveller from others; `cohort` is empty for one of the list."""

    code: str
    cohort: str
    first: date
    last: date
    who: frozenset[tuple[Any, ...]]


def overlap_notes(session: Session, cohort: Cohort, entries: Sequence[Entry]) -> list[str]:
    """A sentence on those who have another stay at the same time, or from the last day of one to the next, in this list
    or any cohort. Somebody is the same by first name and phone, or by both names and birth date."""
    listed = [_listed(entry) for entry in entries]
    if not listed:
        return []
    known = _known(session, min(trip.first for trip in listed), max(trip.last for trip in listed))
    codes = {trip.code.casefold() for trip in listed}
    others = [trip for trip in known if trip.cohort != cohort.code or trip.code.casefold() not in codes]
    by_person: dict[tuple[Any, ...], list[_Trip]] = {}
    for trip in (*others, *listed):
        for key in trip.who:
            by_person.setdefault(key, []).append(trip)
    pairs = dict(pair for trips in by_person.values() for pair in _meeting(trips))
    if not pairs:
        return []
    return [
        f"Stays of the same person that overlap or touch: {some(sorted(pairs.values()))}. Check the dates. If they are "
        "right, the stay counts at which the learner taps “I've arrived” last; until then a call for help goes to the "
        "people of both."
    ]


def _meeting(trips: list[_Trip]) -> Iterator[tuple[tuple[str, str], str]]:
    """Stays of one person that meet, at least one of them in the list: each with the one before it that lasts longest,
    so that whoever meets any is named, and ten thousand of one name are still few pairs."""
    trips = sorted(trips, key=lambda trip: (trip.first, trip.last))
    longest = trips[0]
    for trip in trips[1:]:
        if trip.first <= longest.last and not (trip.cohort and longest.cohort):
            mine, other = (longest, trip) if trip.cohort else (trip, longest)
            named = f"{other.code} of {other.cohort}" if other.cohort else other.code
            yield (min(mine.code, named), max(mine.code, named)), f"{mine.code} with {named}"
        longest = max(longest, trip, key=lambda one: one.last)


def _listed(entry: Entry) -> _Trip:
    get = entry.values.get
    who = _who(get("first_name"), get("last_name"), get("birth_date"), get("phone"))
    first = get("departure_date") or entry.values["arrival_date"]
    return _Trip(entry.code, "", first, entry.values["return_date"], who)


def _known(session: Session, first: date, last: date) -> list[_Trip]:
    begins = func.coalesce(Placement.departure_date, Placement.arrival_date)
    ends = func.coalesce(Placement.ended_on, Placement.return_date)
    found = session.execute(
        select(
            Placement.code, Cohort.code.label("cohort"), begins.label("first"), ends.label("last"), Person.first_name,
            Person.last_name, Person.birth_date, Person.phone,
        )
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .join(Person, Person.id == Placement.person_id)
        .where(Person.erased_at.is_(None), begins <= last, ends >= first)
        .order_by(Placement.id)
    )  # fmt: skip
    return [
        _Trip(row.code, row.cohort, row.first, row.last, _who(row.first_name, row.last_name, row.birth_date, row.phone))
        for row in found
    ]


def _who(first: str | None, last: str | None, birth: date | None, phone: str | None) -> frozenset[tuple[Any, ...]]:
    name = (first or "").casefold()
    keys: list[tuple[Any, ...]] = [(name, phone)] if phone else []
    if birth is not None:
        keys.append((name, (last or "").casefold(), birth))
    return frozenset(keys)


def weekend_notes(entries: Iterable[Entry], cohort: Cohort, today: date) -> list[str]:
    """A sentence on minors whom this cohort would not ask at weekends, where nobody said why."""
    if parse_check_in_days(cohort.check_in_days) >= WEEKEND or cohort.check_in_reason:
        return []
    minors = [
        entry.code for entry in entries if is_minor(entry.values.get("birth_date"), today, entry.values.get("status"))
    ]
    if not minors:
        return []
    return [
        f"Minors (or no birth date), and {cohort.code} asks nobody at weekends: {some(minors)}. Say why with "
        f"`compagnon cohort set {cohort.code} --reason TEXT`, or ask daily."
    ]


def age_notes(entries: Iterable[Entry], today: date) -> list[str]:
    """A sentence on learners who by Telegram's own terms are too young for an account."""
    young = [
        e.code
        for e in entries
        if e.values.get("telegram") != "no"
        and too_young(e.values.get("birth_date"), e.values.get("home_country"), today)
    ]
    if not young:
        return []
    return [
        f"Too young for Telegram, which asks for {IN_EUROPE} years in the EU and the United Kingdom and {ELSEWHERE} "
        f"elsewhere: {some(young)}. Check the dates of birth, or let them take part by phone."
    ]


def some(codes: list[str]) -> str:
    """The first codes, and how many more there are."""
    rest = len(codes) - NAMED
    return ", ".join(codes[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
