"""Somebody reads in another chat from now on: questions that wait for an answer are asked again there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.rules import check_in as rules, travel as travel_rules
from bot.service import check_ins, drafts, travel
from bot.service.core import Core
from bot.store.tables import CheckIn, Outbox, Placement, Travel

_ON_THE_WAY = ("queued", "leased", "attempting", "sent", "unknown")


def ask_again(core: Core, session: Session, person_id: int, now: datetime) -> bool:
    """Ask what was asked in a chat that is given up, and is not answered yet. True when anything is queued."""
    chat_id = drafts.chat_of(session, person_id)
    if chat_id is None:
        return False
    mine = select(Placement.id).where(Placement.person_id == person_id).scalar_subquery()
    waiting = session.scalars(
        select(CheckIn)
        .where(CheckIn.placement_id.in_(mine), CheckIn.state.in_([state.value for state in rules.WAITING]))
        .order_by(CheckIn.id).with_for_update()
    ).all()  # fmt: skip
    asked = False
    for row in waiting:
        ref = f"check_in:{row.id}"
        if not _is_here(session, ref, chat_id):
            _give_back_keys(session, ref, now)
            check_ins.advance(core, session, row, rules.Moved(now), now)
            asked = True
    under_way = session.scalars(
        select(Travel)
        .where(Travel.placement_id.in_(mine), Travel.state.in_([state.value for state in travel_rules.UNDER_WAY]))
        .order_by(Travel.id).with_for_update()
    ).all()  # fmt: skip
    for trip in under_way:
        if trip.deadline > now and not _is_here(session, f"{travel.QUESTION}:{trip.id}", chat_id):
            travel.ask_again(core, session, trip, now)
            asked = True
    return asked


def _is_here(session: Session, ref: str, chat_id: int) -> bool:
    found = select(Outbox.id).where(Outbox.ref == ref, Outbox.chat_id == chat_id, Outbox.state.in_(_ON_THE_WAY))
    return session.scalar(found.limit(1)) is not None


def _give_back_keys(session: Session, ref: str, now: datetime) -> None:
    """The keys that stop a second question; what is still under way to the old chat proves nothing any more."""
    for key in (ref, f"{ref}:again"):
        mine = update(Outbox).where(Outbox.key == key).execution_options(synchronize_session=False)
        session.execute(mine.where(Outbox.state != "sent").values(ref=None))
        session.execute(mine.values(key=f"{key}:until:{now.isoformat()}"))
