"""The short notations of settings and of the command line: durations, hours, quiet hours, days of check-in.

Every parser raises BadInput with one sentence that names the value and says what is accepted.
"""

import re
from collections.abc import Set as AbstractSet
from datetime import time, timedelta

from bot.clock import QuietHours
from bot.errors import BadInput

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
NO_QUIET_HOURS = QuietHours(time(0), time(0))
LONGEST = timedelta(days=366)

_DURATION = re.compile(r"(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?")
_HHMM = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"))


def parse_duration(text: str) -> timedelta:
    """`30s`, `10m`, `90m`, `2h`, `1d`, also `1h30m`; at most 366 days."""
    value = text.strip().lower()
    match = _DURATION.fullmatch(value)
    if not value or match is None:
        raise BadInput(f"“{text}” is not a duration: write a number and a unit, such as 30s, 10m, 2h or 1d.")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    # Summed as whole seconds: nine digits of days would overflow a timedelta's other fields before the check below.
    total = days * 86_400 + hours * 3_600 + minutes * 60 + seconds
    if total > LONGEST.total_seconds():
        raise BadInput(f"The duration “{text}” is too long: the longest is 366d.")
    return timedelta(seconds=total)


def format_duration(duration: timedelta) -> str:
    """The shortest notation in one unit that `parse_duration` reads back: 90m, 2h, 1d; whole seconds."""
    seconds = int(duration.total_seconds())
    for size, unit in _UNITS:
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def parse_hhmm(text: str) -> time:
    """A time of day on a 24-hour clock, `19:00` or `7:30`."""
    match = _HHMM.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"“{text}” is not a time of day: write hours and minutes, such as 19:00.")
    return time(int(match[1]), int(match[2]))


def format_hhmm(at: time) -> str:
    """`19:00`."""
    return at.strftime("%H:%M")


def parse_quiet_hours(text: str) -> QuietHours:
    """`22:00-07:00` (over midnight) or `none`."""
    if text.strip().lower() == "none":
        return NO_QUIET_HOURS
    parts = text.replace("–", "-").split("-")
    if len(parts) != 2:
        raise BadInput(f"“{text}” are not quiet hours: write start and end, such as 22:00-07:00, or none.")
    start, end = (parse_hhmm(part) for part in parts)
    if start == end:
        raise BadInput(f"Quiet hours “{text}” start and end at the same time: write none, or two different times.")
    return QuietHours(start, end)


def format_quiet_hours(quiet: QuietHours) -> str:
    """`22:00-07:00` or `none`."""
    if quiet.start == quiet.end:
        return "none"
    return f"{format_hhmm(quiet.start)}-{format_hhmm(quiet.end)}"


def parse_check_in_days(text: str) -> frozenset[int]:
    """`daily`, `weekdays`, or days such as `mon,thu`; Monday is 0."""
    names = [name.strip() for name in text.strip().lower().split(",")]
    if names == ["daily"]:
        return EVERY_DAY
    if names == ["weekdays"]:
        return WEEKDAYS
    unknown = [name for name in names if name not in DAY_NAMES]
    if unknown:
        raise BadInput(
            f"“{unknown[0]}” in check-in days “{text}” is not a day: "
            f"write daily, weekdays, or days out of {','.join(DAY_NAMES)}."
        )
    return frozenset(DAY_NAMES.index(name) for name in names)


def format_check_in_days(days: AbstractSet[int]) -> str:
    """The notation that `parse_check_in_days` reads back; ValueError if empty or out of 0–6."""
    if not days or not days <= EVERY_DAY:
        raise ValueError(f"Check-in days are numbers from 0 (Monday) to 6 (Sunday), at least one, not {sorted(days)}.")
    if days == EVERY_DAY:
        return "daily"
    return "weekdays" if days == WEEKDAYS else ",".join(DAY_NAMES[day] for day in sorted(days))
