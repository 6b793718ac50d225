"""What coordinators read when a cohort leaves soon and something is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.flows.vocabulary import Screen
from bot.i18n import Day, Listing, Moment, Text, say, verbatim

NAMED = 8  # codes in a line


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, for these learners (codes): no_drill (`day`: the arrival), alone, nobody, unlinked
    (`names`: who), hole (`start`, `end` of the first)."""

    what: str
    codes: tuple[str, ...]
    names: tuple[str, ...] = ()
    day: date | None = None
    start: datetime | None = None
    end: datetime | None = None
    more: int = 0  # further holes after this one

    def without_codes(self) -> Gap:
        """The same for nobody in particular, to compare."""
        return replace(self, codes=())

    def of(self, codes: tuple[str, ...]) -> Gap:
        """The same for others."""
        return replace(self, codes=codes)


def not_ready(cohort: str, arrival: date, gaps: Iterable[Gap], zone: str) -> Screen:
    """Hours by the clock of `zone`, where the duty hours hold."""
    return Screen((say("readiness/title", cohort=cohort, arrival=Day(arrival)), *lines(gaps, zone)))


def lines(gaps: Iterable[Gap], zone: str) -> tuple[Text, ...]:
    """A line for each thing that is missing."""
    return tuple(_line(gap, zone) for gap in gaps)


def _line(gap: Gap, zone: str) -> Text:
    codes = Listing((*gap.codes[:NAMED], *(["…"] if len(gap.codes) > NAMED else [])))
    names = Listing(tuple(verbatim(name) for name in gap.names))
    if gap.what == "hole" and gap.start and gap.end:
        start, end = Moment(gap.start, "short", zone), Moment(gap.end, "short", zone)
        return say("readiness/hole", codes=codes, start=start, end=end)
    if gap.names:
        return say(f"readiness/{gap.what}", codes=codes, names=names)
    return say(f"readiness/{gap.what}", codes=codes)
