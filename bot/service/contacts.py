"""Everybody around a stay who can be reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.flows.scene import Contact
from bot.rules.names import full_name
from bot.store.prepared import among, rows
from bot.store.tables import Cohort, Membership, Person, Placement, TelegramAccount

_PLACEMENTS = select(
    Placement.id, Placement.referent_id, Placement.backup_id, Placement.local_contact_id, Placement.partner_id,
    Placement.host_organisation, Placement.host_phone, Placement.tutor_name, Placement.guardian_name,
    Placement.guardian_phone, Placement.emergency_contact_name, Placement.emergency_contact_phone,
    Placement.cohort_id, Cohort.assistance_name, Cohort.assistance_phone,
).join(Cohort, Cohort.id == Placement.cohort_id).where(among(Placement.id, "placements"))  # fmt: skip
# Whoever travels with a cohort is near all of its learners.
_TRAVELS_ALONG = and_(Membership.role == "accompanying", Membership.ended_at.is_(None), Person.erased_at.is_(None))
_MEMBERS = (
    select(
        Membership.id.label("membership_id"), Person.id.label("person_id"), Person.first_name, Person.last_name,
        Person.phone, TelegramAccount.id.label("account_id"), TelegramAccount.blocked_at, Membership.role,
        Membership.cohort_id,
    )
    .join(Person, Person.id == Membership.person_id)
    .outerjoin(TelegramAccount, (TelegramAccount.person_id == Person.id) & TelegramAccount.revoked_at.is_(None))
    .where(or_(among(Membership.id, "memberships"), and_(among(Membership.cohort_id, "cohorts"), _TRAVELS_ALONG)))
    .order_by(Membership.id)
)  # fmt: skip


def contact_person(session: Session, placement: Placement) -> int | None:
    """Who hears news of a stay: the person of its referent, of who took over from them, or of the backup.

    None when nobody serves any more: who has left is never told.
    """
    for named in (placement.referent_id, placement.backup_id):
        member = session.get_one(Membership, named) if named is not None else None
        while member is not None and member.ended_at is not None:
            member = session.get_one(Membership, member.successor_id) if member.successor_id is not None else None
        if member is not None:
            return member.person_id
    return None


def contacts_of(session: Session, placement_id: int) -> tuple[Contact, ...]:
    """Everybody around a stay, those in the bot first, then those with only a telephone."""
    return contacts_around(session, (placement_id,))[placement_id]


def contacts_around(session: Session, placements: Collection[int]) -> dict[int, tuple[Contact, ...]]:
    """The same for many stays, in two reads."""
    found = rows(session, _PLACEMENTS, placements=placements)
    wanted = {membership_id for p in found for membership_id in _rungs(p).values()}
    cohorts = {p.cohort_id for p in found}
    members = rows(session, _MEMBERS, memberships=wanted, cohorts=cohorts) if found else ()
    known = {row.membership_id: row for row in members}
    return {p.id: _around(session, p, known) for p in found}


def _rungs(p: Any) -> dict[str, int]:
    rungs = {"referent": p.referent_id, "backup": p.backup_id, "local_contact": p.local_contact_id}
    return {role: membership_id for role, membership_id in rungs.items() if membership_id is not None}


def _around(session: Session, p: Any, known: Mapping[int, Any]) -> tuple[Contact, ...]:
    found = [_member(role, known[membership_id]) for role, membership_id in _rungs(p).items()]
    along = (m for m in known.values() if m.role == "accompanying" and m.cohort_id == p.cohort_id)
    found += [_member("accompanying", member) for member in along]
    if p.partner_id is not None:
        found += _partner_contact(session, p.partner_id)
    return (*once(found), *by_telephone(p), *assistance_of(p))


def once(found: Iterable[Contact]) -> tuple[Contact, ...]:
    """Each person in the first of their parts: a referent who is the backup as well has one telephone."""
    first: dict[int | str, Contact] = {}
    for contact in found:
        first.setdefault(contact.person_id or f"{contact.role} {contact.name}", contact)
    return tuple(first.values())


def assistance_of(cohort: Any) -> tuple[Contact, ...]:
    """The assistance of a cohort's insurance (a cohort, or its columns), where there is one."""
    phone = cohort.assistance_phone
    return (Contact(cohort.assistance_name or "", "assistance", phone),) if phone else ()


def by_telephone(p: Any) -> tuple[Contact, ...]:
    """Those around a stay (a placement, or its columns) who have no chat, only a telephone."""
    around = (
        ("host", p.host_organisation, p.host_phone),
        ("tutor", p.tutor_name, None),
        ("guardian", p.guardian_name, p.guardian_phone),
        ("emergency_contact", p.emergency_contact_name, p.emergency_contact_phone),
    )
    return tuple(Contact(name or "", role, phone) for role, name, phone in around if name or phone)


def _member(role: str, row: Any) -> Contact:
    name = full_name(row)
    return Contact(name, role, row.phone, row.person_id, row.account_id is not None, row.blocked_at is not None)


def _partner_contact(session: Session, placement_id: int) -> list[Contact]:
    person = session.scalars(
        select(Person).join(Placement, Placement.person_id == Person.id).where(Placement.id == placement_id)
    ).one()
    return [] if person.erased_at is not None else [Contact(full_name(person), "partner", person.phone)]


def name_of(session: Session, person_id: int) -> str:
    """What somebody is called in full."""
    return full_name(session.get_one(Person, person_id))
