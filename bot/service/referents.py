"""Referents and the other roles around a cohort: adding them, and what import files call them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import zone as known_zone
from bot.errors import BadInput
from bot.rules.duty import ALWAYS, parse_duty
from bot.rules.names import full_name
from bot.rules.typed import parse_choice, parse_code, parse_email, parse_language, parse_name, parse_phone, slug
from bot.service import invites
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.store.tables import Invite, Membership, Person, TelegramAccount

# How the command line spells a role → how it is stored.
ROLES = {
    "referent": "referent",
    "coordinator": "coordinator",
    "local-contact": "local_contact",
    "accompanying": "accompanying",
    "safeguarding": "safeguarding",
}


def spelled(role: str) -> str:
    """A stored role as the command line spells it: `local-contact`."""
    return role.replace("_", "-")


@dataclass(frozen=True, slots=True)
class NewReferent:
    """What `compagnon referent add` takes, as typed."""

    name: str
    cohort: str
    language: str = "en"
    code: str | None = None
    role: str = "referent"
    phone: str | None = None
    email: str | None = None
    duty: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class InviteLink:
    """A way in, ready to be handed out. `role` as the command line spells it, `url` opens the bot."""

    code: str
    role: str
    name: str
    url: str
    token: str
    expires_at: datetime


def add(core: Core, new: NewReferent, now: datetime) -> InviteLink:
    """Add somebody to a cohort and invite them. Raises BadInput or NotFound with one sentence."""
    name, language = parse_name(new.name), parse_language(new.language)
    role = ROLES[parse_choice(new.role.replace("_", "-"), ROLES, "a role")]
    phone = parse_phone(new.phone) if new.phone else None
    email = parse_email(new.email) if new.email else None
    duty = parse_duty(new.duty)
    if new.zone is not None:
        known_zone(new.zone)
    with core.store.transaction() as session:
        cohort = find(session, new.cohort)
        code = _free_code(session, cohort.id, new.code, name)
        first, _, last = name.partition(" ")
        person = Person(first_name=first, last_name=last, language=language, phone=phone, email=email, created_at=now)
        session.add(person)
        session.flush()
        hours = None if duty.text == ALWAYS else duty.text
        session.add(
            Membership(
                person_id=person.id,
                role=role,
                code=code,
                cohort_id=cohort.id,
                duty=hours,
                zone=new.zone,
                created_at=now,
            )
        )
        invite = invites.issue(session, person.id, cohort.id, role, code, now)
        note(session, None, "member_added", person.id, now, cohort=cohort.code, role=role)
        return _link(session, invite, name)


def _free_code(session: Session, cohort_id: int, wanted: str | None, name: str) -> str:
    taken = {
        code.casefold()
        for code in session.scalars(
            select(Membership.code).where(Membership.cohort_id == cohort_id, Membership.code.is_not(None))
        )
        if code
    }
    if wanted is not None:
        code = parse_code(wanted)
        if code.casefold() in taken:
            raise BadInput(f"The code {code} is taken in this cohort: choose another one with --code.")
        return code
    base = slug(name, "person")
    return next(c for c in (base, *(f"{base}-{n}" for n in range(2, 1000))) if c not in taken)


def _link(session: Session, invite: Invite, name: str) -> InviteLink:
    url = invites.link(invite, invites.bot_address(session))
    return InviteLink(invite.code, spelled(invite.role), name, url, invite.token or "", invite.expires_at)


def listing(core: Core, cohort_code: str) -> list[dict[str, Any]]:
    """Everybody of a cohort who is not a learner: code, role, name, joined, duty, away, phone, email."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        rows = session.execute(
            select(Membership, Person, TelegramAccount)
            .join(Person, Person.id == Membership.person_id)
            .outerjoin(TelegramAccount, (TelegramAccount.person_id == Person.id) & TelegramAccount.revoked_at.is_(None))
            .where(Membership.cohort_id == cohort.id, Membership.role != "learner", Membership.ended_at.is_(None))
            .order_by(Membership.role, Membership.id)
        ).all()
        substitutes = {m.id: full_name(p) for m, p, _ in rows}
        return [
            {
                "code": m.code, "role": spelled(m.role), "name": full_name(p),
                "language": p.language, "phone": p.phone, "email": p.email, "joined": account is not None,
                "blocked": account is not None and account.blocked_at is not None,
                "away_until": m.away_until.isoformat() if m.away_until else None,
                "substitute": substitutes.get(m.substitute_id or 0) if m.away_until else None,
                "duty": m.duty or ALWAYS, "timezone": m.zone or cohort.home_zone,
            }
            for m, p, account in rows
        ]  # fmt: skip


def by_code(
    session: Session, cohort_id: int, roles: Sequence[str] = tuple(ROLES.values())
) -> dict[str, list[Membership]]:
    """The memberships of a cohort that import files may name, by code in lower case; whoever left by who took over."""
    found: dict[str, list[Membership]] = {}
    rows = session.scalars(
        select(Membership).where(Membership.cohort_id == cohort_id, Membership.role.in_(roles)).order_by(Membership.id)
    )
    everybody = {membership.id: membership for membership in rows}
    for first in everybody.values():
        membership = first
        while membership.ended_at is not None and membership.successor_id in everybody:
            membership = everybody[membership.successor_id]
        if first.code and membership.ended_at is None:
            found.setdefault(first.code.casefold(), []).append(membership)
    return found
