"""Until when somebody is away: the usual answers as buttons, and days as people type them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from bot.clock import ONE_DAY, local, to_utc

EVENING, MORNING = time(20), time(8)
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=90)
SUNDAY = 6

_HOUR = r"(?:\s+(?:at\s+|à\s+)?(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d)|\s?h\s?(?P<m2>[0-5]\d)?))?"
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})[/.\- ](?P<month>\d{{1,2}})(?:[/.\- ](?P<year>\d{{4}}|\d{{2}}))?\.?{_HOUR}"
)
_ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})T?{_HOUR}")


def choices(now: datetime, zone: str) -> Mapping[str, datetime]:
    """`tonight` (while it is still day), `tomorrow` morning, `week`: Sunday evening. By the clock of `zone`."""
    here = local(now, zone)
    today = here.date()
    found = {"tonight": to_utc(today, EVENING, zone), "tomorrow": to_utc(today + ONE_DAY, MORNING, zone)}
    sunday = today + (SUNDAY - today.weekday()) * ONE_DAY
    if sunday - today < 2 * ONE_DAY:
        sunday += 7 * ONE_DAY
    found["week"] = to_utc(sunday, EVENING, zone)
    return {name: at for name, at in found.items() if at - now >= timedelta(hours=1)}


def parse_until(words: str, now: datetime, zone: str) -> datetime | None:
    """A day as typed (`24/12`, `24.12.2026`, `2026-12-24`), with an hour or without; None if it is none.

    A day without an hour is the last day away: back on duty on the morning after. A day without a year is the next one.
    """
    text = " ".join(words.lower().split())
    match = _ISO.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if match is None:
        return None
    day = _day(match, local(now, zone).date())
    if day is None:
        return None
    if match["hour"] is None:
        return to_utc(day + ONE_DAY, MORNING, zone)
    return to_utc(day, time(int(match["hour"]), int(match["minute"] or match["m2"] or 0)), zone)


def _day(match: re.Match[str], today: date) -> date | None:
    year = int(match["year"] or 0)
    years = (year + 2000 if year < 100 else year,) if year else (today.year, today.year + 1)
    for candidate in years:
        try:
            found = date(candidate, int(match["month"]), int(match["day"]))
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def fits(until: datetime, now: datetime) -> bool:
    """Neither over already nor further off than anybody plans."""
    return now + SHORTEST <= until <= now + LONGEST
