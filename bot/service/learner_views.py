"""A referent's learners, as a list."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.flows.naming import town
from bot.flows.scene import LearnerView, PauseView, Scene, Stay, TravelView
from bot.rules.alert import Reason
from bot.rules.certificates import Training
from bot.rules.permissions import RULES, Action, Grant, Reach, may
from bot.service import certificates
from bot.service.check_ins import OPEN
from bot.service.pause_days import current_pauses
from bot.service.sending import sent_by
from bot.service.stays import load_stays, subjects_of
from bot.service.travel_views import current_views
from bot.store.prepared import among, rows
from bot.store.tables import Alert, Case, CheckIn, Cohort, Person, Placement, TelegramAccount


def learners_for(session: Session, scene: Scene) -> tuple[tuple[LearnerView, ...], tuple[Stay, ...]]:
    """The learners this person may see, by name, with their stays in the same order."""
    if scene.actor is None:
        return (), ()
    # Who only travels sees nobody but themselves: their cohort need not be read for that.
    grants = [g for g in scene.actor.grants if RULES[g.role, Action.SEE_LEARNER] > Reach.SELF]
    if not grants:
        return (), ()
    memberships = [g.membership_id for g in grants if g.membership_id is not None]
    cohorts = [g.cohort_id for g in grants if g.cohort_id is not None]
    condition = or_(
        Placement.referent_id.in_(memberships), Placement.backup_id.in_(memberships),
        Placement.local_contact_id.in_(memberships), Placement.cohort_id.in_(cohorts),
        Placement.guardian_id == scene.person_id, *_wide(grants),
    )  # fmt: skip
    found = [stay for stay in load_stays(session, condition, scene.now) if stay.person_id != scene.person_id]
    subjects = subjects_of(session, [stay.placement_id for stay in found])
    stays = [stay for stay in found if may(scene.actor, Action.SEE_LEARNER, subjects[stay.placement_id])]
    stays.sort(key=lambda stay: (stay.learner.casefold(), stay.placement_id))
    quiet = current_pauses(session, stays, scene.now)
    shown = {s.person_id for s in stays if may(scene.actor, Action.SEE_CONTACT_DETAILS, subjects[s.placement_id])}
    known = _known(session, stays, scene.now, scene.person_id, shown)
    trained = certificates.safety_of(session, scene.content, [stay for stay in stays if stay.stage != "after"])
    views = (_view(s, known, quiet.get(s.placement_id), trained.get(s.placement_id)) for s in stays)
    return tuple(views), tuple(stays)


def _wide(grants: Sequence[Grant]) -> Iterator[ColumnElement[bool]]:
    """The stays that a role in a whole project or organisation may reach; `may` decides each."""
    for grant in grants:
        if grant.cohort_id is None and grant.project_id is not None:
            yield Placement.cohort_id.in_(select(Cohort.id).where(Cohort.project_id == grant.project_id))
        elif grant.cohort_id is None and grant.organisation_id is not None:
            yield Placement.cohort_id.in_(select(Cohort.id).where(sent_by(grant.organisation_id)))


@dataclass(frozen=True)
class _Known:
    """What a list says of each learner, by placement (and by person for chats)."""

    answers: Mapping[int, Any]
    linked: Collection[int]
    alerts: Mapping[int, int]
    travels: Mapping[int, TravelView]
    phones: Mapping[int, str | None]


_NEWEST = (
    select(CheckIn.placement_id, func.max(CheckIn.day).label("day"))
    .where(among(CheckIn.placement_id, "ids"), CheckIn.state.not_in(("planned", "closed")))
    .group_by(CheckIn.placement_id)
    .subquery()
)
# Of a day with a roll call: what waits, else what was said last.
_ANSWERS = (
    select(CheckIn.placement_id, CheckIn.day, CheckIn.answer)
    .join(_NEWEST, (_NEWEST.c.placement_id == CheckIn.placement_id) & (_NEWEST.c.day == CheckIn.day))
    .where(CheckIn.state.not_in(("planned", "closed")))
    .order_by(CheckIn.state.in_(OPEN), CheckIn.answered_at.is_not(None), CheckIn.answered_at, CheckIn.due_at)
)
_LINKED = select(TelegramAccount.person_id).where(
    among(TelegramAccount.person_id, "people"), TelegramAccount.revoked_at.is_(None)
)
_PHONES = select(Person.id, Person.phone).where(among(Person.id, "people"))
# Whom an open case names counts no alert of that learner.
_ABOUT_ME = exists().where(
    Case.placement_id == Alert.placement_id, Case.closed_at.is_(None), Case.named_id == bindparam("viewer")
)
_OPEN = (
    select(Alert.placement_id, func.count(Alert.id).label("n"))
    .where(among(Alert.placement_id, "ids"), Alert.resolved_at.is_(None),
           Alert.confided.is_(False), Alert.reason != Reason.DRILL.value, ~_ABOUT_ME)
    .group_by(Alert.placement_id)
)  # fmt: skip


def _known(
    session: Session, stays: Sequence[Stay], now: datetime, viewer: int | None, phones: Collection[int]
) -> _Known:
    """In a few reads for all of them: whoever looks after two hundred learners taps as fast as others.

    `phones`: the people whose number may be seen."""
    ids, people = [stay.placement_id for stay in stays], [stay.person_id for stay in stays]
    if not ids:
        return _Known({}, (), {}, {}, {})
    return _Known(
        {row.placement_id: row for row in rows(session, _ANSWERS, ids=ids)},
        {row.person_id for row in rows(session, _LINKED, people=people)},
        {row.placement_id: row.n for row in rows(session, _OPEN, ids=ids, viewer=viewer)},
        current_views(session, ids, now),
        {row.id: row.phone for row in rows(session, _PHONES, people=list(phones))},
    )


def _view(stay: Stay, known: _Known, pause: PauseView | None, training: Training | None) -> LearnerView:
    newest = known.answers.get(stay.placement_id)
    return LearnerView(
        placement_id=stay.placement_id, person_id=stay.person_id, name=stay.learner, code=stay.code,
        cohort=stay.cohort, city=town(stay.kit, stay.host_city), stage=stay.stage,
        linked=stay.person_id in known.linked, last_answer=newest.answer if newest else None,
        last_day=newest.day if newest else None, open_alerts=known.alerts.get(stay.placement_id, 0), pause=pause,
        travel=known.travels.get(stay.placement_id), phone=known.phones.get(stay.person_id), training=training,
    )  # fmt: skip
