"""Becoming somebody who is asked, and no more: own consent, a coordinator's word, gone with one tap."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.flows import asking_screens as talk
from bot.flows.asking_effects import BeAsked, SetAsks, VetAmbassador
from bot.rules.asking import LIMITS, TEXT_VERSION
from bot.rules.permissions import Action
from bot.service import ambassadors, asking_desk, asking_views, asking_ways, notices
from bot.service.audit import note
from bot.service.consents import record_consent
from bot.service.core import Core
from bot.service.work import Applier, Work
from bot.store.tables import Consent, Placement


def _be_asked(work: Work, effect: BeAsked) -> None:
    if not effect.agreed:
        leave(work.core, work.session, work.me, work.now)
        work.applied.more = True
        return
    one = asking_views.mine_as_ambassador(work.core.content, work.session, work.scene)
    if one is None:
        return
    record_consent(work.session, work.me, ambassadors.ON_MAP, True, "self", work.me, work.now, version=TEXT_VERSION)
    if one.placement.vetted_at is not None and one.agreed_at is not None:
        return  # asked again after a year: it goes on
    one.placement.vetted_at = None
    # However often it is tapped, once a day.
    asking_desk.tell_candidate(
        work.core, work.session, one, f"candidate:{one.placement.id}:{work.now:%Y%m%d}", work.now
    )
    work.applied.more = True


def leave(core: Core, session: Session, person_id: int, now: datetime) -> None:
    """Gone everywhere at once: map, list, open questions."""
    stays = Placement.person_id == person_id, Placement.vetted_at.is_not(None)
    newest = select(Consent.given).where(Consent.person_id == person_id, Consent.kind == ambassadors.ON_MAP)
    if session.scalar(newest.order_by(Consent.id.desc()).limit(1)):
        record_consent(session, person_id, ambassadors.ON_MAP, False, "self", person_id, now, version=TEXT_VERSION)
    session.execute(update(Placement).where(*stays).values(vetted_at=None))
    asking_ways.end_of(core, session, person_id, now)


def _set_asks(work: Work, effect: SetAsks) -> None:
    if work.scene.stay is not None and effect.a_week in LIMITS:
        work.session.get_one(Placement, work.scene.stay.placement_id).asks_a_week = effect.a_week


def _vet(work: Work, effect: VetAmbassador) -> None:
    if not work.may(Action.VET_AMBASSADOR, effect.placement_id):
        return
    placement = work.session.get_one(Placement, effect.placement_id)
    vet(work.core, work.session, placement, effect.on, work.me, work.now)
    work.applied.more = True


def vet(core: Core, session: Session, placement: Placement, on: bool, actor: int | None, now: datetime) -> None:
    """A coordinator's word, whom it is about is told. Whoever can't be one now is not put on the map."""
    one = ambassadors.possible(session, core.content, placement, now)
    if on and (one is None or one.agreed_at is None):
        return
    was, placement.vetted_at = placement.vetted_at, now if on else None
    note(session, actor, "ambassador_vetted", placement.person_id, now, on=on)
    session.flush()
    if not on:
        asking_ways.end_of(core, session, placement.person_id, now)
    if on != (was is not None) or not on:
        notices.notify(session, placement.person_id, talk.vetted(on), now=now)


APPLIERS: dict[type, Applier] = {BeAsked: _be_asked, SetAsks: _set_asks, VetAmbassador: _vet}
