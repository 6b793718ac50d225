"""Writing a checked list into the tables: people, stays, memberships, guardians, invites, in few statements."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bot.service import invites
from bot.service.audit import note
from bot.service.import_rows import Entry
from bot.store.tables import Cohort, Invite, Membership, Person, Placement

# Column of the list → attribute of the table.
PERSON = {
    "first_name": "first_name", "last_name": "last_name", "language": "language", "birth_date": "birth_date",
    "phone": "phone", "email": "email",
}  # fmt: skip
PLACEMENT = {
    "status": "status", "trade": "trade", "home_city": "home_city", "home_country": "home_country",
    "home_timezone": "home_zone", "host_city": "host_city", "host_country": "host_country",
    "host_timezone": "host_zone", "kit": "kit", "host_organisation": "host_organisation", "host_phone": "host_phone",
    "tutor_name": "tutor_name", "tutor_email": "tutor_email", "accommodation": "accommodation",
    "departure_date": "departure_date", "arrival_date": "arrival_date", "return_date": "return_date",
    "guardian_name": "guardian_name", "guardian_phone": "guardian_phone", "guardian_language": "guardian_language",
    "emergency_contact_name": "emergency_contact_name", "emergency_contact_phone": "emergency_contact_phone",
}  # fmt: skip
REFERENCES = {"referent": "referent_id", "backup_referent": "backup_id", "local_contact": "local_contact_id"}


@dataclass(slots=True)
class Placed:
    """A learner who is in the cohort already."""

    placement: Placement
    person: Person
    guardian: Person | None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.person.first_name} {self.person.last_name}".strip()


class People:
    """The learners of a cohort by code, in any case, and who their referents are."""

    def __init__(self, placed: Iterable[Placed], memberships: dict[int, Membership]) -> None:
        self._by_code = {p.placement.code.casefold(): p for p in placed}
        self._by_id = {p.placement.id: p for p in self._by_code.values()}
        self.memberships = memberships

    def get(self, code: str) -> Placed | None:
        """The learner of that code."""
        return self._by_code.get(code.casefold())

    def by_id(self, placement_id: int | None) -> Placed | None:
        """The learner of that stay."""
        return self._by_id.get(placement_id) if placement_id is not None else None

    def everybody(self) -> list[Placed]:
        """All, in the order in which they were added."""
        return list(self._by_code.values())


def load(session: Session, cohort_id: int) -> People:
    """Everybody who is in a cohort."""
    guardian = aliased(Person)
    rows = session.execute(
        select(Placement, Person, guardian)
        .join(Person, Person.id == Placement.person_id)
        .outerjoin(guardian, guardian.id == Placement.guardian_id)
        .where(Placement.cohort_id == cohort_id)
        .order_by(Placement.id)
    )
    placed = [Placed(placement, person, parent) for placement, person, parent in rows]
    memberships = session.scalars(select(Membership).where(Membership.cohort_id == cohort_id))
    return People(placed, {m.id: m for m in memberships})


def differences(entry: Entry, placed: Placed, people: People) -> dict[str, tuple[Any, Any]]:
    """By column the old and the new value, of the columns that the list has."""
    found: dict[str, tuple[Any, Any]] = {}
    for column, new in entry.values.items():
        if column == "code" or (column == "language" and placed.person.onboarded_at is not None):
            continue  # the language belongs to the learner once they chose it in the chat
        old = _current(column, placed, people)
        if _key(old) != _key(new):
            found[column] = (old, new)
    return found


def _current(column: str, placed: Placed, people: People) -> Any:
    if column in PERSON:
        return getattr(placed.person, PERSON[column])
    if column in REFERENCES:
        return people.memberships.get(getattr(placed.placement, REFERENCES[column]) or 0)
    if column == "partner":
        partner = people.by_id(placed.placement.partner_id)
        return partner.placement.code if partner else None
    return getattr(placed.placement, PLACEMENT[column])


def _key(value: Any) -> Any:
    return ("membership", value.id) if isinstance(value, Membership) else value or None


# --- writing ------------------------------------------------------------------------------------


def apply(session: Session, cohort: Cohort, entries: list[Entry], people: People, now: datetime) -> None:
    """Add and change learners. The list was checked; the caller's transaction makes it all or nothing."""
    new = [entry for entry in entries if people.get(entry.code) is None]
    placements = _add(session, cohort, new, now)
    for entry in entries:
        placed = people.get(entry.code)
        if placed is not None:
            _change(session, entry, placed, people, now)
            placements[entry.code.casefold()] = placed.placement
    _pair(entries, placements, people)
    _guard(session, cohort, entries, placements, people, now)
    session.flush()


def _add(session: Session, cohort: Cohort, entries: list[Entry], now: datetime) -> dict[str, Placement]:
    persons = [Person(**_attributes(entry, PERSON), created_at=now) for entry in entries]
    for person in persons:
        person.last_name = person.last_name or ""
    session.add_all(persons)
    session.flush()
    placements: dict[str, Placement] = {}
    for entry, person in zip(entries, persons, strict=True):
        placement = Placement(
            **_attributes(entry, PLACEMENT), cohort_id=cohort.id, person_id=person.id, code=entry.code, created_at=now
        )
        placement.home_zone = placement.home_zone or cohort.home_zone
        _refer(entry, placement)
        placements[entry.code.casefold()] = placement
        session.add_all(
            [
                placement,
                Membership(person_id=person.id, role="learner", code=entry.code, cohort_id=cohort.id, created_at=now),
                invite_for(person.id, cohort.id, "learner", entry.code, now),
            ]
        )
        note(session, None, "imported", person.id, now, cohort=cohort.code)
    session.flush()
    return placements


def invite_for(person_id: int, cohort_id: int, role: str, code: str, now: datetime) -> Invite:
    """A first invite: there is no older one to revoke, which thousands of rows would each pay for."""
    return Invite(
        token=secrets.token_urlsafe(18), person_id=person_id, cohort_id=cohort_id, role=role, code=code,
        created_at=now, expires_at=now + invites.LASTS,
    )  # fmt: skip


def _attributes(entry: Entry, columns: dict[str, str]) -> dict[str, Any]:
    return {attribute: entry.values.get(column) for column, attribute in columns.items()}


def _refer(entry: Entry, placement: Placement) -> None:
    for column, attribute in REFERENCES.items():
        if column in entry.values:
            membership = entry.values[column]
            setattr(placement, attribute, membership.id if membership else None)


def _change(session: Session, entry: Entry, placed: Placed, people: People, now: datetime) -> None:
    differing = differences(entry, placed, people)
    if not differing:
        return
    for column, (_, new) in differing.items():
        if column in PERSON:
            setattr(placed.person, PERSON[column], new if new is not None or column != "last_name" else "")
        elif column in PLACEMENT:
            setattr(placed.placement, PLACEMENT[column], new)
    _refer(entry, placed.placement)
    # What is not sent yet is worked out again; what is sent stays.
    placed.placement.plan_at = now
    note(session, None, "changed_by_import", placed.person.id, now, columns=sorted(differing))


def _pair(entries: list[Entry], placements: dict[str, Placement], people: People) -> None:
    for entry in entries:
        if "partner" not in entry.values:
            continue
        partner = entry.values["partner"]
        mine = placements[entry.code.casefold()]
        if not partner:
            mine.partner_id = None
            continue
        known = people.get(partner)
        other = placements.get(partner.casefold()) or (known.placement if known else None)
        mine.partner_id = other.id if other else None


# --- guardians ----------------------------------------------------------------------------------


def _guard(
    session: Session, cohort: Cohort, entries: list[Entry], placements: dict[str, Placement], people: People,
    now: datetime,
) -> None:  # fmt: skip
    """Give every guardian a person and an invite, so that they can consent in their own chat."""
    fresh: list[tuple[Entry, Placement, Person]] = []
    for entry in entries:
        if "guardian_name" not in entry.values:
            continue
        placement, placed = placements[entry.code.casefold()], people.get(entry.code)
        guardian = placed.guardian if placed else None
        if guardian is not None and _stays_guardian(entry, guardian):
            _rename(entry, placement, guardian)
        else:
            if guardian is not None:
                _dismiss(session, placement, guardian, now)
            if entry.values["guardian_name"]:
                fresh.append((entry, placement, _guardian(entry, placement, now)))
    session.add_all([person for _, _, person in fresh])
    session.flush()
    for _, placement, person in fresh:
        placement.guardian_id = person.id
        code = _family_code(session, placement, cohort.id)
        session.add(Membership(person_id=person.id, role="family", code=code, cohort_id=cohort.id, created_at=now))
        session.add(invite_for(person.id, cohort.id, "family", code, now))


def _stays_guardian(entry: Entry, guardian: Person) -> bool:
    """Another name for somebody who has already spoken to the bot is another person; else it is a correction."""
    name = entry.values["guardian_name"]
    return bool(name) and (
        guardian.onboarded_at is None or name == f"{guardian.first_name} {guardian.last_name}".strip()
    )


def _guardian(entry: Entry, placement: Placement, now: datetime) -> Person:
    person = Person(first_name="", last_name="", language="en", created_at=now)
    _rename(entry, placement, person)
    return person


def _rename(entry: Entry, placement: Placement, person: Person) -> None:
    person.first_name, _, person.last_name = entry.values["guardian_name"].partition(" ")
    person.phone = placement.guardian_phone
    if person.onboarded_at is None:
        person.language = placement.guardian_language or entry.values.get("language") or person.language


def _dismiss(session: Session, placement: Placement, guardian: Person, now: datetime) -> None:
    placement.guardian_id = None
    code = f"{placement.code}-family"
    for membership in session.scalars(
        select(Membership).where(
            Membership.person_id == guardian.id,
            Membership.role == "family",
            Membership.cohort_id == placement.cohort_id,
        )
    ):
        if (membership.code or "").startswith(code):
            membership.ended_at = now
    invites.revoke(session, guardian.id, "family", now)
    session.flush()


def _family_code(session: Session, placement: Placement, cohort_id: int) -> str:
    """`<learner>-family`, numbered after a change of guardian."""
    base = f"{placement.code}-family"
    if placement.journey_version_id is None and placement.plan_at is None:
        return base  # a stay that was just added cannot have had a guardian
    taken = set(
        session.scalars(
            select(Membership.code).where(
                Membership.cohort_id == cohort_id, Membership.role == "family", Membership.code.like(f"{base}%")
            )
        )
    )
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, 100))) if code not in taken)
