"""The ways of a question and its answer: passed on at a good hour, looked at again before it goes, and ended.

What comes at night waits here and not in the outbox, so that in the morning everything is asked once more: a case may
have been opened, a yes taken back, somebody taken off the map.
"""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY, local_date, next_allowed, to_utc
from bot.flows import asking_screens as talk
from bot.flows.vocabulary import Kind
from bot.rules.asking import A_WEEK, ANSWER_WITHIN, OPEN, USUAL_LIMIT, State, next_reminder
from bot.rules.budget import USUAL_DAY
from bot.service import ambassadors, asking_views, drafts, notices
from bot.service.ambassadors import Ambassador
from bot.service.core import Core
from bot.service.stays import reader_zones, stay_of
from bot.service.unasked import count_unasked
from bot.store.tables import DayCount, Outbox, Placement, Question

MORNING = time(10)  # of another day, where this one has had its message


def ref(question_id: int) -> str:
    """What messages about a question are about."""
    return f"question:{question_id}"


def shown(core: Core, session: Session, placement_id: int, now: datetime) -> Ambassador | None:
    """The former learner of a stay, if they may be asked now."""
    return next(iter(ambassadors.shown(session, core.content, now, number=placement_id)), None)


def both_may(core: Core, session: Session, row: Question, now: datetime) -> bool:
    """Asked anew at every step: one may have left the map, the other, or a guardian, may have taken the yes back."""
    stay = stay_of(session, row.placement_id, now)
    return stay is not None and stay.may_travel_on and shown(core, session, row.to_placement_id, now) is not None


# --- to who is asked --------------------------------------------------------------------------------


def pass_on(core: Core, session: Session, row: Question, now: datetime) -> None:
    """To the ambassador: a message that they did not ask for, so within their day's budget and never at night."""
    if drafts.chat_of(session, row.to_id) is None:
        settle(core, session, row, State.ENDED, now)
        return
    at = _good_hour(session, row, now)
    row.state, row.goes_at, row.wake_at = State.SENT, at, at
    if at <= now:
        go(core, session, row, now)


def is_to_go(row: Question) -> bool:
    """Has it been passed on and not gone yet? Afterwards it is looked at for its answer."""
    return row.state == State.SENT and row.goes_at is not None and row.wake_at == row.goes_at


def go(core: Core, session: Session, row: Question, now: datetime) -> None:
    """Its hour has come: out, if both still may and it is no night again."""
    chat_id = drafts.chat_of(session, row.to_id)
    if chat_id is None or not both_may(core, session, row, now):
        settle(core, session, row, State.ENDED, now)
        return
    at = notices.next_hour(session, row.to_id, now)
    if at > now:  # nobody was awake at its hour
        row.goes_at = row.wake_at = at
        return
    row.goes_at, row.wake_at = now, now + ANSWER_WITHIN
    screen = talk.for_ambassador(core.content, asking_views.view(core.content, session, row, "ambassador"))
    draft = drafts.Draft(chat_id, screen, Kind.NOTICE, row.to_id, key=ref(row.id), ref=ref(row.id))
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


# --- back to who asked ------------------------------------------------------------------------------


def deliver(core: Core, session: Session, row: Question, now: datetime) -> None:
    """The answer, or in the morning; then, if one of the two may no longer, neither learns why."""
    if not both_may(core, session, row, now):
        settle(core, session, row, State.ENDED, now)
        return
    at = notices.next_hour(session, row.asker_id, now)
    if at > now:
        row.state, row.wake_at = State.PASSED, at
        return
    row.state, row.closed_at, row.wake_at = State.ANSWERED, now, None
    screen = talk.answered(core.content, asking_views.view(core.content, session, row, "asker"))
    notices.notify(session, row.asker_id, screen, now=now, ref=ref(row.id))


def settle(core: Core, session: Session, row: Question, state: State, now: datetime, *, tell: bool = True) -> None:
    """The end of a question: what is still on its way stays here, who asked is told kindly where it matters, and so is
    whose answer did not go on."""
    waiting = Outbox.ref == ref(row.id), Outbox.state == "queued"
    session.execute(update(Outbox).where(*waiting).values(state="cancelled", finished_at=now, payload={"body": []}))
    unread = State(row.state) in (State.HELD, State.PASSED)
    row.state, row.closed_at = state, row.closed_at or now
    row.wake_at = next_reminder(row.reported_at, now) if row.reported_at and not row.report_settled_at else None
    session.flush()
    if tell:
        screen = talk.settled(asking_views.view(core.content, session, row, "asker"))
        notices.notify(session, row.asker_id, screen, now=now)
    if unread and state in (State.ENDED, State.LAPSED):
        notices.notify(session, row.to_id, talk.answer_late(state is State.LAPSED), now=now)


def end_of(core: Core, session: Session, person_id: int, now: datetime) -> None:
    """Somebody is not asked any more: their open questions end kindly."""
    rows = select(Question).where(Question.to_id == person_id, Question.state.in_(OPEN)).order_by(Question.id)
    for row in session.scalars(rows).all():
        settle(core, session, row, State.ENDED, now)
