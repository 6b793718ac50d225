"""When learners are asked, and how long silence may last: a cohort's times, and a learner's own instead of them.

Changing them plans again what is not asked yet; a question that is out keeps the times it went out with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.errors import BadInput
from bot.rules.durations import (
    format_check_in_days,
    format_duration,
    format_hhmm,
    format_quiet_hours,
    parse_check_in_days,
    parse_duration,
    parse_hhmm,
    parse_quiet_hours,
)
from bot.rules.names import full_name
from bot.rules.typed import parse_name, parse_phone, parse_text
from bot.service import planning
from bot.service.audit import note
from bot.service.cohorts import WEEKEND, find as find_cohort, parse_erase_after
from bot.service.core import Core
from bot.service.learners import find as find_learner
from bot.service.planning import Replanned
from bot.service.stays import is_minor
from bot.store.tables import Audit, Cohort, Person, Placement

OWN = ("check_in_at", "check_in_days", "answer_window", "reminder_after", "grace")  # what a learner may have instead
_DURATIONS = frozenset({"answer_window", "reminder_after", "grace", "escalate_after", "erase_after"})
NAMED = 8  # codes in a sentence


@dataclass(frozen=True, slots=True)
class Times:
    """Times as typed, None: left as they are. A learner has no `escalate_after`, `quiet_hours` and
    `erase_after` of their own."""

    check_in_at: str | None = None
    check_in_days: str | None = None
    answer_window: str | None = None
    reminder_after: str | None = None
    grace: str | None = None
    escalate_after: str | None = None
    quiet_hours: str | None = None
    erase_after: str | None = None
    reason: str | None = None
    assistance_name: str | None = None  # of a cohort's insurance; an empty one is taken away
    assistance_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """What a change did, or would do: old → new by name, and what became of check-ins that were planned."""

    code: str
    name: str
    changes: dict[str, tuple[str, str]]
    planned: Replanned
    dry_run: bool
    keep_their_own: dict[str, list[str]]  # of a cohort: who is not affected, by name of the setting
    at_night: tuple[str, str] | None = None  # the hour and the quiet hours it lies in


# --- reading ------------------------------------------------------------------------------------


def of_learner(core: Core, code: str, cohort: str | None, now: datetime) -> dict[str, Any]:
    """What holds for one learner and where each value comes from, as plain data. Raises NotFound or BadInput."""
    with core.store.transaction() as session:
        placement = find_learner(session, code, cohort)
        of_cohort, person = session.get_one(Cohort, placement.cohort_id), session.get_one(Person, placement.person_id)
        note(session, None, "shown", person.id, now)
        reason = reason_for(placement, of_cohort)
        return {
            "code": placement.code, "cohort": of_cohort.code, "name": full_name(person),
            "minor": is_minor(person.birth_date, local_date(now, placement.home_zone), placement.status),
            "check_ins": in_force(placement, of_cohort), "reason": reason,
            "reason_given_at": _given_at(session, placement, of_cohort) if reason else None,
        }  # fmt: skip


def in_force(placement: Placement, cohort: Cohort) -> dict[str, dict[str, str]]:
    """Each setting with its value as typed and `from`: learner or cohort."""
    found = {}
    for name in OWN:
        own = getattr(placement, name)
        value = getattr(cohort, name) if own is None else own
        found[name] = {"value": _text(name, value), "from": "cohort" if own is None else "learner"}
    return found


def reason_for(placement: Placement, cohort: Cohort) -> str | None:
    """Why this learner is not asked at weekends, where the days in force leave them out and a reason was given."""
    if placement.check_in_days is not None:
        return placement.check_in_reason if leaves_out_weekend(placement.check_in_days) else None
    return cohort.check_in_reason if leaves_out_weekend(cohort.check_in_days) else None


def leaves_out_weekend(days: str) -> bool:
    """Do these check-in days leave out a Saturday or a Sunday?"""
    return not parse_check_in_days(days) >= WEEKEND


def unreasoned(learners: Iterable[tuple[Placement, Person]], cohort: Cohort, today: date) -> list[str]:
    """Codes of minors of a cohort who are not asked at weekends without a reason that was given for it."""
    return sorted(
        placement.code
        for placement, person in learners
        if leaves_out_weekend(placement.check_in_days or cohort.check_in_days)
        and not reason_for(placement, cohort)
        and is_minor(person.birth_date, today, placement.status)
        and (placement.return_date is None or placement.return_date >= today)
    )


def summary(session: Session, cohort: Cohort, now: datetime) -> dict[str, Any]:
    """A cohort's hour and days as its status shows them, with minors whom nobody asks at weekends for no reason."""
    learners = _learners(session, cohort.id, lock=False) if _any_weekend_off(session, cohort) else []
    return {
        "at": cohort.check_in_at, "days": cohort.check_in_days,
        "weekend_reason": cohort.check_in_reason if leaves_out_weekend(cohort.check_in_days) else None,
        "weekends_without_reason": unreasoned(learners, cohort, local_date(now, cohort.home_zone)),
    }  # fmt: skip


def _any_weekend_off(session: Session, cohort: Cohort) -> bool:
    own = select(Placement.id).where(Placement.cohort_id == cohort.id, Placement.check_in_days.is_not(None)).limit(1)
    return leaves_out_weekend(cohort.check_in_days) or session.scalar(own) is not None


def _learners(session: Session, cohort_id: int, *, lock: bool = True) -> list[tuple[Placement, Person]]:
    query = (
        select(Placement, Person)
        .join(Person, Person.id == Placement.person_id)
        .where(Placement.cohort_id == cohort_id, Person.erased_at.is_(None))
        .order_by(Placement.id)
    )
    rows = session.execute(query.with_for_update(of=Placement) if lock else query)
    return [(placement, person) for placement, person in rows]


def _given_at(session: Session, placement: Placement, cohort: Cohort) -> str | None:
    """When the reason in force was last given, from the log."""
    action = "weekend_reason" if placement.check_in_days is not None else "cohort_weekend_reason"
    lines = session.scalars(select(Audit).where(Audit.action == action).order_by(Audit.id.desc()))
    mine = placement.id if placement.check_in_days is not None else cohort.id
    return next((line.at.isoformat() for line in lines if line.detail.get("of") == mine), None)


# --- one learner --------------------------------------------------------------------------------


def set_learner(
    core: Core, code: str, cohort: str | None, times: Times, now: datetime, *,
    as_cohort: bool = False, dry_run: bool = False,
) -> Set:  # fmt: skip
    """Give a learner times of their own, or take them all back. Raises BadInput with one sentence."""
    if as_cohort and times != Times():
        raise BadInput("With --as-cohort the cohort's times hold again: leave out the other options.")
    with core.store.transaction() as session:
        placement = find_learner(session, code, cohort)
        of_cohort, person = session.get_one(Cohort, placement.cohort_id), session.get_one(Person, placement.person_id)
        if person.erased_at is not None:
            raise BadInput("The data of this learner were erased: there is nothing to change.")
        new: dict[str, Any] = dict.fromkeys((*OWN, "check_in_reason")) if as_cohort else _parsed(times)
        attempt = session.begin_nested()
        before = placement.check_in_reason
        changes = _apply(placement, new)
        _check_order(placement, of_cohort, placement.code)
        minor = is_minor(person.birth_date, local_date(now, placement.home_zone), placement.status)
        if "check_in_days" in new or "check_in_reason" in new:
            _check_reason(placement, of_cohort, minor and not as_cohort)
        changes |= _reason_gone(before, placement.check_in_reason)
        session.flush()
        done = planning.check_ins_now(session, [placement.id], now) if changes else Replanned()
        if changes:
            note(session, None, "check_ins_changed", person.id, now, fields=sorted(changes))
        if times.reason is not None and changes:
            note(session, None, "weekend_reason", person.id, now, of=placement.id)
        night = _at_night(placement.check_in_at or of_cohort.check_in_at, of_cohort.quiet_hours)
        found = Set(placement.code, full_name(person), changes, done, dry_run, {}, night if changes else None)
        _close(attempt, dry_run)
    return found


def _check_reason(placement: Placement, cohort: Cohort, minor: bool) -> None:
    if placement.check_in_days is None or not leaves_out_weekend(placement.check_in_days):
        if placement.check_in_reason is not None and placement.check_in_days is None:
            raise BadInput(
                "A reason belongs to days of the learner's own that leave out the weekend: add --days, or give the "
                f"cohort's with `compagnon cohort set {cohort.code} --reason`."
            )
        placement.check_in_reason = None
    elif minor and not placement.check_in_reason:
        raise BadInput(
            f"{placement.code} is a minor (or has no birth date) and would not be asked at weekends: say why with "
            "--reason, such as “spends weekends with the host family”."
        )


def _close(attempt: Any, dry_run: bool) -> None:
    if dry_run:
        attempt.rollback()
    else:
        attempt.commit()


# --- a whole cohort -----------------------------------------------------------------------------


def set_cohort(core: Core, code: str, times: Times, now: datetime, *, dry_run: bool = False) -> Set:
    """Change a cohort's own times; learners with times of their own keep these. Raises BadInput with one sentence."""
    new = _parsed(times)
    if not new:
        raise BadInput("Nothing to change was given: add an option such as --check-in-at 18:30.")
    with core.store.transaction() as session:
        cohort = find_cohort(session, code)
        attempt = session.begin_nested()
        before = cohort.check_in_reason
        changes = _apply(cohort, new)
        learners = _learners(session, cohort.id)
        _check_cohort(cohort, learners, new, now)
        changes |= _reason_gone(before, cohort.check_in_reason)
        session.flush()
        ids = [placement.id for placement, _ in learners]
        done = planning.check_ins_now(session, ids, now) if changes else Replanned()
        if changes:
            note(session, None, "cohort_changed", None, now, cohort=cohort.code, fields=sorted(changes))
        if times.reason is not None and changes:
            note(session, None, "cohort_weekend_reason", None, now, of=cohort.id, reason=cohort.check_in_reason)
        own = {name: [p.code for p, _ in learners if getattr(p, name) is not None] for name in OWN if name in changes}
        kept = {name: codes for name, codes in own.items() if codes}
        night = _at_night(cohort.check_in_at, cohort.quiet_hours) if changes else None
        found = Set(cohort.code, cohort.name, changes, done, dry_run, kept, night)
        _close(attempt, dry_run)
    return found


def _check_cohort(
    cohort: Cohort, learners: list[tuple[Placement, Person]], new: Mapping[str, Any], now: datetime
) -> None:
    if not cohort.escalate_after:
        raise BadInput("The duration escalate-after must be longer than 0: it is how long one person may take.")
    if cohort.assistance_name and not cohort.assistance_phone:
        raise BadInput("The assistance of the insurance has a name and no number: add --assistance-phone.")
    _check_order(None, cohort, cohort.code)
    for placement, _ in learners:
        _check_order(placement, cohort, placement.code)
    if not leaves_out_weekend(cohort.check_in_days):
        if new.get("check_in_reason") is not None:
            raise BadInput("A reason belongs to check-in days that leave out the weekend: these days do not.")
        cohort.check_in_reason = None
    elif "check_in_days" in new or "check_in_reason" in new:
        affected = [(placement, person) for placement, person in learners if placement.check_in_days is None]
        concerned = unreasoned(affected, cohort, local_date(now, cohort.home_zone))
        if concerned:
            raise BadInput(
                f"Minors (or learners without a birth date) would not be asked at weekends: {some(concerned)}. Say why "
                "with --reason, such as “weekends with host families”."
            )


def some(codes: list[str]) -> str:
    """The first codes, and how many more there are."""
    rest = len(codes) - NAMED
    return ", ".join(codes[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


# --- what both share ----------------------------------------------------------------------------


def _parsed(times: Times) -> dict[str, Any]:
    """What was given, as it is stored. Raises BadInput naming the value."""
    read: dict[str, Callable[[str], Any]] = {
        "check_in_at": lambda text: format_hhmm(parse_hhmm(text)),
        "check_in_days": lambda text: format_check_in_days(parse_check_in_days(text)),
        "quiet_hours": lambda text: format_quiet_hours(parse_quiet_hours(text)),
        **dict.fromkeys(_DURATIONS - {"erase_after"}, lambda text: int(parse_duration(text).total_seconds())),
    }
    found = {name: parse(getattr(times, name)) for name, parse in read.items() if getattr(times, name) is not None}
    for name, parse in (("assistance_name", parse_name), ("assistance_phone", parse_phone)):
        typed = getattr(times, name)
        if typed is not None:
            found[name] = parse(typed) if typed.strip() else None
    if times.erase_after is not None:
        found["erase_after"] = parse_erase_after(times.erase_after)
    if times.reason is not None:
        found["check_in_reason"] = parse_reason(times.reason)
    return found


def parse_reason(text: str) -> str:
    """Why minors are not asked at weekends, in a line. Raises BadInput."""
    reason = parse_text(text)
    if not reason:
        raise BadInput("The reason is empty: say in a few words why minors are not asked at weekends.")
    return reason


def _apply(row: Placement | Cohort, new: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    changes = {}
    for name, value in new.items():
        old = getattr(row, name)
        if old != value:
            changes[name] = (_text(name, old), _text(name, value))
            setattr(row, name, value)
    return changes


def _reason_gone(before: str | None, now: str | None) -> dict[str, tuple[str, str]]:
    """A reason falls away with the days that it was given for."""
    return {"check_in_reason": (before, "")} if before and not now else {}


def _at_night(hour: str, quiet_hours: str) -> tuple[str, str] | None:
    return (hour, quiet_hours) if parse_quiet_hours(quiet_hours).contains(parse_hhmm(hour)) else None


def _check_order(placement: Placement | None, cohort: Cohort, code: str) -> None:
    """First the reminder, then the alert. Raises BadInput naming both values and whose they are."""
    grace, reminder = (
        cohort_value if placement is None or own is None else own
        for own, cohort_value in (
            (placement.grace if placement else None, cohort.grace),
            (placement.reminder_after if placement else None, cohort.reminder_after),
        )
    )
    if grace <= reminder:
        raise BadInput(
            f"For {code} the grace of {_text('grace', grace)} would not be longer than reminder-after "
            f"{_text('grace', reminder)}: both count from the delivery of the check-in, the reminder comes first, then "
            "the alert."
        )


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    return format_duration(timedelta(seconds=value)) if name in _DURATIONS else str(value)
