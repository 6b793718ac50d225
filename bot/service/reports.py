"""The figures that a coordinator must give of a cohort or a project, in final reports and to partners: no names, no
codes, no group of fewer than five (`bot/rules/disclosure.py`).

How many stays there were and how long they took is told exactly: whoever funds them counts them one by one. What
learners made of their journey counts only with their consent. Nothing here tells of how somebody felt, of what was
confided, or of a question to the kit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.rules import report as rule
from bot.rules.disclosure import Group, quiet, safe
from bot.rules.survey import LEAST
from bot.service import improvements, report_facts, report_tools, surveys
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.report_facts import Facts
from bot.service.sending import find_project
from bot.service.stays import is_minor, itinerary_of
from bot.store.tables import (
    Alert,
    Certificate,
    Cohort,
    CohortMessage,
    Drill,
    Membership,
    MessageCopy,
    Person,
    Placement,
    Point,
    Project,
    TelegramAccount,
    Travel,
)

NOT_SAID = "not said"
FAMILIES = ("check_ins", "safety_training", "journey_steps", "competences", "looked_back", "language", "outcomes")
IN_ROWS = ("check_ins", "safety_training", "journey_steps", "competences", "language")  # told by country, company …


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: a cohort, or all cohorts of a project."""

    cohorts: tuple[Cohort, ...]
    project: Project
    whole: bool  # the project

    @property
    def ids(self) -> tuple[int, ...]:
        """The cohorts' numbers."""
        return tuple(cohort.id for cohort in self.cohorts)


def of_cohort(core: Core, code: str, now: datetime) -> dict[str, Any]:
    """Figures by section. Shares are from 0 to 1, durations in days or minutes; None where there is nothing to count,
    or too few to say. Raises NotFound."""
    with core.store.transaction() as session:
        return _report(core, session, _cohort(session, code), now)


def of_project(core: Core, code: str, now: datetime) -> dict[str, Any]:
    """The same over all cohorts of a project, and what each of them adds. Raises NotFound."""
    with core.store.transaction() as session:
        return _report(core, session, _project(session, code), now)


def of_flows(core: Core, codes: Sequence[str], now: datetime) -> dict[str, Any]:
    """Cohorts beside each other, in the order named, with the improvements each was to bring. Raises NotFound."""
    with core.store.transaction() as session:
        scopes = [_cohort(session, code) for code in codes]
        flows = [_report(core, session, scope, now, brief=True) for scope in scopes]
        return {
            "cohort": " · ".join(one["cohort"] for one in flows), "name": " · ".join(one["name"] for one in flows),
            "at": now.isoformat(), "learners": sum(one["learners"] for one in flows), "flows": flows,
            "improvements": improvements.of(session, [scope.ids[0] for scope in scopes]),
        }  # fmt: skip


def _cohort(session: Session, code: str) -> Scope:
    cohort = find(session, code)
    return Scope((cohort,), session.get_one(Project, cohort.project_id), whole=False)


def _project(session: Session, code: str) -> Scope:
    project = find_project(session, code)
    cohorts = session.scalars(select(Cohort).where(Cohort.project_id == project.id).order_by(Cohort.id)).all()
    return Scope(tuple(cohorts), project, whole=True)


def _report(core: Core, session: Session, scope: Scope, now: datetime, *, brief: bool = False) -> dict[str, Any]:
    today = local_date(now, scope.cohorts[0].home_zone if scope.cohorts else "UTC")
    rows = session.execute(
        select(Placement, Person)
        .join(Person, Person.id == Placement.person_id)
        .where(Placement.cohort_id.in_(scope.ids))
        .order_by(Placement.id)
    ).all()
    placements = [placement for placement, _ in rows]
    facts = report_facts.load(session, core.content, scope.ids, now)
    enough = len(placements) >= LEAST
    placed = rule.placed(facts.known)
    counted = {family: _who(facts, family, divided=not brief) for family in FAMILIES}
    # Who looked back is counted in the competences as well: the two must not differ by few.
    if not safe(counted["looked_back"].total, [counted["competences"].total]):
        counted["looked_back"] = rule.Counted(frozenset(), {})
    found = {
        **_head(scope, now), "learners": len(placements), "enough": enough,
        "mobilities": _mobilities(placements, facts, today),
        "participants": _participants(session, scope.ids, [(row[0], row[1]) for row in rows]),
        "destinations": _destinations(facts, placed) if enough else [],
        "reached": _reached(session, placements, facts) if enough else {},
        "travel_days": _travel(session, scope.ids), "messages": _messages(session, scope.ids),
        "alerts": _alerts(session, scope.ids, facts) if enough else {},
        "certificates": _certificates(session, scope.ids, facts) if enough else {},
        **{family: rule.figures(family, facts.known, counted[family].total) for family in FAMILIES},
    }  # fmt: skip
    found["learning"] = _learning(session, scope.ids, counted["journey_steps"].total)
    found["satisfaction"] = surveys.of_cohorts(core, session, scope.cohorts)
    if not brief:
        found["by"] = _by(facts, placed, counted) if enough else {}
        found["tools"] = report_tools.users(session, scope.ids, facts)
        found["improvements"] = improvements.of(session, scope.ids)
    if scope.whole and not brief:
        found["cohorts"] = [_report(core, session, Scope((one,), scope.project, False), now, brief=True)
                            for one in scope.cohorts]  # fmt: skip
    return found


def _head(scope: Scope, now: datetime) -> dict[str, Any]:
    if scope.whole:
        one = {"code": scope.project.code, "name": scope.project.name}
        return {"project": one["code"], "name": one["name"], "at": now.isoformat()}
    cohort = scope.cohorts[0]
    return {"cohort": cohort.code, "name": cohort.name, "journey": cohort.journey, "at": now.isoformat()}


def _who(facts: Facts, family: str, *, divided: bool) -> rule.Counted:
    return rule.counted(facts.known, facts.slots[family], divided=divided and family in IN_ROWS)


def _by(facts: Facts, placed: rule.Counted, counted: Mapping[str, rule.Counted]) -> dict[str, list[dict[str, Any]]]:
    """For each trait a row for each value with at least five stays, and one for all others together."""
    found: dict[str, list[dict[str, Any]]] = {}
    for trait in rule.TRAITS:
        rows = [
            {**_group(facts, group, value=value),
             **{family: _row(facts, counted[family], family, trait, value) for family in IN_ROWS}}
            for value, group in placed.by.get(trait, {}).items()
        ]  # fmt: skip
        found[trait] = [] if not rows else [*rows, *_others(rows, len(facts.known), value=None)]
    return found


def _group(facts: Facts, group: Group, **named: str | None) -> dict[str, Any]:
    return {**named, "stays": len(group), "days": sum(facts.known[one].days for one in group)}


def _others(rows: Sequence[Mapping[str, Any]], there: int, **named: None) -> Iterator[dict[str, Any]]:
    """Everybody who is in none of the rows, or of whom nothing is known."""
    rest = there - sum(row["stays"] for row in rows)
    if rest >= LEAST:
        yield {**named, "stays": rest, "days": None}


def _row(facts: Facts, counted: rule.Counted, family: str, trait: str, value: str) -> dict[str, Any] | None:
    return rule.figures(family, facts.known, counted.by.get(trait, {}).get(value, frozenset()))


# --- stays and people ---------------------------------------------------------------------------


def _mobilities(placements: Sequence[Placement], facts: Facts, today: date) -> dict[str, Any]:
    trips = [(p, trip) for p in placements if (trip := itinerary_of(p)) is not None]
    begun = [(p, trip) for p, trip in trips if trip.arrival <= today]
    early = [p for p, _ in begun if p.ended_on and p.return_date and p.ended_on < p.return_date]
    days = [facts.known[p.id].days for p, _ in begun]
    return {
        "candidates": len(placements) - len(trips), "planned": len(trips), "begun": len(begun),
        "completed": sum(1 for p, trip in begun if trip.return_ < today and p not in early),
        "ended_early": len(early), "days": sum(days),
        "average_days": round(sum(days) / len(days), 1) if days else None,
        "first_arrival": min((trip.arrival.isoformat() for _, trip in trips), default=None),
        "last_return": max((trip.return_.isoformat() for _, trip in trips), default=None),
    }  # fmt: skip


def _minor(placement: Placement, person: Person, arrival: date) -> bool:
    """Under 18 on arrival; of who was erased as it was written down then."""
    if placement.minor_at_arrival is not None:
        return placement.minor_at_arrival
    return is_minor(person.birth_date, arrival, placement.status)


def _participants(session: Session, cohorts: Sequence[int], rows: Iterable[tuple[Placement, Person]]) -> dict[str, Any]:
    found = list(rows)
    roles = Counter(
        session.scalars(select(Membership.role).where(Membership.cohort_id.in_(cohorts), Membership.ended_at.is_(None)))
    )
    ages = Counter("minor" if _minor(p, person, p.arrival_date) else "adult" for p, person in found if p.arrival_date)
    return {
        **dict(sorted(quiet(Counter(placement.status or NOT_SAID for placement, _ in found)).items())),
        "minors_at_arrival": quiet(ages).get("minor", 0),
        "in_pairs": sum(1 for placement, _ in found if placement.partner_id is not None),
        "accompanying": roles["accompanying"], "referents": roles["referent"], "host_tutors": roles["host_tutor"],
        "host_organisations": len({p.host_organisation.casefold() for p, _ in found if p.host_organisation}),
    }  # fmt: skip


def _destinations(facts: Facts, placed: rule.Counted) -> list[dict[str, Any]]:
    """Cities with at least five stays, and all others together."""
    rows = []
    for value, group in placed.by.get(rule.DESTINATION, {}).items():
        country, _, city = value.partition("/")
        rows.append(_group(facts, group, country=country, city=city))
    return [*rows, *_others(rows, len(facts.known), country=None, city=None)]


def _reached(session: Session, placements: Sequence[Placement], facts: Facts) -> dict[str, int | None]:
    linked = set(
        session.scalars(
            select(TelegramAccount.person_id)
            .join(Placement, Placement.person_id == TelegramAccount.person_id)
            .where(Placement.cohort_id.in_({p.cohort_id for p in placements}), TelegramAccount.revoked_at.is_(None))
        )
    )
    ways = Counter(
        "joined" if p.person_id in linked else "by_phone" if p.by_phone else "not_joined" for p in placements
    )
    consents = Counter("consented" if facts.known[p.id].agreed else "not" for p in placements)
    told = quiet({way: ways[way] for way in ("joined", "by_phone", "not_joined")})
    return told | {"consented": quiet(consents).get("consented", 0)}


def _learning(session: Session, cohorts: Sequence[int], counted: Group) -> dict[str, Any] | None:
    """Points by key competence of all who are counted together; None where they are too few."""
    if not counted:
        return None
    totals: Counter[str] = Counter()
    points = 0
    query = report_facts.of_stays(cohorts, Point.placement_id, Point.points, Point.competences)
    for placement_id, given, competences in session.execute(query):
        if placement_id in counted:
            points += given
            totals.update(dict.fromkeys(competences, given))
    return {"learners": len(counted), "points": points, "competences": dict(sorted(totals.items()))}


# --- care ---------------------------------------------------------------------------------------


def _travel(session: Session, cohorts: Sequence[int]) -> dict[str, int]:
    query = report_facts.of_stays(cohorts, Travel.state, func.count(Travel.id)).group_by(Travel.state)
    states: dict[str, int] = dict(map(tuple, session.execute(query)))
    return {"journeys": sum(states.values()), "arrived": states.get("arrived", 0)}


def _alerts(session: Session, cohorts: Sequence[int], facts: Facts) -> dict[str, Any]:
    """Alerts in all but those for whom the learner chose alone; drills apart. Kinds that concern few stay hidden."""
    rows = session.scalars(
        select(Alert).where(Alert.cohort_id.in_(cohorts), Alert.confided.is_(False), Alert.reason != "drill")
    ).all()
    taken = [row.acknowledged_at - row.raised_at for row in rows if row.acknowledged_at]
    drills = session.scalar(select(func.count(Drill.id)).where(Drill.cohort_id.in_(cohorts), Drill.state != "planned"))
    return {
        "all": len(rows), "severity": _kinds(row.severity for row in rows),
        "reason": _kinds(row.reason for row in rows),
        "outcome": _kinds(row.outcome or ("open" if row.resolved_at is None else NOT_SAID) for row in rows),
        "median_minutes_until_taken": _minutes(taken),
        "slowest_minutes_until_taken": round(max(taken).total_seconds() / 60) if taken else None,
        "never_taken": sum(1 for row in rows if row.acknowledged_at is None), "drills": drills or 0,
        "reaction": rule.reactions(report_facts.reactions(session, cohorts)),
    }  # fmt: skip


def _kinds(values: Iterable[str]) -> dict[str, int | None]:
    return dict(sorted(quiet(Counter(values)).items()))


def _messages(session: Session, cohorts: Sequence[int]) -> dict[str, int]:
    ours = select(CohortMessage.id).where(
        CohortMessage.cohort_id.in_(cohorts), CohortMessage.cancelled_at.is_(None)
    )  # fmt: skip
    copies = session.scalar(
        select(func.count(MessageCopy.id)).where(MessageCopy.message_id.in_(ours), MessageCopy.state == "queued")
    )
    return {"messages": len(session.scalars(ours).all()), "copies_sent": copies or 0}


def _certificates(session: Session, cohorts: Sequence[int], facts: Facts) -> dict[str, int | None]:
    """By kind, of learners; kinds that few have stay hidden."""
    query = (
        select(Certificate.kind, Certificate.about)
        .join(Placement, Placement.person_id == Certificate.person_id)
        .where(Placement.cohort_id.in_(cohorts))
        .distinct()
    )
    ours = Counter(kind for kind, about in session.execute(query)
                   if about.partition(":")[2].isdigit() and about.startswith("placement:")
                   and int(about.partition(":")[2]) in facts.known)  # fmt: skip
    return {kind: n if n >= LEAST else None for kind, n in sorted(ours.items())}


def _minutes(waits: Sequence[timedelta]) -> int | None:
    return round(median(wait.total_seconds() for wait in waits) / 60) if waits else None
