"""The eve of a holiday or of the first day at work: what its message needs to know, and the room it takes in a day."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY, local_date, to_utc
from bot.flows import eves as screens
from bot.flows.scene import Stay
from bot.flows.vocabulary import Screen
from bot.rules.eves import FIRST_MORNING, MARK, Eve, is_eve
from bot.service.contacts import contacts_of
from bot.service.core import Core
from bot.store.prepared import first
from bot.store.tables import DueStep, Person, Placement

_TO_COME = select(func.count().label("many")).where(
    DueStep.placement_id == bindparam("placement"), DueStep.state == "planned", DueStep.step.startswith(MARK),
    DueStep.due_at > bindparam("now", type_=DueStep.due_at.type),
    DueStep.due_at < bindparam("midnight", type_=DueStep.due_at.type),
)  # fmt: skip


def screen(core: Core, session: Session, eve: Eve, stay: Stay) -> Screen | None:
    """The message; None when there is nothing to say any more."""
    known = _expected(session, stay) if eve.what == FIRST_MORNING else screens.Expected()
    return screens.shown(core.content, eve, stay, known)


def to_come(session: Session, stay: Stay, row: DueStep, now: datetime) -> int:
    """How many messages of a local day are kept for its evening: what can wait leaves them their place."""
    if is_eve(row.step):
        return 0
    midnight = to_utc(local_date(now, stay.zone) + ONE_DAY, time(0), stay.zone)
    found = first(session, _TO_COME, placement=stay.placement_id, now=now, midnight=midnight)
    return int(found.many) if found is not None else 0


def _expected(session: Session, stay: Stay) -> screens.Expected:
    around = {contact.role: contact for contact in contacts_of(session, stay.placement_id)}
    asked = around.get("local_contact") or around.get("referent")
    return screens.Expected(
        tutor=around["tutor"].name if "tutor" in around else "",
        phone=(around["host"].phone or "") if "host" in around else "",
        contact=asked.name if asked else "",
        partner=_partner(session, stay),
    )


def _partner(session: Session, stay: Stay) -> str:
    """The first name of the pair's other learner, where both go to the same place on the same day."""
    own = session.get_one(Placement, stay.placement_id)
    other = session.get(Placement, own.partner_id) if own.partner_id is not None else None
    if other is None or not own.host_organisation or other.ended_on is not None:
        return ""
    together = other.host_organisation == own.host_organisation and other.arrival_date == own.arrival_date
    return session.get_one(Person, other.person_id).first_name if together else ""
