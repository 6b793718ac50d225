"""Who is told about a learner, in order, as things are now."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rules.alert import Ladder, Responder, Rung
from bot.store.tables import Cohort, Membership, Placement, TelegramAccount

LAST_RUNG = ("local_contact", "accompanying", "coordinator")


def ladder_of(session: Session, placement: Placement, now: datetime) -> Ladder:
    """Referent, then backup, then everyone else of the cohort who may act; substitutes follow who is away."""
    rungs = [[placement.referent_id], [placement.backup_id]]
    others = session.scalars(
        select(Membership.id)
        .where(
            Membership.cohort_id == placement.cohort_id, Membership.role.in_(LAST_RUNG), Membership.ended_at.is_(None)
        )
        .order_by(Membership.id)
    ).all()
    rungs.append([placement.local_contact_id, *others])
    people = {m for rung in rungs for m in rung if m is not None}
    memberships = _memberships(session, people)
    substitutes = {m.substitute_id for m in memberships.values() if m.substitute_id and _away(m, now)}
    memberships |= _memberships(session, substitutes)
    built: list[Rung] = []
    seen: set[int] = set()
    for rung in rungs:
        members = _in_order(rung, memberships, now, seen)
        if members:
            built.append(Rung(tuple(members)))
    reach = _reach(session, {m.person_id for m in memberships.values()})
    responders = {
        m.id: _responder(m, reach.get(m.person_id), now)
        for m in memberships.values()
        if m.person_id != placement.person_id
    }
    escalate = session.scalar(select(Cohort.escalate_after).where(Cohort.id == placement.cohort_id)) or 1800
    return Ladder(tuple(built), responders, timedelta(seconds=escalate))


def _memberships(session: Session, ids: set[int]) -> dict[int, Membership]:
    if not ids:
        return {}
    found = session.scalars(select(Membership).where(Membership.id.in_(ids), Membership.ended_at.is_(None)))
    return {m.id: m for m in found}


def _away(membership: Membership, now: datetime) -> bool:
    return membership.away_until is not None and membership.away_until > now


def _in_order(rung: list[int | None], memberships: dict[int, Membership], now: datetime, seen: set[int]) -> list[int]:
    """The members of a rung, those away followed by who stands in for them; each person on one rung only."""
    found: list[int] = []
    for membership_id in rung:
        membership = memberships.get(membership_id) if membership_id is not None else None
        if membership is None:
            continue
        candidates = [membership.id]
        if _away(membership, now) and membership.substitute_id in memberships:
            candidates.append(membership.substitute_id)
        for candidate in candidates:
            person = memberships[candidate].person_id
            if person not in seen:
                seen.add(person)
                found.append(candidate)
    return found


def _reach(session: Session, people: set[int]) -> dict[int, TelegramAccount]:
    found = session.scalars(
        select(TelegramAccount).where(TelegramAccount.person_id.in_(people), TelegramAccount.revoked_at.is_(None))
    )
    return {account.person_id: account for account in found}


def _responder(membership: Membership, account: TelegramAccount | None, now: datetime) -> Responder:
    if account is None:
        return Responder(membership.id, reachable=False, why="unlinked")
    if account.blocked_at is not None:
        return Responder(membership.id, reachable=False, why="blocked")
    if _away(membership, now):
        return Responder(membership.id, on_duty=False, why="away")
    return Responder(membership.id)
