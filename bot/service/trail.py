"""The trail of alerts: what is added when a message arrives, and all of it as a table for an export.

Rows are only ever added (`bot.store.guards`). An export shows learners by their codes and staff by their roles; names
are added when asked for. Somebody who was erased has no name any more, and the trail stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from bot.errors import BadInput
from bot.papers.plain_files import csv_file, json_file
from bot.rules.names import full_name
from bot.service.cohorts import find
from bot.service.core import Core
from bot.store import prepared
from bot.store.tables import Alert, AlertEvent, Cohort, Membership, Person, Placement
from bot.store.writing import insert_many

FIELDS = ("alert", "incident", "cohort", "learner", "reason", "severity", "at", "event", "who", "channel", "detail")
NAMES = ("learner_name", "who_name")
_ONE = ("membership", "to")  # details that hold one membership id
_GONE = "staff", ""
_SECOND = "second_"  # e-mail and webhook have their own words for the same


def delivered(session: Session, number: int, membership_id: int, at: datetime, *, whole: bool = False) -> None:
    """Telegram took an alert, or the message about a `whole` incident, for this person."""
    told = prepared.rows(session, _TOLD_OF_ALL if whole else _TOLD_OF_ONE, number=number, member=membership_id)
    insert_many(
        session, AlertEvent,
        [
            {"alert_id": one.id, "at": at, "what": "delivered", "person_id": one.person_id, "detail": _TELEGRAM}
            for one in told
        ],
    )  # fmt: skip


_TELEGRAM = {"channel": "telegram"}
_WHO = select(Membership.person_id).where(Membership.id == bindparam("member")).scalar_subquery()
_TOLD = select(Alert.id, _WHO.label("person_id")).order_by(Alert.id)
_TOLD_OF_ONE = _TOLD.where(Alert.id == bindparam("number"))
_TOLD_OF_ALL = _TOLD.where(Alert.incident_id == bindparam("number"))


def rows(core: Core, cohort: str | None, since: datetime | None, *, names: bool) -> list[dict[str, Any]]:
    """Every event, alert by alert, in order; instants ISO 8601 in UTC. Raises NotFound for an unknown cohort."""
    learner, who = aliased(Person), aliased(Person)
    with core.store.transaction() as session:
        query = (
            select(AlertEvent, Alert, Cohort.code, Placement.code, Placement.person_id, learner, who)
            .join(Alert, Alert.id == AlertEvent.alert_id)
            .join(Cohort, Cohort.id == Alert.cohort_id)
            .join(Placement, Placement.id == Alert.placement_id)
            .join(learner, learner.id == Placement.person_id)
            .outerjoin(who, who.id == AlertEvent.person_id)
            .order_by(Alert.id, AlertEvent.id)
        )
        if cohort is not None:
            query = query.where(Alert.cohort_id == find(session, cohort).id)
        if since is not None:
            query = query.where(AlertEvent.at >= since)
        found = session.execute(query).all()
        roles = _roles(session, {row[1].cohort_id for row in found})
        members = _members(session, {number for row in found for number in _named_in(row[0].detail)})
        return [_row(row, roles, members, names) for row in found]


def _named_in(detail: Mapping[str, Any]) -> set[int]:
    """Membership ids in a line's detail: who was passed over, who had taken it, who took over."""
    passed = {int(member) for member, _ in detail.get("people", ())}
    return passed | {detail[key] for key in _ONE if key in detail}


def _members(session: Session, wanted: set[int]) -> dict[int, tuple[str, str]]:
    """Role and code, and name, by membership id."""
    query = select(Membership, Person).join(Person, Person.id == Membership.person_id).where(Membership.id.in_(wanted))
    found = session.execute(query).all() if wanted else []
    return {m.id: (f"{m.role} {m.code or ''}".strip(), full_name(person)) for m, person in found}


def _roles(session: Session, cohorts: set[int]) -> dict[tuple[int, int], str]:
    """Role and code by person and cohort: `referent R01`."""
    members = session.scalars(select(Membership).where(Membership.cohort_id.in_(cohorts)).order_by(Membership.id))
    return {(m.person_id, m.cohort_id): f"{m.role} {m.code or ''}".strip() for m in members if m.cohort_id is not None}


def _row(
    row: Any, roles: Mapping[tuple[int, int], str], members: Mapping[int, tuple[str, str]], names: bool
) -> dict[str, Any]:  # fmt: skip
    event, alert, cohort, code, learner_id, learner, who = row
    detail = _detail(event.detail, members, names)
    channel = detail.pop("channel", "telegram" if event.what in ("told", "delivered", "not_delivered") else None)
    found = {
        "alert": alert.id, "incident": alert.incident_id, "cohort": cohort, "learner": code, "reason": alert.reason,
        "severity": alert.severity, "at": event.at.isoformat(), "event": event.what.removeprefix(_SECOND),
        "who": _who(event.person_id, learner_id, alert.cohort_id, roles), "channel": channel, "detail": detail,
    }  # fmt: skip
    if names:
        found |= {"learner_name": full_name(learner), "who_name": full_name(who) if who else None}
    return found


def _detail(detail: Mapping[str, Any], members: Mapping[int, tuple[str, str]], names: bool) -> dict[str, Any]:
    """With role and code, and on request the name, where the trail has a membership's number."""
    found = {**detail, **{key: members.get(detail[key], _GONE)[0] for key in _ONE if key in detail}}
    if names:
        found |= {f"{key}_name": members.get(detail[key], _GONE)[1] for key in _ONE if key in detail}
    if "people" in detail:
        found["people"] = [_passed(members.get(int(number), _GONE), why, names) for number, why in detail["people"]]
    return found


def _passed(member: tuple[str, str], why: str, names: bool) -> dict[str, str]:
    return {"who": member[0], "why": why, **({"name": member[1]} if names else {})}


def _who(person: int | None, learner: int, cohort: int, roles: Mapping[tuple[int, int], str]) -> str | None:
    if person is None:
        return None
    return "learner" if person == learner else roles.get((person, cohort), "staff")


def write(target: Path, found: list[dict[str, Any]], *, names: bool) -> None:
    """As CSV or JSON, by the ending of the file's name. Raises BadInput for another ending or a closed place."""
    kind = target.suffix.lower()
    if kind not in (".csv", ".json"):
        raise BadInput(f"{target.name} ends in neither .csv nor .json: choose one of them.")
    try:
        target.write_bytes(json_file(found) if kind == ".json" else _csv(found, names=names))
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror}.") from None


def _csv(found: list[dict[str, Any]], *, names: bool) -> bytes:
    columns = [*FIELDS, *(NAMES if names else ())]
    rows = ({**row, "detail": json.dumps(row["detail"], ensure_ascii=False)} for row in found)
    return csv_file([columns, *([row.get(column) for column in columns] for row in rows)])
