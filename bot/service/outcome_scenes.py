"""What flows about learning outcomes need loaded: the learner's own, a tutor's learners, the one to be validated."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.flows.outcome_views import Draft, Examined, OutcomesView, Tutored
from bot.flows.scene import Scene
from bot.flows.vocabulary import Event, Tap
from bot.rules.names import full_name
from bot.rules.outcomes import MOMENTS
from bot.rules.permissions import Action, may
from bot.service.core import Core
from bot.service.outcomes import outcomes_of, visible
from bot.service.stays import itinerary_of, load_stays, subjects_of
from bot.store.tables import (
    Cohort,
    Membership,
    OutcomeDraft,
    OutcomeGrade,
    OutcomeGrid,
    Person,
    Placement,
    TelegramAccount,
)


def own(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    """The outcomes of the first stay."""
    if scene.stay is None:
        return scene
    view = outcomes_of(session, scene.stay.placement_id, core.content.outcomes)
    return replace(scene, outcomes=replace(view, tutor_joined=_tutor_joined(session, scene.stay.placement_id)))


_TUTOR = (
    select(TelegramAccount.id)
    .join(Membership, Membership.person_id == TelegramAccount.person_id)
    .join(Placement, Placement.tutor_id == Membership.id)
    .where(Placement.id == bindparam("stay"), Membership.ended_at.is_(None), TelegramAccount.revoked_at.is_(None))
)


def _tutor_joined(session: Session, placement_id: int) -> bool:
    return session.scalar(_TUTOR, {"stay": placement_id}) is not None


def named(scene: Scene, event: Event) -> int | None:
    """The stay that a button `flow:action:<placement>…` names, or the conversation remembers."""
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if len(parts) > 2 and parts[2].isascii() and parts[2].isdecimal() and len(parts[2]) <= 18:
        return int(parts[2])
    known = scene.conversation.data.get("placement")
    return known if not parts and isinstance(known, int) else None


def tutored(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    """Everybody whom this person is tutor of."""
    if not scene.is_tutor or scene.actor is None:
        return scene
    ids = _agreed(session, set().union(*(grant.placement_ids for grant in scene.actor.grants)), scene.now)
    subjects = subjects_of(session, ids) if ids else {}
    mine = [one for one, subject in subjects.items() if may(scene.actor, Action.ASSESS_OUTCOMES, subject)]
    wanted = named(scene, event)
    whole = mine if len(mine) == 1 else [one for one in mine if one == wanted]
    return replace(scene, tutored=tuple(_tutored(core, session, mine, whole)))


def _agreed(session: Session, ids: Collection[int], now: datetime) -> set[int]:
    """Those whose learner, and where there must be one a guardian, says yes to the journey: the rest is nobody's to
    assess in a chat."""
    stays = load_stays(session, Placement.id.in_(ids), now) if ids else ()
    return {stay.placement_id for stay in stays if stay.may_travel_on}


def _tutored(core: Core, session: Session, placements: Iterable[int], whole: Collection[int]) -> Iterable[Tutored]:
    """Those named in a list; with outcomes, grids and notes only the one that is looked at (`whole`)."""
    found = session.execute(
        select(Placement, Person, Cohort.name)
        .join(Person, Person.id == Placement.person_id)
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .where(Placement.id.in_(list(placements)), Person.erased_at.is_(None))
        .order_by(Person.first_name, Placement.id)
    )
    for placement, person, cohort in found:
        full = placement.id in whole
        view = outcomes_of(session, placement.id, core.content.outcomes) if full else OutcomesView(placement.id)
        yield Tutored(
            placement_id=placement.id, person_id=person.id, learner=full_name(person),
            first_name=person.first_name, cohort=cohort, itinerary=itinerary_of(placement),
            # The learner's log, and what the school says, are not the tutor's to see.
            outcomes=tuple(replace(one, logged={}, verdict=None) for one in view.outcomes),
            drafts=drafts_of(session, placement.id) if full else {},
            notes=tuple(n for n in view.notes if n.side == "tutor" or n.shown),
        )  # fmt: skip


def drafts_of(session: Session, placement_id: int) -> dict[str, Draft]:
    """By moment what the tutor has put in so far."""
    grades: dict[str, dict[str, int]] = {moment: {} for moment in MOMENTS}
    for grade in session.scalars(select(OutcomeGrade).where(OutcomeGrade.placement_id == placement_id)):
        grades.setdefault(grade.moment, {})[grade.code] = grade.value
    found = {
        grid.moment: Draft(grades[grid.moment], grid.comment, handed_in=True)
        for grid in session.scalars(select(OutcomeGrid).where(OutcomeGrid.placement_id == placement_id))
    }
    for draft in session.scalars(select(OutcomeDraft).where(OutcomeDraft.placement_id == placement_id)):
        found[draft.moment] = Draft(draft.grades, draft.comment, draft.moment in found, changed=True)
    return found


def examined(core: Core, session: Session, scene: Scene, event: Event) -> Scene:
    """The learner who is to be validated, if this person may; with the outcomes once the learner agreed."""
    placement_id = named(scene, event)
    placement = session.get(Placement, placement_id) if placement_id is not None else None
    if placement is None or scene.actor is None:
        return scene
    if not may(scene.actor, Action.VALIDATE_OUTCOMES, subjects_of(session, [placement.id])[placement.id]):
        return scene
    person = session.get_one(Person, placement.person_id)
    if person.erased_at is not None:
        return scene
    view = outcomes_of(session, placement.id, core.content.outcomes)
    name = full_name(person)
    # Words and voice notes of the learner's weeks are the learner's alone, whatever else is shown.
    shown = visible(session, placement.id, scene.now)
    seen = replace(view, weeks={}, notes=()) if shown else None
    return replace(scene, examined=Examined(placement.id, person.id, name, seen))
