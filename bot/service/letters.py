"""Words from one person to another: letters, shared journal entries, what is wrong about a stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.flows import effects as fx, relay as relay_talk
from bot.flows.vocabulary import Kind
from bot.rules.names import full_name
from bot.rules.permissions import Action
from bot.service import (
    alerts,
    drafts,
    open_cases,
    steps,
)
from bot.service.contacts import contact_person
from bot.service.core import Core
from bot.service.work import Applier, Work
from bot.store.tables import Person, Placement, Relay


def _share_entry(work: Work, effect: fx.ShareEntry) -> None:
    if not work.own_stay(effect.placement_id):
        return
    entry = steps.share_entry(work.session, effect.placement_id, effect.step, work.now)
    if entry is not None:
        placement = work.session.get_one(Placement, effect.placement_id)
        title = steps.title_of(work.core, work.session, placement, effect.step)
        relay_to_referents(
            work, placement, entry.words or "",
            lambda name, words: relay_talk.shared_entry(name, title, words, entry.file_id, entry.file_kind),
        )  # fmt: skip


# --- writing to each other ----------------------------------------------------------------------


def _send_relay(work: Work, effect: fx.SendRelay) -> None:
    placement = work.session.get(Placement, effect.placement_id)
    if placement is None:
        return
    mine = work.own_stay(effect.placement_id)
    told = open_cases.trusted(work.session, effect.placement_id) | alerts.told_now(work.session, placement.id)
    if not mine and not (
        effect.to_person_id == placement.person_id and work.may(Action.WRITE_TO_LEARNER, effect.placement_id, told)
    ):
        return
    allowed = referents_of(work.session, placement) if mine else {}
    if mine and effect.to_person_id not in {
        *allowed, *open_cases.correspondents(work.session, placement.id, work.me)
    }:  # fmt: skip
        return
    relay(work.core, work.session, placement.id, work.me, effect.to_person_id, effect.words, work.now)
    work.applied.more = True


def referents_of(session: Session, placement: Placement) -> dict[int, int]:
    """person id → membership id of those a learner may write to."""
    from_rungs = [m for m in (placement.referent_id, placement.backup_id, placement.local_contact_id) if m]
    return {alerts.person_of(session, m): m for m in from_rungs}


def relay(core: Core, session: Session, placement_id: int, sender: int, to: int, words: str, now: datetime) -> None:
    """Words from one to the other; a reply by swiping finds its way back."""
    session.add(Relay(placement_id=placement_id, from_id=sender, to_id=to, words=words, at=now))
    person = session.get_one(Person, sender)
    shown = relay_talk.message(full_name(person), words, placement_id, sender)
    _queue(session, to, shown, Kind.RELAY, f"relay:{placement_id}:{sender}", now)


def _queue(session: Session, to: int, shown: Any, kind: Kind, ref: str | None, now: datetime) -> None:
    chat_id = drafts.chat_of(session, to)
    if chat_id is not None:
        drafts.queue(session, [drafts.Draft(chat_id, shown, kind, to, ref=ref)], now)


def relay_to_referents(work: Work, placement: Placement, words: str, build: Callable[[str, str], Any]) -> None:
    name = work.session.get_one(Person, placement.person_id)
    shown = build(full_name(name), words)
    to = contact_person(work.session, placement)
    if to is not None:
        _queue(work.session, to, shown, Kind.RELAY, f"relay:{placement.id}:{placement.person_id}", work.now)
        work.applied.more = True


APPLIERS: dict[type, Applier] = {
    fx.ShareEntry: _share_entry,
    fx.SendRelay: _send_relay,
}
