"""Duty hours: when somebody on a ladder can be asked, written as `mon-fri 07:00-22:00; sat,sun 09:00-20:00`.

All is worked out as stretches of UTC from local walls, day by day, so that one person's `22:00` ends exactly where
another's begins, on the nights when the clocks change, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache

from bot.clock import ONE_DAY, local, local_date, to_utc
from bot.errors import BadInput
from bot.rules.durations import DAY_NAMES, EVERY_DAY, WEEKDAYS, parse_hhmm

MIDNIGHT = time(0)
ALWAYS = "always"
LONGEST = 200  # characters; a week of different hours fits
LOOK_AHEAD = timedelta(days=9)  # longer than any week, so that the next change is in it

Stretch = tuple[datetime, datetime]  # from, until before; aware UTC
_SHORT = {"daily": EVERY_DAY, "weekdays": WEEKDAYS, "weekend": frozenset({5, 6})}
_HOURS = re.compile(r"\s*([0-9:]+)\s*-\s*([0-9:]+)\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of one week day (Monday is 0); `end` at or before `start` means the next day, 00:00 the end of this one."""

    day: int
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Duty:
    """When somebody is on duty, week by week; no spans: always. `text` is what was written, tidied."""

    text: str = ALWAYS
    spans: tuple[Span, ...] = ()


@lru_cache(maxsize=512)
def parse_duty(text: str | None) -> Duty:
    """Duty hours as typed; None, empty or `always` is around the clock. Raises BadInput with one sentence.

    Parts are divided by `;`, each has days (`mon-fri`, `sat,sun`, `daily`, `weekdays`, `weekend`), hours
    (`07:00-12:00,13:00-22:00`, over midnight `22:00-06:00`), or both; days alone are whole days.
    """
    words = " ".join((text or "").lower().replace("–", "-").split())
    if words in ("", ALWAYS):
        return Duty()
    if len(words) > LONGEST:
        raise BadInput(f"These duty hours are too long: write at most {LONGEST} characters.")
    parts = [part.strip() for part in words.split(";") if part.strip()]
    spans = [span for part in parts for span in _part(part, words)]
    if not spans:
        raise BadInput(f"“{words}” are not duty hours: write always, or such as mon-fri 07:00-22:00.")
    return Duty("; ".join(parts), tuple(sorted(set(spans), key=lambda span: (span.day, span.start, span.end))))


def _part(part: str, whole: str) -> list[Span]:
    start = next((at for at, sign in enumerate(part) if sign.isdigit()), len(part))
    days, hours = part[:start].strip(), part[start:].strip()
    on = _days(days, whole) if days else EVERY_DAY
    return [Span(day, *pair) for pair in _hours(hours, whole) for day in sorted(on)]


def _days(words: str, whole: str) -> frozenset[int]:
    found: set[int] = set()
    for name in re.split(r"\s*,\s*|\s+(?!-)(?<!-\s)", re.sub(r"\s*-\s*", "-", words)):
        found |= _SHORT[name] if name in _SHORT else _range(name, whole)
    return frozenset(found)


def _range(name: str, whole: str) -> set[int]:
    first, _, last = name.partition("-")
    for day in (first, last or first):
        if day not in DAY_NAMES:
            raise BadInput(
                f"“{name}” in the duty hours “{whole}” is not a day: write days out of {','.join(DAY_NAMES)}, such as "
                "mon-fri 07:00-22:00."
            )
    begin, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
    return {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}


def _hours(words: str, whole: str) -> list[tuple[time, time]]:
    if not words:
        return [(MIDNIGHT, MIDNIGHT)]
    return [_pair(pair, whole) for pair in words.split(",")]


def _pair(pair: str, whole: str) -> tuple[time, time]:
    match = _HOURS.fullmatch(pair)
    if match is None:
        raise BadInput(
            f"“{pair.strip()}” in the duty hours “{whole}” is not a time: write start and end, such as 07:00-22:00."
        )
    start, end = _time(match[1], whole), MIDNIGHT if match[2] == "24:00" else _time(match[2], whole)
    if start == end and start != MIDNIGHT:
        raise BadInput(
            f"“{pair.strip()}” in the duty hours “{whole}” starts and ends at the same time: write 00:00-24:00 for "
            "the whole day."
        )
    return start, end


def _time(words: str, whole: str) -> time:
    try:
        return parse_hhmm(words)
    except BadInput as error:
        raise BadInput(f"In the duty hours “{whole}”: {error}") from None


# --- on the clock -------------------------------------------------------------------------------


def stretches(duty: Duty, zone: str, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """When the person is on duty between two instants, in order, touching ones joined."""
    if not duty.spans:
        return ((start, end),) if end > start else ()
    found = []
    day, last = local_date(start, zone) - ONE_DAY, local_date(end, zone)
    while day <= last:
        for span in duty.spans:
            if span.day == day.weekday():
                ends_on = day if span.end > span.start else day + ONE_DAY
                found.append((to_utc(day, span.start, zone), to_utc(ends_on, span.end, zone)))
        day += ONE_DAY
    return joined(clipped(found, start, end))


def on_duty(duty: Duty, zone: str, at: datetime) -> bool:
    """Is the person on duty at that instant?"""
    return bool(stretches(duty, zone, at, at + timedelta(microseconds=1)))


def next_change(duty: Duty, zone: str, after: datetime) -> datetime | None:
    """When duty begins or ends next; None for who is always on."""
    now, *_ = (*stretches(duty, zone, after, after + LOOK_AHEAD), None)
    if now is None:
        return None
    if now[0] > after:
        return now[0]
    return now[1] if now[1] < after + LOOK_AHEAD else None


def joined(found: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Sorted, with those that touch or overlap made one."""
    together: list[Stretch] = []
    for start, end in sorted(found):
        if together and start <= together[-1][1]:
            together[-1] = together[-1][0], max(together[-1][1], end)
        else:
            together.append((start, end))
    return tuple(together)


def clipped(found: Iterable[Stretch], start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """What of it lies between two instants."""
    cut = ((max(first, start), min(last, end)) for first, last in found)
    return tuple((first, last) for first, last in cut if first < last)


def without(found: Iterable[Stretch], gone: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The stretches with others taken out of them."""
    left = list(joined(found))
    for start, end in joined(gone):
        left = [
            piece
            for first, last in left
            for piece in ((first, min(last, start)), (max(first, end), last))
            if piece[0] < piece[1]
        ]
    return tuple(left)


# --- holes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Watch:
    """Somebody on a ladder: duty hours by the clock of `zone`, and when they are away in spite of them."""

    id: int
    duty: Duty
    zone: str
    away: tuple[Stretch, ...] = ()


def holes(people: Iterable[Watch], start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """When nobody of them is on duty between two instants."""
    covered: list[Stretch] = []
    for person in people:
        covered += without(stretches(person.duty, person.zone, start, end), person.away)
    return without(((start, end),), covered) if end > start else ()


def named(found: Iterable[Stretch], zone: str, most: int = 3) -> str:
    """The first stretches by the clock of `zone`, for people at a desk: `Sat 7 Mar 20:00 to Sun 8 Mar 09:00`."""
    gaps = list(found)
    words = [f"{_moment(start, zone)} to {_moment(end, zone)}" for start, end in gaps[:most]]
    rest = len(gaps) - most
    return ", ".join(words) + (f" and {rest} more times" if rest > 0 else "")


def _moment(at: datetime, zone: str) -> str:
    there = local(at, zone)
    return f"{there:%a} {there.day} {there:%b %H:%M}"
