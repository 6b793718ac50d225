"""Writing a checked list into the tables: people, stays, memberships, guardians, invites, in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bot.rules.names import full_name
from bot.rules.telling import Tell
from bot.service import import_new, invites
from bot.service.audit import note
from bot.service.consents import record_consent
from bot.service.import_new import FEWER, FLAGS, PERSON, PLACEMENT, REFERENCES
from bot.service.import_rows import Entry
from bot.store.tables import Cohort, Invite, Membership, Person, Placement

_EVERY = 500  # rows between two words on how far it is


@dataclass(slots=True)
class Placed:
    """A learner who is in the cohort already."""

    placement: Placement
    person: Person
    guardian: Person | None

    @property
    def name(self) -> str:
        """First and last name."""
        return full_name(self.person)


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
    if column in FLAGS:
        return "no" if getattr(placed.placement, FLAGS[column]) else None
    return getattr(placed.placement, PLACEMENT[column])


def _key(value: Any) -> Any:
    return ("membership", value.id) if isinstance(value, Membership) else value or None


# --- writing ------------------------------------------------------------------------------------


def apply(session: Session, cohort: Cohort, entries: list[Entry], people: People, now: datetime, tell: Tell) -> None:
    """Add and change learners. The list was checked; the caller's transaction makes it all or nothing."""
    known = [(entry, placed) for entry in entries if (placed := people.get(entry.code)) is not None]
    stays = {placed.placement.code.casefold(): placed.placement.id for placed in people.everybody()}
    new = [entry for entry in entries if people.get(entry.code) is None]
    tell("written", 0, len(entries))
    import_new.add(session, cohort, new, stays, now)
    for done, (entry, placed) in enumerate(known, start=len(new)):
        if done % _EVERY == 0:
            tell("written", done, len(entries))
        _change(session, entry, placed, people, now)
        _pair(entry, placed.placement, stays)
        _guard(session, cohort, entry, placed, now)
    session.flush()


def _refer(entry: Entry, placement: Placement) -> None:
    for column, attribute in FLAGS.items():
        if column in entry.values:
            setattr(placement, attribute, entry.values[column] == "no")
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
    if FEWER in differing:
        given = differing[FEWER][1] is not None
        record_consent(session, placed.person.id, FEWER, given, "paper", None, now, placed.placement.id)
    _refer(entry, placed.placement)
    # What is not sent yet is worked out again; what is sent stays.
    placed.placement.plan_at = now
    note(session, None, "changed_by_import", placed.person.id, now, columns=sorted(differing))


def _pair(entry: Entry, placement: Placement, stays: Mapping[str, int]) -> None:
    if "partner" in entry.values:
        partner = entry.values["partner"]
        placement.partner_id = stays.get(partner.casefold()) if partner else None


# --- guardians ----------------------------------------------------------------------------------


def _guard(session: Session, cohort: Cohort, entry: Entry, placed: Placed, now: datetime) -> None:
    """Give a guardian a person and an invite, so that they can consent in their own chat."""
    if "guardian_name" not in entry.values:
        return
    placement, guardian = placed.placement, placed.guardian
    if guardian is not None and _stays_guardian(entry, guardian):
        _rename(entry, placement, guardian)
        return
    if guardian is not None:
        _dismiss(session, placement, guardian, now)
    if not entry.values["guardian_name"]:
        return
    person = Person(first_name="", last_name="", language="en", created_at=now)
    _rename(entry, placement, person)
    session.add(person)
    session.flush()
    placement.guardian_id = person.id
    code = _family_code(session, placement, cohort.id)
    session.add(Membership(person_id=person.id, role="family", code=code, cohort_id=cohort.id, created_at=now))
    session.add(Invite(**import_new.invite(person.id, cohort.id, "family", code, now)))


def _stays_guardian(entry: Entry, guardian: Person) -> bool:
    """Another name for somebody who has already spoken to the bot is another person; else it is a correction."""
    name = entry.values["guardian_name"]
    return bool(name) and (guardian.onboarded_at is None or name == full_name(guardian))


def _rename(entry: Entry, placement: Placement, person: Person) -> None:
    person.first_name, _, person.last_name = entry.values["guardian_name"].partition(" ")
    person.phone, person.email = placement.guardian_phone, placement.guardian_email
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
    taken = set(
        session.scalars(
            select(Membership.code).where(
                Membership.cohort_id == cohort_id, Membership.role == "family", Membership.code.like(f"{base}%")
            )
        )
    )
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, 100))) if code not in taken)
