"""Learning outcomes: which list fits a trade, which week is being logged, and the scales that people answer on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from bot.rules.fold import fold

GENERIC = "generic"  # the list for trades that no other list names
HOWS = ("shown", "helped", "alone", "explained")  # was shown it, with help, alone, can explain it
GRADES = (1, 2, 3, 4)  # not yet, with help, alone, can explain to others
NOT_SEEN = 0
VERDICTS = ("validated", "partly", "not_yet")
MOMENTS = ("mid", "end")
PARTS = ("well", "next", "aims")  # of the talk half-way: what went well, what to try, what was agreed
SIDES = ("learner", "tutor")
WEEK = 7
_FRESH = 3  # days into a week in which the one before is still the one to log
_WORD = re.compile(r"[^\W_]+")


def list_for(trade: str | None, lists: Mapping[str, Collection[str]]) -> str:
    """The list whose names fit a trade as somebody typed it, in any language; the generic one where none does.

    A name fits when each of its words begins a word of the trade ("boulang" fits "CAP boulangerie"); of several the
    longest counts.
    """
    words = _WORD.findall(fold(trade or ""))
    fitting = [
        (len(fold(name)), list_id) for list_id, names in lists.items() for name in names if words and _fits(name, words)
    ]
    return max(fitting, key=lambda one: (one[0], one[1]))[1] if fitting else GENERIC


def _fits(name: str, words: list[str]) -> bool:
    parts = _WORD.findall(fold(name))
    return bool(parts) and all(any(word.startswith(part) for word in words) for part in parts)


def code_of(words: str) -> str:
    """The code of an imported outcome: the same words have the same one, however often they are imported."""
    return hashlib.sha256(" ".join(words.split()).casefold().encode()).hexdigest()[:10]


# --- weeks ----------------------------------------------------------------------------------------


def weeks_of(arrival: date, return_: date) -> int:
    """How many weeks a stay has, counted from the day of arrival; at least one."""
    return max(1, ((return_ - arrival).days + WEEK - 1) // WEEK)


def week_on(day: date, arrival: date, return_: date) -> int | None:
    """The week of a day: the last one after the return, None before the arrival."""
    if day < arrival:
        return None
    return min((day - arrival).days // WEEK + 1, weeks_of(arrival, return_))


def week_to_log(day: date, arrival: date, return_: date, closed: Collection[int]) -> int | None:
    """The week to ask about: in the first days of a week the one before, unless that one is closed."""
    week = week_on(day, arrival, return_)
    if week is None or week == 1 or (day - arrival).days // WEEK + 1 > week:
        return week
    early = (day - arrival).days % WEEK < _FRESH
    return week - 1 if early and week - 1 not in closed else week


def days_of(week: int, arrival: date, return_: date) -> tuple[date, date]:
    """First and last day of a week of the stay."""
    first = arrival + timedelta(days=WEEK * (week - 1))
    return first, max(first, min(first + timedelta(days=WEEK - 1), return_))


# --- what it comes to -----------------------------------------------------------------------------


def best(hows: Iterable[str | None]) -> str | None:
    """The furthest somebody got."""
    known = [HOWS.index(how) for how in hows if how in HOWS]
    return HOWS[max(known)] if known else None
