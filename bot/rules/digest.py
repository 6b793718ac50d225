"""The morning digest: at which hour of whose clock, and when to look next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.clock import ONE_DAY, local_date, to_utc

USUAL = time(8)
OFF = "off"
HOURS = tuple(time(minutes // 60, minutes % 60) for minutes in range(6 * 60, 10 * 60 + 31, 30))
LATE = timedelta(hours=4)  # held up longer than that, it is no morning's news any more


@dataclass(frozen=True, slots=True)
class Look:
    """What to do now, which local day is then the last one that was looked at, and when to look again (UTC)."""

    due: bool
    done: date
    again: datetime


def hour_of(stored: str | None) -> time | None:
    """The hour somebody chose, the usual one where they have not chosen, None when they want none."""
    if stored == OFF:
        return None
    return time.fromisoformat(stored) if stored else USUAL


def look(now: datetime, hour: time, zone: str, done: date | None) -> Look:
    """Is it time? `done`: the last local day that was looked at, None: never yet. A day is looked at once, whatever the
    hour becomes, and nobody's first morning begins after its hour."""
    today = local_date(now, zone)
    if done is not None and done >= today:
        return Look(False, done, to_utc(done + ONE_DAY, hour, zone))
    at = to_utc(today, hour, zone)
    if now < at:
        return Look(False, today - ONE_DAY, at)
    return Look(done is not None and now - at <= LATE, today, to_utc(today + ONE_DAY, hour, zone))
