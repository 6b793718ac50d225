"""Referents and the other roles around a cohort: adding them, and what import files call them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import zone as known_zone
from bot.errors import BadInput, NotFound
from bot.rules.duty import ALWAYS, parse_duty
from bot.rules.names import full_name
from bot.rules.typed import parse_choice, parse_code, parse_email, parse_language, parse_name, parse_phone, shown, slug
from bot.service import invites
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.sending import called, find_organisation, find_project, sent_by
from bot.store.tables import Cohort, Invite, Membership, Person, TelegramAccount

# How the command line spells a role → how it is stored.
ROLES = {
    "referent": "referent",
    "coordinator": "coordinator",
    "local-contact": "local_contact",
    "accompanying": "accompanying",
    "safeguarding": "safeguarding",
}

# Roles that may hold in all cohorts of a project or of an organisation. They see; the ladder of an alert is a cohort's.
WIDE = ("coordinator", "safeguarding")


def spelled(role: str) -> str:
    """A stored role as the command line spells it: `local-contact`."""
    return role.replace("_", "-")


@dataclass(frozen=True, slots=True)
class NewReferent:
    """What `compagnon referent add` takes, as typed."""

    name: str
    cohort: str | None
    language: str = "en"
    code: str | None = None
    role: str = "referent"
    phone: str | None = None
    email: str | None = None
    duty: str | None = None
    zone: str | None = None
    project: str | None = None  # instead of a cohort: all cohorts of a project, or all that an organisation sends
    organisation: str | None = None


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
        scope, cohort = _scope(session, new, role)
        code = _free_code(session, scope, new.code, name)
        first, _, last = name.partition(" ")
        person = Person(first_name=first, last_name=last, language=language, phone=phone, email=email, created_at=now)
        session.add(person)
        session.flush()
        hours = None if duty.text == ALWAYS else duty.text
        clock = new.zone or (cohort.home_zone if "cohort_id" not in scope else None)
        session.add(
            Membership(person_id=person.id, role=role, code=code, duty=hours, zone=clock, created_at=now, **scope)
        )
        invite = invites.issue(session, person.id, cohort.id, role, code, now)
        note(session, None, "member_added", person.id, now, cohort=cohort.code, role=role, scope=next(iter(scope)))
        return _link(session, invite, name)


def _scope(session: Session, new: NewReferent, role: str) -> tuple[dict[str, int], Cohort]:
    """Where the role holds, as the columns of a membership, and the cohort whose invite lets them in."""
    if sum(one is not None for one in (new.cohort, new.project, new.organisation)) != 1:
        raise BadInput("Name one of --cohort CODE, --project CODE or --organisation CODE: where the role holds.")
    if new.cohort is not None:
        cohort = find(session, new.cohort)
        return {"cohort_id": cohort.id}, cohort
    if role not in WIDE:
        raise BadInput(
            f"The role {spelled(role)} holds in a cohort: name it with --cohort. A whole project or organisation is "
            f"for {' and '.join(spelled(one) for one in WIDE)}."
        )
    if new.project is not None:
        project = find_project(session, new.project)
        scope, whole, whose = {"project_id": project.id}, Cohort.project_id == project.id, project.code
    else:
        organisation = find_organisation(session, new.organisation or "")
        scope, whole = {"organisation_id": organisation.id}, sent_by(organisation.id)
        whose = called(organisation)
    newest = session.scalars(select(Cohort).where(whole).order_by(Cohort.id.desc()).limit(1)).first()
    if newest is None:
        raise BadInput(f"There is no cohort under {whose} yet: put one there first with `compagnon cohort move`.")
    return scope, newest


def _free_code(session: Session, scope: dict[str, int], wanted: str | None, name: str) -> str:
    taken = {
        code.casefold()
        for code in session.scalars(select(Membership.code).filter_by(**scope).where(Membership.code.is_not(None)))
        if code
    }
    if wanted is not None:
        code = parse_code(wanted)
        if code.casefold() in taken:
            raise BadInput(f"The code {code} is taken there: choose another one with --code.")
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


def end_wide(core: Core, code: str, project: str | None, organisation: str | None, now: datetime) -> dict[str, str]:
    """End a role that holds in a whole project or organisation; they were on no ladder. Raises NotFound."""
    with core.store.transaction() as session:
        if project is not None:
            scope = {"project_id": find_project(session, project).id}
        else:
            scope = {"organisation_id": find_organisation(session, organisation or "").id}
        theirs = select(Membership).filter_by(**scope).where(Membership.ended_at.is_(None))
        found = next((m for m in session.scalars(theirs) if (m.code or "").casefold() == code.strip().casefold()), None)
        if found is None:
            raise NotFound(f"Nobody there is called “{shown(code)}”: `compagnon project show` and `organisation show`.")
        found.ended_at = now
        invites.revoke(session, found.person_id, found.role, now)
        note(session, None, "member_ended", found.person_id, now, role=found.role, scope=next(iter(scope)))
        return {"code": found.code or "", "role": spelled(found.role)}
