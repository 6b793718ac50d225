"""When an unannounced drill is: out of hours, at an instant that a stored number decides and nobody is shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.rules.duty import Stretch, parse_duty, stretches

SEEDS = 2**31  # numbers that an instant is drawn from
MINUTE = timedelta(minutes=1)
NIGHT = "22:00-07:00"  # of a cohort without quiet hours


def out_of_hours(start: datetime, end: datetime, zone: str, quiet_hours: str) -> tuple[Stretch, ...]:
    """Quiet hours and weekends between two instants, by the clock of `zone`."""
    quiet = NIGHT if quiet_hours == "none" else quiet_hours
    return stretches(parse_duty(f"{quiet}; weekend"), zone, start, end)


def instant(seed: int, start: datetime, end: datetime, zone: str, quiet_hours: str) -> datetime | None:
    """The minute out of hours that `seed` (0 to `SEEDS`) stands for, all as likely; None if there is none."""
    open_to = out_of_hours(start, end, zone, quiet_hours)
    minutes = sum((last - first) // MINUTE for first, last in open_to)
    if not minutes:
        return None
    left = seed * minutes // SEEDS
    for first, last in open_to:
        here = (last - first) // MINUTE
        if left < here:
            return first + left * MINUTE
        left -= here
    return None
