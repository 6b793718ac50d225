"""Whom a learner could tell, telling those they chose, and what a case changes about alerts that are open.

An alert that is confided to some has the ladder of those alone (`bot.rules.confiding`); everybody else is left out of
it for good. A call for help of the same learner is another alert and goes to everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.flows.scene import ConfideView
from bot.rules.alert import Raised, Reason, Severity
from bot.rules.confiding import MOST_CHOICES, Confidant
from bot.rules.names import full_name
from bot.rules.permissions import Role
from bot.service import alerts, incidents, second_channel
from bot.service.book import OPEN, Book, book_of
from bot.service.contacts import by_telephone
from bot.service.core import Core
from bot.service.ladder import Staff, ladder_in, staff_of
from bot.service.watch import away_at
from bot.store.tables import Alert, Membership, Outbox, Placement

# --- whom to tell ---------------------------------------------------------------------------------


def view_of(core: Core, session: Session, placement: Placement, now: datetime) -> ConfideView:
    """Everybody on the ladder who can be reached, then the leads; and everybody whom it could be about."""
    staff = staff_of(session, [placement])
    leads = _confidants(core, staff, placement, staff.leads.get(placement.cohort_id, ()), now)
    ladder = [one.id for one in ladder_in(staff, placement, now).everybody()]
    on_it = [one for one in _confidants(core, staff, placement, ladder, now) if one.reached]
    hidden = staff.hidden.get(placement.id, frozenset())
    last = [m for m in leads if m.reached and m.person_id not in hidden][:1]
    first = [one for one in on_it if all(one.person_id != lead.person_id for lead in leads)]
    around = _around(core, staff, placement, now)
    coordinators = [one for one in around if one.role == Role.COORDINATOR]
    return ConfideView(
        placement.id, (*first[: MOST_CHOICES - len(last)], *last), _nameable(placement, (*around, *leads), hidden),
        tuple(one for one in leads if one.person_id not in hidden),
        tuple(one for one in coordinators if one.person_id not in hidden),
    )  # fmt: skip


def _around(core: Core, staff: Staff, placement: Placement, now: datetime) -> list[Confidant]:
    named = (placement.referent_id, placement.backup_id, placement.local_contact_id)
    last = sorted(staff.last_rung.get(placement.cohort_id, ()))
    return _confidants(core, staff, placement, [m for m in (*named, *last) if m is not None], now)


def _nameable(placement: Placement, people: Iterable[Confidant], hidden: Collection[int]) -> dict[str, Confidant]:
    found: dict[str, Confidant] = {}
    known = set(hidden)
    for one in people:
        if one.person_id not in known:
            known.add(one.person_id)
            found[str(one.membership_id)] = one
    for contact in by_telephone(placement):
        if contact.role in ("host", "tutor") and contact.name:
            found[contact.role] = Confidant(0, 0, contact.name, contact.role, reached=False)
    return found


def _confidants(
    core: Core, staff: Staff, placement: Placement, memberships: Iterable[int], now: datetime
) -> list[Confidant]:
    """These as people, each once; not the learner themselves, who may look after others."""
    found: dict[int, Confidant] = {}
    for number in memberships:
        member = staff.serving.get(number)
        if member is not None and member.person_id != placement.person_id:
            person = staff.people[member.person_id]
            name = full_name(person)
            known = Confidant(number, person.id, name, _role(placement, member), _reached(core, staff, member, now))
            found.setdefault(person.id, known)
    return list(found.values())


def _role(placement: Placement, member: Membership) -> str:
    of_stay = {placement.local_contact_id: "local_contact", placement.backup_id: "backup",
               placement.referent_id: "referent"}  # fmt: skip
    return of_stay.get(member.id, member.role)


def _reached(core: Core, staff: Staff, member: Membership, now: datetime) -> bool:
    """By chat, or by e-mail where there is one; and not away."""
    account = staff.accounts.get(member.person_id)
    chat = account is not None and account.blocked_at is None
    mail = second_channel.MAIL in core.channels and bool(staff.people[member.person_id].email)
    return (chat or mail) and not away_at(member, now)


# --- telling them ---------------------------------------------------------------------------------


def confide(core: Core, session: Session, placement: Placement, chosen: tuple[int, ...], now: datetime) -> Alert | None:
    """Tell these, and nobody else, that the learner would like to talk. None when they know already.

    Whoever is not on the learner's list as it stands now is left out.
    """
    able = {one.membership_id for one in view_of(core, session, placement, now).people}
    told = tuple(m for m in chosen if m in able)
    if not told or _knows(session, placement, told):
        return None
    book = Book(session, now, [placement])
    row = book.new_alert(placement, Reason.WANTS_TO_TALK, Severity.AMBER, None, chosen=told)
    book.note(row.id, "raised", reason=row.reason, severity=row.severity)
    alerts.move(core, book, row, Raised(now, Severity.AMBER))
    # They said it themselves, and may be well: it is asked about again and again, but wakes no further circle.
    row.state = {**row.state, "learner_answered_at": now.isoformat()}
    book.write()
    return row


def _knows(session: Session, placement: Placement, told: tuple[int, ...]) -> bool:
    """A double tap: the same people, still open and untaken."""
    query = select(Alert).where(Alert.placement_id == placement.id, OPEN, Alert.confided.is_(True))
    return any(tuple(row.state.get("chosen", ())) == told for row in session.scalars(query.with_for_update()))


# --- who must not hear of it any more ---------------------------------------------------------------


def withdraw(core: Core, session: Session, placement: Placement, person_id: int, now: datetime) -> None:
    """Somebody was named: open alerts about this learner leave them, and what they had taken is anybody's again."""
    rows = session.scalars(
        select(Alert).where(Alert.placement_id == placement.id, OPEN).order_by(Alert.id).with_for_update()
    ).all()
    theirs = set(session.scalars(select(Membership.id).where(Membership.person_id == person_id)))
    if rows:
        book = book_of(session, now, rows)
        for row in rows:
            if row.reason != Reason.DRILL.value:
                rested = row.incident_id is not None
                incidents.take_out(core, book, row)
                _leave(book, row, theirs)
                if rested and row.acknowledged_by is None:
                    row.next_at = now  # its ladder is its own from here
        book.write()
    refs = [f"alert:{row.id}:{membership}" for row in rows for membership in theirs]
    waiting = Outbox.person_id == person_id, Outbox.state == "queued", Outbox.ref.in_(refs)
    session.execute(update(Outbox).where(*waiting).values(state="cancelled", finished_at=now))


def release(session: Session, member: Membership, now: datetime) -> None:
    """Somebody leaves: what was confided to them goes to nobody but who else was chosen, and the leads."""
    query = select(Alert).where(Alert.cohort_id == member.cohort_id, OPEN, Alert.confided.is_(True))
    rows = [row for row in session.scalars(query.order_by(Alert.id).with_for_update()) if _has(row, {member.id})]
    if rows:
        book = book_of(session, now, rows)
        for row in rows:
            _leave(book, row, {member.id})
        book.write()


def _has(row: Alert, memberships: set[int]) -> bool:
    known = {int(m) for key in ("told", "mailed", "chosen") for m in row.state.get(key, ())}
    return bool(known & memberships) or row.acknowledged_by in memberships


def _leave(book: Book, row: Alert, memberships: set[int]) -> None:
    if not _has(row, memberships):
        return
    kept: dict[str, Any] = {
        key: [m for m in row.state.get(key, ()) if int(m) not in memberships]
        for key in ("told", "mailed", "chosen")
        if key in row.state
    }
    row.state = {**row.state, **kept}
    if row.acknowledged_by in memberships:
        row.acknowledged_by, row.acknowledged_at = None, None
        row.state = {**row.state, "came_back_at": None}
    if row.acknowledged_by is None:
        row.next_at = book.now
    book.note(row.id, "withdrawn")
