"""What happens to questions to former learners: asked, read first, passed on at a good hour, answered, ended.

Every step asks again whether both may: a withdrawal, a case or a birthday between two taps counts.
"""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY, local_date, next_allowed, to_utc
from bot.flows import asking_screens as talk
from bot.flows.asking_effects import (
    AnswerQuestion,
    AskQuestion,
    CloseQuestion,
    DecideQuestion,
    NoteRefused,
    ReadQuestions,
)
from bot.flows.vocabulary import Kind, Say, Screen
from bot.rules.asking import (
    A_WEEK,
    ANSWER_WITHIN,
    FOR_DESK,
    OPEN,
    REASONS,
    TRIES,
    TRIES_WITHIN,
    USUAL_LIMIT,
    No,
    State,
)
from bot.rules.budget import USUAL_DAY
from bot.rules.permissions import Action, Role
from bot.service import ambassadors, asking_views, drafts, notices
from bot.service.ambassadors import Ambassador
from bot.service.audit import note
from bot.service.core import Core
from bot.service.ladder import staff_of
from bot.service.stays import reader_zones, stay_of
from bot.service.unasked import count_unasked
from bot.service.work import Applier, Work
from bot.store.tables import Audit, DayCount, Outbox, Placement, Question

MORNING = time(10)  # of another day, where this one has had its message
REFUSED = "words_refused"  # the line of the audit


# --- asking -----------------------------------------------------------------------------------------


def _ask(work: Work, effect: AskQuestion) -> None:
    session, scene, library = work.session, work.scene, work.core.content
    session.execute(select(Placement.id).where(Placement.id == effect.to_placement_id).with_for_update())
    one = _shown(work.core, session, effect.to_placement_id, work.now)
    no = asking_views.stands_in_the_way(session, scene, one)
    if no is not None or one is None or scene.stay is None or (effect.preset is None) == (effect.words is None):
        work.applied.after.append(Say(talk.no(no or No.GONE)))
        return
    waits = effect.words is not None and (effect.held or asking_views.young(scene.stay))
    row = Question(
        placement_id=scene.stay.placement_id, asker_id=work.me, to_placement_id=one.placement.id,
        to_id=one.placement.person_id, state=State.WAITS, preset=effect.preset, words=effect.words, asked_at=work.now,
        wake_at=work.now + ANSWER_WITHIN,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if waits:
        _to_read(work.core, session, row, work.now)
    else:
        _pass_on(work.core, session, row, work.now)
    work.applied.more = True
    work.applied.after.append(Say(talk.asked(asking_views.view_of(library, one), row.id, waits)))


def _shown(core: Core, session: Session, placement_id: int, now: datetime) -> Ambassador | None:
    return next(iter(ambassadors.shown(session, core.content, now, number=placement_id)), None)


def _pass_on(core: Core, session: Session, row: Question, now: datetime) -> None:
    """To the ambassador: a message that they did not ask for, so within their day's budget and never at night."""
    chat_id = drafts.chat_of(session, row.to_id)
    if chat_id is None:
        _settle(core, session, row, State.ENDED, now)
        return
    at = _good_hour(session, row, now)
    row.state, row.goes_at, row.wake_at = State.SENT, at, at + ANSWER_WITHIN
    shown = talk.for_ambassador(core.content, asking_views.view(core.content, session, row, "ambassador"))
    lasts = at + drafts.MANNERS[Kind.NOTICE].lasts
    draft = drafts.Draft(chat_id, shown, Kind.NOTICE, row.to_id, key=f"question:{row.id}", ref=ref(row.id),
                         not_before=at, expires_at=lasts)  # fmt: skip
    drafts.queue(session, [draft], now)


def _good_hour(session: Session, row: Question, now: datetime) -> datetime:
    zone = reader_zones(session, {row.to_id}, now).get(row.to_id, "UTC")
    quiet = notices.quiet_hours_of(session, {row.to_id})[row.to_id]
    at = next_allowed(now, zone, quiet)
    while _sent_on(session, row.to_placement_id, at, zone) >= USUAL_DAY or _week_is_full(session, row, at):
        at = next_allowed(to_utc(local_date(at, zone) + ONE_DAY, MORNING, zone), zone, quiet)
    count_unasked(session, row.to_placement_id, local_date(at, zone), now)
    return at


def _week_is_full(session: Session, row: Question, at: datetime) -> bool:
    """Whether the ambassador has got as many in the week before as they want in one: a coordinator may pass on several
    at once."""
    limit = session.get_one(Placement, row.to_placement_id).asks_a_week or USUAL_LIMIT
    theirs = Question.to_id == row.to_id, Question.id != row.id, Question.goes_at > at - A_WEEK
    return (session.scalar(select(func.count(Question.id)).where(*theirs)) or 0) >= limit


def _sent_on(session: Session, placement_id: int, at: datetime, zone: str) -> int:
    count = session.get(DayCount, (placement_id, local_date(at, zone)))
    return count.sent if count is not None else 0


def ref(question_id: int) -> str:
    """What messages about a question are about."""
    return f"question:{question_id}"


# --- answering, stopping ------------------------------------------------------------------------------


def _locked(work: Work, question_id: int) -> Question | None:
    return work.session.scalar(select(Question).where(Question.id == question_id).with_for_update())


def _both_may(core: Core, session: Session, row: Question, now: datetime) -> bool:
    """Asked anew at every step: one may have left the map, the other, or a guardian, may have taken the yes back."""
    stay = stay_of(session, row.placement_id, now)
    return stay is not None and stay.may_travel_on and _shown(core, session, row.to_placement_id, now) is not None


def _answer(work: Work, effect: AnswerQuestion) -> None:
    row = _locked(work, effect.question_id)
    if row is None or row.to_id != work.me or row.state != State.SENT:
        return
    if not _both_may(work.core, work.session, row, work.now):
        _settle(work.core, work.session, row, State.ENDED, work.now)
        return
    row.answer, row.answered_at = effect.words, work.now
    if effect.held or asking_views.is_young(work.session, row):
        row.state, row.wake_at = State.HELD, work.now + ANSWER_WITHIN
        _to_read(work.core, work.session, row, work.now)
    else:
        _deliver(work.core, work.session, row, work.now)
    work.applied.more = True


def _deliver(core: Core, session: Session, row: Question, now: datetime) -> None:
    row.state, row.closed_at, row.wake_at = State.ANSWERED, now, None
    shown = talk.answered(core.content, asking_views.view(core.content, session, row, "asker"))
    notices.notify(session, row.asker_id, shown, now=now, ref=ref(row.id))


def _close(work: Work, effect: CloseQuestion) -> None:
    row = _locked(work, effect.question_id)
    if row is None or work.me not in (row.asker_id, row.to_id):
        return
    mine, was_open = row.asker_id == work.me, row.state in OPEN
    if effect.how == "reported":
        _report(work, row, mine)
    if effect.how == "skipped" and not mine and row.state == State.SENT:
        _settle(work.core, work.session, row, State.SKIPPED, work.now)
    elif effect.how == "taken_back" and mine and row.state in (State.WAITS, State.SENT):
        _settle(work.core, work.session, row, State.TAKEN_BACK, work.now, tell=False)
    elif effect.how in ("stopped", "reported"):
        _settle(work.core, work.session, row, State.STOPPED, work.now, tell=was_open and not mine)
        _stop_others(work, row)
    work.applied.more = True


def _stop_others(work: Work, row: Question) -> None:
    """Between these two nothing goes any more, whatever else is open."""
    others = select(Question).where(
        Question.asker_id == row.asker_id, Question.to_id == row.to_id, Question.state.in_(OPEN)
    )
    for other in work.session.scalars(others):
        _settle(work.core, work.session, other, State.STOPPED, work.now, tell=False)


def _report(work: Work, row: Question, by_learner: bool) -> None:
    """Who looks after safeguarding hears of it at once; where nobody does, the coordinators."""
    if row.reported_at is not None:
        return
    row.reported_by, row.reported_at = work.me, work.now
    note(work.session, work.me, "question_reported", row.to_id if by_learner else row.asker_id, work.now,
         question=row.id)  # fmt: skip
    shown = talk.reported(asking_views.view(work.core.content, work.session, row, "desk"), by_learner)
    for person in readers(work.session, row.placement_id, lead_first=True):
        _send(work.session, person, shown, Kind.SAFETY, f"report:{row.id}", work.now)
    if by_learner:
        _off_the_map(work, row)


def _off_the_map(work: Work, row: Question) -> None:
    """Whom a learner reported is asked by nobody until one of their own coordinators has looked at it."""
    there = work.session.get_one(Placement, row.to_placement_id)
    one = ambassadors.possible(work.session, work.core.content, there, work.now)
    there.vetted_at = None
    end_of(work.core, work.session, row.to_id, work.now)
    if one is not None:
        tell_candidate(work.core, work.session, one, f"reported:{row.id}", work.now)


def tell_candidate(core: Core, session: Session, one: Ambassador, key: str, now: datetime) -> None:
    """To the coordinators of a former learner: may they be on the map?"""
    shown = talk.candidate(asking_views.view_of(core.content, one))
    for person in readers(session, one.placement.id):
        notices.notify(session, person, shown, now=now, key=f"{key}:{person}")


def _settle(
    core: Core, session: Session, row: Question, state: State, now: datetime, *, tell: bool = True
) -> None:  # fmt: skip
    """The end of a question: what is still on its way stays here, and who asked is told kindly where it matters."""
    waiting = Outbox.ref == ref(row.id), Outbox.state == "queued"
    session.execute(update(Outbox).where(*waiting).values(state="cancelled", finished_at=now, payload={"body": []}))
    row.state, row.closed_at, row.wake_at = state, row.closed_at or now, None
    session.flush()
    if tell:
        shown = talk.settled(asking_views.view(core.content, session, row, "asker"))
        notices.notify(session, row.asker_id, shown, now=now)


# --- coordinators -----------------------------------------------------------------------------------


def readers(session: Session, placement_id: int, *, lead_first: bool = False) -> list[int]:
    """Person ids of a stay's coordinators, or of who looks after safeguarding if anybody does; nobody whom a case
    about this learner names."""
    placement = session.get_one(Placement, placement_id)
    staff = staff_of(session, [placement])
    hidden = staff.hidden.get(placement.id, frozenset())
    leads = staff.leads.get(placement.cohort_id, ()) if lead_first else ()
    desk = [m for m in staff.last_rung.get(placement.cohort_id, ()) if staff.serving[m].role == Role.COORDINATOR]
    people = dict.fromkeys(staff.serving[m].person_id for m in (*leads, *desk))
    return [person for person in people if person not in hidden and person != placement.person_id]


def _send(session: Session, person_id: int, shown: Screen, kind: Kind, about: str, now: datetime) -> None:
    chat_id = drafts.chat_of(session, person_id)
    if chat_id is not None:
        drafts.queue(session, [drafts.Draft(chat_id, shown, kind, person_id, ref=about)], now)


def _to_read(core: Core, session: Session, row: Question, now: datetime) -> None:
    shown = talk.to_read(asking_views.view(core.content, session, row, "desk"))
    for person in readers(session, row.placement_id):
        notices.notify(session, person, shown, now=now)


def _decide(work: Work, effect: DecideQuestion) -> None:
    row = _locked(work, effect.question_id)
    if row is not None and work.may(Action.DECIDE_QUESTION, row.placement_id) and work.me != row.to_id:
        decide(work.core, work.session, row, effect.passes, effect.reason, work.me, work.now)
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
    if not _both_may(core, session, row, now):
        _settle(core, session, row, State.ENDED, now)
    elif passes:
        (_deliver if answers else _pass_on)(core, session, row, now)
    else:
        if answers:
            notices.notify(session, row.to_id, talk.answer_refused(reason), now=now)
        _settle(core, session, row, State.REFUSED, now)
    return True


def _read(work: Work, effect: ReadQuestions) -> None:
    for row in work.session.scalars(select(Question).where(Question.id.in_(effect.question_ids))):
        note(work.session, work.me, "question_read", row.asker_id, work.now, question=row.id)


def _refused(work: Work, effect: NoteRefused) -> None:
    """Somebody may not know better once; who tries again and again is looked at by a human."""
    note(work.session, work.me, REFUSED, work.me, work.now, why=effect.why)
    work.session.flush()
    tries = work.session.scalar(
        select(func.count(Audit.id)).where(
            Audit.person_id == work.me, Audit.action == REFUSED, Audit.at > work.now - TRIES_WITHIN
        )
    )
    if tries is None or tries < TRIES or work.scene.stay is None:
        return
    shown = talk.keeps_trying(work.scene.stay.learner, tries)
    for person in readers(work.session, work.scene.stay.placement_id):
        notices.notify(work.session, person, shown, now=work.now, key=f"refused:{work.me}:{person}:{work.now.date()}")


# --- what ends by itself ----------------------------------------------------------------------------


def wake(core: Core, now: datetime, limit: int) -> int:
    """Questions that nobody answered in time: who asked is told. Returns how many."""
    with core.store.transaction() as session:
        due = select(Question).where(Question.wake_at <= now).order_by(Question.wake_at).limit(limit)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            _settle(core, session, row, State.LAPSED, now)
    return len(rows)


def end_of(core: Core, session: Session, person_id: int, now: datetime) -> None:
    """Somebody is not asked any more: their open questions end kindly."""
    rows = select(Question).where(Question.to_id == person_id, Question.state.in_(OPEN)).order_by(Question.id)
    for row in session.scalars(rows).all():
        _settle(core, session, row, State.ENDED, now)


def forget(core: Core, session: Session, person_id: int, now: datetime) -> None:
    """Before a person is erased: what waits ends, and messages of either side lose the words."""
    end_of(core, session, person_id, now)
    theirs = or_(Question.asker_id == person_id, Question.to_id == person_id)
    refs = [ref(number) for number in session.scalars(select(Question.id).where(theirs))]
    session.execute(
        update(Outbox).where(Outbox.ref.in_(refs)).values(payload={"body": []})
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    session.execute(update(Outbox).where(Outbox.ref.in_(refs), Outbox.state == "queued").values(state="cancelled"))
    session.execute(update(Question).where(Question.decided_by == person_id).values(decided_by=None))


def look(core: Core, session: Session, cohort_id: int, now: datetime) -> None:
    """Once a day: who agreed nearly a year ago is asked again, and questions to who is not shown any more end."""
    vetted = select(Placement.id).where(Placement.cohort_id == cohort_id, Placement.vetted_at.is_not(None))
    for placement_id in session.scalars(vetted.order_by(Placement.id)).all():
        one = _shown(core, session, placement_id, now)
        if one is None:
            end_of(core, session, session.get_one(Placement, placement_id).person_id, now)
        elif ambassadors.is_to_be_asked_again(one, now):
            notices.notify(session, one.placement.person_id, talk.still(), now=now, key=f"on_map:{one.consent_id}")


APPLIERS: dict[type, Applier] = {
    AskQuestion: _ask,
    AnswerQuestion: _answer,
    CloseQuestion: _close,
    DecideQuestion: _decide,
    ReadQuestions: _read,
    NoteRefused: _refused,
}
