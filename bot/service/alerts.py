"""Alerts: rows around the pure ladder of `bot.rules.escalation`, and everything that is said about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.clock import next_allowed
from bot.errors import NotFound
from bot.flows import alert_screens as talk
from bot.flows.vocabulary import Screen
from bot.rules import alert as words, escalation as rules
from bot.rules.alert import AlertState, Reason, Severity
from bot.rules.durations import parse_quiet_hours
from bot.rules.incident import together
from bot.rules.names import full_name
from bot.service import awaited, incidents
from bot.service.alert_speaker import Speaker
from bot.service.book import OPEN, Book, book_of, members_of
from bot.service.core import Core
from bot.service.stays import stays_in_question
from bot.store.prepared import first
from bot.store.tables import Alert, Membership, Person, Placement

DRILL_REPEAT = timedelta(minutes=10)
DOUBLE_TAP = timedelta(minutes=1)
# The learner's own doing: the answer to it says already who is told.
_DANGER = frozenset({Reason.ASKED_FOR_HELP.value, Reason.CRISIS_WORDS.value})
_BESIDES = frozenset({Reason.BLOCKED, Reason.NOT_ANSWERED, Reason.NOT_DELIVERED, Reason.NOT_ARRIVED})
_IN_STATE = ("came_back_at", "sounded_at", "announced_at", "learner_answered_at")


# --- rows and states ----------------------------------------------------------------------------


def state_of(row: Alert) -> AlertState:
    """A row as the ladder sees it."""
    extra = {name: _instant(row.state.get(name)) for name in _IN_STATE}
    return AlertState(
        severity=Severity(row.severity), level=row.level, raised_at=row.raised_at, next_at=row.next_at,
        acknowledged_by=row.acknowledged_by, acknowledged_at=row.acknowledged_at, resolved_by=row.resolved_by,
        resolved_at=row.resolved_at, outcome=words.Outcome(row.outcome) if row.outcome else None,
        exhausted_at=row.exhausted_at, reopened=row.state.get("reopened", 0), set_aside=row.state.get("set_aside"),
        **extra,
    )  # fmt: skip


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _store(row: Alert, new: AlertState) -> None:
    row.severity, row.level = new.severity.value, new.level
    row.raised_at, row.next_at = new.raised_at or row.raised_at, new.next_at
    row.acknowledged_by, row.acknowledged_at = new.acknowledged_by, new.acknowledged_at
    row.resolved_by, row.resolved_at = new.resolved_by, new.resolved_at
    row.outcome, row.exhausted_at = new.outcome.value if new.outcome else None, new.exhausted_at
    extra: dict[str, Any] = {"reopened": new.reopened, "set_aside": new.set_aside}
    for name in _IN_STATE:
        value = getattr(new, name)
        extra[name] = value.isoformat() if value else None
    row.state = {**row.state, **extra}


_LOCKED = select(Alert).where(Alert.id == bindparam("alert")).with_for_update()
_INCIDENT = select(Alert.incident_id).where(Alert.id == bindparam("alert"), OPEN)
_HOLDER = (
    select(Person).join(Membership, Membership.person_id == Person.id).where(Membership.id == bindparam("membership"))
)
_REAL = select(Alert).where(
    Alert.placement_id == bindparam("placement"), OPEN, Alert.reason != Reason.DRILL.value, Alert.confided.is_(False)
)


def lock(session: Session, alert_id: int) -> Alert:
    """The row, locked until the end of the transaction. Raises NotFound."""
    row = session.scalars(_LOCKED, {"alert": alert_id}).first()
    if row is None:
        raise NotFound(f"There is no alert {alert_id}: `compagnon alerts list` shows those there are.")
    return row


# --- triggers -----------------------------------------------------------------------------------


def raise_alert(
    core: Core, session: Session, placement: Placement, reason: Reason, severity: Severity, now: datetime,
    *, check_in_id: int | None = None, detail: Mapping[str, Any] | None = None,
) -> Alert:  # fmt: skip
    """A human must look after this learner. An open alert about them is raised further instead of a second one."""
    book = Book(session, now, [placement])
    row = raise_in(core, book, placement, reason, severity, check_in_id=check_in_id, detail=detail)
    book.write()
    return row


def raise_in(
    core: Core, book: Book, placement: Placement, reason: Reason, severity: Severity,
    *, check_in_id: int | None = None, detail: Mapping[str, Any] | None = None,
) -> Alert:  # fmt: skip
    """The same for one of many stays; the caller writes the book.

    A call for help is for the people of other stays, too, where those touch and it is not certain at which of them the
    learner is, or it is not this one.
    """
    cohorts: dict[int, str] = {}
    if reason.value in _DANGER:
        stays = stays_in_question(book.session, placement.person_id, book.now)
        cohorts = {stay.placement_id: stay.cohort for stay in stays}
        cohorts[placement.id] = book.staff.cohorts[placement.cohort_id].code
    row = _raise(core, book, placement, reason, severity, cohorts, check_in_id, detail)
    if len(cohorts) > 1:
        book.write()  # what is raised beside it takes the numbers that follow
    for number in cohorts.keys() - {placement.id}:
        other = book.session.get_one(Placement, number)
        beside = Book(book.session, book.now, [other])
        _raise(core, beside, other, reason, severity, cohorts)
        beside.write()
    return row


def _raise(
    core: Core, book: Book, placement: Placement, reason: Reason, severity: Severity, cohorts: Mapping[int, str],
    check_in_id: int | None = None, detail: Mapping[str, Any] | None = None,
) -> Alert:  # fmt: skip
    """On one stay; `cohorts`: of all stays on which it is raised at once, by placement."""
    now = book.now
    known = book.open_alerts(placement.id)
    if not known or reason is Reason.DRILL:  # a drill never mixes with the real thing
        row = book.new_alert(placement, reason, severity, check_in_id)
    else:
        row = known[-1]
        if severity is Severity.RED:
            incidents.take_out(core, book, row)  # whoever is in danger is nobody's one of many
        if _sounds_anew(row, reason, now):
            # Who asks for help must be heard anew, even where silence had made the alert red and somebody had taken it.
            row.reason, row.severity = reason.value, Severity.AMBER.value
        elif reason is Reason.NOT_ARRIVED and row.reason != reason.value:
            # Nobody knows where they are: everybody hears that, whatever was known and whoever had it.
            row.severity = Severity.AMBER.value
            row.reason = row.reason if row.reason in _DANGER else reason.value
        elif (severity is Severity.RED and row.severity == Severity.AMBER.value) or _worse(row, reason):
            row.reason = reason.value
    if reason.value in _DANGER:
        # Whatever was said before, that all is well or that it was a mistake: this is newer.
        row.state = {**row.state, "danger_at": now.isoformat(), "taken_back": False, "said": None}
        also = sorted({cohort for number, cohort in cohorts.items() if number != placement.id})
        row.state = {**row.state, "also": also or row.state.get("also", [])}
    if reason in _BESIDES and known and row.reason != reason.value and reason.value not in row.state.get("besides", ()):
        # Not an alert of its own, but who looks for them must know.
        row.state = {**row.state, "besides": [*row.state.get("besides", ()), reason.value]}
        speaker = Speaker(core, book, row)
        holder = {row.acknowledged_by} - {None}
        speaker.tell(holder or speaker.told(), talk.besides(speaker.dossier(), reason.value))
    book.note(row.id, "raised", reason=reason.value, severity=severity.value, **dict(detail or {}))
    move(core, book, row, words.Raised(now, severity))
    if reason.value not in _DANGER and row.reason == Reason.WANTS_TO_TALK.value:
        # They are fine and said so: it is asked about again and again, but it never becomes an emergency by itself.
        row.state = {**row.state, "learner_answered_at": now.isoformat()}
    return row


def _sounds_anew(row: Alert, reason: Reason, now: datetime) -> bool:
    """A call for help on an open alert: heard by all again, unless somebody has the danger, or it is a double tap."""
    if reason.value not in _DANGER:
        return False
    if row.reason not in _DANGER or row.state.get("taken_back"):
        return True
    last = _instant(row.state.get("danger_at"))
    tapped_twice = last is not None and now - last < DOUBLE_TAP and not _worse(row, reason)
    return row.acknowledged_by is None and not tapped_twice


def _worse(row: Alert, reason: Reason) -> bool:
    """Words of danger say more than a call for help; who reads the alert must know of them."""
    return reason is Reason.CRISIS_WORDS and row.reason != reason.value


def learner_answered(core: Core, session: Session, placement: Placement, said: str, now: datetime) -> None:
    """The learner answered after all; the alert stays with those who were told."""
    book = Book(session, now, [placement])
    for row in book.open_alerts(placement.id):
        book.note(row.id, "learner_answered", placement.person_id, answer=said)
        row.state = {**row.state, "said": said, "said_at": now.isoformat()}
        if row.incident_id is None:
            move(core, book, row, words.LearnerAnswered(now), said=said)
        else:
            _answered_among_many(core, book, incidents.leader_of(book.members(row.incident_id)))
    book.write()


def _answered_among_many(core: Core, book: Book, leader: Alert | None) -> None:
    """The message about all shows it without a sound; when all have answered, that is worth one."""
    if leader is None or leader.state.get("new"):
        return
    chorus = incidents.Chorus(core, book, leader)
    if all(member.state.get("said") for member in chorus.members):
        move(core, book, leader, words.LearnerAnswered(book.now))
    chorus.refresh()


def acknowledge(
    core: Core, session: Session, alert_id: int, membership_id: int, now: datetime, *, whole: bool = False
) -> Alert:
    """Somebody says "I'm on it". The first one wins. Out of an incident they take this one, or the `whole`."""
    row, book = _at_hand(core, session, alert_id, now, whole)
    if row.resolved_at is None and row.acknowledged_by is None:
        _note(book, row, "acknowledged", person_of(session, membership_id))
    move(core, book, row, words.Acknowledged(now, membership_id))
    if incidents.leads(row):
        incidents.Chorus(core, book, row).refresh()
    book.write()
    return row


def resolve(
    core: Core, session: Session, alert_id: int, membership_id: int | None, outcome: str, now: datetime,
    *, whole: bool = False,
) -> Alert:  # fmt: skip
    """It is over, and how. `membership_id` is None from the command line. Raises BadInput for an unknown outcome.

    Out of an incident this one is closed, or the `whole`.
    """
    how = words.parse_outcome(outcome)
    row, book = _at_hand(core, session, alert_id, now, whole)
    if row.resolved_at is None:
        _note(book, row, "resolved", person_of(session, membership_id) if membership_id else None, outcome=outcome)
    closed = {row.placement_id, *(member.placement_id for member in book.members(row.incident_id))}
    move(core, book, row, words.Resolved(now, membership_id, how))
    book.write()
    awaited.looked_after(session, closed, now)
    return row


def _at_hand(core: Core, session: Session, alert_id: int, now: datetime, whole: bool) -> tuple[Alert, Book]:
    """The alert, locked, taken out of its incident; or, for the `whole` incident, the one that leads it."""
    found = first(session, _INCIDENT, alert=alert_id)
    incident = found.incident_id if found is not None else None
    book = Book(session, now, ())
    book.take_in(members_of(session, {incident} if incident is not None else ()))
    leader = incidents.leader_of(book.members(incident)) if whole and incident is not None else None
    row = leader or lock(session, alert_id)
    book.take_in([row])
    if not whole and row.resolved_at is None:
        incidents.take_out(core, book, row)
    return row, book


def _note(book: Book, row: Alert, what: str, person_id: int | None, **detail: Any) -> None:
    for member in book.members(row.incident_id) if incidents.leads(row) else [row]:
        book.note(member.id, what, person_id, **detail)


def settle(core: Core, session: Session, alert_id: int, yes: bool, now: datetime) -> None:
    """The learner's own word on a resolved alert."""
    row = lock(session, alert_id)
    book = book_of(session, now, [row])
    book.note(row.id, "settled" if yes else "not_settled")
    if not yes:
        incidents.take_out(core, book, row)
        # Newer than whatever they said before, that all is well or that it was a mistake.
        row.state = {**row.state, "said": None, "said_at": None, "taken_back": False}
        move(core, book, row, words.NotSettled(now))
    book.write()


def wake(core: Core, now: datetime, limit: int) -> int:
    """Look at up to `limit` alerts whose moment has come, one transaction each batch. Returns how many."""
    with core.store.transaction() as session:
        rows = session.scalars(
            select(Alert).where(Alert.next_at <= now).order_by(Alert.next_at).limit(limit)
            .with_for_update(skip_locked=True)
        ).all()  # fmt: skip
        if rows:
            book = book_of(session, now, rows)
            for row in rows:
                move(core, book, row, words.Tick(now))
            book.write()
    return len(rows)


def undelivered(
    core: Core, session: Session, alert_id: int, membership_id: int, now: datetime, *, whole: bool = False
) -> None:
    """An alert, or the message about a `whole` incident, did not reach this person: their rung is not waited for.

    Only the first time: where nobody else is left, the next message fails as well, and would tick the ladder for ever.
    """
    members = members_of(session, {alert_id}) if whole else [lock(session, alert_id)]
    row = incidents.leader_of(members) if whole else members[0]
    if row is None:
        return
    book = book_of(session, now, [row])
    for member in book.members(row.incident_id) if incidents.leads(row) else [row]:
        book.note_not_delivered(member.id, membership_id)
    failed = set(row.state.get("failed", ()))
    row.state = {**row.state, "failed": sorted({*failed, membership_id})}
    waiting = row.resolved_at is None and row.acknowledged_by is None and not incidents.rests(row)
    if waiting and membership_id not in failed and not _others_have_it(book, row, membership_id):
        row.next_at = now
        move(core, book, row, words.Tick(now))
    book.write()


def _others_have_it(book: Book, row: Alert, membership_id: int) -> bool:
    """Was the alert sent to somebody available besides this person: on the same rung, or, when red, to anybody?"""
    ladder = _ladder(book, row)
    told = {int(m) for m in row.state.get("told", ())} - {membership_id}
    rung = told if row.severity == Severity.RED.value else told & set(ladder.rungs[row.level].people)
    return any(ladder.who(m).available for m in rung)


# --- the ladder moves ---------------------------------------------------------------------------


def advance(
    core: Core, session: Session, row: Alert, trigger: words.Trigger, now: datetime, said: str | None = None
) -> None:
    """Feed the ladder of one alert, store its state, say what it wants said."""
    book = book_of(session, now, [row])
    move(core, book, row, trigger, said)
    book.write()


def move(core: Core, book: Book, row: Alert, trigger: words.Trigger, said: str | None = None) -> None:
    """The same for one of many; the caller writes the book."""
    if row.reason == Reason.DRILL.value and isinstance(trigger, words.Tick):
        _ring_again(core, book, row)
        return
    placement, raised_at = book.placements[row.placement_id], row.raised_at
    if row.state.get("new"):
        # The ladder starts from a state that was never raised.
        row.state = {key: value for key, value in row.state.items() if key != "new"}
        before = AlertState(Severity(row.severity), next_at=row.next_at)
        if isinstance(trigger, words.Tick):
            trigger = words.Raised(trigger.now, before.severity)  # an incident has gathered its learners
    else:
        before = state_of(row)
    if isinstance(trigger, words.Tick) and _is_calm(row):
        before = replace(before, severity=Severity.AMBER)
    new, effects = rules.step(before, trigger, _ladder(book, row))
    _store(row, new)
    row.raised_at = min(row.raised_at, raised_at) if incidents.leads(row) else row.raised_at
    _let_sleep(book, row, placement)
    speaker = incidents.Chorus(core, book, row, said) if incidents.leads(row) else Speaker(core, book, row, said)
    if incidents.leads(row):
        incidents.follow(book, row)
    for effect in effects:
        speaker.carry_out(effect)
    if incidents.leads(row):
        incidents.follow(book, row)


def _is_calm(row: Alert) -> bool:
    """Silence that somebody took and the learner has ended: a button forgotten after that wakes nobody at night."""
    answered = row.state.get("said") in ("fine", "arrived") and row.state.get("learner_answered_at") is not None
    return answered and row.acknowledged_by is not None and row.reason not in _DANGER


def _ladder(book: Book, row: Alert) -> words.Ladder:
    """The ladder of the learner; of an incident everybody's together."""
    if row.confided:
        return book.confided_ladder(row)
    if not incidents.leads(row):
        return book.ladder(book.placements[row.placement_id])
    return together(book.ladder(book.placements[member.placement_id]) for member in book.members(row.incident_id))


def _ring_again(core: Core, book: Book, row: Alert) -> None:
    """A drill rings again for whoever was told and has not tapped; it climbs nowhere, and ends by itself."""
    ladder, heard = book.ladder(book.placements[row.placement_id]), set(row.state.get("heard", ()))
    silent = tuple(m for m in row.state.get("told", ()) if m not in heard and ladder.who(m).available)
    row.next_at = book.now + DRILL_REPEAT
    if silent:
        Speaker(core, book, row).notify(silent, repeat=True, exhausted=False)


def _let_sleep(book: Book, row: Alert, placement: Placement) -> None:
    """An amber alert whose learner says that they are fine wakes nobody at night; it goes on in the morning."""
    calm = row.severity == Severity.AMBER.value and row.state.get("learner_answered_at") is not None
    if calm and row.next_at is not None and (row.acknowledged_by is None or _is_calm(row)):
        cohort = book.staff.cohorts[placement.cohort_id]
        row.next_at = next_allowed(row.next_at, cohort.home_zone, parse_quiet_hours(cohort.quiet_hours))


# --- looking things up --------------------------------------------------------------------------


def name_of(session: Session, membership_id: int) -> str:
    """First and last name of whoever holds a membership."""
    return full_name(session.scalars(_HOLDER, {"membership": membership_id}).one())


def names_told(session: Session, placement_id: int) -> list[str]:
    """Who was told about the open alerts of a stay."""
    told: dict[int, None] = {}
    for row in session.scalars(_REAL, {"placement": placement_id}):
        told |= dict.fromkeys(int(m) for m in row.state.get("told", ()))
    return [name_of(session, membership) for membership in told]


def told_now(session: Session, placement_id: int) -> frozenset[int]:
    """Membership ids that open alerts about a stay were sent to: they may write to the learner."""
    rows = session.scalars(select(Alert.state).where(Alert.placement_id == placement_id, OPEN))
    return frozenset(int(m) for state in rows for m in state.get("told", ()))


def person_of(session: Session, membership_id: int) -> int:
    """The person who holds a membership."""
    return session.get_one(Membership, membership_id).person_id


def place_shared(core: Core, session: Session, placement_id: int, now: datetime) -> bool:
    """A learner with an open alert shared a location: whoever was told sees it. False when nothing is open."""
    placement = session.get_one(Placement, placement_id)
    book = Book(session, now, [placement])
    rows = book.open_alerts(placement_id)
    for row in rows:
        book.note(row.id, "place_shared", placement.person_id)
        speaker = Speaker(core, book, row)
        speaker.show_place(speaker.told(), speaker.dossier())
    book.write()
    return bool(rows)


def taken_back(core: Core, session: Session, placement_id: int, beside: Collection[int], now: datetime) -> None:
    """The learner says the SOS was a mistake. It stays open: whoever was told hears it and calls all the same.
    `beside`: other stays, on which the same call may have been raised."""
    placement = session.get_one(Placement, placement_id)
    book = Book(session, now, [placement, *(session.get_one(Placement, number) for number in beside)])
    both = (row for number in beside for row in book.open_alerts(number) if row.state.get("also"))
    for row in (*book.open_alerts(placement_id), *both):
        book.note(row.id, "taken_back", placement.person_id)
        row.state = {**row.state, "taken_back": True}
        speaker = Speaker(core, book, row)
        speaker.tell(speaker.told(), talk.taken_back(speaker.dossier()))
    book.write()


def held_by(core: Core, session: Session, alert_id: int, now: datetime) -> Screen:
    """The alert as whoever took it keeps it in the chat: all that is known, and only what is left to do."""
    book = book_of(session, now, [session.get_one(Alert, alert_id)])
    row = book.alert(alert_id)
    if incidents.leads(row):
        return incidents.Chorus(core, book, row).yours()
    return talk.yours(Speaker(core, book, row).dossier())


def opened_by(core: Core, session: Session, alert_id: int, membership_id: int, now: datetime) -> tuple[Screen, ...]:
    """The alert as somebody opens it from a list: all that is known, and the learner's place where they shared it."""
    book = book_of(session, now, [session.get_one(Alert, alert_id)])
    row = book.alert(alert_id)
    speaker = Speaker(core, book, row)
    known = speaker.dossier()
    mine = row.acknowledged_by == membership_id and row.incident_id is None
    return (talk.yours(known) if mine else talk.opened(known, together=row.incident_id is not None), *talk.place(known))
