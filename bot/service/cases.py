"""Cases: a learner named somebody around their stay. Who looks after safeguarding gets it, the person named never does.

Nothing of what was said is kept. Each case has a trail that is only added to; the audit says who read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bot.errors import BadInput, NotFound
from bot.flows import cases as talk
from bot.flows.scene import CaseView, Scene
from bot.flows.second import Letter
from bot.flows.vocabulary import Kind, Screen
from bot.i18n import Moment, say
from bot.rules.confiding import CaseOutcome, Confidant, look_next, parse_case_outcome, receivers
from bot.rules.names import full_name
from bot.rules.permissions import Action, Subject, may, reaches_others
from bot.service import confiding, drafts, open_cases, second_channel
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.stays import itinerary_of, subjects_of
from bot.store.tables import Case, CaseEvent, Cohort, Membership, Person, Placement

# --- opening ----------------------------------------------------------------------------------------


def open_case(
    core: Core, session: Session, placement: Placement, named: Confidant, now: datetime
) -> tuple[Case, tuple[Confidant, ...], bool]:
    """The case about `named`, who was told of it, and whether it is new: naming somebody twice makes one case."""
    session.execute(select(Placement.id).where(Placement.id == placement.id).with_for_update())
    to = _receivers(core, session, placement, named.person_id or None, now)
    known = _open_about(session, placement, named)
    if known is not None:
        return known, tuple(one for one in to if one.membership_id in known.told), False
    case = Case(
        placement_id=placement.id, cohort_id=placement.cohort_id, opened_at=now, named_role=named.role,
        named_id=named.person_id or None, told=[], next_at=look_next(now, taken=False),
    )  # fmt: skip
    session.add(case)
    session.flush()
    _event(session, case, "opened", now)
    note(session, placement.person_id, "case_opened", placement.person_id, now, case=case.id)
    if case.named_id is not None:
        confiding.withdraw(core, session, placement, case.named_id, now)
    _tell(core, session, case, to, now)
    return case, to, True


def _open_about(session: Session, placement: Placement, named: Confidant) -> Case | None:
    query = select(Case).where(Case.placement_id == placement.id, Case.closed_at.is_(None)).order_by(Case.id)
    return next(
        (c for c in session.scalars(query) if c.named_id == (named.person_id or None)
         and (c.named_id is not None or c.named_role == named.role)), None,
    )  # fmt: skip


def _receivers(
    core: Core, session: Session, placement: Placement, named: int | None, now: datetime
) -> tuple[Confidant, ...]:
    view = confiding.view_of(core, session, placement, now)
    return receivers(view.leads, view.coordinators, named)


def _tell(core: Core, session: Session, case: Case, to: Iterable[Confidant], now: datetime) -> None:
    """A message without a name to each, and an e-mail with even less."""
    cohort = session.get_one(Cohort, case.cohort_id)
    fresh = [one for one in to if one.membership_id not in case.told]
    for one in fresh:
        shown = talk.new(case.id, cohort.code, in_place=one.role != "safeguarding")
        _send(session, case, one.membership_id, shown, now, f"new:{one.membership_id}")
        _event(session, case, "told", now, one.person_id)
    case.told = [*case.told, *(one.membership_id for one in fresh)]
    _mail(core, session, case, cohort, [one.membership_id for one in fresh], now)


def _mail(core: Core, session: Session, case: Case, cohort: Cohort, to: Sequence[int], now: datetime) -> None:
    if not core.channels or not to:
        return
    subject = say("case/mail_subject", id=case.id, cohort=cohort.code)
    letter = Letter(subject, (say("case/new_why"), say("case/mail_how")), subject)
    facts = {"event": "case", "id": case.id, "cohort": cohort.code}
    second_channel.news(core, session, f"case:{case.id}:{now.isoformat()}", dict.fromkeys(to, letter), facts, now)


def _send(session: Session, case: Case, membership_id: int, shown: Screen, now: datetime, what: str) -> None:
    member = session.get_one(Membership, membership_id)
    if member.ended_at is None:
        _to_person(session, member.person_id, shown, now, f"case:{case.id}:{what}")


def _to_person(session: Session, person_id: int, shown: Screen, now: datetime, key: str) -> None:
    chat_id = drafts.chat_of(session, person_id)
    if chat_id is not None:
        drafts.queue(session, [drafts.Draft(chat_id, shown, Kind.SAFETY, person_id, key=key)], now)


def _event(session: Session, case: Case, what: str, now: datetime, person_id: int | None = None, **more: Any) -> None:
    session.add(CaseEvent(case_id=case.id, at=now, what=what, person_id=person_id, detail=more))


# --- seeing -----------------------------------------------------------------------------------------

_LEARNER, _NAMED, _LEAD = aliased(Person), aliased(Person), aliased(Person)
_CASES = (
    select(Case, Placement, Cohort.code, _LEARNER, _NAMED, _LEAD)
    .join(Placement, Placement.id == Case.placement_id)
    .join(Cohort, Cohort.id == Case.cohort_id)
    .join(_LEARNER, _LEARNER.id == Placement.person_id)
    .outerjoin(_NAMED, _NAMED.id == Case.named_id)
    .outerjoin(Membership, Membership.id == Case.lead_id)
    .outerjoin(_LEAD, _LEAD.id == Membership.person_id)
    .order_by(Case.id)
)


def case_by_id(session: Session, scene: Scene, case_id: int) -> CaseView | None:
    """One case, if this person may see it."""
    row = session.execute(_CASES.where(Case.id == case_id)).first()
    return _view(session, scene, row) if row is not None else None


def cases_for(session: Session, scene: Scene) -> tuple[CaseView, ...]:
    """Open cases that this person may see, oldest first."""
    if scene.actor is None or not reaches_others(scene.actor, Action.SEE_DISCLOSURE):
        return ()
    query = _CASES.where(Case.closed_at.is_(None))
    if not any(grant.cohort_id is None for grant in scene.actor.grants):
        query = query.where(Case.cohort_id.in_([grant.cohort_id for grant in scene.actor.grants]))
    rows = session.execute(query).all()
    views = (_view(session, scene, row) for row in rows)
    return tuple(view for view in views if view is not None)


def subject(session: Session, case: Case) -> Subject:
    """A case as the permission mechanism sees it: the person named and its learner see nothing here."""
    found = subjects_of(session, [case.placement_id])[case.placement_id]
    hidden = frozenset({case.named_id} - {None} | {found.person_id})
    return Subject(
        person_id=found.person_id, placement_id=case.placement_id, cohort_id=found.cohort_id,
        project_id=found.project_id, organisation_id=found.organisation_id,
        confidants=frozenset(int(m) for m in case.told), hidden_from=frozenset(p for p in hidden if p is not None),
    )  # fmt: skip


def _view(session: Session, scene: Scene, row: Any) -> CaseView | None:
    case, placement, cohort, learner, named, lead = row
    if scene.actor is None or not may(scene.actor, Action.SEE_DISCLOSURE, subject(session, case)):
        return None
    itinerary = itinerary_of(placement)
    return CaseView(
        id=case.id, placement_id=placement.id, person_id=learner.id, learner=full_name(learner), code=placement.code,
        cohort=cohort, phone=learner.phone, named=open_cases.named_in(case, placement, named),
        named_role=case.named_role, opened_at=case.opened_at,
        zone=itinerary.zone_at(scene.now) if itinerary else placement.home_zone,
        taken_by=full_name(lead) if lead else None, mine=lead is not None and lead.id == scene.person_id,
        closed=case.closed_at is not None,
    )  # fmt: skip


# --- acting -----------------------------------------------------------------------------------------


def lock(session: Session, case_id: int) -> Case:
    """The row, locked until the end of the transaction. Raises NotFound."""
    row = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).first()
    if row is None:
        raise NotFound(f"There is no case {case_id}: `compagnon case list` shows those there are.")
    return row


def read(session: Session, case_id: int, person_id: int, now: datetime) -> None:
    """Somebody opened it."""
    case = lock(session, case_id)
    learner = session.get_one(Placement, case.placement_id).person_id
    _event(session, case, "read", now, person_id)
    note(session, person_id, "case_read", learner, now, case=case.id)


def take(session: Session, case_id: int, membership_id: int, now: datetime) -> None:
    """ "I'm on it." The first one wins; the learner and the others read who."""
    case = lock(session, case_id)
    if case.closed_at is not None or case.lead_id is not None:
        return
    member = session.get_one(Membership, membership_id)
    case.lead_id, case.taken_at, case.next_at = membership_id, now, look_next(now, taken=True)
    if membership_id not in case.told:
        case.told = [*case.told, membership_id]
    _event(session, case, "taken", now, member.person_id)
    name = full_name(session.get_one(Person, member.person_id))
    learner = session.get_one(Placement, case.placement_id).person_id
    _to_person(
        session, learner, talk.learner_taken(name, case.placement_id, member.person_id), now, f"case:{case.id}:taken"
    )
    for other in case.told:
        if other != membership_id:
            _send(session, case, int(other), talk.others(case.id, name), now, f"others:{other}")


def close(session: Session, case_id: int, outcome: CaseOutcome, membership_id: int | None, now: datetime) -> None:
    """It is over; from here on the person named may be told of alerts again. `membership_id`: None from the desk."""
    case = lock(session, case_id)
    if case.closed_at is not None:
        return
    case.closed_at, case.outcome, case.next_at, case.named_sealed = now, outcome.value, None, None
    member = session.get_one(Membership, membership_id) if membership_id is not None else None
    _event(session, case, "closed", now, member.person_id if member else None, outcome=outcome.value)
    learner = session.get_one(Placement, case.placement_id).person_id
    name = full_name(session.get_one(Person, member.person_id)) if member else None
    _to_person(session, learner, talk.learner_closed(name), now, f"case:{case.id}:closed")
    note(session, member.person_id if member else None, "case_closed", learner, now, case=case.id)


def leave(session: Session, member: Membership, now: datetime) -> None:
    """Somebody's part ends: a case of theirs is anybody's again at once."""
    theirs = Case.lead_id == member.id, Case.closed_at.is_(None)
    for case in session.scalars(select(Case).where(*theirs).with_for_update()):
        case.next_at = now


# --- nobody has taken it ----------------------------------------------------------------------------


def wake(core: Core, now: datetime, limit: int) -> int:
    """Cases that nobody took in a day are brought up again, to coordinators, too; those taken once a week."""
    with core.store.transaction() as session:
        due = select(Case).where(Case.next_at <= now).order_by(Case.next_at).limit(limit)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for case in rows:
            _look(core, session, case, now)
    return len(rows)


def _look(core: Core, session: Session, case: Case, now: datetime) -> None:
    cohort, placement = session.get_one(Cohort, case.cohort_id), session.get_one(Placement, case.placement_id)
    holder = session.get(Membership, case.lead_id) if case.lead_id is not None else None
    if holder is not None and holder.ended_at is None:
        case.next_at = look_next(now, taken=True)
        _send(session, case, holder.id, talk.still_open(case.id, cohort.code), now, f"open:{now.isoformat()}")
        return
    case.lead_id, case.taken_at = None, None  # who had it has left
    case.reminded += 1
    case.next_at = look_next(now, taken=False)
    _event(session, case, "reminded", now)
    shown = talk.reminder(case.id, cohort.code, Moment(case.opened_at, "short", cohort.home_zone))
    for one in case.told:
        _send(session, case, int(one), shown, now, f"reminded:{case.reminded}:{one}")
    _mail(core, session, case, cohort, [int(one) for one in case.told], now)
    view = confiding.view_of(core, session, placement, now)
    wider = [one for one in (*view.leads, *view.coordinators) if one.reached and one.person_id != case.named_id]
    _tell(core, session, case, wider, now)


# --- from the desk ----------------------------------------------------------------------------------


def listing(core: Core, cohort: str | None, now: datetime, *, everything: bool, reveal: bool) -> list[dict[str, Any]]:
    """Cases as plain data; whom they are about only with `reveal`, which the audit keeps. Raises NotFound."""
    with core.store.transaction() as session:
        query = _CASES if everything else _CASES.where(Case.closed_at.is_(None))
        if cohort is not None:
            query = query.where(Case.cohort_id == find(session, cohort).id)
        rows = session.execute(query).all()
        if reveal:
            for case, placement, *_ in rows:
                _event(session, case, "read", now)
                note(session, None, "case_read", placement.person_id, now, case=case.id)
        return [_plain(row, reveal) for row in rows]


def _plain(row: Any, reveal: bool) -> dict[str, Any]:
    case, placement, cohort, learner, named, lead = row
    state = "closed" if case.closed_at else "taken" if case.lead_id else "open"
    found = {
        "id": case.id, "cohort": cohort, "state": state, "opened_at": case.opened_at.isoformat(),
        "told": len(case.told), "taken_at": case.taken_at.isoformat() if case.taken_at else None,
        "closed_at": case.closed_at.isoformat() if case.closed_at else None, "outcome": case.outcome,
    }  # fmt: skip
    if reveal:
        found |= {
            "learner": placement.code, "learner_name": full_name(learner), "named_role": case.named_role,
            "named": open_cases.named_in(case, placement, named), "taken_by": full_name(lead) if lead else None,
        }  # fmt: skip
    return found


def close_from_desk(core: Core, case_id: int, outcome: str, now: datetime) -> dict[str, Any]:
    """Close a case from the command line. Raises NotFound, or BadInput for an unknown outcome or a closed case."""
    how = parse_case_outcome(outcome)
    with core.store.transaction() as session:
        case = lock(session, case_id)
        if case.closed_at is not None:
            raise BadInput(f"Case {case_id} was closed before ({case.outcome}): nothing is left to do.")
        close(session, case_id, how, None, now)
        session.flush()
        return _plain(session.execute(_CASES.where(Case.id == case_id)).one(), reveal=False)
