"""Placements as stays: one query, one shape, for scenes, rules and the command line alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.orm import Session

from bot.clock import Itinerary, local_date
from bot.flows.scene import Stay
from bot.flows.whereabouts import elsewhere, matters
from bot.rules.alert import Reason, Severity, takes_words
from bot.rules.names import full_name
from bot.rules.permissions import Subject
from bot.rules.travel_days import Direction
from bot.service.sending import SENDING
from bot.store.prepared import among, rows
from bot.store.tables import Alert, Cohort, Consent, Membership, Person, Placement, Project, Travel

ADULT = 18
STAFF = "staff"  # the status of a teacher or trainer on a stay of their own

_ARRIVED = (
    select(Travel.arrived_at)
    .where(Travel.placement_id == Placement.id, Travel.direction == Direction.OUT.value)
    .scalar_subquery()
    .label("arrived_at")
)
_STAYS = (
    select(
        Placement.id, Placement.code, Placement.cohort_id, Placement.person_id, Placement.status, Placement.trade,
        Placement.home_country, Placement.home_zone, Placement.host_city, Placement.host_country, Placement.host_zone,
        Placement.kit, Placement.host_organisation, Placement.accommodation, Placement.departure_date,
        Placement.arrival_date, Placement.return_date, Placement.ended_on, Placement.check_in_at,
        Placement.journey_version_id, Placement.joined_at, Placement.by_phone, _ARRIVED,
        Cohort.code.label("cohort_code"), Cohort.journey,
        Cohort.check_in_at.label("cohort_check_in_at"), Person.first_name, Person.last_name, Person.birth_date,
    )
    .join(Cohort, Cohort.id == Placement.cohort_id)
    .join(Person, Person.id == Placement.person_id)
    .where(Person.erased_at.is_(None))
)  # fmt: skip
_RED = (
    Alert.placement_id == Placement.id, Alert.resolved_at.is_(None), Alert.severity == Severity.RED.value,
    Alert.reason != Reason.DRILL.value, Alert.confided.is_(False),
)  # fmt: skip
_STAYS_OF_PEOPLE = _STAYS.add_columns(exists(select(Alert.id).where(*_RED)).label("red")).where(
    among(Placement.person_id, "people")
)
_STAY = _STAYS.where(Placement.id == bindparam("placement"))
_CONSENTS = (
    select(Consent.person_id, Consent.kind, Consent.placement_id, Consent.given, Consent.withdrawn_at)
    .where(among(Consent.person_id, "people"))
    .order_by(Consent.id)
)


class Dated(Protocol):
    """A placement, or the columns of one that say when and where."""

    home_zone: Any
    host_zone: Any
    departure_date: Any
    arrival_date: Any
    return_date: Any
    ended_on: Any


def itinerary_of(placement: Dated) -> Itinerary | None:
    """The dates and zones of a placement; None for a candidate."""
    if not (placement.arrival_date and placement.return_date):
        return None
    return Itinerary(
        home_zone=placement.home_zone,
        host_zone=placement.host_zone or placement.home_zone,
        departure=placement.departure_date or placement.arrival_date,
        arrival=placement.arrival_date,
        return_=placement.ended_on or placement.return_date,
    )


def is_minor(birth_date: date | None, today: date, status: str | None = None) -> bool:
    """Under 18 today; without a birth date: yes, but for staff participants (`status`)."""
    if birth_date is None:
        return status != STAFF
    years = today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
    return years < ADULT


def load_stays(session: Session, where: ColumnElement[bool], now: datetime) -> tuple[Stay, ...]:
    """The stays that fit a condition on Placement, the one that matters now first."""
    return _stays(session, rows(session, _STAYS.where(where)), now)


def stays_of(session: Session, person_id: int, now: datetime) -> tuple[Stay, ...]:
    """The stays of one learner."""
    return stays_of_people(session, (person_id,), now)[person_id]


def stays_of_people(session: Session, people: Collection[int], now: datetime) -> dict[int, tuple[Stay, ...]]:
    """The stays of many learners, in two reads."""
    found: dict[int, list[Stay]] = {person_id: [] for person_id in people}
    known = rows(session, _STAYS_OF_PEOPLE, people=people)
    sought = _sought(session, {row.id for row in known if row.red}, now)
    for stay in _stays(session, known, now):
        found[stay.person_id].append(replace(stay, sought=True) if stay.placement_id in sought else stay)
    return {person_id: tuple(stays) for person_id, stays in found.items()}


def _sought(session: Session, placements: Collection[int], now: datetime) -> set[int]:
    """Those of stays with a red alert whose learners' words go to who was told."""
    if not placements:
        return set()
    open_ones = select(Alert).where(Alert.placement_id.in_(placements), *_RED[1:])
    return {row.placement_id for row in session.scalars(open_ones) if hears(row, now)}


def hears(alert: Alert, now: datetime) -> bool:
    """Does what its learner writes go to who was told of it?"""
    called = alert.state.get("danger_at")
    since = max(alert.raised_at, datetime.fromisoformat(called)) if called else alert.raised_at
    calm = bool(alert.state.get("taken_back")) or alert.state.get("said") in ("fine", "arrived")
    return takes_words(Severity(alert.severity), since, now, taken=alert.acknowledged_by is not None, calm=calm)


def stays_in_question(session: Session, person_id: int, now: datetime) -> tuple[Stay, ...]:
    """The stay at which a learner is, first; with it those at which they may be just as well."""
    stays = stays_of(session, person_id, now)
    return (*stays[:1], *elsewhere(stays))


def stay_of(session: Session, placement_id: int, now: datetime) -> Stay | None:
    """One stay by its placement."""
    found = _stays(session, rows(session, _STAY, placement=placement_id), now)
    return found[0] if found else None


def _stays(session: Session, found: Sequence[Any], now: datetime) -> tuple[Stay, ...]:
    if not found:
        return ()
    consents = _consents(session, {row.person_id for row in found})
    return tuple(sorted((_stay(row, consents, now) for row in found), key=matters))


def _consents(session: Session, people: Collection[int]) -> dict[tuple[int, str, int | None], bool]:
    words = rows(session, _CONSENTS, people=people)
    # The newest word of each kind counts.
    return {(w.person_id, w.kind, w.placement_id): w.given and w.withdrawn_at is None for w in words}


def _stay(p: Any, consents: dict[tuple[int, str, int | None], bool], now: datetime) -> Stay:
    itinerary = itinerary_of(p)
    zone = itinerary.zone_at(now) if itinerary else p.home_zone
    own, today = consents.get((p.person_id, "data", None)), local_date(now, zone)
    return Stay(
        placement_id=p.id, code=p.code, cohort_id=p.cohort_id, cohort=p.cohort_code, journey=p.journey,
        person_id=p.person_id, learner=full_name(p), itinerary=itinerary, zone=zone,
        stage=itinerary.stage_at(now) if itinerary else "before", home_country=p.home_country,
        host_country=p.host_country, host_city=p.host_city, kit=p.kit, host_organisation=p.host_organisation,
        accommodation=p.accommodation, check_in_at=p.check_in_at or p.cohort_check_in_at,
        minor=is_minor(p.birth_date, today, p.status), birth_date=p.birth_date, status=p.status,
        trade=p.trade, consented=own is True, refused=own is False,
        kit_questions=consents.get((p.person_id, "kit_questions", None), False),
        ambassador=consents.get((p.person_id, "ambassador", None), False),
        guardian_consented=consents.get((p.person_id, "guardian", p.id), False), joined_at=p.joined_at,
        version_id=p.journey_version_id, by_phone=p.by_phone,
        ended=p.ended_on is not None and p.ended_on < today, arrived_at=p.arrived_at,
        going_on=itinerary is not None and itinerary.departure <= today <= itinerary.return_,
    )  # fmt: skip


_SUBJECTS = (
    select(
        Placement.id, Placement.person_id, Placement.cohort_id, Placement.referent_id, Placement.backup_id,
        Placement.local_contact_id, Placement.guardian_id, Cohort.project_id, SENDING.label("organisation_id"),
    )
    .join(Cohort, Cohort.id == Placement.cohort_id)
    .join(Project, Project.id == Cohort.project_id)
    .where(among(Placement.id, "placements"))
)  # fmt: skip
_STANDING_IN = select(Membership.id, Membership.substitute_id).where(
    among(Membership.id, "members"), Membership.substitute_id.is_not(None)
)
_FAMILIES = select(Membership.person_id, Membership.id).where(
    Membership.role == "family", among(Membership.person_id, "guardians")
)


def subject_of(session: Session, placement_id: int, alerted: frozenset[int] = frozenset()) -> Subject:
    """A placement as the permission mechanism sees it; `alerted`: membership ids told of an alert about it."""
    return replace(subjects_of(session, [placement_id])[placement_id], alerted=alerted)


def subjects_of(session: Session, placement_ids: Collection[int]) -> dict[int, Subject]:
    """Many placements as the permission mechanism sees them, in three reads: a referent may have hundreds."""
    found = rows(session, _SUBJECTS, placements=sorted(set(placement_ids))) if placement_ids else []
    team = {p.id: {m for m in (p.referent_id, p.backup_id, p.local_contact_id) if m is not None} for p in found}
    members, guardians = set().union(*team.values()), {p.guardian_id for p in found} - {None}
    substitutes = dict(map(tuple, rows(session, _STANDING_IN, members=sorted(members)))) if members else {}
    family: dict[int, set[int]] = {}
    for person_id, membership_id in rows(session, _FAMILIES, guardians=sorted(guardians)) if guardians else ():
        family.setdefault(person_id, set()).add(membership_id)
    return {
        p.id: Subject(
            person_id=p.person_id, placement_id=p.id, cohort_id=p.cohort_id, project_id=p.project_id,
            organisation_id=p.organisation_id,
            responsible=frozenset(team[p.id] | {substitutes[m] for m in team[p.id] if m in substitutes}),
            family=frozenset(family.get(p.guardian_id, ())),
        )
        for p in found
    }  # fmt: skip


_DESKS = (
    select(Membership.person_id, Cohort.home_zone)
    .join(Cohort, Cohort.id == Membership.cohort_id)
    .where(among(Membership.person_id, "people"))
    # What is still said to somebody who has left goes by the clock of where they were.
    .order_by(Membership.ended_at.is_not(None), Membership.id)
)
_TRIPS = select(
    Placement.person_id, Placement.home_zone, Placement.host_zone, Placement.departure_date, Placement.arrival_date,
    Placement.return_date, Placement.ended_on, _ARRIVED,
).where(among(Placement.person_id, "people"))  # fmt: skip


def today_of(placement: Placement, now: datetime) -> date:
    """The day it is by the clock of a stay."""
    trip = itinerary_of(placement)
    return local_date(now, trip.zone_at(now) if trip else placement.home_zone)


def reader_zones(session: Session, person_ids: Collection[int], now: datetime) -> dict[int, str]:
    """Whose clock people read: a learner's itinerary decides, others live in their cohort's home zone."""
    if not person_ids:
        return {}
    zones: dict[int, str] = {}
    people = list(person_ids)
    for person_id, home_zone in rows(session, _DESKS, people=people):
        zones.setdefault(person_id, home_zone)
    placements: dict[int, list[tuple[int, float, str]]] = {}
    for placement in rows(session, _TRIPS, people=people):
        itinerary = itinerary_of(placement)
        here = itinerary.zone_at(now) if itinerary else placement.home_zone
        # Of several stays the one going on decides, of several such the one at which they arrived last.
        rank = 0 if itinerary and itinerary.stage_at(now) == "during" else 1
        arrived = placement.arrived_at.timestamp() if placement.arrived_at else 0.0
        placements.setdefault(placement.person_id, []).append((rank, -arrived, here))
    return zones | {person_id: min(found)[-1] for person_id, found in placements.items()}
