"""Journeys of those who accompany: contact persons, coordinators, tutors, families. Begun, planned, sent, kept.

A walk goes beside a cohort, from its first departure to its last return, or beside one stay. Its steps are rows that
wait for their hour; what was due before somebody joined is not sent, and stays within reach in the chat.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import Itinerary, local, local_date, next_allowed, to_utc
from bot.content.versions import Script
from bot.flows import effects as fx, walks as walk_flow
from bot.flows.scene import WalkView
from bot.flows.vocabulary import Kind
from bot.rules.budget import missed
from bot.rules.calendar import DueStep, LearnerFacts, calendar
from bot.rules.permissions import Role
from bot.service import drafts
from bot.service.core import Core
from bot.service.journeys import publish, script_of
from bot.service.notices import quiet_hours_of
from bot.service.stays import itinerary_of, reader_zones
from bot.store.prepared import rows
from bot.store.tables import Cohort, Membership, Person, Placement, TelegramAccount, Walk, WalkStep
from bot.store.writing import insert_or_ignore

JOURNEYS = {
    Role.REFERENT: "referent", Role.BACKUP: "referent", Role.COORDINATOR: "coordinator",
    Role.HOST_TUTOR: "host-tutor", Role.FAMILY: "family",
}  # fmt: skip
AHEAD = timedelta(hours=72)
AGAIN = timedelta(hours=24)
OVER = timedelta(days=60)  # after the last return nothing is planned any more


# --- beginning ----------------------------------------------------------------------------------

_CHANGED = (
    select(Cohort).where(Cohort.walks_at <= bindparam("now")).order_by(Cohort.walks_at).limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)  # fmt: skip


def begin(core: Core, now: datetime, limit: int) -> int:
    """Begin walks beside up to `limit` cohorts in which something changed. Returns how many were looked at."""
    with core.store.transaction() as session:
        cohorts = session.scalars(_CHANGED, {"now": now, "most": limit}).all()
        for cohort in cohorts:
            _begin_in(core, session, cohort.id, now)
            cohort.walks_at = None
    return len(cohorts)


def begin_for(core: Core, session: Session, person_id: int, now: datetime) -> None:
    """Begin every walk that a person in the chat has not begun: when they join, and when stays or roles changed."""
    for role, cohort_id, placement_id in _besides(session, person_id):
        journey = JOURNEYS[role]
        if journey not in core.content.journeys:
            continue
        beside = f"placement:{placement_id}" if placement_id else f"cohort:{cohort_id}"
        insert_or_ignore(session, Walk, [
            {"person_id": person_id, "role": role.value, "cohort_id": cohort_id, "placement_id": placement_id,
             "beside": beside, "journey": journey, "version_id": publish(core, session, journey, now),
             "begun_at": now, "plan_at": now}
        ])  # fmt: skip


def _begin_in(core: Core, session: Session, cohort_id: int, now: datetime) -> None:
    """Begin the walks of everybody in the chat who accompanies a cohort, and plan again those that go beside it."""
    members = select(Membership.person_id).where(
        Membership.cohort_id == cohort_id, Membership.ended_at.is_(None),
        Membership.role.in_([role.value for role in JOURNEYS]),
    )  # fmt: skip
    families = select(Placement.guardian_id).where(Placement.cohort_id == cohort_id)
    there = select(TelegramAccount.person_id).where(TelegramAccount.revoked_at.is_(None))
    around = or_(TelegramAccount.person_id.in_(members), TelegramAccount.person_id.in_(families))
    for person_id in session.scalars(there.where(around).distinct()).all():
        begin_for(core, session, person_id, now)
    session.execute(
        update(Walk).where(Walk.cohort_id == cohort_id, Walk.plan_at.is_not(None)).values(plan_at=now)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _besides(session: Session, person_id: int) -> list[tuple[Role, int, int | None]]:
    """(role, cohort, stay or none) of everything a person accompanies."""
    memberships = session.execute(
        select(Membership.role, Membership.cohort_id).where(
            Membership.person_id == person_id, Membership.ended_at.is_(None), Membership.cohort_id.is_not(None)
        )
    ).all()
    found: dict[tuple[Role, int, int | None], None] = {}
    for role, cohort_id in memberships:
        if cohort_id is not None and role in JOURNEYS and role != Role.FAMILY.value:
            # One course a cohort, also for who is contact person of some and backup of others.
            kind = Role.REFERENT if role == Role.BACKUP.value else Role(role)
            found[kind, cohort_id, None] = None
    children = session.execute(
        select(Placement.cohort_id, Placement.id).where(
            Placement.guardian_id == person_id, Placement.ended_on.is_(None)
        )
    )
    for cohort_id, placement_id in children:
        found[Role.FAMILY, cohort_id, placement_id] = None
    return list(found)


# --- planning -----------------------------------------------------------------------------------

_DUE = (
    select(Walk).where(Walk.plan_at <= bindparam("now")).order_by(Walk.plan_at).limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)  # fmt: skip


def plan(core: Core, now: datetime, limit: int) -> int:
    """Plan up to `limit` walks whose turn it is. Returns how many."""
    with core.store.transaction() as session:
        walks = session.scalars(_DUE, {"now": now, "most": limit}).all()
        for walk in walks:
            _plan(session, walk, now)
    return len(walks)


def _plan(session: Session, walk: Walk, now: datetime) -> None:
    facts = _facts(session, walk)
    if facts is None or facts.itinerary is None:  # nobody to accompany any more, or no dates yet
        _drop(session, walk)
        walk.plan_at = now + AGAIN if facts is not None else None
        return
    script = script_of(session, walk.version_id)
    have = {row.step: row for row in session.scalars(select(WalkStep).where(WalkStep.walk_id == walk.id))}
    due = {item.step.id: item for item in calendar(script.journey, facts)}
    before = {item.step.id for item in missed(script.journey, facts, walk.begun_at)}
    moved = {
        step
        for step, row in have.items()
        if row.state == "planned" and (step not in due or due[step].due_at != row.planned_at)
    }
    for step in moved:
        session.delete(have.pop(step))
    session.flush()
    near = [item for item in due.values() if item.step.id not in have and item.due_at < now + AHEAD]
    new = [_row(walk, item, item.step.id in before, now) for item in near]
    insert_or_ignore(session, WalkStep, [row for row in new if row is not None])
    zone = facts.itinerary.home_zone
    walk.plan_at = None if local_date(now, zone) > facts.itinerary.return_ + OVER else now + AGAIN


def _row(walk: Walk, item: DueStep, matters: bool, now: datetime) -> dict[str, Any] | None:
    """A row to wait for its hour; for what was due before the person joined one that only lies there, if it matters."""
    early = item.due_at < walk.begun_at
    if (early and not matters) or item.expires_at <= now:
        return None
    return {
        "walk_id": walk.id, "step": item.step.id, "planned_at": item.due_at, "due_at": item.due_at,
        "expires_at": item.expires_at, "state": "offered" if early else "planned", "data": {}, "score": None,
        "offered_at": now if early else None, "done_at": None,
    }  # fmt: skip


def _drop(session: Session, walk: Walk) -> None:
    """Forget what waits: without a row it is planned afresh once there are dates."""
    session.execute(
        delete(WalkStep).where(WalkStep.walk_id == walk.id, WalkStep.state == "planned")
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _facts(session: Session, walk: Walk) -> LearnerFacts | None:
    """What the walk's journey may ask about: the dates and people beside which it goes. None when there is nobody."""
    stays = _beside(session, walk)
    if not stays:
        return None
    person = session.get_one(Person, walk.person_id)
    dated = [found for stay in stays if (found := itinerary_of(stay)) is not None]
    first = stays[0]
    learner = session.get_one(Person, first.person_id)
    zone = session.get_one(Cohort, walk.cohort_id).home_zone
    if walk.role == Role.HOST_TUTOR.value and first.host_zone:
        zone = first.host_zone
    together = _span(dated, zone) if dated else None
    return LearnerFacts(
        together, birth_date=learner.birth_date if walk.placement_id else date(1980, 1, 1), role=walk.role,
        language=person.language, home_country=first.home_country or "", host_country=first.host_country or "",
        host_city=first.kit or first.host_city or "", trade=first.trade or "",
    )  # fmt: skip


def _span(trips: Sequence[Itinerary], zone: str) -> Itinerary:
    """From the first departure and arrival to the last return, by the clock of who accompanies."""
    return Itinerary(
        home_zone=zone, host_zone=zone, departure=min(trip.departure for trip in trips),
        arrival=min(trip.arrival for trip in trips), return_=max(trip.return_ for trip in trips),
    )  # fmt: skip


def _beside(session: Session, walk: Walk) -> list[Placement]:
    """The stays a walk goes beside; those of erased people and of roles that ended are none."""
    there = select(Placement).join(Person, Person.id == Placement.person_id).where(Person.erased_at.is_(None))
    if walk.placement_id is not None:
        mine = there.where(Placement.id == walk.placement_id, Placement.guardian_id == walk.person_id)
        return list(session.scalars(mine))
    members = select(Membership.id).where(
        Membership.person_id == walk.person_id, Membership.cohort_id == walk.cohort_id, Membership.ended_at.is_(None)
    )
    theirs = there.where(Placement.cohort_id == walk.cohort_id)
    match walk.role:
        case Role.COORDINATOR:
            if session.scalar(members.where(Membership.role == Role.COORDINATOR.value).limit(1)) is None:
                return []
        case Role.HOST_TUTOR:
            theirs = theirs.where(Placement.tutor_id.in_(members))
        case _:
            theirs = theirs.where(or_(Placement.referent_id.in_(members), Placement.backup_id.in_(members)))
    return list(session.scalars(theirs.order_by(Placement.id)))


# --- what is due --------------------------------------------------------------------------------

_WAITING = (
    select(WalkStep).where(drafts.in_states(WalkStep, "planned"), WalkStep.due_at <= bindparam("now"))
    .order_by(WalkStep.due_at).limit(bindparam("most")).with_for_update(skip_locked=True)
)  # fmt: skip


def fire(core: Core, now: datetime, limit: int) -> int:
    """Send up to `limit` steps whose moment has come, let them wait, or drop them. Returns how many were looked at."""
    with core.store.transaction() as session:
        due = session.scalars(_WAITING, {"now": now, "most": limit}).all()
        for row in due:
            _fire(core, session, row, now)
            session.flush()
    return len(due)


def _fire(core: Core, session: Session, row: WalkStep, now: datetime) -> None:
    walk = session.get_one(Walk, row.walk_id)
    chat_id = drafts.chat_of(session, walk.person_id)
    script = script_of(session, walk.version_id)
    step = script.journey.step(row.step)
    if step is None or row.expires_at <= now or not _beside(session, walk):
        row.state = "expired"
        return
    if chat_id is None:  # whoever opens the chat again finds it there
        row.state, row.offered_at = "offered", now
        return
    zone = reader_zones(session, {walk.person_id}, now).get(walk.person_id, "UTC")
    later = _not_before(session, walk, row, zone, now)
    if later > now:
        row.due_at = later
        return
    shown = walk_flow.offer(_view(session, walk, script), step.id)
    draft = drafts.Draft(chat_id, shown, Kind.PROMPT, walk.person_id, key=f"walk:{walk.id}:{row.step}",
                         expires_at=row.expires_at)  # fmt: skip
    drafts.queue(session, [draft], now)
    row.state, row.offered_at = "offered", now


def _not_before(session: Session, walk: Walk, row: WalkStep, zone: str, now: datetime) -> datetime:
    """Quiet hours, and no more than one message of all their walks on one of their days."""
    allowed = next_allowed(now, zone, quiet_hours_of(session, {walk.person_id})[walk.person_id])
    if allowed > now:
        return allowed
    newest = session.scalar(
        select(func.max(WalkStep.offered_at)).join(Walk, Walk.id == WalkStep.walk_id)
        .where(Walk.person_id == walk.person_id, WalkStep.planned_at >= Walk.begun_at)
    )  # fmt: skip
    today = local_date(now, zone)
    if newest is None or local_date(newest, zone) < today:
        return now
    return to_utc(today + timedelta(days=1), local(row.planned_at, zone).time(), zone)


# --- what its walker does -----------------------------------------------------------------------


def apply(session: Session, person_id: int, effect: Any, now: datetime) -> None:
    """Carry out one effect on a step of a walk of this person; of anybody else's: nothing."""
    walk_id, step = walk_flow.parse(effect.step) or (0, "")
    row = session.scalars(
        select(WalkStep).join(Walk, Walk.id == WalkStep.walk_id)
        .where(WalkStep.walk_id == walk_id, WalkStep.step == step, Walk.person_id == person_id)
        .with_for_update()
    ).first()  # fmt: skip
    if row is None:
        return
    match effect:
        case fx.OpenStep():
            row.state = "open"
        case fx.SaveStep(data=data):
            row.data = dict(data)
        case fx.SkipStep():
            row.state = "skipped"
        case fx.FinishStep(data=data, score=score):
            row.state, row.data, row.score, row.done_at = "done", dict(data), score, row.done_at or now
    session.flush()


def views_of(session: Session, person_id: int) -> tuple[WalkView, ...]:
    """The walks of a person, the newest first."""
    walks = session.scalars(select(Walk).where(Walk.person_id == person_id).order_by(Walk.id.desc())).all()
    return tuple(_view(session, walk, script_of(session, walk.version_id)) for walk in walks)


_STEPS = select(
    WalkStep.step, WalkStep.state, WalkStep.data, WalkStep.offered_at, WalkStep.due_at, WalkStep.score
).where(WalkStep.walk_id == bindparam("walk"))


def _view(session: Session, walk: Walk, script: Script) -> WalkView:
    known = {row.step: row for row in rows(session, _STEPS, walk=walk.id)}
    cohort = session.get_one(Cohort, walk.cohort_id)
    learner = ""
    if walk.placement_id is not None:
        placement = session.get_one(Placement, walk.placement_id)
        learner = session.get_one(Person, placement.person_id).first_name
    return walk_flow.view(walk.id, walk.role, walk.journey, cohort.name, learner, walk.person_id, script, known)
