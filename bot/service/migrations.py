"""Moving those who walk a journey to its newest version: whom it touches, and what becomes of where they are.

Answers, points and journal stay; of a renamed step they go with it. What is new and was due before now is not sent: it
lies in the menu if it still matters, as for somebody who joins late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.content.versions import Script
from bot.flows.vocabulary import IDLE
from bot.rules.budget import missed
from bot.rules.calendar import calendar
from bot.rules.migration import Change, compare, nearest
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.journeys import publish, script_of
from bot.service.planning import facts_of
from bot.service.stays import itinerary_of
from bot.store.tables import (
    Cohort,
    Conversation,
    DueStep,
    JournalEntry,
    Person,
    Placement,
    Point,
    StepRun,
    Walk,
    WalkStep,
)
from bot.store.writing import insert_or_ignore


@dataclass(frozen=True, slots=True)
class Moved:
    """One person: `code` of the learner, or the name of who accompanies; `from_step` is open and gone, `to_step` is
    where they go on."""

    cohort: str
    code: str
    renamed: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]  # of those they have met
    added: tuple[str, ...]
    from_step: str | None = None
    to_step: str | None = None


def migrate(
    core: Core, journey: str, now: datetime, cohort: str | None = None, *, dry_run: bool = False
) -> list[Moved]:
    """Everybody on an older version of a journey, in one cohort or all, moved unless it is a dry run.

    Raises NotFound for a journey or cohort that is not there."""
    core.content.journey(journey)
    with core.store.transaction() as session:
        only = find(session, cohort).id if cohort is not None else None
        version = publish(core, session, journey, now)
        moved = [
            *_learners(session, journey, version, only, now, dry_run),
            *_walkers(session, journey, version, only, now, dry_run),
        ]
        if dry_run:
            session.rollback()
    return moved


def _learners(
    session: Session, journey: str, version: int, only: int | None, now: datetime, dry_run: bool
) -> list[Moved]:
    query = (
        select(Placement, Cohort.code)
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .where(Cohort.journey == journey, Placement.journey_version_id.is_not(None),
               Placement.journey_version_id != version)
        .order_by(Cohort.code, Placement.code).with_for_update(of=Placement)
    )  # fmt: skip
    if only is not None:
        query = query.where(Cohort.id == only)
    return [_learner(session, placement, code, version, now, dry_run) for placement, code in session.execute(query)]


def _learner(session: Session, placement: Placement, cohort: str, version: int, now: datetime, dry_run: bool) -> Moved:
    assert placement.journey_version_id is not None
    old, new = script_of(session, placement.journey_version_id), script_of(session, version)
    change = compare(old.journey, new.journey)
    runs = {r.step: r for r in session.scalars(select(StepRun).where(StepRun.placement_id == placement.id))}
    here = next((step for step, run in runs.items() if run.state == "open" and step in change.gone), None)
    to = nearest(here, old.journey, change) if here is not None else None
    told = Moved(cohort, placement.code, *_told(change, set(runs)), here, to)
    if not dry_run:
        _rename(session, placement.id, change)
        _settle(session, placement, runs, change, here, to, now)
        _late(session, placement, new, change, version, now)
        placement.journey_version_id, placement.plan_at = version, now
        note(session, None, "migrated", placement.person_id, now, journey=new.journey.id)
    return told


def _told(change: Change, met: set[str]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...], tuple[str, ...]]:
    renamed = tuple((old, new) for old, new in change.renamed.items() if old in met)
    return renamed, tuple(step for step in change.gone if step in met), change.added


def _rename(session: Session, placement_id: int, change: Change) -> None:
    """Answers, points and entries of a renamed step go with it. Rows are not read before, so that none is stale."""
    session.flush()
    for old, new in change.renamed.items():
        for table in (StepRun, Point, JournalEntry, DueStep):
            session.execute(update(table).where(table.placement_id == placement_id, table.step == old).values(step=new))


def _settle(
    session: Session, placement: Placement, runs: dict[str, StepRun], change: Change, here: str | None, to: str | None,
    now: datetime,
) -> None:  # fmt: skip
    """Whoever is in a step that is gone goes on at the nearest one that is left; nothing waits for words of a step
    that is not there."""
    planned = (DueStep.placement_id == placement.id) & (DueStep.state == "planned")
    session.execute(delete(DueStep).where(planned))  # planned again from the new version at the next turn
    for step in change.rekinded:
        if step in runs and runs[step].state != "done":
            runs[step].state, runs[step].data, runs[step].touched_at = "offered", {}, None
    if here is not None:
        runs[here].state, runs[here].touched_at = "skipped", None
    if to is not None:
        insert_or_ignore(session, StepRun, [
            {"placement_id": placement.id, "step": to, "state": "offered", "data": {}, "offered_at": now}
        ])  # fmt: skip
    talk = session.get(Conversation, placement.person_id)
    named = {talk.data.get("step"), talk.data.get("parked")} if talk is not None else set()
    if talk is not None and named & {*change.gone, *change.rekinded, *change.renamed}:
        talk.flow, talk.data = IDLE.flow, {}
    session.flush()


def _late(session: Session, placement: Placement, new: Script, change: Change, version: int, now: datetime) -> None:
    """What is new and was due before now."""
    trip = itinerary_of(placement)
    if trip is None:
        return
    facts = facts_of(placement, session.get_one(Person, placement.person_id), trip, {})
    before = [i for i in calendar(new.journey, facts) if i.due_at < now and i.step.id in change.added]
    kept = {item.step.id for item in missed(new.journey, facts, now)}
    insert_or_ignore(session, DueStep, [
        {"placement_id": placement.id, "version_id": version, "step": item.step.id, "planned_at": item.due_at,
         "due_at": item.due_at, "expires_at": item.expires_at, "state": "skipped", "why": "added later"}
        for item in before
    ])  # fmt: skip
    insert_or_ignore(session, StepRun, [
        {"placement_id": placement.id, "step": item.step.id, "state": "missed", "data": {}, "offered_at": now}
        for item in before if item.step.id in kept
    ])  # fmt: skip


# --- those who accompany ------------------------------------------------------------------------


def _walkers(
    session: Session, journey: str, version: int, only: int | None, now: datetime, dry_run: bool
) -> list[Moved]:
    query = (
        select(Walk, Cohort.code, Person.first_name, Person.last_name)
        .join(Cohort, Cohort.id == Walk.cohort_id)
        .join(Person, Person.id == Walk.person_id)
        .where(Walk.journey == journey, Walk.version_id != version)
        .order_by(Walk.id).with_for_update(of=Walk)
    )  # fmt: skip
    if only is not None:
        query = query.where(Cohort.id == only)
    return [
        _walker(session, walk, cohort, f"{first} {last}".strip(), version, now, dry_run)
        for walk, cohort, first, last in session.execute(query)
    ]


def _walker(session: Session, walk: Walk, cohort: str, name: str, version: int, now: datetime, dry_run: bool) -> Moved:
    old, new = script_of(session, walk.version_id), script_of(session, version)
    change = compare(old.journey, new.journey)
    steps = {row.step: row for row in session.scalars(select(WalkStep).where(WalkStep.walk_id == walk.id))}
    here = next((step for step, row in steps.items() if row.state == "open" and step in change.gone), None)
    to = nearest(here, old.journey, change) if here is not None else None
    met = {step for step, row in steps.items() if row.state != "planned"}
    told = Moved(cohort, name, *_told(change, met), here, to)
    if not dry_run:
        for step, row in steps.items():
            if row.state == "planned":
                session.delete(row)
            elif step in change.renamed:
                row.step = change.renamed[step]
            elif step == here:
                row.state = "skipped"
        if to is not None and to in steps and steps[to].state in ("skipped", "expired"):
            steps[to].state = "offered"
        walk.version_id, walk.begun_at, walk.plan_at = version, now, now  # what was due before lies there, unsent
        session.flush()
    return told
