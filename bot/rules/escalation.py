"""An alert's ladder as a pure state machine: who is told next, and when.

    raised ──▶ rung 0 ──escalate_after──▶ rung 1 … ──▶ nobody left: red, exhausted, announced again and again
       │          │ acknowledged: rests; after 2 h it comes back to who took it, then to everybody
       │          ▼
       └────▶ resolved (with an outcome) ──"not settled"──▶ raised again, to somebody else

Amber climbs rung by rung; a rung without anybody on duty and reachable is skipped at once. Red tells everyone on duty
together, every five minutes until somebody acknowledges. Severity rises, never falls. Nothing ends silently: an open
alert always has a `next_at`. Nothing is sent from here: the effects say what is to be said to whom.
Source of the rules: decisions.md, "Check-ins and alerts". Its words are in `bot.rules.alert`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.alert import (
    Acknowledged,
    AlertState,
    AllClear,
    AlreadyTaken,
    AskSettled,
    BecameRed,
    ComeBack,
    Effect,
    Exhausted,
    Ladder,
    Lapsed,
    LearnerAnswered,
    News,
    NobodyOnDuty,
    Notify,
    NotSettled,
    Outcome,
    Raised,
    Reason,
    Resolved,
    Responder,
    Result,
    Rung,
    Severity,
    Skipped,
    TellLearner,
    TellLearnerAnswered,
    TellOthersTaken,
    Tick,
    Trigger,
    parse_outcome,
)

__all__ = [
    "Acknowledged",
    "AlertState",
    "AllClear",
    "AlreadyTaken",
    "AskSettled",
    "BecameRed",
    "ComeBack",
    "Effect",
    "Exhausted",
    "Ladder",
    "Lapsed",
    "LearnerAnswered",
    "News",
    "NobodyOnDuty",
    "NotSettled",
    "Notify",
    "Outcome",
    "Raised",
    "Reason",
    "Resolved",
    "Responder",
    "Result",
    "Rung",
    "Severity",
    "Skipped",
    "TellLearner",
    "TellLearnerAnswered",
    "TellOthersTaken",
    "Tick",
    "Trigger",
    "parse_outcome",
    "step",
]

RED_REPEAT = timedelta(minutes=5)
ANNOUNCE_OFTEN_FOR = timedelta(hours=1)
ANNOUNCE_THEN_EVERY = timedelta(minutes=30)
COMES_BACK_AFTER = timedelta(hours=2)


def step(alert: AlertState, trigger: Trigger, ladder: Ladder) -> Result:
    """The alert after `trigger`, and what is to be said; what does not fit (a stale timer) changes nothing."""
    match trigger:
        case Raised(now, severity):
            return _raised(alert, now, severity or alert.severity, ladder)
        case Tick(now):
            return _tick(alert, now, ladder)
        case Acknowledged(now, by):
            return _acknowledged(alert, now, by)
        case Resolved(now, by, outcome):
            return _resolved(alert, now, by, outcome)
        case NotSettled(now):
            return _not_settled(alert, now, ladder)
        case LearnerAnswered(now):
            return _learner_answered(alert, now)


def _raised(alert: AlertState, now: datetime, severity: Severity, ladder: Ladder) -> Result:
    worst = Severity.RED if Severity.RED in (severity, alert.severity) else Severity.AMBER
    if not alert.is_open:
        # A resolved alert that is raised once more is opened again rather than lost.
        reopened = alert.reopened + (alert.resolved_at is not None)
        return _sound(AlertState(worst, raised_at=now, reopened=reopened), now, ladder)
    if worst is not alert.severity:
        return _becomes_red(alert, now, ladder)
    if severity is Severity.RED and alert.acknowledged_by is not None:
        # A second SOS while somebody is on the first: they must hear it; everybody else trusts them.
        return alert, (Notify((alert.acknowledged_by,), repeat=True),)
    return alert, ()


def _becomes_red(alert: AlertState, now: datetime, ladder: Ladder) -> Result:
    """Who took the amber alert may not be looking any more: a red one has to be taken anew."""
    free = replace(_untaken(alert), severity=Severity.RED, exhausted_at=None, announced_at=None)
    changed, effects = _sound(free, now, ladder)
    return changed, (BecameRed(), *effects)


def _untaken(alert: AlertState) -> AlertState:
    return replace(alert, acknowledged_by=None, acknowledged_at=None, came_back_at=None)


def _sound(alert: AlertState, now: datetime, ladder: Ladder) -> Result:
    """Tell the first people: for amber the lowest rung that can answer, for red everyone on duty."""
    on_duty = _on_duty(alert, ladder)
    if not on_duty:
        return _nobody_on_duty(alert, now, ladder)
    if alert.severity is Severity.RED:
        return _tell_all_on_duty(alert, now, ladder, on_duty)
    return _climb(alert, 0, now, ladder) or _nobody_on_duty(alert, now, ladder)


def _tell_all_on_duty(alert: AlertState, now: datetime, ladder: Ladder, on_duty: tuple[int, ...]) -> Result:
    changed = replace(
        alert,
        level=_last_level(ladder),
        sounded_at=now,
        next_at=now + min(RED_REPEAT, ladder.escalate_after),
    )
    missing = tuple(responder for responder in ladder.everybody() if not responder.available)
    return changed, (*_skipped(missing), Notify(on_duty), TellLearner(News.TOLD, on_duty))


def _nobody_on_duty(alert: AlertState, now: datetime, ladder: Ladder) -> Result:
    people = _everybody_linked(ladder)
    wait = min(RED_REPEAT, ladder.escalate_after) if alert.severity is Severity.RED else ladder.escalate_after
    changed = replace(alert, level=_last_level(ladder), sounded_at=now, next_at=now + wait)
    effects = (
        *_skipped(ladder.everybody()),
        NobodyOnDuty(),
        *_notify(people),
        TellLearner(News.NOBODY_ON_DUTY, people),
    )
    return changed, effects


def _climb(alert: AlertState, level: int, now: datetime, ladder: Ladder) -> Result | None:
    """Tell the first rung from `level` up that can answer, naming whom it passed over; None if there is none."""
    passed: list[Responder] = []
    for reached in range(level, len(ladder.rungs)):
        members = [ladder.who(person) for person in ladder.rungs[reached].people]
        allowed = set(_on_duty(alert, ladder))
        people = tuple(member.id for member in members if member.id in allowed)
        passed += [member for member in members if not member.available]
        if people:
            changed = replace(alert, level=reached, sounded_at=now, next_at=now + ladder.escalate_after)
            return changed, (*_skipped(passed), Notify(people), TellLearner(News.TOLD, people))
    return None


def _tick(alert: AlertState, now: datetime, ladder: Ladder) -> Result:
    if not alert.is_open or alert.next_at is None or now < alert.next_at:
        return alert, ()
    if alert.acknowledged_by is not None:
        return _come_back(alert, alert.acknowledged_by, now, ladder)
    if alert.severity is Severity.AMBER:
        return _climb(alert, alert.level + 1, now, ladder) or _end_of_ladder(alert, now, ladder)
    if alert.exhausted_at is None and now >= (alert.sounded_at or now) + ladder.escalate_after:
        return _announce(replace(alert, exhausted_at=now), now, ladder)
    if alert.exhausted_at is not None and now >= _next_announcement(alert, alert.exhausted_at):
        return _announce(alert, now, ladder)
    return _repeat(alert, now, ladder)


def _end_of_ladder(alert: AlertState, now: datetime, ladder: Ladder) -> Result:
    """Amber that nobody took turns red and says so to all; one the learner has answered meanwhile only keeps asking."""
    # Whom nobody waited for on the way up may still be reached another way.
    missing = tuple(responder for responder in ladder.everybody() if not responder.reachable)
    if alert.learner_answered_at is not None:
        people = _on_duty(alert, ladder) or _everybody_linked(ladder)
        return replace(alert, next_at=now + COMES_BACK_AFTER), (*_skipped(missing), *_notify(people, repeat=True))
    changed, effects = _announce(replace(alert, severity=Severity.RED, exhausted_at=now), now, ladder)
    return changed, (BecameRed(), *_skipped(missing), *effects)


def _announce(alert: AlertState, now: datetime, ladder: Ladder) -> Result:
    people = _everybody_linked(ladder)
    changed = replace(alert, announced_at=now, next_at=now + RED_REPEAT)
    return changed, (Exhausted(people), TellLearner(News.NOBODY_YET, people))


def _next_announcement(alert: AlertState, exhausted_at: datetime) -> datetime:
    # Every five minutes at first; later half-hourly, for those off duty too. Who is on duty still hears every repeat.
    last = alert.announced_at or exhausted_at
    often = last - exhausted_at < ANNOUNCE_OFTEN_FOR
    return last + (RED_REPEAT if often else ANNOUNCE_THEN_EVERY)


def _repeat(alert: AlertState, now: datetime, ladder: Ladder) -> Result:
    people = _on_duty(alert, ladder) or _everybody_linked(ladder)
    changed = replace(alert, next_at=now + RED_REPEAT)
    return changed, (*_notify(people, repeat=True), TellLearner(News.NOBODY_YET, people))


def _acknowledged(alert: AlertState, now: datetime, by: int) -> Result:
    if not alert.is_open:
        return alert, ()
    holder = alert.acknowledged_by
    if holder is not None and holder != by:
        return alert, (AlreadyTaken(to=by, by=holder),)
    if holder == by and alert.came_back_at is None:
        return alert, ()
    taken = replace(alert, acknowledged_by=by, acknowledged_at=now, came_back_at=None, next_at=now + COMES_BACK_AFTER)
    if holder == by:
        # Pressed again after it came back: still at it. Nobody else needs to hear that.
        return replace(taken, acknowledged_at=alert.acknowledged_at), ()
    return taken, (TellOthersTaken(by), TellLearner(News.TAKEN, (by,)))


def _come_back(alert: AlertState, holder: int, now: datetime, ladder: Ladder) -> Result:
    """First to who took it; without a reaction, or when they cannot be reached, it is anybody's again."""
    if alert.came_back_at is None and ladder.who(holder).reachable:
        return replace(alert, came_back_at=now, next_at=now + ladder.escalate_after), (ComeBack(holder),)
    people = _on_duty(alert, ladder) or _everybody_linked(ladder)
    wait = RED_REPEAT if alert.severity is Severity.RED else ladder.escalate_after
    # Everybody has it now: the next thing after an amber one is the end of the ladder.
    free = replace(_untaken(alert), level=_last_level(ladder), sounded_at=now, next_at=now + wait)
    return free, (
        Lapsed(holder, alert.acknowledged_at),
        TellLearner(News.LAPSED, (holder,)),
        *_notify(people, repeat=True),
    )


def _resolved(alert: AlertState, now: datetime, by: int | None, outcome: Outcome) -> Result:
    if not alert.is_open:
        return alert, ()
    changed = replace(alert, resolved_by=by, resolved_at=now, outcome=outcome, next_at=None)
    return changed, (AllClear(), AskSettled())


def _not_settled(alert: AlertState, now: datetime, ladder: Ladder) -> Result:
    """Open again, and to somebody else first: who resolved it is asked only when there is nobody else."""
    if alert.resolved_at is None:
        return alert, ()
    again = AlertState(
        alert.severity, raised_at=alert.raised_at, reopened=alert.reopened + 1, set_aside=alert.resolved_by
    )
    return _sound(again, now, ladder)


def _learner_answered(alert: AlertState, now: datetime) -> Result:
    if not alert.is_open or alert.learner_answered_at is not None:
        return alert, ()
    return replace(alert, learner_answered_at=now), (TellLearnerAnswered(),)


def _on_duty(alert: AlertState, ladder: Ladder) -> tuple[int, ...]:
    """Who can answer, in order; without who was set aside, unless nobody else is left."""
    people = tuple(responder.id for responder in ladder.everybody() if responder.available)
    return tuple(person for person in people if person != alert.set_aside) or people


def _everybody_linked(ladder: Ladder) -> tuple[int, ...]:
    """Everybody who can be reached, on duty or not; if that is nobody, all: a second channel may still get through."""
    everybody = ladder.everybody()
    return tuple(r.id for r in everybody if r.reachable) or tuple(r.id for r in everybody)


def _notify(people: tuple[int, ...], *, repeat: bool = False) -> tuple[Effect, ...]:
    return (Notify(people, repeat),) if people else ()


def _skipped(people: Iterable[Responder]) -> tuple[Effect, ...]:
    missing = tuple(people)
    return (Skipped(missing),) if missing else ()


def _last_level(ladder: Ladder) -> int:
    return max(len(ladder.rungs) - 1, 0)
