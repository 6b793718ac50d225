"""What a report needs to know of every stay of some cohorts, in a dozen reads however many stays there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.content.loader import Library
from bot.content.versions import Script, current
from bot.rules.assessment import means
from bot.rules.certificates import training
from bot.rules.duty import on_duty, parse_duty
from bot.rules.language_test import Result
from bot.rules.points import COMPETENCES
from bot.rules.report import DESTINATION, LONG, Known, Reaction, Slots
from bot.rules.towns import kit_name
from bot.service.import_new import FEWER
from bot.service.journeys import scripts_of
from bot.service.stays import itinerary_of, load_stays
from bot.store.tables import (
    Alert,
    CheckIn,
    Cohort,
    Consent,
    LanguageResult,
    Membership,
    Outcome,
    OutcomeGrade,
    OutcomeValidation,
    Person,
    Placement,
    SelfAssessment,
    StepRun,
)


@dataclass(slots=True)
class Facts:
    """Every stay by its placement id, and by family and cohort who is counted in which order."""

    known: dict[int, Known] = field(default_factory=dict)
    slots: dict[str, dict[int, Slots]] = field(default_factory=dict)
    kinds: dict[int, Mapping[str, str]] = field(default_factory=dict)  # of steps, by stay: step → kind


def load(session: Session, library: Library, cohorts: Collection[int], now: datetime) -> Facts:
    """Read everything. What learners made of their journey is here only of those who agree to statistics."""
    facts = Facts()
    stays = session.scalars(select(Placement).where(Placement.cohort_id.in_(cohorts)).order_by(Placement.id)).all()
    zones: dict[int, str] = {row[0]: row[1] for row in session.execute(select(Cohort.id, Cohort.home_zone))}
    agreed = {stay.placement_id for stay in load_stays(session, Placement.cohort_id.in_(cohorts), now)
              if stay.may_travel_on}  # fmt: skip
    disclosed = _consented(session, cohorts, FEWER)
    for stay in stays:
        today = local_date(now, zones[stay.cohort_id])
        city = kit_name(library, stay.kit) if stay.kit else stay.host_city
        facts.known[stay.id] = _stay(stay, city, today, stay.id in agreed, (stay.person_id, stay.id) in disclosed)
    _check_ins(session, cohorts, facts)
    scripts = _scripts(session, library, stays)
    late = _steps(session, cohorts, facts, scripts)
    _skills(session, cohorts, facts, late)
    _languages(session, cohorts, facts, late)
    _outcomes(session, cohorts, facts)
    _order(session, cohorts, facts, late)
    return facts


def of_stays(cohorts: Collection[int], *columns: Any) -> Select[Any]:
    """Columns of a table that has a `placement_id`, of the stays of these cohorts."""
    table = columns[0].class_
    return (
        select(*columns).join(Placement, Placement.id == table.placement_id).where(Placement.cohort_id.in_(cohorts))
    )  # fmt: skip


def _stay(stay: Placement, city: str | None, today: date, agreed: bool, disclosed: bool) -> Known:
    trip = itinerary_of(stay)
    traits = {"country": stay.host_country, "host": stay.host_organisation, "status": stay.status}
    if city:
        traits[DESTINATION] = f"{stay.host_country or ''}/{city}"
    if trip is not None:
        planned = (stay.return_date or trip.return_) - trip.arrival
        traits["length"] = "long" if planned > timedelta(days=LONG) else "short"
    if disclosed and stay.fewer_opportunities:
        traits[FEWER] = stay.fewer_opportunities
    begun = trip is not None and trip.arrival <= today
    days = max(0, (min(trip.return_, today) - trip.arrival).days + 1) if trip else 0
    said = {name: " ".join(value.split()) for name, value in traits.items() if value}
    return Known(stay.id, stay.cohort_id, said, days, begun, agreed)


def _consented(session: Session, cohorts: Collection[int], kind: str) -> set[tuple[int, int | None]]:
    """Who said yes, by person and stay; the newest word counts."""
    words = (
        select(Consent.person_id, Consent.placement_id, Consent.given, Consent.withdrawn_at)
        .join(Placement, Placement.id == Consent.placement_id)
        .where(Placement.cohort_id.in_(cohorts), Consent.kind == kind)
        .order_by(Consent.id)
    )
    last = {(w.person_id, w.placement_id): w.given and w.withdrawn_at is None for w in session.execute(words)}
    return {key for key, given in last.items() if given}


# --- care ---------------------------------------------------------------------------------------


def _check_ins(session: Session, cohorts: Collection[int], facts: Facts) -> None:
    answered, deadline = CheckIn.answered_at, CheckIn.deadline
    late = case((answered.is_not(None) & deadline.is_not(None) & (answered > deadline), 1), else_=0)
    query = of_stays(
        cohorts, CheckIn.placement_id, func.count(CheckIn.id), func.count(answered), func.sum(late),
        func.count(CheckIn.alerted_at),
    ).where(CheckIn.delivered_at.is_not(None), CheckIn.roll_call == 0).group_by(CheckIn.placement_id)  # fmt: skip
    for placement_id, asked, given, after, alerted in session.execute(query):
        one = facts.known[placement_id]
        one.asked, one.late, one.in_time, one.alerted = asked, after, given - after, alerted


def reactions(session: Session, cohorts: Collection[int]) -> list[Reaction]:
    """Alerts but drills and those that were confided. The contact person's own hours say which time of day it was."""
    rows = session.execute(
        select(Alert.placement_id, Alert.raised_at, Alert.acknowledged_at, Membership.duty, Membership.zone,
               Cohort.home_zone)
        .join(Placement, Placement.id == Alert.placement_id)
        .join(Cohort, Cohort.id == Alert.cohort_id)
        .outerjoin(Membership, Membership.id == Placement.referent_id)
        .where(Alert.cohort_id.in_(cohorts), Alert.confided.is_(False), Alert.reason != "drill")
    )  # fmt: skip
    found = []
    for row in rows:
        there = on_duty(parse_duty(row.duty), row.zone or row.home_zone, row.raised_at)
        minutes = (row.acknowledged_at - row.raised_at).total_seconds() / 60 if row.acknowledged_at else None
        found.append(Reaction(row.placement_id, "on_duty" if there else "out_of_hours", minutes))
    return found


# --- the journey --------------------------------------------------------------------------------


def _scripts(session: Session, library: Library, stays: Collection[Placement]) -> dict[int, Script]:
    pinned = scripts_of(session, {s.journey_version_id for s in stays if s.journey_version_id is not None})
    names = {row[0]: row[1] for row in session.execute(select(Cohort.id, Cohort.journey))}
    today: dict[str, Script] = {}
    found = {}
    for stay in stays:
        if stay.journey_version_id is not None:
            found[stay.id] = pinned[stay.journey_version_id]
        else:
            name = names[stay.cohort_id]
            if name not in today:
                today[name] = current(library.journey(name), library)
            found[stay.id] = today[name]
    return found


Late = dict[str, dict[int, datetime]]  # by kind of step: when a stay's last one of the stage after was done


def _steps(session: Session, cohorts: Collection[int], facts: Facts, scripts: Mapping[int, Script]) -> Late:
    kinds: dict[int, dict[str, tuple[str, str]]] = {}
    for script in {id(one): one for one in scripts.values()}.values():
        kinds[id(script)] = {step.id: (step.stage, step.kind) for step in script.journey.steps}
    facts.kinds = {at: {step: kind for step, (_, kind) in kinds[id(script)].items()} for at, script in scripts.items()}
    late: Late = {"assessment": {}, "language_test": {}}
    done: dict[int, set[str]] = {}
    # The rows of thousands of stays: no instant is read that nobody needs, for that is the dearest column.
    for placement_id, step, state in session.execute(
        of_stays(cohorts, StepRun.placement_id, StepRun.step, StepRun.state)
    ):
        one, finished = facts.known[placement_id], state == "done"
        stage, kind = kinds[id(scripts[placement_id])].get(step, (None, None))
        if finished:
            done.setdefault(placement_id, set()).add(step)
        if one.agreed and stage is not None:
            offered, made = one.steps.get(stage, (0, 0))
            one.steps[stage] = (offered + 1, made + finished)
            if kind == "challenge":
                one.challenges = (one.challenges[0] + 1, one.challenges[1] + finished)
    last = {step for steps in kinds.values() for step, (stage, kind) in steps.items()
            if stage == "after" and kind in late}  # fmt: skip
    ended = of_stays(cohorts, StepRun.placement_id, StepRun.step, StepRun.done_at).where(
        StepRun.state == "done", StepRun.step.in_(last)
    )
    for placement_id, step, done_at in session.execute(ended):
        stage, kind = kinds[id(scripts[placement_id])].get(step, (None, None))
        if stage == "after" and kind in late:
            late[kind][placement_id] = max(done_at, late[kind].get(placement_id, done_at))
    for placement_id, script in scripts.items():
        found = training(script, "safety", done.get(placement_id, set()))
        facts.known[placement_id].trained = found.complete if found.quizzes else None
    return late


def _skills(session: Session, cohorts: Collection[int], facts: Facts, late: Late) -> None:
    said: dict[tuple[int, str], dict[str, int]] = {}
    columns = SelfAssessment.placement_id, SelfAssessment.phase, SelfAssessment.statement, SelfAssessment.value
    first = of_stays(cohorts, SelfAssessment.placement_id, func.min(SelfAssessment.answered_at))
    after = first.where(SelfAssessment.phase == "after").group_by(SelfAssessment.placement_id)
    for placement_id, at in session.execute(after):
        late["assessment"].setdefault(placement_id, at)
    rows = session.execute(of_stays(cohorts, *columns).where(SelfAssessment.phase != "during"))
    for placement_id, phase, statement, value in rows:
        if facts.known[placement_id].agreed:
            said.setdefault((placement_id, phase), {})[statement] = value
    for (placement_id, phase), answers in said.items():
        found = means(answers)
        if all(name in found for name in COMPETENCES):
            facts.known[placement_id].skills[phase] = found


def _languages(session: Session, cohorts: Collection[int], facts: Facts, late: Late) -> None:
    columns = (LanguageResult.placement_id, LanguageResult.phase, LanguageResult.language, LanguageResult.level,
               LanguageResult.lowest, LanguageResult.highest, LanguageResult.taken_at)  # fmt: skip
    first: dict[tuple[int, str, str], Result] = {}
    query = of_stays(cohorts, *columns).order_by(LanguageResult.attempt.desc(), LanguageResult.id.desc())
    for placement_id, phase, language, level, lowest, highest, at in session.execute(query):
        first[placement_id, phase, language] = Result(level, lowest, highest, {})  # the first attempt counts
        if phase == "after":
            late["language_test"].setdefault(placement_id, at)
    for (placement_id, phase, language), before in sorted(first.items()):
        after = first.get((placement_id, "after", language))
        if phase == "before" and after is not None and facts.known[placement_id].agreed:
            facts.known[placement_id].languages.append((before, after))


def _outcomes(session: Session, cohorts: Collection[int], facts: Facts) -> None:
    graded = (
        of_stays(cohorts, OutcomeGrade.placement_id, func.count(OutcomeGrade.id))
        .where(OutcomeGrade.moment == "end", OutcomeGrade.value > 0)
        .group_by(OutcomeGrade.placement_id)
    )  # fmt: skip
    queries = (
        of_stays(cohorts, Outcome.placement_id, func.count(Outcome.id)).group_by(Outcome.placement_id), graded,
        of_stays(cohorts, OutcomeValidation.placement_id, func.count(OutcomeValidation.id))
        .where(OutcomeValidation.verdict == "validated").group_by(OutcomeValidation.placement_id),
    )  # fmt: skip
    counts = [dict(map(tuple, session.execute(query))) for query in queries]
    for one in facts.known.values():
        if one.agreed:
            agreed, assessed, validated = (count.get(one.id, 0) for count in counts)
            one.outcomes = (agreed, assessed, validated)


# --- who is counted in which order --------------------------------------------------------------


def _order(session: Session, cohorts: Collection[int], facts: Facts, late: Late) -> None:
    """Those who withdrew or were erased keep their place: their five is not filled up by the next one."""
    gone = select(Placement.id).join(Person, Person.id == Placement.person_id)
    erased = set(session.scalars(gone.where(Placement.cohort_id.in_(cohorts), Person.erased_at.is_not(None))))
    own = _first_yes(session, cohorts, Consent.kind == "data")
    theirs = _first_yes(session, cohorts, (Consent.kind == "guardian") & (Consent.placement_id == Placement.id))
    agreed = {one: max(at, theirs.get(one, at)) for one, at in own.items()
              if one in theirs or facts.known[one].agreed or one in erased}  # fmt: skip
    first = of_stays(cohorts, Outcome.placement_id, func.min(Outcome.id)).group_by(Outcome.placement_id)
    agreed_on = dict(map(tuple, session.execute(first)))
    known = facts.known
    everybody = {one: one for one in known}
    _slots(facts, "check_ins", {one: one for one in known if known[one].asked}, set(known))
    _slots(facts, "safety_training", everybody, {one for one in known if known[one].trained is not None})
    _slots(facts, "journey_steps", agreed, {one for one in known if known[one].agreed}, agreed)
    _slots(facts, "outcomes", agreed_on, {one for one in known if known[one].outcomes[0]}, agreed)
    after = late["assessment"]
    _slots(
        facts, "competences", after, {one for one in known if {"before", "after"} <= known[one].skills.keys()}, agreed
    )
    _slots(facts, "looked_back", after, {one for one in known if len(known[one].skills) == 3}, agreed)
    _slots(facts, "language", late["language_test"], {one for one in known if known[one].languages}, agreed)


def _first_yes(session: Session, cohorts: Collection[int], which: ColumnElement[bool]) -> dict[int, int]:
    """By stay the number of the first yes to something; numbers rise with time."""
    words = (
        select(Placement.id, func.min(Consent.id))
        .join(Consent, Consent.person_id == Placement.person_id)
        .where(Placement.cohort_id.in_(cohorts), Consent.given.is_(True))
        .group_by(Placement.id)
    )
    return {row[0]: row[1] for row in session.execute(words.where(which))}


def _slots(
    facts: Facts, family: str, places: Mapping[int, Any], live: Collection[int], once: Collection[int] = ()
) -> None:
    """`places`: by stay what it is ordered by; `once`: who agreed at some time. Nobody else takes a place."""
    gone = {one for one in places if one in once and not facts.known[one].agreed}  # withdrew, or was erased
    by_cohort: dict[int, list[int]] = {cohort: [] for cohort in {one.cohort for one in facts.known.values()}}
    for one in sorted(places, key=lambda at: (places[at], at)):
        if one in live or one in gone:
            by_cohort[facts.known[one].cohort].append(one)
    facts.slots[family] = {cohort: Slots(order, frozenset(live)) for cohort, order in by_cohort.items()}
