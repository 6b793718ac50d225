"""Messages of ours that nobody asked for and nobody needs at night: they wait for the morning."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import QuietHours, next_allowed
from bot.flows.vocabulary import Kind, Screen
from bot.rules.durations import parse_quiet_hours
from bot.service import drafts
from bot.service.stays import reader_zones
from bot.store.tables import Cohort, Membership, Outbox

NIGHT = QuietHours(time(22), time(7))  # of who is in no cohort


def quiet_hours_of(session: Session, people: Collection[int]) -> dict[int, QuietHours]:
    """The quiet hours of the cohort that each of these belongs to, or belonged to; who is in none has `NIGHT`."""
    found = session.execute(
        select(Membership.person_id, Cohort.quiet_hours)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(Membership.person_id.in_(people))
        .order_by(Membership.ended_at.is_not(None), Membership.id)
    )
    hours = dict.fromkeys(people, NIGHT)
    for person_id, words in reversed(found.all()):  # the first counts
        hours[person_id] = parse_quiet_hours(words)
    return hours


def next_hour(session: Session, person_id: int, now: datetime) -> datetime:
    """Now, or the end of a person's quiet hours."""
    zone = reader_zones(session, {person_id}, now).get(person_id, "UTC")
    return next_allowed(now, zone, quiet_hours_of(session, {person_id})[person_id])


def notify(
    session: Session, person_id: int, *screens: Screen, now: datetime, key: str | None = None, ref: str | None = None
) -> int:
    """Queue notices to a person, for the end of their quiet hours if need be. Returns how many; 0 without a chat.

    A `key` is for a single notice, which then is never sent twice.
    """
    chat_id = drafts.chat_of(session, person_id)
    if chat_id is None:
        return 0
    at = next_hour(session, person_id, now)
    waiting = [
        drafts.Draft(chat_id, shown, Kind.NOTICE, person_id, key=key, ref=ref, not_before=at) for shown in screens
    ]
    return drafts.queue(session, waiting, now)


def withdraw(session: Session, ref: str, now: datetime) -> frozenset[int]:
    """Drop notices of that `ref` that are not under way yet. Returns the person ids of who now never reads them."""
    dropped = session.scalars(
        update(Outbox)
        .where(Outbox.ref == ref, Outbox.state == "queued", Outbox.kind == Kind.NOTICE.value)
        .values(state="cancelled", finished_at=now)
        .returning(Outbox.person_id)
        .execution_options(synchronize_session=False)
    )
    return frozenset(person for person in dropped if person is not None)
