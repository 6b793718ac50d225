"""Travel days: rows around the pure state machine of `bot.rules.travel`, from the evening before until home."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.clock import Itinerary, ensure_utc
from bot.flows import calls, travel as talk
from bot.flows.check_in import nothing_due
from bot.flows.vocabulary import Kind, Screen
from bot.rules import travel as rules, travel_terms as words
from bot.rules.alert import Reason
from bot.rules.durations import parse_quiet_hours
from bot.rules.names import full_name
from bot.rules.travel_days import Direction, Leg, legs, morning_after
from bot.rules.travel_terms import State, Word
from bot.service import alerts, awaited, check_ins, contacts, drafts, notices
from bot.service.book import Book
from bot.service.callers import caller_of
from bot.service.core import Core
from bot.service.gone_on import Span, stays_before, within
from bot.service.travel_views import current_rows, view_of
from bot.store.tables import Cohort, Outbox, Person, Placement, Travel
from bot.store.writing import insert_or_ignore

log = logging.getLogger(__name__)

PREFIX = "travel"  # how the refs of all their messages begin
QUESTION, HOUR = PREFIX, f"{PREFIX}_hour"
AHEAD = timedelta(hours=72)  # how early a journey is planned
LATE = timedelta(hours=24)  # how far back one is still planned after an outage


def state_of(row: Travel) -> words.Travel:
    """A row as the state machine sees it."""
    values: dict[str, Any] = {field.name: getattr(row, field.name) for field in fields(words.Travel)}
    for name, kind in (("state", State), ("said", Word), ("undelivered", Reason), ("alert_reason", Reason)):
        values[name] = kind(values[name]) if values[name] else None
    return words.Travel(**(values | {"extended": timedelta(seconds=row.extended)}))


def _columns(travel: words.Travel) -> dict[str, Any]:
    values = {field.name: getattr(travel, field.name) for field in fields(travel)}
    plain = {name: value.value if isinstance(value, StrEnum) else value for name, value in values.items()}
    return plain | {"extended": int(travel.extended.total_seconds())}


def advance(core: Core, session: Session, row: Travel, trigger: words.Trigger, now: datetime) -> list[Screen]:
    """Feed the state machine, store its state, carry out its effects. Returns what the learner is answered."""
    new, effects = rules.step(state_of(row), trigger)
    for name, value in _columns(new).items():
        setattr(row, name, value)
    session.flush()
    placement = session.get_one(Placement, row.placement_id)
    if new.state is State.ARRIVED:
        awaited.let_come(session, row.placement_id, row.zone, now)
        if row.arrived_at == now and row.direction == Direction.OUT.value:
            _leave_behind(core, session, placement, now)
    shown: list[Screen] = []
    for effect in effects:
        shown += _carry_out(core, session, row, placement, effect, now)
    return shown


def _carry_out(
    core: Core, session: Session, row: Travel, placement: Placement, effect: words.Effect, now: datetime
) -> list[Screen]:
    match effect:
        case words.AskHour() | words.Ask() | words.Remind():
            _send(core, session, row, placement, effect, now)
        case words.Withdraw():
            _withdraw(session, row.id, now)
        case words.RaiseAlert(reason, severity):
            alerts.raise_alert(core, session, placement, reason, severity, now)
        case words.LateWord(word):
            alerts.learner_answered(core, session, placement, word.value, now)
        case words.Reply(word, again):
            return [_reply(core, session, row, placement, word, again, now)]
        case words.TellArrived() | words.TellNotThere() | words.TellDelay():
            _tell_referent(session, row, placement, effect, now)
        case words.Over():
            return [nothing_due()]
        case words.Missed():
            # No alarm: our own absence is told to referents once, for all learners together.
            log.warning("journey %s of %s was not asked about: the bot was away", row.id, row.day)
    return []


def _reply(
    core: Core, session: Session, row: Travel, placement: Placement, word: Word, again: bool, now: datetime
) -> Screen:
    trip = view_of(row, placement)
    if again:
        return talk.already(trip)
    if word in (Word.LEFT, Word.STILL) and row.expected_at <= now:
        return talk.which_hour(trip, now)
    if word is not Word.ARRIVED:
        return talk.noted(trip, word.value)
    if row.direction == Direction.BACK.value:
        # Home: whatever was still asked about the stay is over.
        check_ins.excuse_rest(core, session, placement.id, "home", now)
    return talk.welcome(trip, alerts.names_told(session, placement.id) if row.alerted_at else ())


def _leave_behind(core: Core, session: Session, arrived: Placement, now: datetime) -> None:
    """What another stay, which this one touches, would ask in these days is over: they have gone on from there."""
    for other in stays_before(session, arrived):
        until = arrived.ended_on or arrived.return_date or date.max
        check_ins.excuse_rest(core, session, other.id, "went_on", now, until)
        excuse(core, session, other.id, now, until)
        alerts.learner_answered(core, session, other, Word.ARRIVED.value, now)


def _tell_referent(
    session: Session, row: Travel, placement: Placement,
    effect: words.TellArrived | words.TellNotThere | words.TellDelay, now: datetime,
) -> None:  # fmt: skip
    to = contacts.contact_person(session, placement)
    if to is None:
        return
    learner = session.get_one(Person, placement.person_id)
    name, trip = full_name(learner), view_of(row, placement)
    match effect:
        case words.TellArrived():
            shown = talk.arrived(trip, name)
        case words.TellNotThere():
            shown = talk.not_there(trip, name)
        case words.TellDelay():
            shown = talk.long_delay(trip, name)
    notices.notify(session, to, shown, now=now)


def _send(
    core: Core, session: Session, row: Travel, placement: Placement,
    effect: words.AskHour | words.Ask | words.Remind, now: datetime,
) -> None:  # fmt: skip
    chat_id = drafts.chat_of(session, placement.person_id)
    if chat_id is None and placement.by_phone and _ask_caller(session, row, placement, effect, now):
        return
    if chat_id is None:
        if not isinstance(effect, words.AskHour):
            # Nobody joined, or the chat was given up: there is nobody to ask, and a human must know.
            advance(core, session, row, words.NotDelivered(now, "failed"), now)
        return
    trip, name = view_of(row, placement), session.get_one(Person, placement.person_id).first_name
    kind, ref = Kind.CHECK_IN, f"{QUESTION}:{row.id}"
    match effect:
        case words.AskHour():
            shown, key, ref = talk.ask_hour(trip), f"hour:{row.day}", f"{HOUR}:{row.id}"
        case words.Ask(again):
            shown = talk.ask_again(trip, name) if again else talk.ask(trip, name)
            key = f"ask:{now.isoformat()}"
        case words.Remind():
            shown, kind = talk.remind(trip, name, row.deadline), Kind.REMINDER
            key = f"again:{row.expected_at.isoformat()}"
    draft = drafts.Draft(
        chat_id, shown, kind, placement.person_id, key=f"travel:{row.id}:{key}", ref=ref, expires_at=row.deadline
    )
    drafts.queue(session, [draft], now)


def ask_again(core: Core, session: Session, row: Travel, now: datetime) -> None:
    """The question of the morning once more: nobody reads the chat in which it was asked."""
    _send(core, session, row, session.get_one(Placement, row.placement_id), words.Ask(again=True), now)


def _ask_caller(
    session: Session, row: Travel, placement: Placement, effect: words.AskHour | words.Ask | words.Remind, now: datetime
) -> bool:
    """Who has no Telegram is called on travel days by a contact person. False: nobody can be asked."""
    caller = caller_of(Book(session, now, [placement]), placement)
    if caller is None:
        return False
    if isinstance(effect, words.AskHour):
        return True  # the usual hour counts
    learner = session.get_one(Person, placement.person_id)
    name = full_name(learner)
    shown = calls.travels(row.id, name, learner.phone, left=row.left_at is not None)
    kind = Kind.REMINDER if isinstance(effect, words.Remind) else Kind.CHECK_IN
    draft = drafts.Draft(
        caller.chat_id, shown, kind, caller.person_id, key=f"travel:{row.id}:call:{now.isoformat()}",
        ref=f"{QUESTION}:{row.id}", expires_at=row.deadline,
    )  # fmt: skip
    drafts.queue(session, [draft], now)
    return True


def _withdraw(session: Session, travel_id: int, now: datetime) -> None:
    """Drop questions and reminders that are not under way yet."""
    session.execute(
        update(Outbox)
        .where(
            Outbox.ref.in_((f"{QUESTION}:{travel_id}", f"{HOUR}:{travel_id}")), Outbox.state.in_(("queued", "leased"))
        )
        .values(state="cancelled", finished_at=now, lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


# --- triggers -----------------------------------------------------------------------------------


def wake(core: Core, now: datetime, limit: int) -> int:
    """Look at up to `limit` journeys whose moment has come. Returns how many."""
    with core.store.transaction() as session:
        heard = check_ins.listening(session, now)
        until = check_ins.heard_until(heard, now)
        rows = session.scalars(
            select(Travel)
            .where(Travel.wake_at <= now, or_(Travel.wake_at <= until, Travel.state == State.PLANNED.value))
            .order_by(Travel.wake_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            morning = _morning(session, row, now)
            advance(core, session, row, words.Tick(ensure_utc(now), heard, morning), now)
    return len(rows)


def _morning(session: Session, row: Travel, after: datetime) -> datetime:
    """The first morning after an instant, by the clock of the place travelled to."""
    placement = session.get_one(Placement, row.placement_id)
    return morning_after(after, row.zone, parse_quiet_hours(session.get_one(Cohort, placement.cohort_id).quiet_hours))


def report(
    core: Core, session: Session, placement_id: int, travel_id: int, word: str, expected_at: datetime | None,
    now: datetime,
) -> list[Screen]:  # fmt: skip
    """A learner's word on their own journey. Returns what they are answered; nothing when it is not theirs."""
    row = session.scalars(
        select(Travel).where(Travel.id == travel_id, Travel.placement_id == placement_id).with_for_update()
    ).first()
    if row is None:
        return []
    # Who speaks before the first question needs no asking that morning; on later ones they are asked all the same.
    first = row.ask_at if row.state == State.PLANNED.value else None
    morning = _morning(session, row, max(now, first or now))
    return advance(core, session, row, words.Said(now, Word(word), morning, expected_at), now)


def _lock(session: Session, travel_id: int) -> Travel:
    return session.scalars(select(Travel).where(Travel.id == travel_id).with_for_update()).one()


def delivered(core: Core, session: Session, travel_id: int, at: datetime) -> None:
    """The Bot API took a question or reminder."""
    advance(core, session, _lock(session, travel_id), words.Delivered(at), at)


def not_delivered(core: Core, session: Session, travel_id: int, blocked: bool, at: datetime) -> None:
    """A question or reminder failed for good."""
    advance(core, session, _lock(session, travel_id), words.NotDelivered(at, "blocked" if blocked else "failed"), at)


def blocked_on_the_way(core: Core, session: Session, placement_id: int, now: datetime) -> bool:
    """The learner blocked the bot. Whether they are travelling, so that this has told a human."""
    row = current_rows(session, [placement_id], now).get(placement_id)
    if row is None or State(row.state) not in rules.UNDER_WAY:
        return False
    advance(core, session, _lock(session, row.id), words.NotDelivered(now, "blocked"), now)
    return True


def excuse(core: Core, session: Session, placement_id: int, now: datetime, until: date = date.max) -> None:
    """No journeys through the day `until`: called off, left for the next stay, or the person was erased."""
    rows = session.scalars(
        select(Travel)
        .where(Travel.placement_id == placement_id, Travel.wake_at.is_not(None), Travel.day <= until)
        .with_for_update()
    ).all()
    for row in rows:
        advance(core, session, row, words.Excused(now), now)


# --- planning -----------------------------------------------------------------------------------


def plan(
    core: Core, session: Session, stays: Iterable[tuple[Placement, Cohort, Itinerary, datetime]], now: datetime,
    elsewhere: Mapping[int, Sequence[Span]],
) -> None:  # fmt: skip
    """Bring the journeys of stays up to date, idempotently: new ones within reach, moved ones, those called off.

    Each stay comes with the instant since when somebody was there to be asked; `elsewhere`: by stay the days on which
    they have gone on to another one.
    """
    given = list(stays)
    known: dict[tuple[int, str], Travel] = {}
    ids = [placement.id for placement, *_ in given]
    for row in session.scalars(select(Travel).where(Travel.placement_id.in_(ids)).with_for_update()):
        known[row.placement_id, row.direction] = row
    new: list[dict[str, Any]] = []
    shared: dict[Any, tuple[Leg, ...]] = {}
    for placement, cohort, itinerary, since in given:
        key = (itinerary, cohort.quiet_hours)
        if key not in shared:
            shared[key] = legs(itinerary, parse_quiet_hours(cohort.quiet_hours))
        wanted = {leg.direction.value: leg for leg in shared[key]}
        for direction in Direction:
            held, leg = known.get((placement.id, direction.value)), wanted.get(direction.value)
            away = leg is not None and within(leg.day, elsewhere.get(placement.id, ()))
            if held is None and leg is not None and not away and _in_reach(leg, max(since, now - LATE), now):
                new.append({"placement_id": placement.id, **_planned(leg)})
            elif held is not None:
                _move(core, session, held, leg, now)
    insert_or_ignore(session, Travel, new)


def _in_reach(leg: Leg, since: datetime, now: datetime) -> bool:
    """Near enough to plan, and not over before anybody was there to be asked."""
    return leg.plan_at < now + AHEAD and leg.expected_at + words.OVERDUE > since


def _planned(leg: Leg) -> dict[str, Any]:
    return {
        "direction": leg.direction.value, "day": leg.day, "arrives_on": leg.arrives_on, "zone": leg.zone,
        **_columns(words.plan(leg.plan_at, leg.ask_at, leg.expected_at)),
    }  # fmt: skip


def _move(core: Core, session: Session, row: Travel, leg: Leg | None, now: datetime) -> None:
    """Other dates: another journey, if it is still to come. Another clock: other hours, unless somebody gave one."""
    if leg is None:
        advance(core, session, row, words.Excused(now), now)
        return
    to_come = leg.expected_at + words.OVERDUE > now
    if (row.day, row.arrives_on) == (leg.day, leg.arrives_on):
        if row.zone != leg.zone and row.state == State.PLANNED.value and row.said is None:
            _begin_anew(session, row, leg, now)
    elif to_come:
        _begin_anew(session, row, leg, now)
    else:
        advance(core, session, row, words.Excused(now), now)


def _begin_anew(session: Session, row: Travel, leg: Leg, now: datetime) -> None:
    _withdraw(session, row.id, now)
    for name, value in _planned(leg).items():
        setattr(row, name, value)
    session.flush()
