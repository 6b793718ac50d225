"""What happens to questions to former learners: asked, answered, stopped, reported, forgotten.

Every step asks again whether both may: a withdrawal, a case or a birthday between two taps counts.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from bot.flows import asking_screens as talk
from bot.flows.asking_effects import AnswerQuestion, AskQuestion, CloseQuestion
from bot.flows.vocabulary import Replace, Say
from bot.rules.asking import ANSWER_WITHIN, FOR_DESK, KEPT, OPEN, No, State, next_reminder
from bot.service import ambassadors, asking_desk, asking_views, asking_ways as ways, notices
from bot.service.core import Core
from bot.service.work import Applier, Work
from bot.store.tables import Outbox, Person, Placement, Question

# --- asking -----------------------------------------------------------------------------------------


def _ask(work: Work, effect: AskQuestion) -> None:
    session, scene, library = work.session, work.scene, work.core.content
    session.execute(select(Placement.id).where(Placement.id == effect.to_placement_id).with_for_update())
    one = ways.shown(work.core, session, effect.to_placement_id, work.now)
    no = asking_views.stands_in_the_way(session, scene, one)
    if no is not None or one is None or scene.stay is None or (effect.preset is None) == (effect.words is None):
        work.applied.after.append(Say(talk.no(no or No.GONE)))
        return
    held_for = None
    if effect.words is not None:
        held_for = effect.held_for or ("young" if asking_views.young(scene.stay) else None)
    row = Question(
        placement_id=scene.stay.placement_id, asker_id=work.me, to_placement_id=one.placement.id,
        to_id=one.placement.person_id, state=State.WAITS, preset=effect.preset, words=effect.words, asked_at=work.now,
        held_for=held_for,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if held_for is not None:
        asking_desk.to_read(work.core, session, row, work.now)
    else:
        ways.pass_on(work.core, session, row, work.now)
    work.applied.more = True
    done = talk.asked(asking_views.view_of(library, one), row.id, held_for is not None)
    work.applied.after.append(Say(done) if effect.words is None else Replace(done))


# --- answering, stopping ------------------------------------------------------------------------------


def _locked(work: Work, question_id: int) -> Question | None:
    return work.session.scalar(select(Question).where(Question.id == question_id).with_for_update())


def _answer(work: Work, effect: AnswerQuestion) -> None:
    row = _locked(work, effect.question_id)
    if row is None or row.to_id != work.me or row.state != State.SENT:
        work.applied.after.append(Say(talk.closed("gone")))
        return
    work.applied.more = True
    if not ways.both_may(work.core, work.session, row, work.now):
        ways.settle(work.core, work.session, row, State.ENDED, work.now)
        work.applied.after.append(Replace(talk.answer_late(unread=False)))
        return
    young = asking_views.is_young(work.session, row)
    row.answer, row.answered_at = effect.words, work.now
    row.held_for = effect.held_for or ("young" if young else None)
    if effect.at_once:
        row.state = State.HELD
        asking_desk.sounds_dangerous(work.core, work.session, row, work.now)
    elif row.held_for is not None:
        row.state = State.HELD
        asking_desk.to_read(work.core, work.session, row, work.now)
    else:
        ways.deliver(work.core, work.session, row, work.now)
    if not effect.at_once:
        work.applied.after.append(Replace(talk.answer_kept(row.held_for is not None)))


def _close(work: Work, effect: CloseQuestion) -> None:
    row = _locked(work, effect.question_id)
    if row is None or work.me not in (row.asker_id, row.to_id):
        return
    mine, was_open = row.asker_id == work.me, row.state in OPEN
    told = asking_desk.report(work, row, mine) if effect.how == "reported" else None
    if effect.how == "skipped" and not mine and row.state == State.SENT:
        ways.settle(work.core, work.session, row, State.SKIPPED, work.now)
    elif effect.how == "taken_back" and mine and row.state in (State.WAITS, State.SENT):
        ways.settle(work.core, work.session, row, State.TAKEN_BACK, work.now, tell=False)
    elif effect.how in ("stopped", "reported"):
        ways.settle(work.core, work.session, row, State.STOPPED, work.now, tell=was_open and not mine)
        _stop_others(work, row)
    if told is not None:
        if mine and told != "before":
            asking_desk.off_the_map(work, row)
        side = "_other" if told == "contact" and not mine else ""
        work.applied.after.append(Say(talk.closed(f"reported_{told}{side}")))
    work.applied.more = True


def _stop_others(work: Work, row: Question) -> None:
    """Between these two nothing goes any more, whatever else is open."""
    others = select(Question).where(
        Question.asker_id == row.asker_id, Question.to_id == row.to_id, Question.state.in_(OPEN)
    )
    for other in work.session.scalars(others):
        ways.settle(work.core, work.session, other, State.STOPPED, work.now, tell=False)


# --- what happens by the clock ----------------------------------------------------------------------


def wake(core: Core, now: datetime, limit: int) -> int:
    """What waited for the morning goes out, what nobody answered or read in time ends, and coordinators are reminded of
    what waits for them. Returns how many questions."""
    with core.store.transaction() as session:
        due = select(Question).where(Question.wake_at <= now).order_by(Question.wake_at, Question.id).limit(limit)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        waiting = [row for row in rows if _still_waits(core, session, row, now)]
        asking_desk.remind(session, waiting, now)
    return len(rows)


def _still_waits(core: Core, session: Session, row: Question, now: datetime) -> bool:
    """Do its hour's work. Whether it goes on waiting for somebody to look at it."""
    if ways.is_to_go(row):
        ways.go(core, session, row, now)
    elif row.state == State.PASSED:
        ways.deliver(core, session, row, now)
    elif row.state in FOR_DESK or row.state == State.SENT:
        since = row.answered_at if row.state == State.HELD else row.asked_at
        if row.state == State.SENT or since is None or now - since >= ANSWER_WITHIN:
            ways.settle(core, session, row, State.LAPSED, now)
            return False
        row.wake_at = next_reminder(since, now)
        return True
    else:
        waits = row.reported_at is not None and row.report_settled_at is None
        row.wake_at = next_reminder(row.reported_at, now) if waits and row.reported_at else None
        return waits
    return False


def look(core: Core, session: Session, cohort_id: int, now: datetime) -> None:
    """Once a day: who agreed nearly a year ago is asked again, and questions to who is not shown any more end."""
    vetted = select(Placement.id).where(Placement.cohort_id == cohort_id, Placement.vetted_at.is_not(None))
    for placement_id in session.scalars(vetted.order_by(Placement.id)).all():
        one = ways.shown(core, session, placement_id, now)
        if one is None:
            ways.end_of(core, session, session.get_one(Placement, placement_id).person_id, now)
        elif ambassadors.is_to_be_asked_again(one, now):
            notices.notify(session, one.placement.person_id, talk.still(), now=now, key=f"on_map:{one.consent_id}")


# --- forgetting -------------------------------------------------------------------------------------


def forget(core: Core, session: Session, person_id: int, now: datetime) -> None:
    """Before a person is erased: what waits ends, rows and messages go. Of a report that nobody has looked into yet the
    words stay until somebody has; nothing leads from them to a name any more."""
    ways.end_of(core, session, person_id, now)
    theirs = or_(Question.asker_id == person_id, Question.to_id == person_id)
    refs = [ways.ref(number) for number in session.scalars(select(Question.id).where(theirs))]
    unsynchronised = {"synchronize_session": False}
    session.execute(
        update(Outbox).where(Outbox.ref.in_(refs)).values(payload={"body": []}).execution_options(**unsynchronised)
    )
    session.execute(update(Outbox).where(Outbox.ref.in_(refs), Outbox.state == "queued").values(state="cancelled"))
    session.execute(update(Question).where(Question.decided_by == person_id).values(decided_by=None))
    session.execute(delete(Question).where(theirs, ~_REPORT_OPEN).execution_options(**unsynchronised))


_REPORT_OPEN = and_(Question.reported_at.is_not(None), Question.report_settled_at.is_(None))


def forget_old(session: Session, now: datetime) -> None:
    """Half a year after they were settled words go, after a report once that was looked into; and whatever was reported
    of somebody who is erased goes at the latest half a year after the report."""
    old = now - KEPT
    looked_into = or_(Question.reported_at.is_(None), Question.report_settled_at <= old)
    blank = update(Question).where(Question.closed_at <= old, looked_into).values(words=None, answer=None)
    erased = select(Person.id).where(Person.erased_at.is_not(None))
    nobodys = or_(Question.asker_id.in_(erased), Question.to_id.in_(erased))
    for statement in (blank, delete(Question).where(nobodys, Question.reported_at <= old)):
        session.execute(statement.execution_options(synchronize_session=False))


APPLIERS: dict[type, Applier] = {
    AskQuestion: _ask,
    AnswerQuestion: _answer,
    CloseQuestion: _close,
    **asking_desk.APPLIERS,
}
