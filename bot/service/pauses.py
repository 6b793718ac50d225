"""Planned silence: asking for it, agreeing to it, ending it, and what nobody answered in time.

The placement is locked first, so that asking, deciding, ending and planning never cross each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.flows import pause_screens as talk
from bot.flows.scene import PauseView, Quiet, Stay
from bot.flows.vocabulary import Screen
from bot.rules import check_in as check_in_rules, pause as rules
from bot.rules.alert import Reason
from bot.rules.check_in import State as CheckInState
from bot.rules.pause import State
from bot.rules.permissions import Action, may
from bot.service import check_ins, drafts, notices, planning
from bot.service.actors import actor_of
from bot.service.audit import note
from bot.service.contacts import name_of
from bot.service.core import Core
from bot.service.pause_days import current_pauses, pause_of, pauses_of
from bot.service.stays import stay_of, subject_of
from bot.store.tables import Alert, CheckIn, Membership, Pause, Placement

_UNANSWERED = (CheckInState.ASKED.value, CheckInState.DELIVERED.value, CheckInState.REMINDED.value)


# --- what decides -------------------------------------------------------------------------------


def asker_of(session: Session, stay: Stay, now: datetime) -> rules.Asker:
    """Everything the rules ask about a learner who wants a pause."""
    today = local_date(now, stay.zone)
    asked = session.execute(
        select(CheckIn.day, CheckIn.state, CheckIn.roll_call).where(
            CheckIn.placement_id == stay.placement_id, CheckIn.state.in_((*_UNANSWERED, CheckInState.ANSWERED.value))
        )
    ).all()
    return rules.Asker(
        itinerary=stay.itinerary, minor=stay.minor, hour=time.fromisoformat(stay.check_in_at),
        alert_open=_alert_open(session, stay.placement_id), waits=any(row.state in _UNANSWERED for row in asked),
        answered_today=any(
            row.day == today and not row.roll_call and row.state == CheckInState.ANSWERED.value for row in asked
        ),
        pauses=pauses_of(session, [stay.placement_id]).get(stay.placement_id, ()),
    )  # fmt: skip


def _alert_open(session: Session, placement_id: int) -> bool:
    found = select(Alert.id).where(
        Alert.placement_id == placement_id, Alert.resolved_at.is_(None), Alert.reason != Reason.DRILL.value
    )
    return session.scalar(found.limit(1)) is not None


def deciders(session: Session, placement_id: int, now: datetime) -> list[int]:
    """Person ids of who is asked about a minor's pause and told of an adult's: referent and backup, or who stands in
    for them; the cohort's coordinators when none of these can be reached."""
    placement = session.get_one(Placement, placement_id)
    named = [m for m in (placement.referent_id, placement.backup_id) if m is not None]
    people = _able(session, placement, _standing(session, named, now))
    if people:
        return people
    of_cohort = (Membership.cohort_id == placement.cohort_id) & (Membership.role == "coordinator")
    return _able(session, placement, session.scalars(select(Membership).where(of_cohort).order_by(Membership.id)))


def _standing(session: Session, named: list[int], now: datetime) -> list[Membership]:
    """Memberships in the given order, who is away replaced by who stands in."""
    found: list[Membership] = []
    for membership_id in named:
        membership = session.get_one(Membership, membership_id)
        if membership.away_until is not None and membership.away_until > now and membership.substitute_id is not None:
            membership = session.get_one(Membership, membership.substitute_id)
        found.append(membership)
    return found


def _able(session: Session, placement: Placement, memberships: Iterable[Membership]) -> list[int]:
    """Who of them may decide and can be written to, each person once."""
    subject = subject_of(session, placement.id)
    people = dict.fromkeys(m.person_id for m in memberships if m.ended_at is None)
    return [
        person
        for person in people
        if drafts.chat_of(session, person) is not None
        and may(actor_of(session, person)[0], Action.DECIDE_PAUSE, subject)
    ]


def quiet_of(session: Session, stay: Stay, now: datetime) -> Quiet:
    """What the learner's chat shows about pauses."""
    names = tuple(name_of(session, person) for person in deciders(session, stay.placement_id, now))
    current = current_pauses(session, [stay], now).get(stay.placement_id)
    return Quiet(asker_of(session, stay, now), names, current)


def visible(session: Session, pause_id: int, person_id: int, now: datetime) -> PauseView | None:
    """A pause that a button names, for its learner or who may decide on it; None for everybody else."""
    row = session.get(Pause, pause_id)
    stay = stay_of(session, row.placement_id, now) if row is not None else None
    if row is None or stay is None:
        return None
    own = stay.person_id == person_id
    if not own and not may(actor_of(session, person_id)[0], Action.DECIDE_PAUSE, subject_of(session, row.placement_id)):
        return None
    return pause_of(session, pause_id, stay)


# --- asking -------------------------------------------------------------------------------------


def ask(core: Core, session: Session, placement_id: int, first: date, last: date, now: datetime) -> Screen | None:
    """The learner wants days without a question. Returns what they read; None when these days can't be paused."""
    _lock(session, placement_id)
    stay = stay_of(session, placement_id, now)
    if stay is None:
        return None
    asker = asker_of(session, stay, now)
    to_tell = deciders(session, placement_id, now)
    if rules.refusal(asker, first, last, now) is not None or (asker.minor and not to_tell):
        return None
    until = rules.agree_by(asker, first) if asker.minor else None
    row = Pause(
        placement_id=placement_id, first_day=first, last_day=last, asked_at=now, wake_at=until,
        state=(State.ASKED if asker.minor else State.ON).value,
    )  # fmt: skip
    session.add(row)
    session.flush()
    note(session, stay.person_id, "pause_asked", stay.person_id, now, first=first.isoformat(), last=last.isoformat())
    view = pause_of(session, row.id, stay)
    if until is not None:
        _tell(session, to_tell, talk.request(view, until), now, ref=_ref(row.id))
        return talk.asked(view, [name_of(session, person) for person in to_tell], until)
    _begin(core, session, row, stay, now)
    _tell(session, to_tell, talk.desk(view, "begun"), now, ref=_ref(row.id))
    return talk.begun(view)


def _lock(session: Session, placement_id: int) -> Placement:
    return session.scalars(select(Placement).where(Placement.id == placement_id).with_for_update()).one()


def _begin(core: Core, session: Session, row: Pause, stay: Stay, now: datetime) -> None:
    """Excuse what is planned on these days; what is asked already still wants its answer."""
    itinerary = stay.itinerary
    planned = session.scalars(
        select(CheckIn)
        .where(
            CheckIn.placement_id == row.placement_id, CheckIn.state == CheckInState.PLANNED.value,
            CheckIn.day >= row.first_day, CheckIn.day <= row.last_day, CheckIn.due_at > now, CheckIn.roll_call == 0,
        )
        .order_by(CheckIn.id).with_for_update()
    ).all()  # fmt: skip
    for check_in in planned:
        # Locked only now: another process may have asked meanwhile.
        if check_in.state == CheckInState.PLANNED.value and itinerary and rules.pausable(itinerary, check_in.day):
            check_ins.advance(core, session, check_in, check_in_rules.Excused(now, "pause"), now)
    planning.replan(session, row.placement_id, now)


def _ref(pause_id: int) -> str:
    """What the news that a pause is wanted, or begun, is known by until it went out."""
    return f"pause:{pause_id}"


def _tell(session: Session, people: Iterable[int], shown: Screen, now: datetime, ref: str | None = None) -> None:
    for person in people:
        notices.notify(session, person, shown, now=now, ref=ref)


# --- deciding and ending ------------------------------------------------------------------------


def decide(core: Core, session: Session, pause_id: int, person_id: int, yes: bool, now: datetime) -> Screen:
    """Somebody responsible answers; the first one wins. Returns what they read. The caller checked that they may."""
    placement_id = session.get_one(Pause, pause_id).placement_id
    _lock(session, placement_id)
    row = session.get_one(Pause, pause_id, populate_existing=True)
    stay = stay_of(session, placement_id, now)
    if stay is None or row.state != State.ASKED.value:
        return talk.decided(pause_of(session, pause_id, stay)) if stay else talk.told_lapsed()
    if yes and _alert_open(session, placement_id):
        return talk.desk(pause_of(session, pause_id, stay), "alert_open")
    if yes and now >= rules.agree_by(asker_of(session, stay, now), row.first_day):
        # The hour was moved forward since: the first question is too near, or out already.
        row.state, row.wake_at = State.LAPSED.value, None
        session.flush()
        _lapsed(session, pause_id, now)
        return talk.decided(pause_of(session, pause_id, stay))
    row.state = (State.ON if yes else State.REFUSED).value
    row.decided_at, row.decided_by, row.wake_at = now, person_id, None
    session.flush()
    note(session, person_id, "pause_agreed" if yes else "pause_refused", stay.person_id, now, pause=pause_id)
    if yes:
        _begin(core, session, row, stay, now)
    view, what = pause_of(session, pause_id, stay), "agreed" if yes else "refused"
    by = name_of(session, person_id)
    _tell(session, [stay.person_id], talk.told(view, by, what), now)
    others = [person for person in deciders(session, placement_id, now) if person != person_id]
    _tell(session, others, talk.desk(view, f"{what}_by", by), now)
    return talk.desk(view, what)


def end(core: Core, session: Session, pause_id: int, person_id: int, now: datetime) -> Screen | None:
    """A pause ends early, or a request is taken back. Returns what who did it reads; None when nothing was left of it.
    The caller checked that they may."""
    placement_id = session.get_one(Pause, pause_id).placement_id
    _lock(session, placement_id)
    row = session.get_one(Pause, pause_id, populate_existing=True)
    stay = stay_of(session, placement_id, now)
    if stay is None or pause_of(session, pause_id, stay).terms.over(local_date(now, stay.zone)):
        return None
    if row.state == State.ASKED.value and person_id != stay.person_id:
        return decide(core, session, pause_id, person_id, False, now)
    if row.state == State.ASKED.value:
        row.state, row.wake_at = State.WITHDRAWN.value, None
    else:
        row.back_on = rules.back_on(asker_of(session, stay, now), pause_of(session, pause_id, stay).terms, now)
    row.ended_at = now
    session.flush()
    note(session, person_id, "pause_ended", stay.person_id, now, pause=pause_id)
    planning.replan(session, placement_id, now)
    return _ended(session, pause_of(session, pause_id, stay), stay, person_id, now)


def _ended(session: Session, view: PauseView, stay: Stay, person_id: int, now: datetime) -> Screen:
    """Tell everybody else; returns what who ended it reads."""
    own = person_id == stay.person_id
    others = [person for person in deciders(session, stay.placement_id, now) if person != person_id]
    if own:
        # Who has not read of it yet, for it is night, need not read twice that nothing came of it.
        unread = notices.withdraw(session, _ref(view.id), now)
        others = [person for person in others if person not in unread]
    if view.terms.state is State.WITHDRAWN:
        _tell(session, others, talk.desk(view, "withdrawn"), now)
    elif own:
        _tell(session, others, talk.desk(view, "ended"), now)
    else:
        by = name_of(session, person_id)
        _tell(session, [stay.person_id], talk.told(view, by, "ended"), now)
        _tell(session, others, talk.desk(view, "ended_by", by), now)
    return talk.over(view) if own else talk.desk(view, "ended")


def wake(core: Core, now: datetime, limit: int) -> int:
    """Requests that nobody answered in time: check-ins go on, and who knew of it reads so. Returns how many."""
    with core.store.transaction() as session:
        due = session.scalars(select(Pause.placement_id).where(Pause.wake_at <= now).limit(limit)).all()
        if not due:
            return 0
        # The same order of locks as everywhere: first the stay, then what belongs to it.
        session.scalars(
            select(Placement.id).where(Placement.id.in_(due)).order_by(Placement.id).with_for_update()
        ).all()
        lapsed = session.scalars(
            update(Pause)
            .where(Pause.wake_at <= now, Pause.state == State.ASKED.value, Pause.placement_id.in_(due))
            .values(state=State.LAPSED.value, wake_at=None)
            .returning(Pause.id)
            .execution_options(synchronize_session=False)
        ).all()
        for pause_id in lapsed:
            _lapsed(session, pause_id, now)
    return len(due)


def _lapsed(session: Session, pause_id: int, now: datetime) -> None:
    row = session.get_one(Pause, pause_id)
    stay = stay_of(session, row.placement_id, now)
    if stay is None:
        return
    note(session, None, "pause_lapsed", stay.person_id, now, pause=pause_id)
    _tell(session, [stay.person_id], talk.told_lapsed(), now)
    view = pause_of(session, pause_id, stay)
    _tell(session, deciders(session, row.placement_id, now), talk.desk(view, "lapsed"), now)
