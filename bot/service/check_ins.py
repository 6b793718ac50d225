"""Check-ins, daily ones and those of a roll call: rows around the pure state machine of `bot.rules.check_in`."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal_column, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.clock import ensure_utc
from bot.flows import calls, check_in as talk
from bot.flows.vocabulary import Kind, Screen
from bot.rules import check_in as rules, roll_call
from bot.rules.alert import Reason, Severity
from bot.rules.check_in import Answer, State
from bot.service import alerts, drafts, missed
from bot.service.book import Book
from bot.service.callers import caller_of
from bot.service.core import Core
from bot.service.stays import today_of
from bot.store.plain import plain
from bot.store.prepared import among, first, rows, run
from bot.store.tables import CheckIn, Cohort, Heartbeat, Outbox, Placement
from bot.store.writing import update_many

log = logging.getLogger(__name__)

_HEARD = select(Heartbeat.at).where(Heartbeat.name == literal_column("'intake'"))
LISTENING = timedelta(seconds=30)  # a getUpdates that long ago still proves that answers reach us
OPEN = (*(state.value for state in rules.WAITING), State.ALERTED.value)  # asked and not answered
_NOT_ASKED = (State.CLOSED.value, State.EXCUSED.value)


def policy_of(placement: Placement, cohort: Cohort, *, called: bool = False) -> rules.Policy:
    """A learner's own times where there are some, the cohort's otherwise; `called`: those of a roll call."""
    own = rules.Policy(
        answer_window=_seconds(placement.answer_window, cohort.answer_window),
        reminder_after=_seconds(placement.reminder_after, cohort.reminder_after),
        grace=_seconds(placement.grace, cohort.grace),
    )
    return roll_call.policy(own) if called else own


def _seconds(own: int | None, of_cohort: int) -> timedelta:
    return timedelta(seconds=of_cohort if own is None else own)


def listening(session: Session, now: datetime) -> rules.Listening:
    """Do answers reach us? Known from the intake's heartbeat, whichever process writes it."""
    beat = first(session, _HEARD)
    last = beat.at if beat else None
    return rules.Listening(ok=last is not None and now - last <= LISTENING, last_ok=last)


def heard_until(heard: rules.Listening, now: datetime) -> datetime:
    """Up to when silence is silence: whoever answered by then has been read.

    An answer that came with the last seconds may lie unread until the next call, longer where a process was just
    killed. Once we count as deaf, what there is to add to deadlines is worked out as of now.
    """
    return min(heard.last_ok, now) if heard.ok and heard.last_ok is not None else now


def state_of(row: CheckIn) -> rules.CheckIn:
    """A row as the state machine sees it."""
    return rules.CheckIn(
        state=State(row.state), due_at=row.due_at, wake_at=row.wake_at, asked_at=row.asked_at,
        delivered_at=row.delivered_at, remind_at=row.remind_at, reminded_at=row.reminded_at,
        reminder_delivered_at=row.reminder_delivered_at, deadline=row.deadline, answered_at=row.answered_at,
        answer=Answer(row.answer) if row.answer else None, extended=timedelta(seconds=row.extended),
        counted_to=row.counted_to, alerted_at=row.alerted_at,
        alert_reason=Reason(row.alert_reason) if row.alert_reason else None,
    )  # fmt: skip


_NAMES = tuple(field.name for field in fields(rules.CheckIn))


def _store(row: CheckIn, before: rules.CheckIn, new: rules.CheckIn) -> None:
    for name in _NAMES:
        value = getattr(new, name)
        if value == getattr(before, name):
            continue
        if isinstance(value, timedelta):
            value = int(value.total_seconds())
        elif isinstance(value, State | Answer | Reason):
            value = value.value
        setattr(row, name, value)


def new_row(placement_id: int, day: date, due_at: datetime, roll_call: int = 0) -> dict[str, Any]:
    """A planned check-in as a row to insert; of the so-many-eth roll call of that day, or the daily one."""
    return {
        "placement_id": placement_id, "day": day, "roll_call": roll_call, "state": State.PLANNED.value,
        "due_at": due_at, "wake_at": due_at, "extended": 0,
    }  # fmt: skip


_LOCKED = select(CheckIn).where(CheckIn.id == bindparam("check_in")).with_for_update()
_OWN = _LOCKED.where(CheckIn.placement_id == bindparam("placement"))


def lock(session: Session, check_in_id: int) -> CheckIn:
    """The row, locked until the end of the transaction."""
    return session.scalars(_LOCKED, {"check_in": check_in_id}).one()


def advance(core: Core, session: Session, row: CheckIn, trigger: rules.Trigger, now: datetime) -> list[Screen]:
    """Feed the state machine, store its state, carry out its effects. Returns what the learner is answered."""
    book = Book(session, now, [session.get_one(Placement, row.placement_id)])
    effects = _step(book, row, trigger)
    session.flush()
    answers: list[Screen] = []
    for effect in _sent(book, row, effects):
        answers += _carry_out(core, book, row, effect)
    book.write()
    return answers


def _step(book: Book, row: CheckIn, trigger: rules.Trigger) -> tuple[rules.Effect, ...]:
    placement = book.placements[row.placement_id]
    before = state_of(row)
    policy = policy_of(placement, book.cohorts[placement.cohort_id], called=row.roll_call > 0)
    new, effects = rules.step(before, trigger, policy)
    _store(row, before, new)
    return effects


def _carry_out(core: Core, book: Book, row: CheckIn, effect: rules.Effect) -> list[Screen]:
    session, placement, now = book.session, book.placements[row.placement_id], book.now
    match effect:
        case rules.Withdraw():
            withdraw(session, row.id, now)
        case rules.RaiseAlert(reason, severity):
            book.has_asked(row)
            alerts.raise_in(core, book, placement, reason, severity, check_in_id=row.id)
            book.write()  # what follows names those who were told
        case rules.LateAnswer(Answer.NEED_HELP, _):
            pass  # the alert itself follows, red: one message says it all
        case rules.LateAnswer(answer, _):
            alerts.learner_answered(core, session, placement, answer.value, now)
        case rules.Thank(late):
            if not late:
                # Whoever still has an alert of another day hears it, too; with none open this says nothing.
                alerts.learner_answered(core, session, placement, Answer.FINE.value, now)
            return [talk.thanks(late, alerts.names_told(session, placement.id), roll_call=row.roll_call > 0)]
        case rules.OfferHelp(urgent):
            return [talk.help_offered(urgent, alerts.names_told(session, placement.id))]
        case rules.TooEarly(counts_from):
            return [talk.too_early(counts_from)]
    return []


def _sent(book: Book, row: CheckIn, effects: Iterable[rules.Effect]) -> Iterator[rules.Effect]:
    """What is left of the effects once prompts and reminders are queued."""
    for effect in effects:
        match effect:
            case rules.Ask():
                yield from _send(book, row, Kind.CHECK_IN)
            case rules.Remind():
                yield from _send(book, row, Kind.REMINDER)
            case rules.Missed():
                # No alarm: our own absence is told to referents once, for all learners together.
                log.warning("check-in %s of %s was not asked: the bot was away", row.id, row.day)
            case _:
                yield effect


def _send(book: Book, row: CheckIn, kind: Kind) -> tuple[rules.Effect, ...]:
    """Queue the prompt or the reminder. Returns what follows where there is nobody to ask."""
    placement = book.placements[row.placement_id]
    learner, called = book.learners[placement.person_id], row.roll_call > 0
    if learner.chat_id is None and placement.by_phone and (caller := caller_of(book, placement)) is not None:
        # What follows from it being delivered, or not, is the same: only somebody else asks.
        until = row.deadline if kind is Kind.REMINDER else None
        shown = calls.ask(row.id, learner.name, learner.phone, until, roll_call=called)
        ref = f"check_in:{row.id}"
        key = ref if kind is Kind.CHECK_IN else f"{ref}:again"
        book.send(drafts.Draft(caller.chat_id, shown, kind, caller.person_id, key=key, ref=ref))
        return ()
    if learner.chat_id is None:
        # Nobody joined, or the chat was given up: there is nobody to ask, and a human must know.
        again = row.id in missed_before(book.session, [row])
        return _step(book, row, rules.NotDelivered(book.now, "failed", again))
    name, ref = learner.first_name, f"check_in:{row.id}"
    if kind is Kind.CHECK_IN:
        shown = talk.ask(row.id, name, roll_call=called)
    else:
        shown = talk.remind(row.id, name, row.deadline or book.now, roll_call=called)
    key = ref if kind is Kind.CHECK_IN else f"{ref}:again"
    book.send(drafts.Draft(learner.chat_id, shown, kind, learner.person_id, key=key, ref=ref))
    return ()


_WITHDRAW = (
    update(Outbox)
    .where(Outbox.ref == bindparam("about"), drafts.in_states(Outbox, "queued", "leased"))
    .values(state="cancelled", finished_at=bindparam("at"), lease_owner=None, lease_until=None)
)


def withdraw(session: Session, check_in_id: int, now: datetime) -> None:
    """Drop a prompt or reminder that is not under way yet."""
    run(session, _WITHDRAW, about=f"check_in:{check_in_id}", at=now)


_BEFORE = CheckIn.__table__.alias("before")
_EARLIER = aliased(CheckIn)
_LAST_DAY = (
    select(func.max(_EARLIER.day))
    .where(
        _EARLIER.placement_id == CheckIn.placement_id, _EARLIER.day < CheckIn.day, _EARLIER.roll_call == 0,
        _EARLIER.state != State.CLOSED.value,
    )
    .scalar_subquery()
)  # fmt: skip


_MISSED_BEFORE = (
    select(CheckIn.id.label("number"), _BEFORE)
    .join(_BEFORE, (_BEFORE.c.placement_id == CheckIn.placement_id) & (_BEFORE.c.day == _LAST_DAY))
    .where(among(CheckIn.id, "check_ins"), _BEFORE.c.roll_call == 0, _BEFORE.c.state == State.ALERTED.value)
)
_STAYS = select(Placement.__table__).where(among(Placement.id, "placements"))


def missed_before(session: Session, asked: Collection[CheckIn]) -> set[int]:
    """Ids of those of the check-ins whose learner missed the daily one before, too."""
    if not asked:
        return set()
    found = rows(session, _MISSED_BEFORE, check_ins=[row.id for row in asked])
    return {before.number for before in found if rules.was_missed(state_of(before))}


# --- triggers -----------------------------------------------------------------------------------


def answer(
    core: Core, session: Session, placement_id: int, said: str, check_in_id: int | None, now: datetime
) -> list[Screen]:
    """A learner's answer, to the newest question by default. A call for help is heard where there is none, too.

    It says how they are now: it counts for a roll call and for the check-in of the day alike.
    """
    today = today_of(session.get_one(Placement, placement_id), now)
    near = _near(session, placement_id, today)
    row = _own(session, near, placement_id, check_in_id) if check_in_id is not None else None
    if row is None or row.answer == said:  # the button of an old question says it of what waits now
        row = _newest(near, today) or row
    if row is None:
        return _answer_without(core, session, placement_id, Answer(said), now)
    beside = [one for one in near if one is not row and (one.roll_call or row.roll_call)]
    alerted = any(one.state == State.ALERTED.value for one in beside)
    shown = advance(core, session, row, rules.Answered(now, Answer(said), alerted), now)
    if row.answered_at == now:
        _answered_too(session, beside, rules.Answered(now, Answer(said)), now)
    return shown


def _near(session: Session, placement_id: int, today: date) -> list[CheckIn]:
    """The questions of today and yesterday, locked, oldest first."""
    return list(
        session.scalars(
            select(CheckIn)
            .where(CheckIn.placement_id == placement_id, CheckIn.day <= today, CheckIn.day >= today - timedelta(days=1))
            .order_by(CheckIn.day, CheckIn.due_at, CheckIn.id)
            .with_for_update()
        )
    )


def _own(session: Session, near: Iterable[CheckIn], placement_id: int, check_in_id: int) -> CheckIn | None:
    """The one that a button names; it counts only if it is this learner's."""
    found = next((row for row in near if row.id == check_in_id), None)
    return found or session.scalars(_OWN, {"check_in": check_in_id, "placement": placement_id}).first()


def _newest(near: Sequence[CheckIn], today: date) -> CheckIn | None:
    """The newest question that waits, or the daily one of today."""
    waiting = [row for row in near if row.state in OPEN]
    todays = [row for row in near if row.day == today and not row.roll_call and row.state not in _NOT_ASKED]
    return next(reversed(waiting or todays), None)


def _answered_too(session: Session, beside: Sequence[CheckIn], trigger: rules.Answered, now: datetime) -> None:
    """What else waits has its answer, too, and what comes soon need not be asked; what follows is said already."""
    expected = [row for row in beside if row.state in OPEN or row.state == State.PLANNED.value]
    if not expected:
        return
    book = Book(session, now, [session.get_one(Placement, row.placement_id) for row in expected])
    for row in expected:
        if rules.Withdraw() in _step(book, row, trigger):
            withdraw(session, row.id, now)
    session.flush()


def _answer_without(core: Core, session: Session, placement_id: int, said: Answer, now: datetime) -> list[Screen]:
    placement = session.get_one(Placement, placement_id)
    if said is Answer.FINE:
        alerts.learner_answered(core, session, placement, said.value, now)
        return [talk.nothing_due()]
    reason, severity = (
        (Reason.ASKED_FOR_HELP, Severity.RED) if said is Answer.NEED_HELP else (Reason.WANTS_TO_TALK, Severity.AMBER)
    )
    alerts.raise_alert(core, session, placement, reason, severity, now)
    return [talk.help_offered(said is Answer.NEED_HELP, alerts.names_told(session, placement_id))]


def answered_beside(core: Core, session: Session, placements: Collection[int], said: str, now: datetime) -> None:
    """What waits on other stays of a learner is answered by the same word: it says how they are now."""
    waiting = session.scalars(
        select(CheckIn)
        .where(CheckIn.placement_id.in_(placements), CheckIn.state.in_(OPEN), CheckIn.wake_at.is_not(None))
        .order_by(CheckIn.id)
        .with_for_update()
    ).all()
    _answered_too(session, waiting, rules.Answered(now, Answer(said)), now)
    if said == Answer.FINE.value:
        for placement_id in sorted(placements):
            alerts.learner_answered(core, session, session.get_one(Placement, placement_id), said, now)


def delivered(core: Core, session: Session, check_in_id: int, kind: Kind, message_id: int | None, at: datetime) -> None:
    """The Bot API took the prompt or the reminder: from here the clock runs."""
    row = lock(session, check_in_id)
    if kind is Kind.CHECK_IN:
        row.message_id = message_id
        advance(core, session, row, rules.Delivered(at), at)
    else:
        advance(core, session, row, rules.ReminderDelivered(at), at)


def not_delivered(core: Core, session: Session, check_in_id: int, blocked: bool, at: datetime) -> None:
    """The prompt or reminder failed for good."""
    row = lock(session, check_in_id)
    again = row.id in missed_before(session, [row])
    trigger = rules.NotDelivered(at, "blocked" if blocked else "failed", again)
    advance(core, session, row, trigger, at)


# What time alone can change.
_WRITTEN = (
    "id", "state", "wake_at", "asked_at", "reminded_at", "deadline", "extended", "counted_to", "alerted_at",
    "alert_reason",
)  # fmt: skip


_AWAKE = (
    select(CheckIn.__table__)
    .where(
        CheckIn.wake_at <= bindparam("now"),
        or_(CheckIn.wake_at <= bindparam("heard"), CheckIn.state == State.PLANNED.value),
    )
    .order_by(CheckIn.wake_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def wake(core: Core, now: datetime, limit: int) -> int:
    """Look at up to `limit` check-ins whose moment has come, one transaction each batch. Returns how many."""
    with core.store.transaction() as session:
        heard = listening(session, now)
        awake = plain(session, CheckIn, _AWAKE, now=now, heard=heard_until(heard, now), most=limit)
        if awake:
            _wake_all(core, session, awake, heard, now)
            update_many(session, CheckIn, [{name: getattr(row, name) for name in _WRITTEN} for row in awake])
    return len(awake)


def _wake_all(
    core: Core, session: Session, awake: Sequence[CheckIn], heard: rules.Listening, now: datetime
) -> None:  # fmt: skip
    stays = plain(session, Placement, _STAYS, placements=[row.placement_id for row in awake])
    book = Book(session, now, stays)
    twice = missed_before(session, [row for row in awake if row.state != State.PLANNED.value])
    raised = [
        (row, effect)
        for row in awake
        for effect in _sent(book, row, _step(book, row, _tick(book, row, heard, row.id in twice)))
        if isinstance(effect, rules.RaiseAlert)
    ]
    book.write()
    if raised:
        missed.raise_all(core, session, book.placements, raised, now)


def _tick(book: Book, row: CheckIn, heard: rules.Listening, missed: bool) -> rules.Tick:
    placement = book.placements[row.placement_id]
    itinerary = book.itinerary(placement)
    zone = itinerary.zone_on(row.day) if itinerary else placement.home_zone
    return rules.Tick(ensure_utc(book.now), heard, book.today(zone) == row.day, missed)


def excuse_rest(
    core: Core, session: Session, placement_id: int, why: str, now: datetime, until: date = date.max
) -> None:
    """No more questions through the day `until`: the stay ended, moved, was left for the next one, or the person was
    erased."""
    rows = session.scalars(
        select(CheckIn)
        .where(CheckIn.placement_id == placement_id, CheckIn.wake_at.is_not(None), CheckIn.day <= until)
        .with_for_update()
    ).all()
    for row in rows:
        advance(core, session, row, rules.Excused(now, why), now)
