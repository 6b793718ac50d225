"""Who looked at a person's data, for that person: by day, role and kind; by name only those who look after them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.flows.scene import Look, Scene
from bot.flows.vocabulary import Event, Tap
from bot.service.audit_log import about
from bot.service.contacts import contacts_around
from bot.service.core import Core
from bot.service.list_looks import LISTED
from bot.service.open_cases import for_learners
from bot.store.tables import Audit, Membership, Placement

# What was done, as `looks/what` says it. Who read what somebody confided is not told in the chat: whoever
# sits beside them would read it, too.
_KINDS = {
    "card_read": "card", "shown": "card", "list_read": "list", LISTED: "list", "alert_read": "alert",
    "question_read": "question", "outcomes_read": "outcomes", "exported": "copy", "document_filled": "paper",
}  # fmt: skip
DESK = "desk"


def looks_of(session: Session, person_id: int, zone: str) -> tuple[Look, ...]:
    """Every look of somebody else, once a day, reader and kind, the newest first; days by the clock of `zone`."""
    rows = [
        row for row in about(session, select(Audit).where(Audit.action.in_(_KINDS)), {person_id})
        if row.actor_id != person_id
    ]  # fmt: skip
    names = _names(session, person_id)
    roles = _roles(session, {row.actor_id for row in rows if row.actor_id is not None})
    found: dict[Look, None] = {}
    for row in sorted(rows, key=lambda one: (one.at, one.id), reverse=True):
        who = DESK if row.actor_id is None else roles.get(row.actor_id, "other")
        name = names.get(row.actor_id, "") if row.actor_id is not None else ""
        found.setdefault(Look(local_date(row.at, zone), who, name, _KINDS[row.action]))
    return tuple(found)


def load(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    """The scene with the looks, where its button was tapped."""
    if scene.person_id is None or not isinstance(event, Tap) or event.data != "privacy:looks":
        return scene
    return replace(scene, looks=looks_of(session, scene.person_id, scene.zone))


def _names(session: Session, person_id: int) -> dict[int, str]:
    stays = session.scalars(select(Placement.id).where(Placement.person_id == person_id)).all()
    if not stays:
        return {}
    around = for_learners(session, contacts_around(session, stays))
    return {one.person_id: one.name for contacts in around.values() for one in contacts if one.person_id is not None}


def _roles(session: Session, people: Iterable[int]) -> dict[int, str]:
    """The oldest role of each."""
    found: dict[int, str] = {}
    query = select(Membership.person_id, Membership.role).where(Membership.person_id.in_(set(people)))
    for person, role in session.execute(query.order_by(Membership.id)):
        found.setdefault(person, role)
    return found


def as_data(looks: Iterable[Look]) -> list[dict[str, str]]:
    """The same for a copy: day, by, kind."""
    return [{"day": one.day.isoformat(), "by": one.who, "name": one.name, "what": one.what} for one in looks]
