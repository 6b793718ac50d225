"""Cohorts as the person at hand may look at them from the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.flows.scene import CohortState, CohortView, Scene, Stay
from bot.flows.vocabulary import Event, Tap
from bot.rules.digest import hour_of
from bot.rules.permissions import Action, Actor, Subject, may
from bot.service import broadcasts, readiness, status
from bot.service.sending import SENDING, subject_of
from bot.service.stays import load_stays
from bot.store.tables import Cohort, CohortMessage, Membership, Placement, Project, TelegramAccount


def cohorts_for(session: Session, scene: Scene) -> tuple[CohortView, ...]:
    """Those this person may look at as a whole, the newest first."""
    if scene.actor is None or not scene.sees_cohorts:
        return ()
    query = select(Cohort, SENDING).join(Project, Project.id == Cohort.project_id)
    if not any(grant.cohort_id is None for grant in scene.actor.grants):
        query = query.where(Cohort.id.in_({grant.cohort_id for grant in scene.actor.grants}))
    found = []
    for cohort, organisation in session.execute(query.order_by(Cohort.id.desc())):
        subject = Subject(cohort_id=cohort.id, project_id=cohort.project_id, organisation_id=organisation)
        if may(scene.actor, Action.SEE_COHORT, subject):
            writes = may(scene.actor, Action.SEND_COHORT_MESSAGE, subject)
            found.append(CohortView(cohort.id, cohort.code, cohort.name, cohort.home_zone, writes))
    return tuple(found)


def with_cohorts(session: Session, scene: Scene) -> Scene:
    """The scene with the cohorts there are."""
    return scene if scene.cohorts else replace(scene, cohorts=cohorts_for(session, scene))


def with_cohort(session: Session, scene: Scene, event: Event) -> Scene:
    """With the state of the one that the tapped button names, or of the only one."""
    scene = with_cohorts(session, scene)
    wanted = _number(event, "show")
    chosen = [c for c in scene.cohorts if c.id == wanted] or (scene.cohorts if len(scene.cohorts) == 1 else [])
    return replace(scene, cohort=state_of(session, scene, chosen[0])) if chosen else scene


def with_message(session: Session, scene: Scene, event: Event) -> Scene:
    """With the sent message that the tapped button names, where they may write themselves."""
    scene = with_cohorts(session, scene)
    message = session.get(CohortMessage, number) if (number := _number(event, "report", "off")) else None
    cohort = next((c for c in scene.cohorts if message and c.id == message.cohort_id and c.may_write), None)
    return replace(scene, message=broadcasts.sent_view(session, message, cohort.code)) if message and cohort else scene


def _number(event: Event, *actions: str) -> int | None:
    parts = event.data.split(":") if isinstance(event, Tap) else []
    named = len(parts) == 3 and parts[1] in actions and parts[2].isdecimal() and len(parts[2]) <= 18
    return int(parts[2]) if named else None


def writes_to(actor: Actor | None, session: Session, cohort_id: int) -> Cohort | None:
    """The cohort, if this person may send messages to all of it."""
    subject = subject_of(session, cohort_id)
    if subject is None or actor is None or not may(actor, Action.SEND_COHORT_MESSAGE, subject):
        return None
    return session.get(Cohort, cohort_id)


def state_of(session: Session, scene: Scene, view: CohortView) -> CohortState:
    """How a cohort stands now, people by name."""
    cohort = session.get_one(Cohort, view.id)
    stays = load_stays(session, Placement.cohort_id == cohort.id, scene.now)
    accounts, members = status.accounts_of(session, cohort.id), status.members_of(session, cohort.id)
    asked, called = status.check_ins_of(session, stays, scene.now), status.roll_call_of(session, stays, scene.now)
    silent = {row["code"]: row["name"] for found in (asked, called or {}) for row in found.get("not_answered", ())}
    lost = [*status.unreachable(stays, accounts), *status.unreachable_members(members, accounts)]
    stages = ["candidate" if stay.itinerary is None else stay.stage for stay in stays]
    return CohortState(
        view, {name: stages.count(name) for name in ("candidate", "before", "during", "after")},
        joined=sum(1 for stay in stays if stay.person_id in accounts),
        answered=asked["today"]["answered"], unanswered=tuple(silent.values()),
        unreachable=tuple(row["name"] for row in lost),
        absent=tuple(stay.learner for stay in absent(stays, accounts, local_date(scene.now, cohort.home_zone))),
        waiting=tuple(stay.learner for stay in undecided(stays, accounts)),
        gaps=tuple(readiness.gaps_of(session, cohort, scene.now)),
        unguarded=bool(status.warnings_of(cohort, stays, members, accounts)),
    )  # fmt: skip


def absent(stays: Sequence[Stay], accounts: dict[int, TelegramAccount], today: date) -> list[Stay]:
    """Who has not joined and leaves within two weeks; whoever is away already cannot be reached."""
    codes = set(status.late(stays, accounts, today))
    return [stay for stay in stays if stay.code in codes and stay.stage == "before"]


def undecided(stays: Sequence[Stay], accounts: dict[int, TelegramAccount]) -> list[Stay]:
    """Who has joined, but has not agreed, or whose guardian has not."""
    return [
        stay for stay in stays
        if stay.person_id in accounts and not stay.may_travel_on and not stay.ended and stay.stage != "after"
    ]  # fmt: skip


def digest_hour(session: Session, person_id: int) -> time | None:
    """At what hour somebody gets the morning digest, None for none; the oldest of their roles decides."""
    theirs = Membership.person_id == person_id, Membership.role == "coordinator", Membership.ended_at.is_(None)
    row = session.execute(select(Membership.digest_at).where(*theirs).order_by(Membership.id).limit(1)).first()
    return hour_of(row.digest_at) if row else None
