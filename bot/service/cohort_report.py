"""The figures that a coordinator must give of a cohort, in final reports and to partners: counts, no names, no codes.

What learners made of their journey counts only with their consent, and only where it is of several together. Nothing
here tells of how somebody felt, of what was confided, or of a question to the kit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.rules.towns import kit_name
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.stays import is_minor, itinerary_of, load_stays
from bot.store.tables import (
    Alert,
    Certificate,
    CheckIn,
    CohortMessage,
    Drill,
    Membership,
    MessageCopy,
    Person,
    Placement,
    Point,
    StepRun,
    TelegramAccount,
    Travel,
)

TOGETHER = 3  # figures on learning are of at least so many
NOT_SAID = "not said"


def of_cohort(core: Core, code: str, now: datetime) -> dict[str, Any]:
    """Figures by section. Shares are from 0 to 1, durations in days or minutes; None where there is nothing to count.
    Raises NotFound."""
    with core.store.transaction() as session:
        cohort = find(session, code)
        today = local_date(now, cohort.home_zone)
        rows = session.execute(
            select(Placement, Person)
            .join(Person, Person.id == Placement.person_id)
            .where(Placement.cohort_id == cohort.id)
            .order_by(Placement.id)
        ).all()
        placements = [placement for placement, _ in rows]
        going = [placement.id for placement in placements]
        agreed = [s.placement_id for s in load_stays(session, Placement.cohort_id == cohort.id, now) if s.may_travel_on]
        return {
            "cohort": cohort.code, "name": cohort.name, "journey": cohort.journey, "at": now.isoformat(),
            "mobilities": _mobilities(placements, today),
            "participants": _participants(session, cohort.id, [(row[0], row[1]) for row in rows]),
            "destinations": _destinations(core, placements, today),
            "reached": _reached(session, placements, agreed),
            "journey_steps": _steps(session, placements, agreed),
            "learning": _learning(session, agreed),
            "check_ins": _check_ins(session, going),
            "travel_days": _travel(session, going),
            "alerts": _alerts(session, cohort.id),
            "messages": _messages(session, cohort.id),
            "certificates": _certificates(session, going),
        }  # fmt: skip


# --- stays and people ---------------------------------------------------------------------------


def _days(placement: Placement, today: date) -> int:
    """Days abroad so far, first and last included."""
    trip = itinerary_of(placement)
    return max(0, (min(trip.return_, today) - trip.arrival).days + 1) if trip else 0


def _mobilities(placements: Sequence[Placement], today: date) -> dict[str, Any]:
    trips = [(p, trip) for p in placements if (trip := itinerary_of(p)) is not None]
    begun = [(p, trip) for p, trip in trips if trip.arrival <= today]
    early = [p for p, _ in begun if p.ended_on and p.return_date and p.ended_on < p.return_date]
    days = [_days(p, today) for p, _ in begun]
    return {
        "candidates": len(placements) - len(trips), "planned": len(trips), "begun": len(begun),
        "completed": sum(1 for p, trip in begun if trip.return_ < today and p not in early),
        "ended_early": len(early), "days": sum(days),
        "average_days": round(sum(days) / len(days), 1) if days else None,
        "first_arrival": min((trip.arrival.isoformat() for _, trip in trips), default=None),
        "last_return": max((trip.return_.isoformat() for _, trip in trips), default=None),
    }  # fmt: skip


def _participants(session: Session, cohort_id: int, rows: Iterable[tuple[Placement, Person]]) -> dict[str, Any]:
    found = list(rows)
    roles = Counter(
        session.scalars(select(Membership.role).where(Membership.cohort_id == cohort_id, Membership.ended_at.is_(None)))
    )
    return {
        **_counted(placement.status or NOT_SAID for placement, _ in found),
        "minors_at_arrival": sum(
            1 for p, person in found if p.arrival_date and is_minor(person.birth_date, p.arrival_date, p.status)
        ),
        "in_pairs": sum(1 for placement, _ in found if placement.partner_id is not None),
        "accompanying": roles["accompanying"], "referents": roles["referent"], "host_tutors": roles["host_tutor"],
        "host_organisations": len({p.host_organisation.casefold() for p, _ in found if p.host_organisation}),
    }  # fmt: skip


def _destinations(core: Core, placements: Iterable[Placement], today: date) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], list[Placement]] = {}
    for placement in placements:
        if placement.host_city:
            city = kit_name(core.content, placement.kit) if placement.kit else placement.host_city
            found.setdefault((placement.host_country or "", city), []).append(placement)
    return [
        {"country": country, "city": city, "stays": len(there), "days": sum(_days(p, today) for p in there)}
        for (country, city), there in sorted(found.items())
    ]


def _reached(session: Session, placements: Sequence[Placement], agreed: Sequence[int]) -> dict[str, int]:
    linked = set(
        session.scalars(
            select(TelegramAccount.person_id).where(
                TelegramAccount.person_id.in_({p.person_id for p in placements}), TelegramAccount.revoked_at.is_(None)
            )
        )
    )
    phone = sum(1 for p in placements if p.by_phone and p.person_id not in linked)
    joined = sum(1 for p in placements if p.person_id in linked)
    return {
        "joined": joined, "by_phone": phone, "not_joined": len(placements) - joined - phone, "consented": len(agreed)
    }  # fmt: skip


# --- the journey --------------------------------------------------------------------------------


def _steps(session: Session, placements: Iterable[Placement], agreed: Sequence[int]) -> dict[str, Any]:
    """Steps offered and done before, during and after the stay, of those who agreed."""
    trips = {p.id: itinerary_of(p) for p in placements if p.id in set(agreed)}
    found = {stage: {"offered": 0, "done": 0} for stage in ("before", "during", "after")}
    for run in session.scalars(select(StepRun).where(StepRun.placement_id.in_(trips))):
        trip = trips[run.placement_id]
        stage = found[trip.stage_at(run.offered_at) if trip else "before"]
        stage["offered"] += 1
        stage["done"] += run.state == "done"
    return {stage: {**n, "share": _share(n["done"], n["offered"])} for stage, n in found.items()}


def _learning(session: Session, agreed: Sequence[int]) -> dict[str, Any] | None:
    """Points by key competence of all together; None where they are so few that it would be somebody's."""
    if len(agreed) < TOGETHER:
        return None
    totals: Counter[str] = Counter()
    points = 0
    for award in session.scalars(select(Point).where(Point.placement_id.in_(agreed))):
        points += award.points
        totals.update(dict.fromkeys(award.competences, award.points))
    return {"learners": len(agreed), "points": points, "competences": dict(sorted(totals.items()))}


# --- care ---------------------------------------------------------------------------------------


def _check_ins(session: Session, going: Sequence[int]) -> dict[str, Any]:
    rows = session.scalars(
        select(CheckIn).where(CheckIn.placement_id.in_(going), CheckIn.delivered_at.is_not(None))
    ).all()
    answered = [row for row in rows if row.answered_at is not None]
    waits = [max(timedelta(0), row.answered_at - row.delivered_at) for row in answered
             if row.answered_at and row.delivered_at]  # fmt: skip
    return {
        "asked": len(rows), "answered": len(answered), "share": _share(len(answered), len(rows)),
        "median_minutes": _minutes(waits), "reminded": sum(1 for row in rows if row.reminded_at is not None),
        "alerted": sum(1 for row in rows if row.alerted_at is not None),
    }  # fmt: skip


def _travel(session: Session, going: Sequence[int]) -> dict[str, int]:
    states = _counted(session.scalars(select(Travel.state).where(Travel.placement_id.in_(going))))
    return {"journeys": sum(states.values()), "arrived": states.get("arrived", 0)}


def _alerts(session: Session, cohort_id: int) -> dict[str, Any]:
    """Alerts in all but those for whom the learner chose alone; drills apart."""
    rows = session.scalars(
        select(Alert).where(Alert.cohort_id == cohort_id, Alert.confided.is_(False), Alert.reason != "drill")
    ).all()
    taken = [row.acknowledged_at - row.raised_at for row in rows if row.acknowledged_at]
    drills = session.scalar(select(func.count(Drill.id)).where(Drill.cohort_id == cohort_id, Drill.state != "planned"))
    return {
        "all": len(rows), "severity": _counted(row.severity for row in rows),
        "reason": _counted(row.reason for row in rows),
        "outcome": _counted(row.outcome or ("open" if row.resolved_at is None else NOT_SAID) for row in rows),
        "median_minutes_until_taken": _minutes(taken),
        "slowest_minutes_until_taken": round(max(taken).total_seconds() / 60) if taken else None,
        "never_taken": sum(1 for row in rows if row.acknowledged_at is None), "drills": drills or 0,
    }  # fmt: skip


def _messages(session: Session, cohort_id: int) -> dict[str, int]:
    ours = select(CohortMessage.id).where(CohortMessage.cohort_id == cohort_id, CohortMessage.cancelled_at.is_(None))
    copies = session.scalar(
        select(func.count(MessageCopy.id)).where(MessageCopy.message_id.in_(ours), MessageCopy.state == "queued")
    )
    return {"messages": len(session.scalars(ours).all()), "copies_sent": copies or 0}


def _certificates(session: Session, going: Sequence[int]) -> dict[str, int]:
    about = [f"placement:{placement}" for placement in going]
    return _counted(session.scalars(select(Certificate.kind).where(Certificate.about.in_(about))))


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _minutes(waits: Sequence[timedelta]) -> int | None:
    return round(median(wait.total_seconds() for wait in waits) / 60) if waits else None
