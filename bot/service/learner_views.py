"""A referent's learners, as a list."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.flows.naming import town
from bot.flows.scene import LearnerView, Scene, Stay
from bot.rules.permissions import Action, may
from bot.service.stays import load_stays, subject_of
from bot.store.tables import Alert, CheckIn, Placement, TelegramAccount


def learners_for(session: Session, scene: Scene) -> tuple[tuple[LearnerView, ...], tuple[Stay, ...]]:
    """The learners this person may see, by name, with their stays in the same order."""
    if scene.actor is None:
        return (), ()
    memberships = [g.membership_id for g in scene.actor.grants if g.membership_id is not None]
    cohorts = [g.cohort_id for g in scene.actor.grants if g.cohort_id is not None]
    condition = or_(
        Placement.referent_id.in_(memberships), Placement.backup_id.in_(memberships),
        Placement.local_contact_id.in_(memberships), Placement.cohort_id.in_(cohorts),
        Placement.guardian_id == scene.person_id,
    )  # fmt: skip
    stays = [
        stay
        for stay in load_stays(session, condition, scene.now)
        if stay.person_id != scene.person_id
        and may(scene.actor, Action.SEE_LEARNER, subject_of(session, stay.placement_id))
    ]
    stays.sort(key=lambda stay: (stay.learner.casefold(), stay.placement_id))
    return tuple(_view(session, stay) for stay in stays), tuple(stays)


def _view(session: Session, stay: Stay) -> LearnerView:
    newest = session.scalars(
        select(CheckIn)
        .where(CheckIn.placement_id == stay.placement_id, CheckIn.state.not_in(("planned", "closed")))
        .order_by(CheckIn.day.desc())
        .limit(1)
    ).first()
    linked = session.scalar(
        select(TelegramAccount.id).where(
            TelegramAccount.person_id == stay.person_id, TelegramAccount.revoked_at.is_(None)
        )
    )
    open_alerts = session.scalar(
        select(func.count(Alert.id)).where(Alert.placement_id == stay.placement_id, Alert.resolved_at.is_(None))
    )
    return LearnerView(
        placement_id=stay.placement_id, person_id=stay.person_id, name=stay.learner, code=stay.code,
        cohort=stay.cohort, city=town(stay.kit, stay.host_city), stage=stay.stage, linked=linked is not None,
        last_answer=newest.answer if newest else None, last_day=newest.day if newest else None,
        open_alerts=open_alerts or 0,
    )  # fmt: skip
