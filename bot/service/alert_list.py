"""Alerts as the command line lists them, resolving one from there, and drills."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bot.errors import BadInput, NotFound
from bot.rules.incident import number_of, parse_number
from bot.rules.names import full_name
from bot.service import alerts
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.store.tables import Alert, Cohort, Membership, Person, Placement


def listing(core: Core, cohort_code: str | None, *, open_only: bool) -> list[dict[str, Any]]:
    """Alerts, oldest first, of one cohort or of all; fields as in the contract, instants ISO 8601 in UTC."""
    with core.store.transaction() as session:
        cohort_id = find(session, cohort_code).id if cohort_code else None
        return rows_of(session, cohort_id, open_only=open_only)


def rows_of(
    session: Session, cohort_id: int | None, *, open_only: bool, only: Collection[int] = ()
) -> list[dict[str, Any]]:
    """The same within a transaction; `only` the alerts of those numbers."""
    learner, taker = aliased(Person), aliased(Person)
    query = (
        select(Alert, Cohort.code, Placement.code, learner, taker)
        .join(Cohort, Cohort.id == Alert.cohort_id)
        .join(Placement, Placement.id == Alert.placement_id)
        .join(learner, learner.id == Placement.person_id)
        .outerjoin(Membership, Membership.id == Alert.acknowledged_by)
        .outerjoin(taker, taker.id == Membership.person_id)
        .order_by(Alert.id)
    )
    if only:
        query = query.where(Alert.id.in_(only))
    if cohort_id is not None:
        query = query.where(Alert.cohort_id == cohort_id)
    if open_only:
        query = query.where(Alert.resolved_at.is_(None))
    return [
        {
            "id": alert.id, "cohort": cohort, "learner": code, "name": full_name(who), "reason": alert.reason,
            "severity": alert.severity, "raised_at": _iso(alert.raised_at), "level": alert.level,
            "acknowledged_by": full_name(by) if by else None, "acknowledged_at": _iso(alert.acknowledged_at),
            "resolved_at": _iso(alert.resolved_at), "outcome": alert.outcome, "incident": alert.incident_id,
        }
        for alert, cohort, code, who, by in session.execute(query)
    ]  # fmt: skip


def resolve(core: Core, number: str, outcome: str, now: datetime, *, whole: bool = False) -> list[dict[str, Any]]:
    """Close an alert, or the `whole` incident it belongs to, from the command line, saying how it ended.

    `number` is that of an alert, or of an incident (G12), which is closed as a whole. Returns what was closed, first
    the alert that was named. Raises NotFound, or BadInput when it is closed.
    """
    given, group = parse_number(number)
    with core.store.transaction() as session:
        row = alerts.lock(session, _leading(session, given) if group else given)
        alert_id, whole = row.id, whole or group
        if row.resolved_at is not None:
            raise BadInput(f"Alert {alert_id} was resolved before ({row.outcome}): nothing is left to do.")
        closed = {alert_id, *(_open_together(session, row.incident_id) if whole else ())}
        alerts.resolve(core, session, alert_id, None, outcome, now, whole=whole)
        note(session, None, "alert_resolved", None, now, alert=alert_id, outcome=outcome)
        session.flush()
        found = rows_of(session, row.cohort_id, open_only=False, only=closed)
        return sorted(found, key=lambda one: (one["id"] != alert_id, one["id"]))


def _open_together(session: Session, incident_id: int | None) -> list[int]:
    """The open alerts of an incident, oldest first."""
    if incident_id is None:
        return []
    query = select(Alert.id).where(Alert.incident_id == incident_id, Alert.resolved_at.is_(None))
    return list(session.scalars(query.order_by(Alert.id)))


def _leading(session: Session, incident_id: int) -> int:
    members = _open_together(session, incident_id)
    if not members:
        called = number_of(incident_id)
        raise NotFound(f"There is no open incident {called}: `compagnon alerts list --open` shows those there are.")
    return members[0]


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
