"""Messages of ours that nobody asked for and nobody needs at night: they wait for the morning."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import QuietHours, next_allowed
from bot.flows.vocabulary import Kind, Screen
from bot.rules.durations import parse_quiet_hours
from bot.service import drafts
from bot.service.stays import reader_zones
from bot.store.tables import Cohort, Membership

NIGHT = QuietHours(time(22), time(7))  # of who is in no cohort


def quiet_hours_of(session: Session, person_id: int) -> QuietHours:
    """The quiet hours of the cohort that a person belongs to."""
    hours = session.scalar(
        select(Cohort.quiet_hours)
        .join(Membership, Membership.cohort_id == Cohort.id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
        .limit(1)
    )
    return parse_quiet_hours(hours) if hours else NIGHT


def notify(
    session: Session, person_id: int, *screens: Screen, now: datetime, key: str | None = None, ref: str | None = None
) -> int:
    """Queue notices to a person, for the end of their quiet hours if need be. Returns how many; 0 without a chat.

    A `key` is for a single notice, which then is never sent twice.
    """
    chat_id = drafts.chat_of(session, person_id)
    if chat_id is None:
        return 0
    zone = reader_zones(session, {person_id}, now).get(person_id, "UTC")
    at = next_allowed(now, zone, quiet_hours_of(session, person_id))
    waiting = [
        drafts.Draft(chat_id, shown, Kind.NOTICE, person_id, key=key, ref=ref, not_before=at) for shown in screens
    ]
    return drafts.queue(session, waiting, now)
