"""The daily check-in as a pure state machine.

    planned ─due─▶ asked ─delivered─▶ delivered ─▶ reminded ─deadline─▶ alerted
       │             │ not delivered, or stuck ─────────────────────────▶ alerted
       │ answered (also early)                       answered, late, too ─▶ answered
       └▶ closed: the day went by while the bot was away           excused: not expected today

The deadline counts from delivery, never from the due time, and is judged only while we are listening: an answer may
lie unread at Telegram. Time we did not listen is added, up to `MOST_EXTENSION` in all; then the alert says that we
could not ask. Source of the rules: decisions.md, "Check-ins and alerts", and house.md, "Lessons others paid for".
Its words are in `bot.rules.check_in_terms`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.alert import Reason, Severity
from bot.rules.check_in_terms import (
    Answer,
    Answered,
    Ask,
    CheckIn,
    Delivered,
    Due,
    Effect,
    Excused,
    LateAnswer,
    Listening,
    Missed,
    Moved,
    NotDelivered,
    OfferHelp,
    Policy,
    RaiseAlert,
    Remind,
    ReminderDelivered,
    Result,
    State,
    Thank,
    Tick,
    TooEarly,
    Trigger,
    Withdraw,
    plan,
    was_missed,
)

__all__ = [
    "Answer",
    "Answered",
    "Ask",
    "CheckIn",
    "Delivered",
    "Due",
    "Effect",
    "Excused",
    "LateAnswer",
    "Listening",
    "Missed",
    "Moved",
    "NotDelivered",
    "OfferHelp",
    "Policy",
    "RaiseAlert",
    "Remind",
    "ReminderDelivered",
    "Result",
    "State",
    "Thank",
    "Tick",
    "TooEarly",
    "Trigger",
    "Withdraw",
    "plan",
    "step",
    "was_missed",
]

MOST_EXTENSION = timedelta(hours=3)
RECHECK = timedelta(minutes=1)
# Asked within this of the due time counts as asked on time; a wake-up of ours this late means that we were away.
ON_TIME = timedelta(minutes=5)
WAITING = frozenset({State.ASKED, State.DELIVERED, State.REMINDED})


def step(check_in: CheckIn, trigger: Trigger, policy: Policy) -> Result:
    """The check-in after `trigger`, and what is to be done; what does not fit (a stale timer) changes nothing."""
    match trigger:
        case Due(now, same_day):
            return _due(check_in, now, same_day, policy)
        case Delivered(at):
            return _delivered(check_in, at, policy)
        case ReminderDelivered(at):
            return replace(check_in, reminder_delivered_at=check_in.reminder_delivered_at or at), ()
        case NotDelivered(at, why, missed_before):
            return _not_delivered(check_in, at, why, missed_before)
        case Tick():
            return _tick(check_in, trigger, policy)
        case Answered():
            return _answered(check_in, trigger, policy)
        case Moved(at):
            return _moved(check_in, at, policy)
        case Excused():
            return _excused(check_in)


def _due(check_in: CheckIn, now: datetime, same_day: bool, policy: Policy) -> Result:
    if check_in.state is not State.PLANNED or now < check_in.due_at:
        return check_in, ()
    if now - check_in.due_at > policy.grace and not same_day:
        # Yesterday's question makes no sense today, and silence to a question never asked is no alarm.
        return replace(check_in, state=State.CLOSED, wake_at=None), (Missed(Reason.COULD_NOT_ASK),)
    asked = replace(check_in, state=State.ASKED, asked_at=now)
    return replace(asked, wake_at=_delivery_limit(asked, policy)), (Ask(),)


def _delivery_limit(check_in: CheckIn, policy: Policy) -> datetime:
    """Until when the prompt must have been delivered: due + grace; counted from the asking when we asked late."""
    asked_at = check_in.asked_at or check_in.due_at
    start = asked_at if asked_at - check_in.due_at > ON_TIME else check_in.due_at
    return start + policy.grace + check_in.extended


def _delivered(check_in: CheckIn, at: datetime, policy: Policy) -> Result:
    if check_in.delivered_at is not None or check_in.state is State.PLANNED:
        return check_in, ()
    if check_in.state is not State.ASKED:
        return replace(check_in, delivered_at=at), ()
    deadline = at + policy.grace
    remind_at = at + policy.reminder_after if policy.reminds else None
    return replace(
        check_in,
        state=State.DELIVERED,
        delivered_at=at,
        remind_at=remind_at,
        deadline=deadline,
        counted_to=None,
        wake_at=remind_at or deadline,
    ), ()


def _not_delivered(check_in: CheckIn, at: datetime, why: str, missed_before: bool) -> Result:
    if check_in.state is State.ASKED:
        reason = Reason.BLOCKED if why == "blocked" else Reason.NOT_DELIVERED
        return _alert(check_in, at, reason, missed_before)
    if check_in.state in WAITING and why == "blocked":
        # The prompt arrived, then the learner blocked the bot: no answer can come any more, so don't wait for one.
        return _alert(check_in, at, Reason.BLOCKED, missed_before)
    return check_in, ()


def _alert(check_in: CheckIn, now: datetime, reason: Reason, missed_before: bool) -> Result:
    # Our own absence is no second miss of the learner's: it would turn a whole cohort red at once.
    red = missed_before and reason is not Reason.COULD_NOT_ASK
    alerted = replace(check_in, state=State.ALERTED, wake_at=None, alerted_at=now, alert_reason=reason)
    return alerted, (RaiseAlert(reason, Severity.RED if red else Severity.AMBER),)


def _tick(check_in: CheckIn, tick: Tick, policy: Policy) -> Result:
    if check_in.wake_at is None or tick.now < check_in.wake_at:
        return check_in, ()
    match check_in.state:
        case State.PLANNED:
            return _due(check_in, tick.now, tick.same_day, policy)
        case State.ASKED:
            return _still_undelivered(check_in, tick, policy)
        case State.DELIVERED if _owes_reminder(check_in, tick.now):
            return _remind(check_in, tick.now)
        case State.DELIVERED | State.REMINDED:
            return _judge(check_in, tick)
        case _:
            return check_in, ()


def _owes_reminder(check_in: CheckIn, now: datetime) -> bool:
    """A reminder is owed, also by one who wakes after the deadline, unless that is too long ago to matter."""
    if check_in.remind_at is None or check_in.deadline is None:
        return False
    return now < check_in.deadline + MOST_EXTENSION - check_in.extended


def _remind(check_in: CheckIn, now: datetime) -> Result:
    """Remind; when we come so late that the deadline has passed, with the time to answer that a reminder gives."""
    assert check_in.deadline is not None, "a delivered check-in has a deadline"
    assert check_in.remind_at is not None, "a reminder is owed only where one was planned"
    deadline, extended = check_in.deadline, check_in.extended
    if now >= deadline:
        time_to_answer = deadline - check_in.remind_at
        fresh = min(now + time_to_answer, deadline + MOST_EXTENSION - extended)
        deadline, extended = fresh, extended + (fresh - deadline)
    reminded = replace(check_in, state=State.REMINDED, reminded_at=now, wake_at=deadline)
    return replace(reminded, deadline=deadline, extended=extended), (Remind(),)


def _moved(check_in: CheckIn, at: datetime, policy: Policy) -> Result:
    """Ask again in the new chat: with a whole window what never arrived, else with what a reminder leaves to answer."""
    if check_in.state is State.ASKED:
        asked = replace(check_in, asked_at=at, counted_to=None)
        return replace(asked, wake_at=_delivery_limit(asked, policy)), (Ask(),)
    if check_in.state not in WAITING or check_in.deadline is None:
        return check_in, ()
    before = check_in.deadline
    time_to_answer = policy.grace - policy.reminder_after if policy.reminds else policy.grace
    deadline = max(before, min(at + time_to_answer, before + MOST_EXTENSION - check_in.extended))
    later = replace(check_in, deadline=deadline, extended=check_in.extended + (deadline - before), wake_at=deadline)
    return replace(later, state=State.REMINDED, reminded_at=at, reminder_delivered_at=None), (Remind(),)


def _judge(check_in: CheckIn, tick: Tick) -> Result:
    """The deadline, or a second look after it was extended."""
    assert check_in.deadline is not None, "a delivered check-in has a deadline"
    if tick.listening.ok:
        if tick.now < check_in.deadline:
            return replace(check_in, wake_at=check_in.deadline), ()
        return _alert(check_in, tick.now, Reason.NOT_ANSWERED, tick.missed_before)
    later = _extend(check_in, tick, check_in.delivered_at or check_in.due_at)
    return _deaf(check_in, later, later.deadline or check_in.deadline, tick)


def _still_undelivered(check_in: CheckIn, tick: Tick, policy: Policy) -> Result:
    limit = _delivery_limit(check_in, policy)
    if tick.listening.ok:
        if tick.now < limit:
            return replace(check_in, wake_at=limit), ()
        if check_in.counted_to is None and tick.now - limit > ON_TIME:
            # We were away ourselves: once, the queue gets a moment to send before its silence means anything.
            return replace(check_in, counted_to=tick.now, wake_at=tick.now + ON_TIME), ()
        return _alert(check_in, tick.now, Reason.COULD_NOT_ASK, tick.missed_before)
    later = _extend(check_in, tick, check_in.asked_at or check_in.due_at)
    return _deaf(check_in, later, _delivery_limit(later, policy), tick)


def _deaf(before: CheckIn, later: CheckIn, limit: datetime, tick: Tick) -> Result:
    """Wait on, unless all there is to add is used up. The first look after an outage always waits for the backlog."""
    looked_before = before.counted_to is not None
    if looked_before and later.extended >= MOST_EXTENSION and tick.now >= limit:
        return _alert(later, tick.now, Reason.COULD_NOT_ASK, tick.missed_before)
    return later, ()


def _extend(check_in: CheckIn, tick: Tick, since: datetime) -> CheckIn:
    """Add the time we did not listen and have not counted yet, and look again soon."""
    known = (since, tick.listening.last_ok, check_in.counted_to)
    deaf_from = max(instant for instant in known if instant is not None)
    missing = max(tick.now - deaf_from, timedelta(0))
    more = min(missing, MOST_EXTENSION - check_in.extended)
    return replace(
        check_in,
        deadline=check_in.deadline + more if check_in.deadline else None,
        extended=check_in.extended + more,
        counted_to=tick.now,
        wake_at=tick.now + RECHECK,
    )


def _answered(check_in: CheckIn, trigger: Answered, policy: Policy) -> Result:
    at, answer = trigger.at, trigger.answer
    counts_from = check_in.due_at - policy.answer_window
    if check_in.state is State.PLANNED and at < counts_from:
        # The question still comes at its hour; a call for help never waits for it.
        return check_in, _reply(answer) if answer is not Answer.FINE else (TooEarly(counts_from),)
    if check_in.state in (State.EXCUSED, State.CLOSED):
        return check_in, _reply(answer)
    if check_in.answer is answer:
        return check_in, ()
    answered = replace(check_in, state=State.ANSWERED, answered_at=at, answer=answer, wake_at=None)
    # Those who were alerted, over silence or by an earlier answer, hear what the learner says now.
    spoke_before = check_in.answer in (Answer.NEED_HELP, Answer.WANT_TO_TALK)
    alerted = trigger.alerted or check_in.alerted_at is not None or spoke_before
    queued = check_in.state in WAITING and not _all_delivered(check_in)
    return answered, (
        *((Withdraw(),) if queued else ()),
        *((LateAnswer(answer, at),) if alerted else ()),
        *_reply(answer, late=alerted),
    )


def _all_delivered(check_in: CheckIn) -> bool:
    if check_in.state is State.REMINDED:
        return check_in.reminder_delivered_at is not None
    return check_in.state is State.DELIVERED


def _reply(answer: Answer, *, late: bool = False) -> tuple[Effect, ...]:
    match answer:
        case Answer.FINE:
            return (Thank(late),)
        case Answer.NEED_HELP:
            return (RaiseAlert(Reason.ASKED_FOR_HELP, Severity.RED), OfferHelp(urgent=True))
        case Answer.WANT_TO_TALK:
            return (RaiseAlert(Reason.WANTS_TO_TALK, Severity.AMBER), OfferHelp(urgent=False))


def _excused(check_in: CheckIn) -> Result:
    """Only what is not alerted yet can be excused: an alert ends with a person and an outcome, never by itself."""
    if check_in.state is not State.PLANNED and check_in.state not in WAITING:
        return check_in, ()
    excused = replace(check_in, state=State.EXCUSED, wake_at=None)
    queued = check_in.state in WAITING and not _all_delivered(check_in)
    return excused, (Withdraw(),) if queued else ()
