"""A sentence from a learner to their family: whose chat that is, and sending it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.flows import home as talk
from bot.flows.effects import TellHome
from bot.flows.scene import Contact, Scene
from bot.flows.vocabulary import Event, Kind
from bot.service import drafts
from bot.service.core import Core
from bot.service.work import Work
from bot.store.tables import Person, Placement, TelegramAccount

ONCE_IN = timedelta(minutes=10)  # the same sentence, however often the button is tapped


def load(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    """The scene with the family whose chat is connected."""
    return replace(scene, family=_family(session, scene.stay.placement_id)) if scene.stay else scene


def _family(session: Session, placement_id: int) -> tuple[Contact, ...]:
    found = session.execute(
        select(Person.id, Person.first_name)
        .join(Placement, Placement.guardian_id == Person.id)
        .join(TelegramAccount, TelegramAccount.person_id == Person.id)
        .where(Placement.id == placement_id, TelegramAccount.revoked_at.is_(None),
               TelegramAccount.blocked_at.is_(None), Person.erased_at.is_(None))
    )  # fmt: skip
    return tuple(Contact(name, "guardian", None, person_id, True) for person_id, name in found)


def tell(work: Work, effect: TellHome) -> None:
    """At once, at any hour: it is the learner who chose it."""
    if not work.own_stay(effect.placement_id) or effect.sentence not in talk.SENTENCES:
        return
    learner = work.session.get_one(Person, work.me)
    slot = int(work.now.timestamp() // ONCE_IN.total_seconds())
    for contact in _family(work.session, effect.placement_id):
        assert contact.person_id is not None
        chat_id = drafts.chat_of(work.session, contact.person_id)
        if chat_id is not None:
            key = f"home:{effect.placement_id}:{contact.person_id}:{effect.sentence}:{slot}"
            shown = talk.to_family(learner.first_name, effect.sentence)
            drafts.queue(work.session, [drafts.Draft(chat_id, shown, Kind.RELAY, contact.person_id, key=key)], work.now)
            work.applied.more = True
