"""`compagnon audit`: who read or changed what about a person, as rows without anybody's name.

Rows are only ever added (`bot.store.guards`), also about people who were erased: those have a number and no code.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY
from bot.errors import BadInput, NotFound
from bot.papers.plain_files import csv_file
from bot.rules.typed import parse_day, shown
from bot.service.cohorts import find as find_cohort
from bot.service.core import Core
from bot.service.learners import find as find_learner
from bot.service.referents import spelled
from bot.service.sending import find_organisation, sent_by
from bot.store.tables import Audit, Cohort, Membership, Placement

DESK = "desk"  # the command line, and what the bot does by itself
FIELDS = ("at", "actor", "action", "person", "person_id", "detail")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines, as typed; all of them together must hold."""

    person: str | None = None  # a learner's or contact person's code, or the number of somebody who was erased
    cohort: str | None = None
    organisation: str | None = None
    actor: str | None = None  # a code, a number, or `desk`
    action: str | None = None
    since: str | None = None
    until: str | None = None
    last: int | None = None


def rows(core: Core, wanted: Wanted) -> list[dict[str, Any]]:
    """The lines, oldest first, as `FIELDS`; instants ISO 8601 in UTC. Raises NotFound or BadInput.

    `actor` and `person` are roles with codes such as `referent claire (SPRING27)`."""
    query: Select[Any] = select(Audit).order_by(Audit.id.desc())
    since, until = _start(wanted.since), _start(wanted.until)
    if since is not None:
        query = query.where(Audit.at >= since)
    if until is not None:
        query = query.where(Audit.at < until + ONE_DAY)
    with core.store.transaction() as session:
        query = _narrowed(session, query, wanted)
        if wanted.action is not None:
            query = query.where(Audit.action == _known_action(session, wanted.action))
        if wanted.person is not None:
            found = about(session, query, _people(session, wanted.person, wanted.cohort))[: wanted.last]
        else:
            found = list(session.scalars(query.limit(wanted.last) if wanted.last is not None else query))
        found.reverse()
        people = {one for row in found for one in (row.actor_id, row.person_id) if one is not None}
        called = _called(session, people)
        return [_row(row, called) for row in found]


def _start(day: str | None) -> datetime | None:
    return datetime.combine(parse_day(day), time(), UTC) if day is not None else None


def about(session: Session, query: Select[Any], people: Collection[int]) -> list[Audit]:
    """The lines of a query about any of these people: theirs alone, and lists that they were on."""
    member = exists().where(
        Membership.person_id.in_(people), Membership.cohort_id == Audit.cohort_id, Membership.created_at <= Audit.at,
        or_(Membership.ended_at.is_(None), Membership.ended_at > Audit.at),
    )  # fmt: skip
    rows = session.scalars(query.where(or_(Audit.person_id.in_(people), Audit.cohort_id.is_not(None) & member)))
    wanted = set(people)
    return [row for row in rows if row.person_id is not None or wanted & set(row.detail.get("who", wanted))]


def _narrowed(session: Session, query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.person is None and wanted.cohort is not None:
        query = query.where(_touching(Cohort.id == find_cohort(session, wanted.cohort).id))
    if wanted.organisation is not None:
        query = query.where(_touching(sent_by(find_organisation(session, wanted.organisation).id)))
    if wanted.actor is not None and wanted.actor.casefold() == DESK:
        query = query.where(Audit.actor_id.is_(None))
    elif wanted.actor is not None:
        query = query.where(Audit.actor_id.in_(_people(session, wanted.actor, None)))
    return query


def _touching(condition: Any) -> ColumnElement[bool]:
    """Lines about people of these cohorts, and lists of them."""
    theirs = select(Membership.person_id).join(Cohort, Cohort.id == Membership.cohort_id).where(condition)
    return or_(Audit.person_id.in_(theirs), Audit.cohort_id.in_(select(Cohort.id).where(condition)))


def _people(session: Session, code: str, cohort: str | None) -> Collection[int]:
    """Whom a code names: a number as it is, else contact persons and learners of it."""
    if code.strip().isdecimal():
        return {int(code.strip()[:18])}
    members = select(Membership.person_id, Membership.code).where(Membership.code.is_not(None))
    if cohort is not None:
        members = members.where(Membership.cohort_id == find_cohort(session, cohort).id)
    wanted = code.strip().casefold()
    found = {person for person, own in session.execute(members) if (own or "").casefold() == wanted}
    if len(found) > 1 and cohort is None:
        raise BadInput(f"Several people are called “{shown(code)}”: say of which cohort with --cohort.")
    if found:
        return found
    try:
        return {find_learner(session, code, cohort).person_id}
    except NotFound:
        raise NotFound(f"Nobody is called “{shown(code)}”: check the code, or give the number of a person.") from None


def _known_action(session: Session, action: str) -> str:
    known = set(session.scalars(select(Audit.action).distinct()))
    if action not in known:
        raise BadInput(
            f"Nothing is noted as “{shown(action)}”: choose one of {', '.join(sorted(known)) or 'none yet'}."
        )
    return action


def _called(session: Session, people: Collection[int]) -> dict[int, str]:
    """Role, code and cohort by person; the oldest role of each, a stay before it."""
    found: dict[int, str] = {}
    stays = (
        select(Placement.person_id, Placement.code, Cohort.code)
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .order_by(Placement.id)
    )
    for person, code, cohort in session.execute(stays.where(Placement.person_id.in_(people))):
        found.setdefault(person, f"learner {code} ({cohort})")
    members = (
        select(Membership.person_id, Membership.role, Membership.code, Cohort.code)
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .order_by(Membership.id)
    )
    for person, role, own, where in session.execute(members.where(Membership.person_id.in_(people))):
        found.setdefault(person, f"{spelled(role)} {own or person}" + (f" ({where})" if where else ""))
    return found


def _row(row: Audit, called: dict[int, str]) -> dict[str, Any]:
    def who(person: int | None) -> str | None:
        return None if person is None else called.get(person, f"person {person}")

    return {
        "at": row.at.isoformat(), "actor": who(row.actor_id) or DESK, "action": row.action,
        "person": who(row.person_id), "person_id": row.person_id,
        "detail": {name: value for name, value in row.detail.items() if name != "who"},
    }  # fmt: skip


def as_csv(found: list[dict[str, Any]]) -> bytes:
    """The rows as a table for a spreadsheet."""
    rows = ({**row, "detail": json.dumps(row["detail"], ensure_ascii=False)} for row in found)
    return csv_file([FIELDS, *([row[field] for field in FIELDS] for row in rows)])
