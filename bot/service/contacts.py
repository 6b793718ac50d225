"""Everybody around a stay who can be reached."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.flows.scene import Contact
from bot.store.tables import Membership, Person, Placement, TelegramAccount


def contacts_of(session: Session, placement_id: int) -> tuple[Contact, ...]:
    """Everybody around a stay, those in the bot first, then those with only a telephone."""
    p = session.get_one(Placement, placement_id)
    found: list[Contact] = []
    for role, membership_id in (
        ("referent", p.referent_id), ("backup", p.backup_id), ("local_contact", p.local_contact_id),
    ):  # fmt: skip
        if membership_id is not None:
            found.append(_member_contact(session, role, membership_id))
    if p.partner_id is not None:
        found.append(_partner_contact(session, p.partner_id))
    for role, name, phone in (
        ("host", p.host_organisation, p.host_phone),
        ("tutor", p.tutor_name, None),
        ("guardian", p.guardian_name, p.guardian_phone),
        ("emergency_contact", p.emergency_contact_name, p.emergency_contact_phone),
    ):
        if name or phone:
            found.append(Contact(name or "", role, phone))
    return tuple(found)


def _member_contact(session: Session, role: str, membership_id: int) -> Contact:
    person, account = session.execute(
        select(Person, TelegramAccount.id)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(
            TelegramAccount, (TelegramAccount.person_id == Person.id) & TelegramAccount.revoked_at.is_(None)
        )
        .where(Membership.id == membership_id)
    ).first() or (None, None)  # fmt: skip
    assert person is not None
    name = f"{person.first_name} {person.last_name}".strip()
    return Contact(name, role, person.phone, person.id, account is not None)


def _partner_contact(session: Session, placement_id: int) -> Contact:
    person = session.scalars(
        select(Person).join(Placement, Placement.person_id == Person.id).where(Placement.id == placement_id)
    ).one()
    return Contact(f"{person.first_name} {person.last_name}".strip(), "partner", person.phone)
