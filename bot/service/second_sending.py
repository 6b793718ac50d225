"""The way of a second channel's message: queued → leased → attempting (committed before the call) → sent | failed.

All of it is safety: what a dead process left behind, and what may or may not have been accepted, goes out again.
E-mails keep their Message-ID and calls their Idempotency-Key, so that who gets one twice can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from bot.rules.retry import backoff
from bot.service import leases
from bot.service.core import Core
from bot.service.delivery import Fate
from bot.service.drafts import LEASE, in_states
from bot.store.prepared import rows
from bot.store.tables import AlertEvent, SecondMessage
from bot.store.writing import insert_or_ignore

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SecondDelivery:
    """One e-mail or call, ready to be made; `key` is the same for every try."""

    id: int
    key: str
    channel: str
    address: str
    payload: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SecondResult:
    """What became of it; `error` is one sentence, without addresses or words."""

    id: int
    fate: Fate
    at: datetime
    error: str | None = None
    retry_at: datetime | None = None


_NEXT = (
    select(
        SecondMessage.id, SecondMessage.key, SecondMessage.channel, SecondMessage.address, SecondMessage.payload,
        SecondMessage.created_at,
    )
    .where(
        in_states(SecondMessage, "queued"),
        SecondMessage.not_before <= bindparam("now"),
        SecondMessage.channel == bindparam("channel"),
    )
    .order_by(SecondMessage.not_before, SecondMessage.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)  # fmt: skip


def claim(core: Core, channel: str, now: datetime, limit: int) -> list[SecondDelivery]:
    """Lease up to `limit` messages of a channel whose moment has come."""
    with core.store.transaction() as session:
        found = rows(session, _NEXT, now=now, channel=channel, most=limit)
        if found:
            session.execute(
                update(SecondMessage)
                .where(SecondMessage.id.in_([row.id for row in found]))
                .values(state="leased", lease_owner=core.owner, lease_until=now + LEASE)
                .execution_options(synchronize_session=False)
            )
    return [
        SecondDelivery(row.id, row.key, row.channel, row.address, row.payload, row.created_at) for row in found
    ]  # fmt: skip


def attempt(core: Core, ids: Sequence[int], now: datetime) -> set[int]:
    """Leased → attempting, committed before the calls. Returns those that are still ours."""
    with core.store.transaction() as session:
        ours = session.scalars(
            update(SecondMessage)
            .where(SecondMessage.id.in_(ids), SecondMessage.lease_owner == core.owner, SecondMessage.state == "leased")
            .values(state="attempting", lease_until=now + LEASE)
            .returning(SecondMessage.id)
            .execution_options(synchronize_session=False)
        )
        return set(ours)


def finish(core: Core, results: Sequence[SecondResult], now: datetime) -> None:
    """Mark what became of calls, and write it into the trail of their alerts."""
    with core.store.transaction() as session:
        for result in results:
            row = session.scalars(
                select(SecondMessage).where(SecondMessage.id == result.id).with_for_update()
            ).first()  # fmt: skip
            if row is not None and row.state == "attempting":
                _mark(session, row, result, now)


def _mark(session: Session, row: SecondMessage, result: SecondResult, now: datetime) -> None:
    row.attempts += 1
    row.lease_owner, row.lease_until = None, None
    row.ambiguous = row.ambiguous or result.fate is Fate.UNKNOWN
    row.error = result.error
    if result.fate in (Fate.RETRY, Fate.UNKNOWN):
        again = result.retry_at or now + backoff(row.attempts, base=FIRST_WAIT, cap=LONGEST_WAIT)
        if again < row.expires_at:
            row.state, row.not_before = "queued", again
            return
    _end(session, row, "sent" if result.fate is Fate.SENT else _lost(row), result.at)


def _lost(row: SecondMessage) -> str:
    return "unknown" if row.ambiguous else "failed"


def _end(session: Session, row: SecondMessage, state: str, at: datetime) -> None:
    row.state, row.finished_at = state, at
    row.payload = {}  # numbers and names are not to lie about in a second place
    if row.alert_id is not None:
        what = {"sent": "second_delivered", "unknown": "second_unknown"}.get(state, "second_failed")
        detail = {"channel": row.channel, **({"error": row.error} if row.error and state != "sent" else {})}
        line = {"alert_id": row.alert_id, "at": at, "what": what, "person_id": row.person_id, "detail": detail}
        insert_or_ignore(session, AlertEvent, [line])


def tidy(core: Core, now: datetime) -> int:
    """Take back what dead processes held; end what nobody could send in its time. Returns how many."""
    gone = or_(SecondMessage.lease_until <= now, SecondMessage.lease_owner.in_(leases.dead(core, now)))
    held = and_(in_states(SecondMessage, "leased", "attempting"), gone)
    with core.store.transaction() as session:
        back = session.scalars(select(SecondMessage).where(held).with_for_update(skip_locked=True)).all()
        for row in back:
            row.ambiguous = row.ambiguous or row.state == "attempting"
            row.state, row.lease_owner, row.lease_until = "queued", None, None
        session.flush()
        late = and_(in_states(SecondMessage, "queued"), SecondMessage.not_before <= now)
        over = session.scalars(
            select(SecondMessage).where(late, SecondMessage.expires_at <= now).with_for_update(skip_locked=True)
        ).all()
        for row in over:
            _end(session, row, _lost(row), now)
    return len(back) + len(over)
