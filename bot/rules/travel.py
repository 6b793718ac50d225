"""A travel day as a pure state machine: there and back, until home.

    planned ─evening before: which hour?─ ─morning─▶ asked ─▶ left ─▶ delayed ─▶ arrived
       │                                       │ silence until 3 h after the planned arrival ─▶ alerted (red)
       └▶ closed: it went by while the bot was away                    excused: no journey after all

The deadline counts from the planned arrival, by day and by night, and is judged only while we are listening, exactly
as for check-ins: time we did not listen is added, up to `MOST_EXTENSION` in all; then the alert says that we could not
ask. Arriving may be said from any state. Whoever speaks after an alert is on the way again and is watched again.
Its words are in `bot.rules.travel_terms`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.alert import Reason, Severity
from bot.rules.check_in import MOST_EXTENSION, ON_TIME, RECHECK
from bot.rules.travel_terms import (
    LONG_DELAY,
    OVERDUE,
    REMIND_AFTER,
    Ask,
    AskHour,
    Delivered,
    Effect,
    Excused,
    LateWord,
    Missed,
    NotDelivered,
    Over,
    RaiseAlert,
    Remind,
    Reply,
    Result,
    Said,
    State,
    TellArrived,
    TellDelay,
    TellNotThere,
    Tick,
    Travel,
    Trigger,
    Withdraw,
    Word,
)

TO_ANSWER = OVERDUE - REMIND_AFTER  # what a question leaves for answering, also one that comes late
TOO_LATE = timedelta(hours=24)  # a question never asked makes no sense a day after its deadline
UNDER_WAY = frozenset({State.ASKED, State.LEFT, State.DELAYED})


def step(travel: Travel, trigger: Trigger) -> Result:
    """The journey after `trigger`, and what is to be done; what does not fit (a stale timer) changes nothing."""
    match trigger:
        case Tick():
            return _tick(travel, trigger)
        case Delivered(at):
            return _delivered(travel, at), ()
        case NotDelivered(at, why):
            return _not_delivered(travel, at, why)
        case Said():
            return _said(travel, trigger)
        case Excused():
            return _excused(travel)


# --- asking ---------------------------------------------------------------------------------------


def _tick(travel: Travel, tick: Tick) -> Result:
    if travel.wake_at is None or tick.now < travel.wake_at:
        return travel, ()
    if travel.state is State.PLANNED:
        return _planned(travel, tick)
    if travel.state not in UNDER_WAY:
        return travel, ()
    if travel.ask_at is not None and tick.now >= travel.ask_at:
        return _ask(travel, tick)
    if _owes_reminder(travel, tick.now):
        return _remind(travel, tick.now)
    if tick.now >= travel.deadline or travel.counted_to is not None:
        return _judge(travel, tick)
    return _waiting(travel), ()


def _planned(travel: Travel, tick: Tick) -> Result:
    if travel.ask_at is None or tick.now >= travel.ask_at:
        return _ask(travel, tick)
    if travel.plan_at is None or tick.now < travel.plan_at:
        return replace(travel, wake_at=travel.plan_at or travel.ask_at), ()
    return replace(travel, plan_at=None, wake_at=travel.ask_at), (AskHour(),)


def _ask(travel: Travel, tick: Tick) -> Result:
    """The question of this morning; one that comes after the planned arrival leaves the time that a reminder does."""
    now, first = tick.now, travel.asked_at is None
    if first and now >= travel.deadline + TOO_LATE:
        return replace(travel, state=State.CLOSED, wake_at=None, ask_at=None, plan_at=None), (Missed(),)
    late = first and now >= travel.expected_at + REMIND_AFTER
    asked = replace(
        travel,
        state=State.ASKED if travel.state is State.PLANNED else travel.state,
        asked_at=travel.asked_at or now,
        plan_at=None,
        ask_at=tick.morning if tick.morning < travel.expected_at else None,
        reminded_at=now if late else travel.reminded_at,
        deadline=max(travel.deadline, now + TO_ANSWER) if late else travel.deadline,
    )
    return _waiting(asked), (Ask(again=not first),)


def _waiting(travel: Travel) -> Travel:
    """Looked at again at the next morning, reminder or deadline, whichever comes first."""
    remind_at = travel.expected_at + REMIND_AFTER if travel.reminded_at is None else None
    moments = (travel.ask_at, remind_at, travel.deadline)
    return replace(travel, wake_at=min(moment for moment in moments if moment is not None))


def _owes_reminder(travel: Travel, now: datetime) -> bool:
    """Also one who wakes after the deadline owes it, unless that is too long ago to matter."""
    if travel.reminded_at is not None or now < travel.expected_at + REMIND_AFTER:
        return False
    return now < travel.deadline + MOST_EXTENSION - travel.extended


def _remind(travel: Travel, now: datetime) -> Result:
    reminded = replace(travel, reminded_at=now)
    if now >= travel.deadline:
        reminded = _put_off(reminded, now + TO_ANSWER)
    return replace(reminded, wake_at=reminded.deadline), (Remind(),)


def _put_off(travel: Travel, until: datetime) -> Travel:
    """A later deadline through no fault of the learner's, within what may be added in all."""
    fresh = min(until, travel.deadline + MOST_EXTENSION - travel.extended)
    more = max(fresh - travel.deadline, timedelta(0))
    return replace(travel, deadline=travel.deadline + more, extended=travel.extended + more)


def _delivered(travel: Travel, at: datetime) -> Travel:
    if travel.delivered_at is not None or travel.asked_at is None:
        return travel
    delivered = replace(travel, delivered_at=at, undelivered=None)
    if travel.state in UNDER_WAY and at - travel.asked_at > ON_TIME and at + TO_ANSWER > travel.deadline:
        delivered = _waiting(_put_off(delivered, at + TO_ANSWER))
    return delivered


def _not_delivered(travel: Travel, at: datetime, why: str) -> Result:
    """Nobody can be asked: a human hears it at once, and again, red, when the hour of arrival has passed."""
    heard_of = travel.delivered_at is not None or travel.said is not None
    if travel.state not in UNDER_WAY or travel.undelivered is not None or (heard_of and why != "blocked"):
        return travel, ()
    reason = Reason.BLOCKED if why == "blocked" else Reason.NOT_DELIVERED
    marked = replace(travel, undelivered=reason, alerted_at=at, alert_reason=reason)
    return marked, (RaiseAlert(reason, Severity.AMBER),)


# --- judging --------------------------------------------------------------------------------------


def _judge(travel: Travel, tick: Tick) -> Result:
    """The deadline, or a second look after it was put off."""
    if not tick.listening.ok:
        return _deaf(travel, tick)
    if tick.now < travel.deadline:
        return _waiting(replace(travel, counted_to=None)), ()
    if travel.undelivered is not None:
        return _alert(travel, tick.now, travel.undelivered)
    if travel.delivered_at is None and travel.said is None:
        return _never_asked(travel, tick)
    return _alert(travel, tick.now, Reason.NOT_ARRIVED)


def _never_asked(travel: Travel, tick: Tick) -> Result:
    if travel.counted_to is None and tick.now - travel.deadline > ON_TIME:
        # We were away ourselves: once, the queue gets a moment to send before its silence means anything.
        return replace(travel, counted_to=tick.now, wake_at=tick.now + ON_TIME), ()
    return _alert(travel, tick.now, Reason.COULD_NOT_ASK)


def _deaf(travel: Travel, tick: Tick) -> Result:
    """Add the time we did not listen and look again soon; the first look after an outage waits for the backlog."""
    known = (travel.asked_at, tick.listening.last_ok, travel.counted_to)
    deaf_from = max(instant for instant in known if instant is not None)
    later = replace(_put_off(travel, travel.deadline + max(tick.now - deaf_from, timedelta(0))), counted_to=tick.now)
    if travel.counted_to is not None and later.extended >= MOST_EXTENSION and tick.now >= later.deadline:
        return _alert(later, tick.now, Reason.COULD_NOT_ASK)
    return replace(later, wake_at=tick.now + RECHECK), ()


def _alert(travel: Travel, now: datetime, reason: Reason) -> Result:
    # Our own absence is no missed arrival: it would turn a whole bus red at once.
    severity = Severity.AMBER if reason is Reason.COULD_NOT_ASK else Severity.RED
    alerted = replace(travel, state=State.ALERTED, wake_at=None, ask_at=None, alerted_at=now, alert_reason=reason)
    return alerted, (RaiseAlert(reason, severity),)


# --- what the learner says ------------------------------------------------------------------------


def _said(travel: Travel, said: Said) -> Result:
    if travel.state in (State.EXCUSED, State.CLOSED):
        return travel, (Over(),)
    match said.word:
        case Word.ARRIVED:
            return _arrived(travel, said.at)
        case Word.STILL if travel.state is State.ARRIVED:
            back = replace(travel, arrived_at=None)
            return _on_the_way(back, said, State.LEFT, (TellNotThere(),))
        case Word.PLANNED if travel.asked_at is None and said.expected_at and travel.state is State.PLANNED:
            hour = said.expected_at
            told = replace(travel, expected_at=hour, first_expected_at=hour, deadline=hour + OVERDUE)
            return replace(told, said=said.word, said_at=said.at), (Reply(Word.PLANNED),)
        case _ if travel.state is State.ARRIVED:
            return travel, (Reply(Word.ARRIVED, again=True),)
        case Word.PLANNED | Word.DELAYED if said.expected_at is not None:
            return _delayed(travel, said, said.expected_at)
        case _:
            state = State.DELAYED if travel.state is State.DELAYED else State.LEFT
            return _on_the_way(travel, said, state, ())


def _arrived(travel: Travel, at: datetime) -> Result:
    if travel.state is State.ARRIVED:
        return travel, (Reply(Word.ARRIVED, again=True),)
    arrived = replace(
        travel, state=State.ARRIVED, arrived_at=at, said=Word.ARRIVED, said_at=at, wake_at=None, ask_at=None,
        plan_at=None, undelivered=None,
    )  # fmt: skip
    told: Effect = LateWord(Word.ARRIVED) if travel.alerted_at is not None else TellArrived()
    return arrived, (Withdraw(), told, Reply(Word.ARRIVED))


def _delayed(travel: Travel, said: Said, hour: datetime) -> Result:
    before = travel.expected_at - travel.first_expected_at
    later = replace(travel, expected_at=hour, reminded_at=None, deadline=hour + OVERDUE)
    if travel.state is State.PLANNED:
        # Known before it begins: they are still asked in the morning.
        noted = replace(later, said=said.word, said_at=said.at)
        return noted, (Reply(Word.DELAYED), *_long(noted, before))
    return _on_the_way(later, replace(said, word=Word.DELAYED), State.DELAYED, _long(later, before))


def _long(travel: Travel, before: timedelta) -> tuple[Effect, ...]:
    """The contact person hears of a delay when it gets long, and whenever a long one grows."""
    delay = travel.expected_at - travel.first_expected_at
    return (TellDelay(),) if delay > max(LONG_DELAY, before) else ()


def _on_the_way(travel: Travel, said: Said, state: State, more: tuple[Effect, ...]) -> Result:
    """Under way, or under way again: the arrival is awaited anew, at the earliest three hours from now."""
    if travel.state in (State.ALERTED, State.ARRIVED):
        hour = max(travel.expected_at, said.at)
        travel = replace(travel, expected_at=hour, reminded_at=None, deadline=max(travel.deadline, hour + OVERDUE))
    moving = replace(
        travel, state=state, said=said.word, said_at=said.at, plan_at=None, undelivered=None, counted_to=None,
        asked_at=travel.asked_at or said.at,
        ask_at=said.morning if said.morning < travel.expected_at else None,
        left_at=travel.left_at or (said.at if said.word is not Word.DELAYED else None),
    )  # fmt: skip
    late: tuple[Effect, ...] = (LateWord(said.word),) if travel.alerted_at is not None else ()
    return _waiting(moving), (*late, *more, Reply(said.word))


def _excused(travel: Travel) -> Result:
    """Only what is not alerted yet can be excused: an alert ends with a person and an outcome, never by itself."""
    if travel.state is not State.PLANNED and travel.state not in UNDER_WAY:
        return travel, ()
    return replace(travel, state=State.EXCUSED, wake_at=None, ask_at=None, plan_at=None), (Withdraw(),)
