"""Cohorts: making one, finding it, listing all, and how one stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import zone
from bot.errors import BadInput, NotFound
from bot.rules.durations import (
    format_check_in_days,
    format_hhmm,
    format_quiet_hours,
    parse_check_in_days,
    parse_duration,
    parse_hhmm,
    parse_quiet_hours,
)
from bot.rules.typed import parse_code, parse_name, parse_phone, parse_text, shown
from bot.service.audit import note
from bot.service.core import Core
from bot.service.sending import belongs, find_organisation, find_project, put, sent_by
from bot.store.tables import Alert, Cohort, Organisation, Placement, Project, TelegramAccount

DEFAULT = "default"
WEEKEND = frozenset({5, 6})
LONGEST = timedelta(days=3650)  # beyond it nobody could say what for


@dataclass(frozen=True, slots=True)
class NewCohort:
    """What `compagnon cohort create` takes, as typed; durations are `30s`, `10m`, `2h`, `1d`."""

    code: str
    name: str
    journey: str
    home_timezone: str = "Europe/Paris"
    check_in_at: str = "19:00"
    check_in_days: str = "daily"
    answer_window: str = "4h"
    reminder_after: str = "60m"
    grace: str = "2h"
    escalate_after: str = "30m"
    quiet_hours: str = "22:00-07:00"
    erase_after: str = "180d"
    reason: str | None = None  # why minors are not asked at weekends
    project: str | None = None  # codes; without them the default project, and whose it is
    organisation: str | None = None
    assistance_name: str | None = None  # of the learners' insurance
    assistance_phone: str | None = None


def create(core: Core, new: NewCohort, now: datetime) -> None:
    """Make a cohort, in the default project where none is named. Raises BadInput or NotFound with one sentence."""
    row = _checked(core, new, now)
    with core.store.transaction() as session:
        taken = session.scalar(select(Cohort.code).where(func.lower(Cohort.code) == row.code.lower()))
        if taken is not None:
            raise BadInput(
                f"There is a cohort {taken} already: choose another code; `compagnon cohort list` shows all."
            )
        put(session, row, new.project, new.organisation)
        if row.project_id is None:
            row.project_id = _default_project(session)
        session.add(row)
        session.flush()
        note(session, None, "cohort_created", None, now, cohort=row.code)
        if row.check_in_reason:
            note(session, None, "cohort_weekend_reason", None, now, of=row.id, reason=row.check_in_reason)


def _checked(core: Core, new: NewCohort, now: datetime) -> Cohort:
    core.content.journey(new.journey)
    zone(new.home_timezone)
    seconds = {
        name: int(parse_duration(getattr(new, name)).total_seconds())
        for name in ("answer_window", "reminder_after", "grace", "escalate_after")
    }
    if seconds["grace"] <= seconds["reminder_after"]:
        raise BadInput(
            f"The grace “{new.grace}” must be longer than reminder-after “{new.reminder_after}”: "
            "both count from the delivery of the check-in, the reminder comes first, then the alert."
        )
    if not seconds["escalate_after"]:
        raise BadInput(
            "The duration escalate-after must be longer than 0: it is how long one person may take to react."
        )
    days = parse_check_in_days(new.check_in_days)
    keeps = parse_erase_after(new.erase_after)
    if new.reason and days >= WEEKEND:
        raise BadInput("A reason belongs to check-in days that leave out the weekend: these days do not.")
    if new.assistance_name and not new.assistance_phone:
        raise BadInput("The assistance of the insurance has a name and no number: add --assistance-phone.")
    return Cohort(
        assistance_name=parse_name(new.assistance_name) if new.assistance_name else None,
        assistance_phone=parse_phone(new.assistance_phone) if new.assistance_phone else None,
        check_in_reason=parse_text(new.reason) if new.reason else None,
        code=parse_code(new.code), name=parse_name(new.name), journey=new.journey, home_zone=new.home_timezone,
        check_in_at=format_hhmm(parse_hhmm(new.check_in_at)),
        check_in_days=format_check_in_days(days),
        quiet_hours=format_quiet_hours(parse_quiet_hours(new.quiet_hours)), created_at=now,
        erase_after=keeps, **seconds,
    )  # fmt: skip


def parse_erase_after(text: str) -> int:
    """How long after a return people are kept, in seconds: a day at least, ten years at most. Raises BadInput."""
    found = parse_duration(text)
    if not timedelta(days=1) <= found <= LONGEST:
        raise BadInput(f"“{shown(text)}” is no time to keep data: give between 1d and 3650d, such as 180d.")
    return int(found.total_seconds())


def _default_project(session: Session) -> int:
    """The project of a house that keeps only one; made when first needed."""
    found = session.scalar(select(Project.id).where(Project.code == DEFAULT))
    if found is not None:
        return found
    organisation = Organisation(name=DEFAULT)
    session.add(organisation)
    session.flush()
    project = Project(organisation_id=organisation.id, code=DEFAULT, name=DEFAULT)
    session.add(project)
    session.flush()
    return project.id


def find(session: Session, code: str) -> Cohort:
    """The cohort of that code, in any case. Raises NotFound naming those there are."""
    found = session.scalars(select(Cohort).where(Cohort.code == code.strip())).first()
    if found is None:
        found = session.scalars(select(Cohort).where(func.lower(Cohort.code) == code.strip().lower())).first()
    if found is None:
        known = session.scalars(select(Cohort.code).order_by(Cohort.created_at.desc()).limit(8)).all()
        hint = f"choose one of {', '.join(known)}" if known else "make it with `compagnon cohort create`"
        raise NotFound(f"There is no cohort “{shown(code)}”: {hint}.")
    return found


def listing(core: Core, organisation: str | None = None, project: str | None = None) -> list[dict[str, Any]]:
    """Every cohort, oldest first: code, name, whose it is, journey, learners, joined, open alerts, first and last day.

    Of one project, or sent by one organisation, where they are named. Raises NotFound."""
    with core.store.transaction() as session:
        wanted = select(Cohort).order_by(Cohort.id)
        if organisation is not None:
            wanted = wanted.where(sent_by(find_organisation(session, organisation).id))
        if project is not None:
            wanted = wanted.where(Cohort.project_id == find_project(session, project).id)
        counts = {
            row.cohort_id: row
            for row in session.execute(
                select(
                    Placement.cohort_id,
                    func.count(Placement.id).label("learners"),
                    func.min(Placement.arrival_date).label("first"),
                    func.max(Placement.return_date).label("last"),
                ).group_by(Placement.cohort_id)
            )
        }
        joined = _by_cohort(
            session,
            select(Placement.cohort_id, func.count(func.distinct(Placement.id)))
            .join(TelegramAccount, TelegramAccount.person_id == Placement.person_id)
            .where(TelegramAccount.revoked_at.is_(None))
            .group_by(Placement.cohort_id),
        )
        alerts = _by_cohort(
            session,
            select(Alert.cohort_id, func.count(Alert.id)).where(Alert.resolved_at.is_(None)).group_by(Alert.cohort_id),
        )
        return [
            {
                "code": c.code, "name": c.name, "journey": c.journey, "home_timezone": c.home_zone,
                **belongs(session, c),
                "learners": counts[c.id].learners if c.id in counts else 0, "joined": joined.get(c.id, 0),
                "open_alerts": alerts.get(c.id, 0),
                "arrival": _iso(counts[c.id].first) if c.id in counts else None,
                "return": _iso(counts[c.id].last) if c.id in counts else None,
            }
            for c in session.scalars(wanted)
        ]  # fmt: skip


def _by_cohort(session: Session, query: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def _iso(day: Any) -> str | None:
    return day.isoformat() if day is not None else None
