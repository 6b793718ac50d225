"""Somebody who looks after learners leaves: learners and open alerts go to another person first, then access ends.

All of it is one transaction: there is no instant at which an alert or a learner is nobody's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.errors import BadInput
from bot.flows import alert_screens, handover_screens
from bot.flows.vocabulary import Kind, Screen
from bot.rules.alert import Reason, Severity
from bot.rules.escalation import RED_REPEAT
from bot.rules.names import full_name
from bot.service import absences, cases, confiding, coverage, drafts, notices
from bot.service.alert_speaker import Speaker
from bot.service.alerts import name_of
from bot.service.audit import note
from bot.service.book import OPEN, book_of
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.ladder import LAST_RUNG
from bot.service.rota import member_of
from bot.service.stays import itinerary_of
from bot.store.tables import Alert, Cohort, Invite, Membership, Outbox, Person, Placement

LADDER = ("referent", *LAST_RUNG)


@dataclass(frozen=True, slots=True)
class Held:
    """What is somebody's: stays that are not over, and open alerts they were told of or took."""

    stays: list[Placement]
    alerts: list[Alert]

    def __bool__(self) -> bool:
        return bool(self.stays or self.alerts)


def held_by(session: Session, member: Membership, now: datetime) -> Held:
    """What has to be handed over before a membership may end; alerts locked."""
    named = or_(*(column == member.id for column in _COLUMNS.values()))
    alive = select(Placement).join(Person, Person.id == Placement.person_id).where(named, Person.erased_at.is_(None))
    stays = [p for p in session.scalars(alive.order_by(Placement.id)) if _lasts(p, now)]
    mine = Alert.cohort_id == member.cohort_id, OPEN, Alert.reason != Reason.DRILL.value, Alert.confided.is_(False)
    rows = session.scalars(select(Alert).where(*mine).order_by(Alert.id).with_for_update())
    return Held(stays, [row for row in rows if member.id in _told(row) or row.acknowledged_by == member.id])


_COLUMNS = {
    "referent_id": Placement.referent_id,
    "backup_id": Placement.backup_id,
    "local_contact_id": Placement.local_contact_id,
}


def _lasts(placement: Placement, now: datetime) -> bool:
    trip = itinerary_of(placement)
    return trip is None or trip.stage_at(now) != "after"


def _told(row: Alert) -> set[int]:
    return {int(member) for member in row.state.get("told", ())}


# --- from the desk ------------------------------------------------------------------------------


def end(
    core: Core, cohort_code: str, code: str, to: str | None, now: datetime, *,
    dry_run: bool = False, accept_hole: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """End somebody's part in a cohort, handing over to `to`. Returns what went, or with `dry_run` would go, to whom.

    Raises BadInput while something is theirs and nobody takes over, or where learners would be left with nobody.
    """
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        member = member_of(session, cohort, code)
        successor = member_of(session, cohort, to) if to is not None else None
        held = held_by(session, member, now)
        _check(session, cohort, member, successor, held)
        found = {
            "code": member.code, "name": name_of(session, member.id), "cohort": cohort.code, "dry_run": dry_run,
            "to": name_of(session, successor.id) if successor is not None else None,
            "learners": [p.code for p in held.stays], "alerts": [row.id for row in held.alerts],
        }  # fmt: skip
        before = coverage.holes_of(session, cohort, now)
        attempt = session.begin_nested()
        pass_on(core, session, member, successor, held, now)
        found["no_backup"] = [p.code for p in held.stays if p.referent_id is not None and p.referent_id == p.backup_id]
        if not accept_hole:
            coverage.refuse_new(session, cohort, before, now, f"Ending the part of {found['name']}")
        if dry_run:
            attempt.rollback()
        else:
            attempt.commit()
        return found


def _check(
    session: Session, cohort: Cohort, member: Membership, successor: Membership | None, held: Held
) -> None:  # fmt: skip
    name = name_of(session, member.id)
    if successor is None:
        if held:
            what = [f"looks after {coverage.some([p.code for p in held.stays])}"] if held.stays else []
            what += [f"has {len(held.alerts)} open alert{'s' if len(held.alerts) > 1 else ''}"] if held.alerts else []
            raise BadInput(f"{name} {' and '.join(what)}: say who takes over with --to REF.")
        return
    if successor.person_id == member.person_id:
        raise BadInput(f"{name} cannot hand over to themselves: name somebody else with --to.")
    if successor.role not in LADDER:
        raise BadInput(
            f"{name_of(session, successor.id)} is not on the ladder: name somebody who gets alerts with --to."
        )
    if held and drafts.chat_of(session, successor.person_id) is None:
        raise BadInput(
            f"{name_of(session, successor.id)} has not joined, so nothing would reach them: hand out their "
            f"invite first (`compagnon cohort invites {cohort.code}`)."
        )


# --- the handover itself ------------------------------------------------------------------------


def pass_on(
    core: Core, session: Session, member: Membership, successor: Membership | None, held: Held, now: datetime, *,
    quietly: bool = False,
) -> None:  # fmt: skip
    """Learners, alerts and absences go over; everybody reads it; access ends. `quietly`: both contact persons know."""
    old = name_of(session, member.id)
    if successor is not None:
        _learners(session, member, successor, held, now)
        for row in held.alerts:
            _alert(core, session, row, member, successor, now)
    absences.leave(session, member, successor, now)
    cases.leave(session, member, now)
    confiding.release(session, member, now)  # it was confided to them, not to who comes after them
    if not quietly:
        _tell(session, member, successor, held, old, now)
    member.ended_at, member.successor_id = now, successor.id if successor is not None else None
    session.execute(
        update(Invite)
        .where(Invite.person_id == member.person_id, Invite.cohort_id == member.cohort_id, Invite.role == member.role,
               Invite.token.is_not(None))
        .values(token=None, revoked_at=now)
    )  # fmt: skip
    note(session, None, "member_ended", member.person_id, now, role=member.role, learners=len(held.stays))
    session.flush()


def _learners(session: Session, member: Membership, successor: Membership, held: Held, now: datetime) -> None:
    for placement in held.stays:
        was_referent = placement.referent_id == member.id
        for column in _COLUMNS:
            if getattr(placement, column) == member.id:
                setattr(placement, column, successor.id)
        if was_referent:
            shown = handover_screens.new_contact(name_of(session, successor.id))
            notices.notify(session, placement.person_id, shown, now=now)
    session.flush()


def _alert(
    core: Core, session: Session, row: Alert, member: Membership, successor: Membership, now: datetime
) -> None:  # fmt: skip
    """An open alert goes over: whole, and at once. What the leaver had taken is anybody's again."""
    book = book_of(session, now, [row])
    was_theirs = row.acknowledged_by == member.id
    row.state = {**row.state, "told": sorted((_told(row) - {member.id}) | {successor.id})}
    if was_theirs:
        row.acknowledged_by, row.acknowledged_at = None, None
        row.state = {**row.state, "came_back_at": None}
        red = row.severity == Severity.RED.value
        row.next_at = now + (RED_REPEAT if red else book.ladder(book.placements[row.placement_id]).escalate_after)
    book.note(row.id, "handed_over", member.person_id, to=successor.id)
    speaker = Speaker(core, book, row)
    speaker.handed_over = (speaker.name(member.id), was_theirs)
    speaker.notify((successor.id,), repeat=False, exhausted=False)
    if row.acknowledged_by is not None and row.acknowledged_by != successor.id:
        speaker.tell({successor.id}, alert_screens.taken(speaker.dossier(), speaker.name(row.acknowledged_by)))
    if was_theirs:
        shown = handover_screens.alert_went(speaker.name(successor.id))
        speaker.to_person(speaker.placement.person_id, shown, Kind.SAFETY, f"news:{row.id}")
    book.write()
    waiting = (
        Outbox.person_id == member.person_id,
        Outbox.state == "queued",
        Outbox.ref == f"alert:{row.id}:{member.id}",
    )
    session.execute(update(Outbox).where(*waiting).values(state="cancelled", finished_at=now))


def _tell(
    session: Session, member: Membership, successor: Membership | None, held: Held, old: str, now: datetime
) -> None:  # fmt: skip
    cohort = session.get_one(Cohort, member.cohort_id)
    names = tuple(_learner(session, placement) for placement in held.stays)
    new = name_of(session, successor.id) if successor is not None else None
    notices.notify(
        session, member.person_id, handover_screens.ended(cohort.name, names, new, len(held.alerts)), now=now
    )
    if successor is not None and names:
        notices.notify(session, successor.person_id, handover_screens.yours(cohort.name, names, old), now=now)


def _learner(session: Session, placement: Placement) -> str:
    person = session.get_one(Person, placement.person_id)
    return full_name(person) + f" ({placement.code})"


# --- when somebody erases themselves ------------------------------------------------------------


def before_erasing(core: Core, session: Session, person_id: int, now: datetime) -> Screen | None:
    """Hand over what is theirs to who comes next on the ladder; what to say where there is nobody: then they stay."""
    mine = session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id, Membership.role.in_(LADDER), Membership.ended_at.is_(None))
        .order_by(Membership.id).with_for_update()
    ).all()  # fmt: skip
    going = [(member, held_by(session, member, now)) for member in mine]
    next_ones = {member.id: _next(session, member, held) for member, held in going if held}
    if any(successor is None for successor in next_ones.values()):
        return handover_screens.not_yet()
    for member, held in going:
        pass_on(core, session, member, next_ones.get(member.id), held, now, quietly=True)
    return None


def _next(session: Session, member: Membership, held: Held) -> Membership | None:
    """Who is named beside them most often and has a chat; else anybody on the cohort's ladders who has."""
    others = Counter(
        other for p in held.stays for other in (p.referent_id, p.backup_id, p.local_contact_id) if other is not None
    )
    rest = session.scalars(
        select(Membership.id)
        .where(Membership.cohort_id == member.cohort_id, Membership.role.in_(LADDER), Membership.ended_at.is_(None))
        .order_by(Membership.role == "coordinator", Membership.id)
    )
    for candidate in [*(one for one, _ in others.most_common()), *rest]:
        found = session.get_one(Membership, candidate)
        fits = found.ended_at is None and found.person_id != member.person_id
        if fits and drafts.chat_of(session, found.person_id) is not None:
            return found
    return None
