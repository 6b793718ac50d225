"""Alerts as the person at hand may see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session, aliased

from bot.flows.scene import AlertView, Scene
from bot.rules.alert import Reason
from bot.rules.permissions import Action, Subject, may, reaches_others
from bot.service import alert_words
from bot.service.open_cases import hidden_people
from bot.service.stays import itinerary_of, subject_of, subjects_of
from bot.service.travel_views import clock_of
from bot.store.prepared import among
from bot.store.tables import Alert, CheckIn, Cohort, Membership, Person, Placement


def alerted(alert: Alert) -> frozenset[int]:
    """Membership ids that this alert was sent to."""
    return frozenset(int(m) for m in alert.state.get("told", ()))


_TAKER, _LEARNER = aliased(Person), aliased(Person)
_ALERTS = (
    select(Alert, Placement, Cohort.code, _LEARNER.first_name, _LEARNER.last_name, _TAKER.id, _TAKER.first_name,
           _TAKER.last_name, case((CheckIn.roll_call > 0, CheckIn.due_at)))
    .join(Placement, Placement.id == Alert.placement_id)
    .join(Cohort, Cohort.id == Alert.cohort_id)
    .join(_LEARNER, _LEARNER.id == Placement.person_id)
    .outerjoin(Membership, Membership.id == Alert.acknowledged_by)
    .outerjoin(_TAKER, _TAKER.id == Membership.person_id)
    .outerjoin(CheckIn, CheckIn.id == Alert.check_in_id)
)  # fmt: skip


_BY_ID = _ALERTS.where(Alert.id == bindparam("alert"))
_OF_INCIDENT = (
    _ALERTS.where(Alert.incident_id == bindparam("incident"))
    .order_by(Alert.resolved_at.is_not(None), Alert.id)
    .limit(1)
)
_OWN = (
    _ALERTS.where(among(Alert.placement_id, "placements"), Alert.resolved_at.is_(None))
    .where(Alert.reason != Reason.DRILL.value, Alert.confided.is_(False))
    .order_by(Alert.severity.desc(), Alert.id.desc())
    .limit(1)
)


def alerts_for(session: Session, scene: Scene) -> tuple[AlertView, ...]:
    """Open alerts that this person may see, red first, oldest first. Not those about themselves."""
    if scene.actor is None or scene.person_id is None or not reaches_others(scene.actor, Action.SEE_ALERT):
        return ()
    cohorts = [g.cohort_id for g in scene.actor.grants if g.cohort_id is not None]
    wide = any(g.cohort_id is None for g in scene.actor.grants)
    query = _ALERTS.where(Alert.resolved_at.is_(None), Placement.person_id != scene.person_id)
    if not wide:
        query = query.where(Alert.cohort_id.in_(cohorts))
    rows = session.execute(query.order_by(Alert.severity.desc(), Alert.raised_at)).all()
    stays = {row[1].id for row in rows}
    subjects, hidden = subjects_of(session, stays), hidden_people(session, stays)
    views = (_view(scene, row, _about(row[0], subjects[row[1].id], hidden)) for row in rows)
    return tuple(view for view in views if view is not None)


def _about(alert: Alert, stay: Subject, hidden: Mapping[int, frozenset[int]]) -> Subject:
    told = alerted(alert)
    nobody = hidden.get(alert.placement_id, frozenset())
    return replace(stay, alerted=told, confided=alert.confided, hidden_from=nobody)


def subject_of_alert(session: Session, alert: Alert) -> Subject:
    """An alert as the permission mechanism sees it: who was told, who may not hear of it."""
    hidden = hidden_people(session, [alert.placement_id])
    return _about(alert, subject_of(session, alert.placement_id), hidden)


def alert_by_id(session: Session, scene: Scene, alert_id: int) -> AlertView | None:
    """One alert, if this person may see it or it is about them."""
    row = session.execute(_BY_ID, {"alert": alert_id}).first()
    return _view(scene, row, subject_of_alert(session, row[0])) if row else None


def incident_by_id(session: Session, scene: Scene, incident_id: int) -> AlertView | None:
    """One alert of an incident that stands for it, an open one if there is any; if this person may see it."""
    row = session.execute(_OF_INCIDENT, {"incident": incident_id}).first()
    return _view(scene, row, subject_of_alert(session, row[0])) if row else None


def own_alert(session: Session, scene: Scene, placement_ids: Collection[int]) -> AlertView | None:
    """The open alert about the person at hand, on any of their stays: a red one, the newest."""
    row = session.execute(_OWN, {"placements": list(placement_ids)}).first()
    view = _view(scene, row, subject_of_alert(session, row[0])) if row else None
    if row is None or view is None:
        return None
    readers = alert_words.readers_of(session, row[0], view.person_id)
    return replace(view, readers=tuple(reader.name for reader in readers))


def _view(scene: Scene, row: Any, subject: Subject) -> AlertView | None:
    alert, placement, cohort, first, last, taker_id, taker_first, taker_last, roll_call = row
    about_me = placement.person_id == scene.person_id
    if scene.actor is None or not (about_me or may(scene.actor, Action.SEE_ALERT, subject)):
        return None
    itinerary = itinerary_of(placement)
    zone = itinerary.zone_at(scene.now) if itinerary else placement.home_zone
    return AlertView(
        id=alert.id, placement_id=placement.id, learner=f"{first} {last}".strip(), code=placement.code, cohort=cohort,
        reason=alert.reason, severity=alert.severity, raised_at=alert.raised_at,
        zone=zone, clock=clock_of(placement, zone),
        acknowledged_by=f"{taker_first} {taker_last}".strip() if taker_id else None,
        acknowledged_by_me=taker_id is not None and taker_id == scene.person_id, resolved_at=alert.resolved_at,
        outcome=alert.outcome, about_me=about_me, incident=alert.incident_id,
        person_id=placement.person_id, confided=alert.confided, roll_call=roll_call,
    )  # fmt: skip
