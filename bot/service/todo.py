"""What a coordinator should do about a cohort: each thing once, what nobody can be helped without first.

The same facts as `not_ready_because`, `unreachable` and `warnings` of a status, put together as what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.flows.readiness_screens import Gap
from bot.rules.duty import named
from bot.service.coverage import some
from bot.store.tables import Cohort

_LADDER = frozenset({"alone", "nobody"})


@dataclass(frozen=True, slots=True)
class Missing:
    """Who has not joined or has blocked the bot. `staff`: names with codes; `learners`: codes of those who travel soon
    or are away; `takers`: how many people could take an alert once everybody has joined."""

    staff: tuple[str, ...]
    learners: tuple[str, ...]
    blocked: tuple[str, ...]
    takers: int
    alarmed: bool  # a referent has joined


def sentences(
    cohort: Cohort, missing: Missing, gaps: Sequence[Gap], warnings: Iterable[str], fresh: timedelta, today: date
) -> list[str]:
    """What to do, a sentence each. `fresh`: how long before an arrival a drill still says something."""
    found = [*_invites(cohort, missing), *_blocked(missing)]
    found += _backups(cohort, missing, [gap for gap in gaps if gap.what in _LADDER])
    found += [_duty(cohort, gap) for gap in gaps if gap.what == "hole"]
    found += _drill(cohort, [gap for gap in gaps if gap.what == "no_drill"], fresh, today)
    return [*found, *warnings]


def _invites(cohort: Cohort, missing: Missing) -> list[str]:
    whose = list(missing.staff)
    if missing.learners:
        whose.append(f"{some(missing.learners)}, away now or within two weeks")
    if not whose:
        return []
    alarm = "" if missing.alarmed else " Until a referent has joined, nobody can get an alert."
    return [f"Hand out invites to {'; '.join(whose)}: compagnon cohort invites {cohort.code}.{alarm}"]


def _blocked(missing: Missing) -> list[str]:
    if not missing.blocked:
        return []
    return [f"Telephone {'; '.join(missing.blocked)}: the bot is blocked and reaches nobody there."]


def _backups(cohort: Cohort, missing: Missing, gaps: Sequence[Gap]) -> list[str]:
    add = f"compagnon referent add NAME --cohort {cohort.code}"
    found = [
        f"Add a backup for {some(gap.codes)}: {', '.join(gap.names)} is alone on the ladder."
        if gap.what == "alone"
        else f"Add somebody who looks after {some(gap.codes)}, nobody does: {add}."
        for gap in gaps
    ]
    if not found and missing.takers < 2:
        found.append(f"Add a second person who can take alerts: {add}.")
    return found


def _duty(cohort: Cohort, gap: Gap) -> str:
    when = named([(gap.start, gap.end)], cohort.home_zone) if gap.start and gap.end else "at some hours"
    rest = f" and {gap.more} more times" if gap.more else ""
    return f"Find somebody on duty for {some(gap.codes)}: nobody is, {when}{rest} ({cohort.home_zone})."


def _drill(cohort: Cohort, gaps: Sequence[Gap], fresh: timedelta, today: date) -> list[str]:
    days = [gap.day for gap in gaps if gap.day is not None]
    if not days:
        return []
    codes = sorted({code for gap in gaps for code in gap.codes})
    begins = min(days) - fresh
    when = f"from {begins} on, " if begins > today else ""
    return [
        f"Try out alerts {when}with compagnon cohort drill {cohort.code}: within {fresh.days} days before the arrival "
        f"on {min(days)}, nobody has acknowledged one about {some(codes)}."
    ]
