"""What an import points out without refusing it: stays that are possible, but look like slips of the keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.rules.ages import ELSEWHERE, IN_EUROPE, too_young
from bot.rules.durations import parse_check_in_days
from bot.service.cohorts import WEEKEND
from bot.service.import_rows import Entry
from bot.service.stays import is_minor
from bot.store.tables import Cohort

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
