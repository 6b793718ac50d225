"""Learners whose stays touch: who has arrived at the next one is not asked about the one before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.rules.travel_days import Direction
from bot.store.prepared import among, rows
from bot.store.tables import Placement, Travel

Span = tuple[date, date]  # first and last day

_NEXT, _THERE, _OWN = aliased(Placement), aliased(Travel), aliased(Travel)
_GONE_ON = (
    select(
        Placement.id, _NEXT.arrival_date.label("first"),
        func.coalesce(_NEXT.ended_on, _NEXT.return_date).label("last"),
    )
    .join(_NEXT, (_NEXT.person_id == Placement.person_id) & (_NEXT.id != Placement.id)
          & (_NEXT.arrival_date >= Placement.arrival_date))
    .join(_THERE, (_THERE.placement_id == _NEXT.id) & (_THERE.direction == Direction.OUT.value)
          & _THERE.arrived_at.is_not(None))
    .outerjoin(_OWN, (_OWN.placement_id == Placement.id) & (_OWN.direction == Direction.OUT.value))
    .where(among(Placement.id, "stays"), or_(_OWN.arrived_at.is_(None), _OWN.arrived_at < _THERE.arrived_at))
)  # fmt: skip


def spans_elsewhere(session: Session, placements: Collection[int]) -> dict[int, list[Span]]:
    """By stay the days of another one at which its learner has arrived since."""
    found: dict[int, list[Span]] = {}
    for row in rows(session, _GONE_ON, stays=list(placements)):
        found.setdefault(row.id, []).append((row.first, row.last))
    return found


def stays_before(session: Session, arrived: Placement) -> Sequence[Placement]:
    """The other stays of a learner that were going on when they left for this one."""
    begins = arrived.departure_date or arrived.arrival_date
    last = func.coalesce(Placement.ended_on, Placement.return_date)
    return session.scalars(
        select(Placement).where(
            Placement.person_id == arrived.person_id, Placement.id != arrived.id,
            Placement.arrival_date <= arrived.arrival_date, last >= begins,
        ).order_by(Placement.id)
    ).all()  # fmt: skip


def within(day: date, spans: Iterable[Span]) -> bool:
    """Is it one of those days?"""
    return any(first <= day <= last for first, last in spans)
