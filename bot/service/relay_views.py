"""Whom somebody writes to through the bot: found for the flow from what they tapped, swiped or chose before."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.flows.scene import Contact, Scene
from bot.flows.vocabulary import Event, Tap, Words
from bot.rules.names import full_name
from bot.service import open_cases
from bot.service.core import Core
from bot.store.tables import Outbox, Person, TelegramAccount


def _whom_to_answer(session: Session, scene: Scene, event: Event) -> dict[str, int]:
    """Whom a learner's button names who is not on their list: somebody they confided in, or who wrote to them."""
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if scene.stay is None or len(parts) != 4 or not all(p.isdecimal() and len(p) < 18 for p in parts[2:]):
        return {}
    placement_id, to = int(parts[2]), int(parts[3])
    mine = any(stay.placement_id == placement_id for stay in scene.stays)
    known = mine and to in open_cases.correspondents(session, placement_id, scene.person_id or 0)
    return {"placement": placement_id, "to": to} if known else {}


def load(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    """Whom the person writes to: the one they swiped to answer, or the one they chose before."""
    data = scene.conversation.data if isinstance(event, Words) else _whom_to_answer(session, scene, event)
    if isinstance(event, Words) and event.reply_to is not None:
        ref = session.scalar(
            select(Outbox.ref).where(
                Outbox.chat_id == scene.chat_id, Outbox.message_id == event.reply_to, Outbox.ref.startswith("relay:")
            )
        )
        if ref:
            _, placement, sender = ref.split(":")
            data = {"placement": int(placement), "to": int(sender)}
    if "to" not in data:
        return scene
    person = session.get(Person, data["to"])
    if person is None or person.erased_at is not None:
        return scene
    name = full_name(person)
    linked = session.scalar(
        select(TelegramAccount.id).where(
            TelegramAccount.person_id == person.id, TelegramAccount.revoked_at.is_(None),
            TelegramAccount.blocked_at.is_(None),
        )
    )  # fmt: skip
    contact = Contact(name, str(data["placement"]), person.phone, person.id, linked is not None)
    return replace(scene, relay_to=contact)
