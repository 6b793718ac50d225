"""Alerts as the command line lists them, resolving one from there, and drills."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from bot.errors import BadInput, NotFound
from bot.rules.incident import number_of, parse_number
from bot.rules.names import full_name
from bot.service import alerts
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.store.tables import Alert, Cohort, Membership, Person, Placement

# Open, and nobody could be told: no chat, no e-mail of anybody on the ladder (`Speaker.remember_reach`).
UNREACHED = (
    Alert.resolved_at.is_(None), Alert.acknowledged_by.is_(None), Alert.state["unreached"].as_string().is_not(None),
)  # fmt: skip


def unreached(core: Core) -> list[str]:
    """Open alerts that reach nobody, each as `SPRING27 L01 (#4)`; of what was confided without whose it is."""
    with core.store.transaction() as session:
        query = (
            select(Alert, Cohort.code, Placement.code)
            .join(Cohort, Cohort.id == Alert.cohort_id)
            .join(Placement, Placement.id == Alert.placement_id)
            .where(*UNREACHED)
            .order_by(Alert.id)
        )
        return [
            f"{cohort}: one that was confided" if alert.confided else f"{cohort} {code} (#{alert.id})"
            for alert, cohort, code in session.execute(query)
        ]


def listing(core: Core, cohort_code: str | None, *, open_only: bool) -> list[dict[str, Any]]:
    """Alerts, oldest first, of one cohort or of all; fields as in the contract, instants ISO 8601 in UTC.

    What learners confided to some is not among them: the desk may be whom they left out (`confided`).
    """
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
    query = query.where(Alert.id.in_(only)) if only else query.where(Alert.confided.is_(False))
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
            "reaches_nobody": alert.acknowledged_by is None and "unreached" in alert.state,
        }
        for alert, cohort, code, who, by in session.execute(query)
    ]  # fmt: skip


def confided(core: Core, cohort_code: str | None) -> int:
    """How many open alerts were confided to people of the learner's choice: no more than that is for the desk."""
    with core.store.transaction() as session:
        return confided_in(session, find(session, cohort_code).id if cohort_code else None)


def confided_in(session: Session, cohort_id: int | None) -> int:
    """The same within a transaction."""
    query = select(func.count()).where(Alert.confided.is_(True), Alert.resolved_at.is_(None))
    return session.scalar(query if cohort_id is None else query.where(Alert.cohort_id == cohort_id)) or 0


def resolve(
    core: Core, number: str, outcome: str, now: datetime, *, whole: bool = False, why_confided: str | None = None
) -> list[dict[str, Any]]:
    """Close an alert, or the `whole` incident it belongs to, from the command line, saying how it ended.

    `number` is that of an alert, or of an incident (G12), which is closed as a whole. Returns what was closed, first
    the alert that was named. Of what was confided only with a reason (`why_confided`), which the audit keeps. Raises
    NotFound, or BadInput when it is closed, or was confided and no reason is given.
    """
    given, group = parse_number(number)
    with core.store.transaction() as session:
        row = alerts.lock(session, _leading(session, given) if group else given)
        alert_id, whole = row.id, whole or group
        if row.resolved_at is not None:
            raise BadInput(f"Alert {alert_id} was resolved before ({row.outcome}): nothing is left to do.")
        if row.confided and not (why_confided or "").strip():
            raise BadInput(
                f"Alert {alert_id} was confided to people of the learner's choice: whoever was told closes it, in the "
                "chat. If none of them can, close it with --confided REASON; the audit keeps the reason."
            )
        closed = {alert_id, *(_open_together(session, row.incident_id) if whole else ())}
        alerts.resolve(core, session, alert_id, None, outcome, now, whole=whole)
        why = {"reason": why_confided.strip()} if row.confided and why_confided else {}
        note(session, None, "alert_resolved", None, now, alert=alert_id, outcome=outcome, **why)
        session.flush()
        found = rows_of(session, row.cohort_id, open_only=False, only=closed)
        if row.confided:
            found = [one | {"learner": None, "name": None, "acknowledged_by": None} for one in found]
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
