"""Alerts: rows around the pure ladder of `bot.rules.escalation`, and everything that is said about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import next_allowed
from bot.errors import NotFound
from bot.flows import alert_screens as talk
from bot.flows.vocabulary import Kind, Screen
from bot.rules import alert as words
from bot.rules import escalation as rules
from bot.rules.alert import AlertState, Reason, Severity
from bot.rules.durations import parse_quiet_hours
from bot.service import drafts
from bot.service.core import Core
from bot.service.dossier import dossier_of
from bot.service.ladder import ladder_of
from bot.store.tables import Alert, AlertEvent, Cohort, Membership, Person, Placement

OPEN = Alert.resolved_at.is_(None)
DOUBLE_TAP = timedelta(minutes=1)
NOBODY_YET_EVERY = timedelta(minutes=30)
# The learner's own doing: the answer to it says already who is told.
_DANGER = frozenset({Reason.ASKED_FOR_HELP.value, Reason.CRISIS_WORDS.value})
_ASKED = frozenset({Reason.ASKED_FOR_HELP.value, Reason.WANTS_TO_TALK.value, Reason.CRISIS_WORDS.value})
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


def lock(session: Session, alert_id: int) -> Alert:
    """The row, locked until the end of the transaction. Raises NotFound."""
    row = session.scalars(select(Alert).where(Alert.id == alert_id).with_for_update()).first()
    if row is None:
        raise NotFound(f"There is no alert {alert_id}: `compagnon alerts list` shows those there are.")
    return row


def note(
    session: Session, alert_id: int, what: str, now: datetime, person_id: int | None = None, **detail: Any
) -> None:
    """A line of the trail."""
    session.add(AlertEvent(alert_id=alert_id, at=now, what=what, person_id=person_id, detail=detail))


# --- triggers -----------------------------------------------------------------------------------


def raise_alert(
    core: Core, session: Session, placement: Placement, reason: Reason, severity: Severity, now: datetime,
    *, check_in_id: int | None = None, detail: Mapping[str, Any] | None = None,
) -> Alert:  # fmt: skip
    """A human must look after this learner. An open alert about them is raised further instead of a second one."""
    row = session.scalars(
        select(Alert)
        .where(Alert.placement_id == placement.id, OPEN, Alert.reason != Reason.DRILL.value)
        .order_by(Alert.id.desc())
        .with_for_update()
    ).first()
    if row is None or reason is Reason.DRILL:  # a drill never mixes with the real thing
        row = _new_row(session, placement, reason, severity, now, check_in_id)
    elif _sounds_anew(row, reason, now):
        # Who asks for help must be heard anew, even where silence had made the alert red and somebody had taken it.
        row.reason, row.severity = reason.value, Severity.AMBER.value
    elif severity is Severity.RED and row.severity == Severity.AMBER.value:
        row.reason = reason.value
    note(session, row.id, "raised", now, reason=reason.value, severity=severity.value, **dict(detail or {}))
    advance(core, session, row, words.Raised(now, severity), now)
    if reason.value in _DANGER:
        row.state = {**row.state, "danger_at": now.isoformat(), "taken_back": False, "said": None}
    elif row.reason == Reason.WANTS_TO_TALK.value:
        # They are fine and said so: it is asked about again and again, but it never becomes an emergency by itself.
        row.state = {**row.state, "learner_answered_at": now.isoformat()}
    return row


def _sounds_anew(row: Alert, reason: Reason, now: datetime) -> bool:
    """A call for help on an open alert: heard by all again, unless somebody has the danger, or it is a double tap."""
    if reason.value not in _DANGER:
        return False
    if row.reason not in _DANGER:
        return True
    last = _instant(row.state.get("danger_at"))
    return row.acknowledged_by is None and (last is None or now - last >= DOUBLE_TAP)


def _new_row(
    session: Session, placement: Placement, reason: Reason, severity: Severity, now: datetime, check_in_id: int | None
) -> Alert:
    row = Alert(
        placement_id=placement.id, cohort_id=placement.cohort_id, check_in_id=check_in_id, reason=reason.value,
        severity=severity.value, level=0, raised_at=now, state={"told": [], "new": True},
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def learner_answered(core: Core, session: Session, placement: Placement, said: str, now: datetime) -> None:
    """The learner answered after all; the alert stays with those who were told."""
    for row in _open_rows(session, placement.id):
        note(session, row.id, "learner_answered", now, placement.person_id, answer=said)
        row.state = {**row.state, "said": said, "said_at": now.isoformat()}
        advance(core, session, row, words.LearnerAnswered(now), now, said=said)


def acknowledge(core: Core, session: Session, alert_id: int, membership_id: int, now: datetime) -> Alert:
    """Somebody says "I'm on it". The first one wins."""
    row = lock(session, alert_id)
    person = session.get_one(Membership, membership_id).person_id
    if row.resolved_at is None and row.acknowledged_by is None:
        note(session, row.id, "acknowledged", now, person)
    advance(core, session, row, words.Acknowledged(now, membership_id), now)
    return row


def resolve(
    core: Core, session: Session, alert_id: int, membership_id: int | None, outcome: str, now: datetime
) -> Alert:
    """It is over, and how. `membership_id` is None from the command line. Raises BadInput for an unknown outcome."""
    row = lock(session, alert_id)
    person = session.get_one(Membership, membership_id).person_id if membership_id else None
    if row.resolved_at is None:
        note(session, row.id, "resolved", now, person, outcome=outcome)
    advance(core, session, row, words.Resolved(now, membership_id, words.parse_outcome(outcome)), now)
    return row


def settle(core: Core, session: Session, alert_id: int, yes: bool, now: datetime) -> None:
    """The learner's own word on a resolved alert."""
    row = lock(session, alert_id)
    note(session, row.id, "settled" if yes else "not_settled", now)
    if not yes:
        advance(core, session, row, words.NotSettled(now), now)


def wake(core: Core, now: datetime, limit: int) -> int:
    """Look at up to `limit` alerts whose moment has come. Returns how many."""
    with core.store.transaction() as session:
        rows = session.scalars(
            select(Alert).where(Alert.next_at <= now).order_by(Alert.next_at).limit(limit)
            .with_for_update(skip_locked=True)
        ).all()  # fmt: skip
        for row in rows:
            advance(core, session, row, words.Tick(now), now)
    return len(rows)


def undelivered(core: Core, session: Session, alert_id: int, membership_id: int, now: datetime) -> None:
    """An alert did not reach this person: their rung is not waited for."""
    row = lock(session, alert_id)
    note(session, row.id, "not_delivered", now, session.get_one(Membership, membership_id).person_id)
    waiting = row.resolved_at is None and row.acknowledged_by is None
    if waiting and not _others_have_it(session, row, membership_id, now):
        row.next_at = now
        session.flush()
        advance(core, session, row, words.Tick(now), now)


def _others_have_it(session: Session, row: Alert, membership_id: int, now: datetime) -> bool:
    """Was the alert sent to somebody available besides this person: on the same rung, or, when red, to anybody?"""
    ladder = ladder_of(session, session.get_one(Placement, row.placement_id), now)
    told = {int(m) for m in row.state.get("told", ())} - {membership_id}
    rung = told if row.severity == Severity.RED.value else told & set(ladder.rungs[row.level].people)
    return any(ladder.who(m).available for m in rung)


def _open_rows(session: Session, placement_id: int) -> list[Alert]:
    return list(
        session.scalars(
            select(Alert).where(Alert.placement_id == placement_id, OPEN).order_by(Alert.id).with_for_update()
        )
    )


# --- the ladder moves ---------------------------------------------------------------------------


def advance(
    core: Core, session: Session, row: Alert, trigger: words.Trigger, now: datetime, said: str | None = None
) -> None:
    """Feed the ladder, store its state, say what it wants said."""
    placement = session.get_one(Placement, row.placement_id)
    ladder = ladder_of(session, placement, now)
    before = state_of(row)
    if row.state.get("new"):
        # The ladder starts from a state that was never raised.
        row.state = {key: value for key, value in row.state.items() if key != "new"}
        before = replace(before, raised_at=None)
    new, effects = rules.step(before, trigger, ladder)
    _store(row, new)
    _let_sleep(session, row, placement)
    session.flush()
    speaker = _Speaker(core, session, row, placement, now, said)
    for effect in effects:
        speaker.carry_out(effect)


def _let_sleep(session: Session, row: Alert, placement: Placement) -> None:
    """An amber alert whose learner says that they are fine wakes nobody at night; it goes on in the morning."""
    calm = row.severity == Severity.AMBER.value and row.state.get("learner_answered_at") is not None
    if calm and row.next_at is not None and row.acknowledged_by is None:
        cohort = session.get_one(Cohort, placement.cohort_id)
        row.next_at = next_allowed(row.next_at, cohort.home_zone, parse_quiet_hours(cohort.quiet_hours))


class _Speaker:
    """Says what the ladder wants said about one alert, at one instant."""

    def __init__(
        self, core: Core, session: Session, row: Alert, placement: Placement, now: datetime, said: str | None
    ) -> None:
        self.core, self.session, self.row, self.placement, self.now, self.said = (
            core,
            session,
            row,
            placement,
            now,
            said,
        )
        self.skipped: tuple[words.Responder, ...] = ()
        self.nobody_on_duty = False
        self.became_red = False

    def carry_out(self, effect: words.Effect) -> None:
        match effect:
            case words.Skipped(people):
                self.skipped = people
                note(self.session, self.row.id, "skipped", self.now, people=[[p.id, p.why] for p in people])
            case words.NobodyOnDuty():
                self.nobody_on_duty = True
            case words.BecameRed():
                self.became_red = True
                note(self.session, self.row.id, "became_red", self.now)
            case words.Notify(people, repeat):
                self.notify(people, repeat, exhausted=False)
            case words.Exhausted(people):
                note(self.session, self.row.id, "exhausted", self.now)
                self.notify(people, repeat=self.row.exhausted_at != self.now, exhausted=True)
            case words.TellOthersTaken(by):
                self.tell(self.told() - {by}, talk.taken(self.dossier(), self.name(by)))
            case words.AlreadyTaken(to, by):
                self.tell({to}, talk.already_taken(self.dossier(), self.name(by)))
            case words.TellLearner(what, people):
                self.tell_learner(what, people)
            case words.TellLearnerAnswered():
                self.tell(self.told(), talk.learner_answered(self.dossier(), self.said or "fine"))
            case words.ComeBack(by):
                note(self.session, self.row.id, "came_back", self.now)
                self.tell({by}, talk.still_open(self.dossier()), Kind.ALERT)
            case words.Lapsed(by):
                note(self.session, self.row.id, "lapsed", self.now, membership=by)
            case words.AllClear():
                who = self.name(self.row.resolved_by) if self.row.resolved_by else None
                # Who closed it has just read so.
                others = self.told() - {self.row.resolved_by}
                self.tell(others, talk.all_clear(self.dossier(), who, self.row.outcome or "other"))
            case words.AskSettled():
                if self.row.reason != Reason.DRILL.value:
                    self.to_person(self.placement.person_id, talk.ask_settled(self.row.id), Kind.SAFETY, None)

    def dossier(self) -> talk.Dossier:
        return dossier_of(
            self.session, self.row, self.placement, self.now, self.skipped, self.nobody_on_duty, self.became_red
        )

    def told(self) -> set[int]:
        return {int(m) for m in self.row.state.get("told", ())}

    def name(self, membership_id: int) -> str:
        return name_of(self.session, membership_id)

    def notify(self, people: tuple[int, ...], repeat: bool, exhausted: bool) -> None:
        shown = talk.notice(self.dossier(), repeat=repeat, exhausted=exhausted)
        self.row.state = {**self.row.state, "told": sorted(self.told() | set(people))}
        for person in people:
            note(self.session, self.row.id, "told", self.now, self.person_of(person))
        self.tell(people, shown, Kind.ALERT)

    def tell(self, people: Iterable[int], shown: Screen, kind: Kind = Kind.SAFETY, ref: str | None = None) -> None:
        for membership_id in sorted(people):
            known = ref or f"alert:{self.row.id}:{membership_id}"
            self.to_person(self.person_of(membership_id), shown, kind, known)

    def person_of(self, membership_id: int) -> int:
        return self.session.get_one(Membership, membership_id).person_id

    def tell_learner(self, what: words.News, people: tuple[int, ...]) -> None:
        # The answer to their own call named who is told; when it is opened again, that is news.
        asked = self.row.reason in _ASKED and not self.row.state.get("reopened")
        if self.row.reason == Reason.DRILL.value or (asked and what is words.News.TOLD):
            return
        # Who has answered meanwhile, or took it back, needs no news of who is looked for next.
        if what is not words.News.TAKEN and (self.row.state.get("said") == "fine" or self.row.state.get("taken_back")):
            return
        shown = talk.news(what, [self.name(p) for p in people], self.dossier())
        key = self.once(what) if what is words.News.NOBODY_YET else None
        self.to_person(self.placement.person_id, shown, Kind.SAFETY, f"news:{self.row.id}", key)

    def once(self, what: words.News) -> str:
        """Nobody has answered yet: who asked for help hears it every half hour, who merely missed a check-in once."""
        asked = self.row.reason in _ASKED
        turn = int((self.now - self.row.raised_at) / NOBODY_YET_EVERY) if asked else 0
        return f"news:{self.row.id}:{self.row.state.get('reopened', 0)}:{what.value}:{turn}"

    def to_person(self, person_id: int, shown: Screen, kind: Kind, ref: str | None, key: str | None = None) -> None:
        chat_id = drafts.chat_of(self.session, person_id)
        if chat_id is not None:
            drafts.queue(self.session, [drafts.Draft(chat_id, shown, kind, person_id, key=key, ref=ref)], self.now)


# --- looking things up --------------------------------------------------------------------------


def name_of(session: Session, membership_id: int) -> str:
    """First and last name of whoever holds a membership."""
    person = session.scalars(
        select(Person).join(Membership, Membership.person_id == Person.id).where(Membership.id == membership_id)
    ).one()
    return f"{person.first_name} {person.last_name}".strip()


def names_told(session: Session, placement_id: int) -> list[str]:
    """Who was told about the open alerts of a stay."""
    told: dict[int, None] = {}
    for row in session.scalars(select(Alert).where(Alert.placement_id == placement_id, OPEN)):
        told |= dict.fromkeys(int(m) for m in row.state.get("told", ()))
    return [name_of(session, membership) for membership in told]


def person_of(session: Session, membership_id: int) -> int:
    """The person who holds a membership."""
    return session.get_one(Membership, membership_id).person_id


def place_shared(core: Core, session: Session, placement_id: int, now: datetime) -> bool:
    """A learner with an open alert shared a location: whoever was told sees it. False when nothing is open."""
    rows = _open_rows(session, placement_id)
    placement = session.get_one(Placement, placement_id)
    for row in rows:
        note(session, row.id, "place_shared", now, placement.person_id)
        speaker = _Speaker(core, session, row, placement, now, None)
        for shown in talk.place(speaker.dossier()):
            speaker.tell(speaker.told(), shown, ref=drafts.PLACE)
    return bool(rows)


def taken_back(core: Core, session: Session, placement_id: int, now: datetime) -> None:
    """The learner says the SOS was a mistake. It stays open: whoever was told hears it and calls all the same."""
    placement = session.get_one(Placement, placement_id)
    for row in _open_rows(session, placement_id):
        note(session, row.id, "taken_back", now, placement.person_id)
        row.state = {**row.state, "taken_back": True}
        speaker = _Speaker(core, session, row, placement, now, None)
        speaker.tell(speaker.told(), talk.taken_back(speaker.dossier()))


def held_by(core: Core, session: Session, alert_id: int, now: datetime) -> Screen:
    """The alert as whoever took it keeps it in the chat: all that is known, and only what is left to do."""
    row = session.get_one(Alert, alert_id)
    placement = session.get_one(Placement, row.placement_id)
    return talk.yours(_Speaker(core, session, row, placement, now, None).dossier())
