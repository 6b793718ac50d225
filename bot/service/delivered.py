"""What follows when a message arrived, or did not, by its kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.flows.vocabulary import Kind
from bot.rules.alert import Reason, Severity
from bot.service import alerts, check_ins, drafts, trail, travel
from bot.service.core import Core
from bot.service.delivery import Fate, Result
from bot.service.stays import itinerary_of
from bot.store.tables import Outbox, Placement, TelegramAccount

EXPORT = "export"  # ref of the message that carries a person's data
FAREWELL = "farewell"  # ref of the last messages to somebody who was erased: their chat is forgotten with them
BLANKED = frozenset({EXPORT, FAREWELL, drafts.PRIVATE})  # refs of messages whose words are not kept once they went out


def on_fate(core: Core, session: Session, row: Any, result: Result, now: datetime) -> None:
    """`row` has id, kind, ref, person_id and chat_id of the outbox row."""
    newly_blocked = result.fate is Fate.BLOCKED and _mark_blocked(session, row.chat_id, now)
    if row.ref in BLANKED and result.fate is not Fate.RETRY:
        # What is private is not to lie about in a second place.
        nowhere = {"chat_id": 0, "language": None} if row.ref == FAREWELL else {}
        session.execute(update(Outbox).where(Outbox.id == row.id).values(payload={"body": []}, **nowhere))
    gave_up = result.fate in (Fate.BLOCKED, Fate.FAILED)
    kind = Kind(row.kind)
    if kind in (Kind.CHECK_IN, Kind.REMINDER) and row.ref and row.ref.startswith(travel.PREFIX):
        _on_travel(core, session, row.ref, result, now)
    elif kind in (Kind.CHECK_IN, Kind.REMINDER) and row.ref:
        check_in_id = int(row.ref.split(":")[1])
        if result.fate is Fate.SENT:
            check_ins.delivered(core, session, check_in_id, kind, result.message_id, result.at)
        elif gave_up:
            check_ins.not_delivered(core, session, check_in_id, result.fate is Fate.BLOCKED, now)
    elif kind is Kind.ALERT and row.ref and (gave_up or result.fate is Fate.SENT):
        about, number, membership_id = row.ref.split(":")
        if gave_up:
            alerts.undelivered(core, session, int(number), int(membership_id), now, whole=about == "group")
        else:
            trail.delivered(session, int(number), int(membership_id), result.at, whole=about == "group")
    elif newly_blocked and row.person_id is not None:
        _blocked_while_abroad(core, session, row.person_id, now)


def _on_travel(core: Core, session: Session, ref: str, result: Result, now: datetime) -> None:
    what, _, travel_id = ref.partition(":")
    if what != travel.QUESTION:
        return  # the hour of arrival: without one the usual hour counts, and in the morning they are asked again
    if result.fate is Fate.SENT:
        travel.delivered(core, session, int(travel_id), result.at)
    elif result.fate in (Fate.BLOCKED, Fate.FAILED):
        travel.not_delivered(core, session, int(travel_id), result.fate is Fate.BLOCKED, now)


def _mark_blocked(session: Session, chat_id: int, now: datetime) -> bool:
    """True when nobody knew before: what fails after that is no news, and must not alert again and again."""
    found = session.execute(
        update(TelegramAccount)
        .where(TelegramAccount.chat_id == chat_id, TelegramAccount.revoked_at.is_(None),
               TelegramAccount.blocked_at.is_(None))
        .values(blocked_at=now)
        .returning(TelegramAccount.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return found.first() is not None


def _blocked_while_abroad(core: Core, session: Session, person_id: int, now: datetime) -> None:
    """Who is abroad and can't be written to any more may need somebody: a human looks."""
    for placement in session.scalars(select(Placement).where(Placement.person_id == person_id)):
        if travel.blocked_on_the_way(core, session, placement.id, now):
            continue
        itinerary = itinerary_of(placement)
        if itinerary is not None and itinerary.stage_at(now) == "during":
            alerts.raise_alert(core, session, placement, Reason.BLOCKED, Severity.AMBER, now)
