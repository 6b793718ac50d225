"""Who is told about a learner, in order, as things are now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, literal_column, or_, select
from sqlalchemy.orm import Session

from bot.rules.alert import Ladder, Responder, Rung
from bot.rules.permissions import Role
from bot.service.open_cases import hidden_people
from bot.service.watch import Memberships, away_at, line_of, serves_at
from bot.store.prepared import among
from bot.store.tables import Cohort, Membership, Person, Placement, TelegramAccount

_Line = tuple[int, list[Membership]]  # the membership a person stands on the ladder with, and whose hours are theirs

LAST_RUNG = ("local_contact", "accompanying", "coordinator")


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who may be told about the learners of some stays, loaded once for all of them.

    `memberships` has those that ended, too: their names still stand in what was said before.
    """

    cohorts: Mapping[int, Cohort]
    memberships: Mapping[int, Membership]
    people: Mapping[int, Person]
    accounts: Mapping[int, TelegramAccount]  # the live chat, by person
    serving: Mapping[int, Membership]  # those that have not ended
    last_rung: Mapping[int, Sequence[int]]  # membership ids by cohort
    leads: Mapping[int, Sequence[int]]  # who looks after safeguarding: membership ids by cohort
    hidden: Mapping[int, frozenset[int]]  # by placement, who is named in an open case: they hear nothing


# Put together once: to build the five of them anew cost half of every alert's own work.
_ROLES: list[ColumnElement[str]] = [literal_column(f"'{role}'") for role in (*LAST_RUNG, Role.SAFEGUARDING.value)]
_STAFF = (
    select(Membership)
    .where(
        or_(
            among(Membership.id, "named"),
            and_(among(Membership.cohort_id, "cohorts"), Membership.role.in_(_ROLES)),
        )
    )
    .order_by(Membership.id)
)
_SUBSTITUTES = select(Membership).where(among(Membership.id, "numbers"))
COHORTS = select(Cohort).where(among(Cohort.id, "numbers"))
_PEOPLE = select(Person).where(among(Person.id, "numbers"))
_ACCOUNTS = select(TelegramAccount).where(
    among(TelegramAccount.person_id, "numbers"), TelegramAccount.revoked_at.is_(None)
)


def staff_of(session: Session, placements: Collection[Placement]) -> Staff:
    """Referents, backups, local contacts and the last rung of these stays, with whoever stands in for them."""
    cohorts = {placement.cohort_id for placement in placements}
    named = {m for p in placements for m in (p.referent_id, p.backup_id, p.local_contact_id) if m is not None}
    memberships = {m.id: m for m in session.scalars(_STAFF, {"named": named, "cohorts": cohorts})}
    while substitutes := {m.substitute_id for m in memberships.values() if m.substitute_id} - memberships.keys():
        memberships |= {m.id: m for m in session.scalars(_SUBSTITUTES, {"numbers": substitutes})}
    people = {m.person_id for m in memberships.values()}
    serving = {m.id: m for m in memberships.values() if m.ended_at is None}
    last_rung: dict[int, list[int]] = {}
    leads: dict[int, list[int]] = {}
    for m in serving.values():
        if m.cohort_id in cohorts and m.role in (*LAST_RUNG, Role.SAFEGUARDING):
            (leads if m.role == Role.SAFEGUARDING else last_rung).setdefault(m.cohort_id, []).append(m.id)
    return Staff(
        {c.id: c for c in session.scalars(COHORTS, {"numbers": cohorts})}, memberships,
        {p.id: p for p in session.scalars(_PEOPLE, {"numbers": people})} if people else {},
        {a.person_id: a for a in session.scalars(_ACCOUNTS, {"numbers": people})} if people else {},
        serving, last_rung, leads, hidden_people(session, [placement.id for placement in placements]),
    )  # fmt: skip


def ladder_of(session: Session, placement: Placement, now: datetime) -> Ladder:
    """The ladder of one stay."""
    return ladder_in(staff_of(session, [placement]), placement, now)


def ladder_in(staff: Staff, placement: Placement, now: datetime) -> Ladder:
    """Referent, then backup, then everyone else of the cohort who may act; substitutes follow who is away.

    Whoever an open case names is not on it; who looks after safeguarding takes their place.
    """
    memberships = _heard(staff, placement)
    others = staff.last_rung.get(placement.cohort_id, ())
    rungs = [[placement.referent_id], [placement.backup_id], [placement.local_contact_id, *sorted(others)]]
    if staff.hidden.get(placement.id):
        rungs = [_in_place(staff, placement, rung) for rung in rungs]
    built: list[Rung] = []
    seen: dict[int, _Line] = {}
    for rung in rungs:
        members = _in_order(rung, memberships, now, seen)
        if members:
            built.append(Rung(tuple(members)))
    mine = {m for rung in rungs for m in rung if m is not None} | {m for rung in built for m in rung.people}
    cohort = staff.cohorts[placement.cohort_id]
    hours = dict(seen.values())
    responders = {
        m.id: _responder(m, staff.accounts.get(m.person_id), hours.get(m.id, ()), cohort.home_zone, now)
        for m in (memberships[number] for number in mine if number in memberships)
        if m.person_id != placement.person_id
    }
    return Ladder(tuple(built), responders, timedelta(seconds=cohort.escalate_after))


def _heard(staff: Staff, placement: Placement) -> Memberships:
    hidden = staff.hidden.get(placement.id)
    if not hidden:
        return staff.serving
    return {number: m for number, m in staff.serving.items() if m.person_id not in hidden}


def _in_place(staff: Staff, placement: Placement, rung: list[int | None]) -> list[int | None]:
    """A rung with the leads, or where there is none the coordinators, for somebody named in a case."""
    hidden, leads = staff.hidden[placement.id], staff.leads.get(placement.cohort_id, ())
    last = staff.last_rung.get(placement.cohort_id, ())
    instead = leads or [m for m in last if staff.serving[m].role == Role.COORDINATOR]
    found: list[int | None] = []
    for number in rung:
        member = staff.serving.get(number) if number is not None else None
        found += instead if member is not None and member.person_id in hidden else [number]
    return found


def confidants_in(staff: Staff, placement: Placement, chosen: Iterable[int], now: datetime) -> Ladder:
    """Everybody of `chosen` and the leads, as they are now: who may hear what this learner confided."""
    serving, leads = _heard(staff, placement), staff.leads.get(placement.cohort_id, ())
    cohort = staff.cohorts[placement.cohort_id]
    responders = {
        m.id: _responder(m, staff.accounts.get(m.person_id), (m,), cohort.home_zone, now)
        for m in (serving[number] for number in dict.fromkeys((*chosen, *leads)) if number in serving)
        if m.person_id != placement.person_id
    }
    return Ladder((), responders, timedelta(seconds=cohort.escalate_after))


def _in_order(rung: list[int | None], known: Memberships, now: datetime, seen: dict[int, _Line]) -> list[int]:
    """The members of a rung, those away followed by who stands in for them; each person on one rung only."""
    found: list[int] = []
    for membership_id in rung:
        membership = known.get(membership_id) if membership_id is not None else None
        line = line_of(membership, known, now) if membership is not None else []
        for at, candidate in enumerate(line):
            if candidate.person_id not in seen:
                seen[candidate.person_id] = candidate.id, []
                found.append(candidate.id)
            seen[candidate.person_id][1].extend(line[: at + 1])
    return found


def _responder(
    membership: Membership, account: TelegramAccount | None, hours: Sequence[Membership], zone: str, now: datetime
) -> Responder:
    if account is None:
        return Responder(membership.id, reachable=False, why="unlinked")
    if account.blocked_at is not None:
        return Responder(membership.id, reachable=False, why="blocked")
    if away_at(membership, now):
        return Responder(membership.id, on_duty=False, why="away")
    if not serves_at(hours or (membership,), zone, now):
        return Responder(membership.id, on_duty=False, why="off_duty")
    return Responder(membership.id)
