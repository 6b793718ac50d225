"""Messages that nobody asked for, counted by the local day on which they come: the budget is a day's."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.flows.vocabulary import Kind
from bot.service import drafts
from bot.store.tables import DayCount, Outbox


def count_unasked(session: Session, placement_id: int, day: date, now: datetime) -> None:
    """One more message that nobody asked for on this local day."""
    count = session.get(DayCount, (placement_id, day))
    if count is None:
        session.add(DayCount(placement_id=placement_id, day=day, sent=1, last_at=now))
    else:
        count.sent, count.last_at = count.sent + 1, now
    session.flush()


def held_up(session: Session, chat_id: int, midnight: datetime) -> int:
    """Prompts of days before that an outage keeps on their way: they come today."""
    waiting = select(func.count()).where(
        Outbox.chat_id == chat_id, drafts.active(Outbox), Outbox.kind == Kind.PROMPT.value,
        Outbox.created_at < midnight, Outbox.not_before < midnight,
    )  # fmt: skip
    return session.scalar(waiting) or 0
