"""How a learner found their days, from 1 (hard) to 5 (great), as bars of text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

LOWEST, HIGHEST = 1, 5
HARD = 2  # up to here somebody to talk to is offered
DAYS = 14  # what a trend shows: two weeks, so that two same weekdays can be compared
_STEPS = "▁▂▄▆█"
_NONE = "·"


def window(today: date) -> list[date]:
    """The days of a trend that ends today, oldest first."""
    return [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]


def bar(value: int) -> str:
    """One day: `▰▰▰▱▱`."""
    return "▰" * value + "▱" * (HIGHEST - value)


def trend(days: Mapping[date, int], today: date) -> str:
    """Two weeks in one line, a dot for a day without a word: `··▂▄▆█`."""
    return "".join(_STEPS[days[day] - 1] if day in days else _NONE for day in window(today))


def digits(days: Mapping[date, int], today: date) -> str:
    """The same two weeks for a button, which must not send anything else than what was shown: `00023450`."""
    return "".join(str(days.get(day, 0)) for day in window(today))
