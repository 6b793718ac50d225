"""Steps that wait for an arrival: how long, and letting them come once somebody is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from bot.clock import Stage
from bot.rules.alert import Reason
from bot.rules.awaited import awaits, comes_at, not_there_until
from bot.rules.travel_terms import State
from bot.service.stays import itinerary_of
from bot.store.prepared import among
from bot.store.tables import Alert, DueStep, Placement, Travel

NOT_THERE = "not arrived yet"


def wait_of(session: Session, placement_id: int, stage: Stage, now: datetime) -> datetime | None:
    """When to look again at a step of a stage whose learner is still on the way; None when nothing holds it back."""
    direction = awaits(stage)
    if direction is None:
        return None
    row = session.scalars(
        select(Travel).where(Travel.placement_id == placement_id, Travel.direction == direction.value)
    ).first()
    if row is None:
        return None
    looked_after = row.state == State.ALERTED.value and not _still_open(session, placement_id)
    return not_there_until(State(row.state), row.deadline, now, looked_after=looked_after)


def _still_open(session: Session, placement_id: int) -> bool:
    real = Alert.placement_id == placement_id, Alert.resolved_at.is_(None), Alert.reason != Reason.DRILL.value
    return bool(session.scalar(select(exists().where(*real))))


def put_off(row: DueStep, until: datetime) -> None:
    """Look at it again then. It moves as a whole: the time on the way does not count against it."""
    row.expires_at += until - row.due_at
    row.due_at, row.why = until, NOT_THERE


_HELD = select(DueStep).where(
    DueStep.placement_id == bindparam("placement"), DueStep.state == "planned", DueStep.why == NOT_THERE
)
_STAYS = select(Placement).where(among(Placement.id, "placements"))


def let_come(session: Session, placement_id: int, zone: str, now: datetime) -> None:
    """They are there: what waited may come."""
    for row in session.scalars(_HELD, {"placement": placement_id}):
        come(row, zone, now)
    session.flush()


def looked_after(session: Session, placements: Iterable[int], now: datetime) -> None:
    """An alert about these stays is closed: somebody knows where they are. Who is on the way goes on being awaited."""
    for placement in session.scalars(_STAYS, {"placements": list(placements)}):
        trip = itinerary_of(placement)
        if trip is not None:
            let_come(session, placement.id, trip.zone_at(now), now)


def come(row: DueStep, zone: str, now: datetime) -> None:
    """A step that waited no longer does: it has the time that it would have had without waiting."""
    worth = row.expires_at - row.due_at
    row.due_at, row.why = comes_at(row.planned_at, worth, zone, now), None
    row.expires_at = (row.due_at if row.due_at > now else row.planned_at) + worth
