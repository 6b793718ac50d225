"""Certificates: who has earned one, written down once with a code, shown as a PDF, checked by its code."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.content.items import Quiz
from bot.content.loader import Library
from bot.content.versions import Script, current
from bot.errors import BadInput, NotFound
from bot.flows import certificates as talk
from bot.flows.effects import FinishStep, IssueCertificate
from bot.flows.scene import Stay
from bot.flows.vocabulary import Screen
from bot.flows.walks import parse
from bot.rules.certificates import LENGTH, Training, code_of, read, training
from bot.rules.codes import SIGNS
from bot.rules.names import full_name
from bot.service.audit import note
from bot.service.cohorts import DEFAULT
from bot.service.core import Core
from bot.service.journeys import script_of, scripts_of
from bot.service.sending import SENDING
from bot.service.stays import itinerary_of, stay_of
from bot.store.tables import (
    Certificate,
    Cohort,
    Organisation,
    Person,
    Placement,
    Project,
    StepRun,
    Walk,
    WalkStep,
)
from bot.store.writing import insert_or_ignore

# --- how far somebody is ------------------------------------------------------------------------


def safety_of(session: Session, library: Library, stays: Collection[Stay]) -> dict[int, Training]:
    """The safety training by placement, for stays whose journey has one; who has not begun has passed nothing."""
    pinned = scripts_of(session, {stay.version_id for stay in stays if stay.version_id is not None})
    done: dict[int, set[str]] = {}
    placements = [stay.placement_id for stay in stays]
    finished = select(StepRun.placement_id, StepRun.step).where(
        StepRun.placement_id.in_(placements), StepRun.state == "done"
    )
    for placement_id, step in session.execute(finished) if placements else ():
        done.setdefault(placement_id, set()).add(step)
    unpinned = {j: current(library.journey(j), library) for j in {s.journey for s in stays if s.version_id is None}}
    scripts = {s.placement_id: unpinned[s.journey] if s.version_id is None else pinned[s.version_id] for s in stays}
    found = {at: training(script, "safety", done.get(at, set())) for at, script in scripts.items()}
    return {at: one for at, one in found.items() if one.quizzes}


def untrained(
    session: Session, library: Library, stays: Collection[Stay], now: datetime, within: timedelta
) -> list[dict[str, Any]]:
    """Who has not passed the safety training and is away, or arrives that soon, as plain data."""
    near = [
        stay
        for stay in stays
        if stay.itinerary and stay.stage != "after"
        and stay.itinerary.arrival - local_date(now, stay.itinerary.home_zone) <= within
    ]  # fmt: skip
    found = safety_of(session, library, near)
    return [
        {"code": stay.code, "name": stay.learner, "passed": found[stay.placement_id].passed,
         "modules": len(found[stay.placement_id].quizzes), "arrival": stay.itinerary.arrival.isoformat()}
        for stay in sorted(near, key=lambda one: one.code)
        if stay.itinerary and stay.placement_id in found and not found[stay.placement_id].complete
    ]  # fmt: skip


def before_step(session: Session, person_id: int, effect: FinishStep) -> tuple[Script, set[str]] | None:
    """The journey of a step that is about to be finished and what is finished in it; None for no step of theirs."""
    walk_id, _ = parse(effect.step) or (0, "")
    if walk_id:
        walk = session.get(Walk, walk_id)
        steps = select(WalkStep.step).where(WalkStep.walk_id == walk_id, WalkStep.state == "done")
        mine = walk is not None and walk.person_id == person_id
        return (script_of(session, walk.version_id), set(session.scalars(steps))) if walk is not None and mine else None
    placement = session.get(Placement, effect.placement_id)
    if placement is None or placement.person_id != person_id or placement.journey_version_id is None:
        return None
    done = select(StepRun.step).where(StepRun.placement_id == placement.id, StepRun.state == "done")
    return script_of(session, placement.journey_version_id), set(session.scalars(done))


def after_step(effect: FinishStep, before: tuple[Script, set[str]] | None) -> list[Screen]:
    """What somebody hears who has just passed the last quiz that counts for a certificate."""
    script, done = before or (None, set())
    _, step_id = parse(effect.step) or (0, effect.step)
    step = script.step(step_id) if script is not None else None
    item = script.item(step) if script is not None and step is not None else None
    if script is None or not isinstance(item, Quiz) or item.certifies is None or step_id in done:
        return []
    complete = training(script, item.certifies, {*done, step_id}).complete
    return [talk.earned(item.certifies, effect.step)] if complete else []


# --- writing one down ---------------------------------------------------------------------------


def issue(core: Core, session: Session, person_id: int, wanted: IssueCertificate, now: datetime) -> Screen:
    """The certificate of a stay or walk of this person, or why not yet. Asked again, it is the same one, unless the
    name was corrected: then it is written anew, and the old code is worth nothing."""
    earned = earned_by(core, session, person_id, wanted, now)
    if earned is None:
        return talk.not_yet()
    row = write_down(session, wanted.kind, person_id, *earned, now)
    note(session, person_id, "certificate", person_id, now, kind=wanted.kind)
    return talk.document(wanted.kind, wanted.walk_id, row.code, row.name, row.facts, wanted.language)


def write_down(
    session: Session, kind: str, person_id: int, about: str, facts: Mapping[str, Any], now: datetime
) -> Certificate:  # fmt: skip
    """The one row of what somebody was certified."""
    person = session.get_one(Person, person_id)
    name = full_name(person)
    key = (Certificate.kind == kind) & (Certificate.about == about)
    session.execute(delete(Certificate).where(key, Certificate.name != name))
    insert_or_ignore(session, Certificate, [
        {"code": code_of(secrets.randbelow(len(SIGNS) ** LENGTH)), "kind": kind, "person_id": person_id,
         "about": about, "name": name, "facts": facts, "issued_at": now}
    ])  # fmt: skip
    return session.scalars(select(Certificate).where(key)).one()


def earned_by(
    core: Core, session: Session, person_id: int, wanted: IssueCertificate, now: datetime
) -> tuple[str, dict[str, Any]] | None:
    """What it is about, and what stands on it; None for what they have not earned."""
    if wanted.kind == "host":
        return _host(core, session, person_id, wanted.walk_id, now)
    placement = session.get(Placement, wanted.placement_id)
    if placement is None or placement.person_id != person_id or placement.journey_version_id is None:
        return None
    script = script_of(session, placement.journey_version_id)
    done = set(
        session.scalars(select(StepRun.step).where(StepRun.placement_id == placement.id, StepRun.state == "done"))
    )
    about, stay = f"placement:{placement.id}", stay_of(session, placement.id, now)
    if wanted.kind == "safety":
        found = training(script, "safety", done)
        base = base_of(session, placement.cohort_id, now)
        return (about, {**base, "modules": titles_of(core.content, found.quizzes)}) if found.complete else None
    if stay is None or not stay.may_travel_on or stay.stage != "after":
        return None
    facts = of_stay(session, placement, len(done), now)
    return (about, facts) if facts is not None else None


def base_of(session: Session, cohort_id: int, now: datetime) -> dict[str, Any]:
    """Who issues it, and on which day."""
    today = local_date(now, session.get_one(Cohort, cohort_id).home_zone).isoformat()
    return {"issuer": issuer_of(session, cohort_id), "day": today}


def of_stay(session: Session, placement: Placement, steps: int, now: datetime) -> dict[str, Any] | None:
    """What stands on a certificate of participation; None without dates."""
    trip = itinerary_of(placement)
    if trip is None:
        return None
    return {
        **base_of(session, placement.cohort_id, now), "modules": [], "kit": placement.kit,
        "city": placement.host_city, "country": placement.host_country,
        "arrival": trip.arrival.isoformat(), "return_": trip.return_.isoformat(),
        "host": placement.host_organisation or "", "steps": steps,
    }  # fmt: skip


def _host(
    core: Core, session: Session, person_id: int, walk_id: int, now: datetime
) -> tuple[str, dict[str, Any]] | None:
    walk = session.get(Walk, walk_id)
    if walk is None or walk.person_id != person_id:
        return None
    done = set(session.scalars(select(WalkStep.step).where(WalkStep.walk_id == walk.id, WalkStep.state == "done")))
    found = training(script_of(session, walk.version_id), "host", done)
    if not found.complete:
        return None
    base = base_of(session, walk.cohort_id, now)
    return f"walk:{walk.id}", {**base, "modules": titles_of(core.content, found.quizzes)}


def titles_of(library: Library, quizzes: Sequence[str]) -> list[str]:
    """Ids of what the modules are called: by their lesson, where a quiz has one."""
    return [f"{'lessons' if ('lesson', one) in library.items else 'quizzes'}/{one}/title" for one in quizzes]


def issuer_of(session: Session, cohort_id: int) -> str:
    """The organisation by its name, or the cohort where nobody named it."""
    return organisation_of(session, cohort_id) or session.get_one(Cohort, cohort_id).name


def organisation_of(session: Session, cohort_id: int) -> str:
    """The sending organisation of a cohort by its name; empty where nobody named it."""
    name = session.scalar(
        select(Organisation.name)
        .select_from(Cohort)
        .join(Project, Project.id == Cohort.project_id)
        .join(Organisation, Organisation.id == SENDING)
        .where(Cohort.id == cohort_id)
    )
    return "" if name is None or name == DEFAULT else name


# --- checking one -------------------------------------------------------------------------------


def verify(core: Core, typed: str) -> Mapping[str, Any]:
    """What a code stands for, as it was written down. Raises BadInput for a slip of the pen, NotFound for a code that
    was never given out, or that was replaced, or whose holder had their data erased."""
    code = read(typed)
    if code is None:
        raise BadInput(f"{typed} is no code of a certificate: compare it letter by letter with the paper.")
    with core.store.transaction() as session:
        row = session.scalars(select(Certificate).where(Certificate.code == code)).first()
        if row is None:
            raise NotFound(
                f"No certificate has the code {code}: it was not issued here, was replaced by a corrected one, or its "
                "holder's data were erased."
            )
        return {
            "code": row.code, "kind": row.kind, "name": row.name, "issued_on": row.facts["day"],
            "issuer": row.facts["issuer"], "arrival": row.facts.get("arrival"), "return": row.facts.get("return_"),
            "modules": len(row.facts["modules"]), "on_paper": row.facts.get("on_paper"),
        }  # fmt: skip
