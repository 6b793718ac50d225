"""Alerts as the command line lists them, resolving one from there, and drills."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bot.errors import BadInput
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
    session: Session, cohort_id: int | None, *, open_only: bool, only: int | None = None
) -> list[dict[str, Any]]:
    """The same within a transaction; `only` the alert of that number."""
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
    if only is not None:
        query = query.where(Alert.id == only)
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


def resolve(core: Core, alert_id: int, outcome: str, now: datetime, *, whole: bool = False) -> dict[str, Any]:
    """Close an alert, or the `whole` incident it belongs to, from the command line, saying how it ended.

    Raises NotFound, or BadInput when it is closed.
    """
    with core.store.transaction() as session:
        row = alerts.lock(session, alert_id)
        if row.resolved_at is not None:
            raise BadInput(f"Alert {alert_id} was resolved before ({row.outcome}): nothing is left to do.")
        alerts.resolve(core, session, alert_id, None, outcome, now, whole=whole)
        note(session, None, "alert_resolved", None, now, alert=alert_id, outcome=outcome)
        session.flush()
        (found,) = rows_of(session, row.cohort_id, open_only=False, only=alert_id)
        return found


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
