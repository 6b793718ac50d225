"""Questions to former learners, and who looks after the learners: what they read, decide, are told and reminded of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.flows import asking_screens as talk
from bot.flows.asking_effects import DecideQuestion, NoteRefused, ReadQuestions, SettleReport
from bot.flows.vocabulary import Kind, Replace, Screen
from bot.rules.asking import FOR_DESK, REASONS, TRIES, TRIES_WITHIN, State, next_reminder
from bot.rules.permissions import Action, Role
from bot.service import ambassadors, asking_views, asking_ways as ways, drafts, notices
from bot.service.ambassadors import Ambassador
from bot.service.audit import note
from bot.service.contacts import contact_person
from bot.service.core import Core
from bot.service.ladder import Staff, staff_of
from bot.service.open_cases import hidden_people
from bot.service.work import Applier, Work
from bot.store.tables import Audit, Person, Placement, Question, TelegramAccount

# --- who is told ------------------------------------------------------------------------------------


def readers(session: Session, placement_id: int, *, lead_first: bool = False) -> list[int]:
    """Person ids of a stay's coordinators, after who looks after safeguarding if they are wanted, too; nobody whom a
    case about this learner names."""
    placement = session.get_one(Placement, placement_id)
    staff = staff_of(session, [placement])
    leads = _leads(staff, placement) if lead_first else []
    desk = [m for m in staff.last_rung.get(placement.cohort_id, ()) if staff.serving[m].role == Role.COORDINATOR]
    people = dict.fromkeys([*leads, *(staff.serving[m].person_id for m in desk)])
    hidden = staff.hidden.get(placement.id, frozenset())
    return [person for person in people if person not in hidden and person != placement.person_id]


def _leads(staff: Staff, placement: Placement) -> list[int]:
    return [staff.serving[m].person_id for m in staff.leads.get(placement.cohort_id, ())]


def tell(session: Session, placement_id: int, shown: Screen, for_contact: Screen, about: str, now: datetime) -> str:
    """At once to those who look after a learner's safety; where none of them can be reached, to the contact person, who
    is shown no words. Returns who it was: lead, coordinator, contact, or desk for nobody in the chat."""
    placement = session.get_one(Placement, placement_id)
    told = [person for person in readers(session, placement_id, lead_first=True)
            if _send(session, person, shown, about, now)]  # fmt: skip
    if told:
        return "lead" if told[0] in _leads(staff_of(session, [placement]), placement) else "coordinator"
    contact = contact_person(session, placement)
    hidden = hidden_people(session, [placement_id]).get(placement_id, frozenset())
    if contact is None or contact in hidden or contact == placement.person_id:
        return "desk"
    return "contact" if _send(session, contact, for_contact, about, now) else "desk"


def _send(session: Session, person_id: int, shown: Screen, about: str, now: datetime) -> bool:
    """Whether there is a chat that can be reached."""
    live = TelegramAccount.revoked_at.is_(None), TelegramAccount.blocked_at.is_(None)
    chat_id = session.scalar(select(TelegramAccount.chat_id).where(TelegramAccount.person_id == person_id, *live))
    if chat_id is None:
        return False
    drafts.queue(session, [drafts.Draft(chat_id, shown, Kind.SAFETY, person_id, ref=about)], now)
    return True


def to_read(core: Core, session: Session, row: Question, now: datetime) -> None:
    """Something waits to be read, and is looked at again if nobody does; what may hurt, by the leads as well."""
    row.wake_at = next_reminder(now, now)
    shown = talk.to_read(asking_views.view(core.content, session, row, "desk"))
    for person in readers(session, row.placement_id, lead_first=row.held_for == "heavy"):
        notices.notify(session, person, shown, now=now)


def sounds_dangerous(core: Core, session: Session, row: Question, now: datetime) -> None:
    """An answer that may hurt the learner: those on the learner's side hear of it at once."""
    one = asking_views.view(core.content, session, row, "desk")
    row.wake_at = next_reminder(now, now)
    tell(session, row.placement_id, talk.dangerous(one), talk.dangerous(one, to_contact=True), f"danger:{row.id}", now)


def remind(session: Session, rows: Iterable[Question], now: datetime) -> None:
    """Of what waits for them: each of those who may read it once a day, however much it is."""
    for row in rows:
        reported = row.reported_at is not None
        for person in readers(session, row.placement_id, lead_first=reported):
            key = f"{'reports' if reported else 'to_read'}:{person}:{now.date()}"
            notices.notify(session, person, talk.reminder(reported), now=now, key=key)


def tell_candidate(core: Core, session: Session, one: Ambassador, key: str, now: datetime) -> None:
    """To the coordinators of a former learner: may they be on the map?"""
    shown = talk.candidate(asking_views.view_of(core.content, one))
    for person in readers(session, one.placement.id):
        notices.notify(session, person, shown, now=now, key=f"{key}:{person}")


# --- what they do -----------------------------------------------------------------------------------


def _decide(work: Work, effect: DecideQuestion) -> None:
    row = work.session.scalar(select(Question).where(Question.id == effect.question_id).with_for_update())
    if row is None or work.me == row.to_id or not work.may(Action.DECIDE_QUESTION, row.placement_id):
        return
    done = decide(work.core, work.session, row, effect.passes, effect.reason, work.me, work.now)
    how = "before" if not done else "ended" if row.state == State.ENDED else "passed" if effect.passes else "refused"
    work.applied.after.append(Replace(talk.decided(how)))
    work.applied.more = True


def decide(
    core: Core, session: Session, row: Question, passes: bool, reason: str | None, actor: int | None, now: datetime
) -> bool:
    """A coordinator read it: passed on, or not and why. False where there is nothing to decide."""
    if row.state not in FOR_DESK or (not passes and reason not in REASONS):
        return False
    row.decided_by, row.decided_at, row.reason = actor, now, reason
    note(session, actor, "question_decided", row.asker_id, now, question=row.id, passes=passes)
    answers = row.state == State.HELD
    if not ways.both_may(core, session, row, now):
        ways.settle(core, session, row, State.ENDED, now)
    elif passes:
        (ways.deliver if answers else ways.pass_on)(core, session, row, now)
    else:
        if answers:
            notices.notify(session, row.to_id, talk.answer_refused(reason), now=now)
        ways.settle(core, session, row, State.REFUSED, now)
    return True


def _read(work: Work, effect: ReadQuestions) -> None:
    for row in work.session.scalars(select(Question).where(Question.id.in_(effect.question_ids))):
        note(work.session, work.me, "question_read", row.asker_id, work.now, question=row.id)


def _settle_report(work: Work, effect: SettleReport) -> None:
    row = work.session.scalar(select(Question).where(Question.id == effect.question_id).with_for_update())
    if row is not None and work.may(Action.SEE_QUESTION, row.placement_id):
        settle_report(work.session, row, work.me, work.now)


def settle_report(session: Session, row: Question, actor: int | None, now: datetime) -> bool:
    """Somebody responsible has looked into it; where one of the two was erased since, the words go now. False where no
    report is open."""
    if row.reported_at is None or row.report_settled_at is not None:
        return False
    row.report_settled_at, row.wake_at = now, None
    note(session, actor, "report_settled", row.asker_id, now, question=row.id)
    erased = select(Person.id).where(Person.id.in_((row.asker_id, row.to_id)), Person.erased_at.is_not(None))
    if session.scalar(erased.limit(1)) is not None:
        session.delete(row)
    return True


# --- who tries again and again ----------------------------------------------------------------------


def _refused(work: Work, effect: NoteRefused) -> None:
    """Somebody may not know better once; who tries again and again is looked at by a human, once a day."""
    note(work.session, work.me, asking_views.REFUSED, work.me, work.now, why=effect.why)
    work.session.flush()
    lately = Audit.action == asking_views.REFUSED, Audit.at > work.now - TRIES_WITHIN
    tries = work.session.scalar(select(func.count(Audit.id)).where(Audit.person_id == work.me, *lately)) or 0
    if tries < TRIES or work.scene.stay is None:
        return
    shown = talk.keeps_trying(work.scene.stay.learner, tries)
    row = work.session.get(Question, effect.question_id) if effect.question_id else None
    people = dict.fromkeys(readers(work.session, work.scene.stay.placement_id))
    for person in people | dict.fromkeys(readers(work.session, row.placement_id) if row is not None else ()):
        key = f"refused:{work.me}:{person}:{local_date(work.now, work.scene.zone)}"
        notices.notify(work.session, person, shown, now=work.now, key=key)


# --- reports ----------------------------------------------------------------------------------------


def report(work: Work, row: Question, by_learner: bool) -> str:
    """One of the two says that something is wrong. Returns who hears of it (`tell`), or before: it was said already."""
    if row.reported_at is not None:
        return "before"
    row.reported_by, row.reported_at = work.me, work.now
    note(work.session, work.me, "question_reported", row.to_id if by_learner else row.asker_id, work.now,
         question=row.id)  # fmt: skip
    one = asking_views.view(work.core.content, work.session, row, "desk")
    return tell(work.session, row.placement_id, talk.reported(one, by_learner),
                talk.reported(one, by_learner, to_contact=True), f"report:{row.id}", work.now)  # fmt: skip


def off_the_map(work: Work, row: Question) -> None:
    """Whom a learner reported is asked by nobody until one of their own coordinators has looked at it."""
    there = work.session.get_one(Placement, row.to_placement_id)
    one = ambassadors.possible(work.session, work.core.content, there, work.now)
    there.vetted_at = None
    ways.end_of(work.core, work.session, row.to_id, work.now)
    if one is not None:
        tell_candidate(work.core, work.session, one, f"reported:{row.id}", work.now)


APPLIERS: dict[type, Applier] = {
    DecideQuestion: _decide,
    ReadQuestions: _read,
    SettleReport: _settle_report,
    NoteRefused: _refused,
}
