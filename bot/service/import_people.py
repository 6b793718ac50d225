"""Rows of a list about people who do not travel: contact persons, coordinators, tutors at work and so on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import Fault
from bot.rules.duty import ALWAYS
from bot.rules.names import full_name
from bot.rules.typed import slug
from bot.service.audit import note
from bot.service.import_new import invite
from bot.service.import_rows import Entry
from bot.store.tables import Cohort, Invite, Membership, Person, Placement

PERSON = ("first_name", "last_name", "language", "phone", "email")
MEMBER = {"duty": "duty", "timezone": "zone", "host_organisation": "works_at"}


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What becomes of one of them: `state` is added, changed, unchanged or missing; columns old → new."""

    state: str
    role: str
    code: str
    name: str
    columns: dict[str, tuple[str, str]]


@dataclass(slots=True)
class Known:
    """Somebody who has that role in the cohort, or had it."""

    membership: Membership
    person: Person

    @property
    def name(self) -> str:
        """First and last name."""
        return full_name(self.person)


Directory = dict[tuple[str, str], Known]


def load(session: Session, cohort_id: int) -> Directory:
    """Who has a role around a cohort, by role (as the command line spells it) and code in lower case."""
    rows = session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.cohort_id == cohort_id, Membership.role.not_in(("learner", "staff", "family")))
        .order_by(Membership.id)
    )
    return {(m.role.replace("_", "-"), (m.code or "").casefold()): Known(m, person) for m, person in rows}


def check(entries: list[Entry], known: Directory) -> list[Fault]:
    """Give a code to who has none; who left the cohort does not come back under the old one."""
    faults = []
    for entry in entries:
        if not entry.code and "code" not in entry.bad:
            entry.values["code"] = slug(entry.name, "person")
        found = known.get((entry.role, entry.code.casefold()))
        if found is not None and found.membership.ended_at is not None:
            faults.append(entry.fault("code", f"“{entry.code}” has left this cohort: give them another code"))
    return faults


def apply(
    session: Session, cohort: Cohort, entries: list[Entry], known: Directory, now: datetime
) -> list[PersonChange]:  # fmt: skip
    """Add and change them in the caller's transaction. Returns what became of each, and who is missing."""
    done = [_one(session, cohort, entry, known, now) for entry in entries if not entry.bad]
    session.flush()
    here = {(entry.role, entry.code.casefold()) for entry in entries}
    roles = {entry.role for entry in entries}
    return done + [
        PersonChange("missing", role, found.membership.code or "", found.name, {})
        for (role, code), found in known.items()
        if role in roles and (role, code) not in here and found.membership.ended_at is None
    ]


def _one(session: Session, cohort: Cohort, entry: Entry, known: Directory, now: datetime) -> PersonChange:
    found = known.get((entry.role, entry.code.casefold()))
    if found is None:
        _add(session, cohort, entry, known, now)
        return PersonChange("added", entry.role, entry.code, entry.name, {})
    differing = _differences(entry, found)
    for column, (_, new) in differing.items():
        if column in MEMBER:
            setattr(found.membership, MEMBER[column], new)
        else:
            setattr(found.person, column, new if new is not None or column != "last_name" else "")
    if differing:
        note(session, None, "changed_by_import", found.person.id, now, columns=sorted(differing))
        _follow(session, found)
    columns = {column: (str(old or ""), str(new or "")) for column, (old, new) in differing.items()}
    return PersonChange("changed" if columns else "unchanged", entry.role, entry.code, found.name, columns)


def _add(session: Session, cohort: Cohort, entry: Entry, known: Directory, now: datetime) -> None:
    person = Person(**{name: entry.values.get(name) for name in PERSON}, created_at=now)
    person.last_name = person.last_name or ""
    session.add(person)
    session.flush()
    role = entry.role.replace("-", "_")
    member = Membership(person_id=person.id, role=role, code=entry.code, cohort_id=cohort.id, created_at=now)
    for column, attribute in MEMBER.items():
        setattr(member, attribute, _value(entry, column))
    session.add_all([member, Invite(**invite(person.id, cohort.id, role, entry.code, now))])
    session.flush()
    note(session, None, "member_added", person.id, now, cohort=cohort.code, role=role)
    known[entry.role, entry.code.casefold()] = Known(member, person)


def _differences(entry: Entry, found: Known) -> dict[str, tuple[Any, Any]]:
    differing: dict[str, tuple[Any, Any]] = {}
    for column in (*PERSON, *MEMBER):
        if column not in entry.values or (column == "language" and found.person.onboarded_at is not None):
            continue
        source = found.membership if column in MEMBER else found.person
        old, new = getattr(source, MEMBER.get(column, column)), _value(entry, column)
        if (old or None) != (new or None):
            differing[column] = (old, new)
    return differing


def _value(entry: Entry, column: str) -> Any:
    value = entry.values.get(column)
    return None if column == "duty" and value == ALWAYS else value


def _follow(session: Session, found: Known) -> None:
    """What stays say of their tutor follows the tutor's own row."""
    if found.membership.role != "host_tutor":
        return
    for placement in session.scalars(select(Placement).where(Placement.tutor_id == found.membership.id)):
        placement.tutor_name, placement.tutor_email = found.name, found.person.email
        placement.host_organisation = found.membership.works_at or placement.host_organisation
