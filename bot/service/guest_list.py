"""The invites of a cohort: who holds which, who has come in, sending out new ones, taking them back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.errors import BadInput, NotFound
from bot.rules.names import full_name
from bot.rules.typed import shown
from bot.service import invites, referents
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.store.tables import Cohort, Invite, Membership, Person

ORDER = (
    "coordinator",
    "referent",
    "local-contact",
    "accompanying",
    "safeguarding",
    "learner",
    "staff",
    "host-tutor",
    "family",
)


def listing(core: Core, cohort_code: str, now: datetime, *, everybody: bool = False) -> list[dict[str, Any]]:
    """Invites that can be used now, or the newest one of `everybody`: code, role, name, url, token, state, expires_at.

    `state` is open, used, expired or revoked; `url` and `token` are None unless it is open.
    """
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        address = invites.bot_address(session)
        rows = session.execute(
            select(Invite, Person)
            .join(Person, Person.id == Invite.person_id)
            .where(Invite.cohort_id == cohort.id, Person.erased_at.is_(None))
            .order_by(Invite.id)
        )
        newest = {(invite.person_id, invite.role, invite.code): (invite, person) for invite, person in rows}
        found = [_row(invite, person, address, now) for invite, person in newest.values()]
    shown_ones = [row for row in found if everybody or row["state"] == "open"]
    return sorted(shown_ones, key=lambda row: (ORDER.index(row["role"]) if row["role"] in ORDER else 99, row["code"]))


def _row(invite: Invite, person: Person, address: str | None, now: datetime) -> dict[str, Any]:
    state = _state(invite, now)
    return {
        "code": invite.code, "role": referents.spelled(invite.role),
        "name": full_name(person),
        "url": invites.link(invite, address) if state == "open" else None,
        "token": invite.token if state == "open" else None, "state": state,
        "expires_at": invite.expires_at.isoformat(), "language": person.language,
        "mailed_at": invite.mailed_at.isoformat() if invite.mailed_at else None,
    }  # fmt: skip


def _state(invite: Invite, now: datetime) -> str:
    if invite.token is None:
        return "used" if invite.used_at else "revoked"
    return "open" if invite.expires_at > now else "expired"


def reissue(core: Core, cohort_code: str, code: str, now: datetime) -> dict[str, Any]:
    """A fresh invite for somebody; the one before is worth nothing. Returns it as a row of the listing."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        membership = _member(session, cohort, code)
        person = session.get_one(Person, membership.person_id)
        invite = invites.issue(session, person.id, cohort.id, membership.role, membership.code or "", now)
        note(session, None, "invite_reissued", person.id, now, cohort=cohort.code, role=membership.role)
        return _row(invite, person, invites.bot_address(session), now)


def revoke(core: Core, cohort_code: str, code: str, now: datetime) -> int:
    """Make the open invite of somebody useless. Returns how many there were. Raises BadInput when there is none."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        membership = _member(session, cohort, code)
        gone = invites.revoke(session, membership.person_id, membership.role, now)
        if not gone:
            raise BadInput(
                f"{membership.code} has no open invite: it was used, revoked or has expired; who joined by mistake is "
                "moved out with `compagnon learner relink`."
            )
        note(session, None, "invite_revoked", membership.person_id, now, cohort=cohort.code, role=membership.role)
        return gone


def _member(session: Session, cohort: Cohort, code: str) -> Membership:
    """Whoever has that code in the cohort; `role:code` where two roles share it."""
    role, _, bare = code.strip().rpartition(":")
    rows = session.scalars(
        select(Membership)
        .where(Membership.cohort_id == cohort.id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    found = [
        m for m in rows
        if (m.code or "").casefold() == bare.casefold() and role.replace("-", "_") in ("", m.role)
    ]  # fmt: skip
    if not found:
        raise NotFound(
            f"Nobody in {cohort.code} has the code “{shown(code)}”: "
            f"`compagnon cohort invites {cohort.code} --all` shows everybody."
        )
    if len({m.person_id for m in found}) > 1:
        spelled = " or ".join(f"{referents.spelled(m.role)}:{m.code}" for m in found)
        raise BadInput(f"“{shown(code)}” is the code of several people: write {spelled}.")
    return found[0]
