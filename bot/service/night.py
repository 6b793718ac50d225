"""Messages that nobody asked for and that an outage delayed: out of their reader's night, and counted for the day on
which they come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import local_date, next_allowed
from bot.flows.vocabulary import Kind
from bot.service.notices import quiet_hours_of
from bot.service.stays import reader_zones
from bot.service.unasked import count_unasked
from bot.store.tables import CohortMessage, Outbox

LATE = timedelta(minutes=5)  # whoever queued it had looked at the clock then
UNASKED = frozenset({Kind.PROMPT.value, Kind.MESSAGE.value, Kind.NOTICE.value})


def hold(session: Session, taken: Sequence[Any], now: datetime) -> set[int]:
    """Of messages about to be sent, hold back those that would now wake somebody. Returns their ids.

    `taken` are outbox rows with id, kind, ref, person_id, created_at and not_before.
    """
    late = [row for row in taken if row.kind in UNASKED and row.person_id and now - row.created_at > LATE]
    if not late:
        return set()
    people = {row.person_id for row in late}
    zones, hours = reader_zones(session, people, now), quiet_hours_of(session, people)
    urgent = _urgent(session, late)
    held = set()
    for row in late:
        zone = zones.get(row.person_id, "UTC")
        morning = next_allowed(now, zone, hours[row.person_id])
        if morning > now and row.ref not in urgent:
            _put_off(session, row, morning, zone, attempts=0)
            held.add(row.id)
        elif local_date(max(row.created_at, row.not_before), zone) < local_date(now, zone):
            _put_off(session, row, now, zone)
    return held


def _put_off(session: Session, row: Any, at: datetime, zone: str, **values: int) -> None:
    """It comes then, and fills the day on which it comes."""
    session.execute(
        update(Outbox)
        .where(Outbox.id == row.id)
        .values(not_before=at, **values)
        .execution_options(synchronize_session=False)
    )
    if row.kind == Kind.PROMPT.value and row.ref:
        count_unasked(session, int(row.ref.split(":")[1]), local_date(at, zone), at)


def _urgent(session: Session, rows: Sequence[Any]) -> set[str]:
    messages = {int(row.ref.split(":")[1]) for row in rows if row.kind == Kind.MESSAGE.value and row.ref}
    if not messages:
        return set()
    found = session.scalars(select(CohortMessage.id).where(CohortMessage.id.in_(messages), CohortMessage.urgent))
    return {f"message:{message_id}" for message_id in found}
