"""Is the database in a state that the rules allow? A checker of its own: it knows tables, not how they came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rules.alert import Outcome, Reason, Severity
from bot.rules.check_in import State
from bot.service.core import Core
from bot.store.tables import (
    Alert,
    AlertEvent,
    Base,
    CheckIn,
    Consent,
    Conversation,
    Invite,
    JournalEntry,
    Outbox,
    ParkedUpdate,
    Placement,
    Point,
    StepRun,
    TelegramAccount,
)

STEP_STATES = {"offered", "open", "done", "skipped", "missed"}
OUTBOX_STATES = {"queued", "sent", "failed", "unknown", "repeated", "expired", "cancelled"}  # at rest
CONSENTS = {"data", "guardian", "kit_questions", "ambassador", "on_map", "outcomes"}
FINAL = {State.ANSWERED.value, State.EXCUSED.value, State.CLOSED.value}
WITH_ALERT = {State.ALERTED.value, State.ANSWERED.value, State.EXCUSED.value}


def faults(core: Core) -> list[str]:
    """Everything that may not be, one line each; empty in a good state. Nothing may be under way."""
    with core.store.transaction() as session:
        return [line for check in _CHECKS for line in check(session)]


def _references(session: Session) -> Iterator[str]:
    """Every foreign key leads to a row; PostgreSQL sees to that by itself."""
    if session.connection().dialect.name == "sqlite":
        found = session.connection().exec_driver_sql("PRAGMA foreign_key_check").all()
        yield from (f"row {row[1]} of {row[0]} leads to nowhere in {row[2]}" for row in found)


def _check_ins(session: Session) -> Iterator[str]:
    for row in session.scalars(select(CheckIn)):
        name = f"check-in {row.id} ({row.state})"
        if row.state not in {state.value for state in State}:
            yield f"{name}: unknown state"
        if (row.answered_at is None) != (row.answer is None):
            yield f"{name}: an answer without its time, or the other way round"
        if row.state == State.ANSWERED.value and row.answer is None:
            yield f"{name}: no answer"
        if (row.alerted_at is None) != (row.alert_reason is None):
            yield f"{name}: an alert without its reason, or the other way round"
        if row.alerted_at is not None and row.state not in WITH_ALERT:
            yield f"{name}: an alert was raised"
        if row.state not in FINAL | {State.ALERTED.value} and row.wake_at is None:
            yield f"{name}: nobody looks at it again"
        if row.state in FINAL and row.wake_at is not None:
            yield f"{name}: it is over and still looked at"


def _alerts(session: Session) -> Iterator[str]:
    open_ = Counter()  # type: Counter[tuple[int, str]]
    trails = set(session.scalars(select(AlertEvent.alert_id)))
    for row in session.scalars(select(Alert)):
        name = f"alert {row.id} ({row.reason})"
        if row.reason not in set(Reason) or row.severity not in set(Severity):
            yield f"{name}: unknown reason or severity {row.severity}"
        if (row.acknowledged_by is None) != (row.acknowledged_at is None):
            yield f"{name}: taken by nobody, or at no time"
        if row.resolved_at is None and row.next_at is None and row.incident_id in (None, row.id):
            yield f"{name}: open, and nobody looks at it again"
        if row.resolved_at is not None and row.outcome not in set(Outcome):
            yield f"{name}: resolved with outcome {row.outcome!r}"
        if row.id not in trails:
            yield f"{name}: no trail"
        if row.resolved_at is None:
            open_[row.placement_id, row.reason] += 1
    yield from (f"placement {who} has {n} open alerts for {why}" for (who, why), n in open_.items() if n > 1)


def _steps(session: Session) -> Iterator[str]:
    runs = {(row.placement_id, row.step): row for row in session.scalars(select(StepRun))}
    for key, row in runs.items():
        if row.state not in STEP_STATES:
            yield f"step {key}: unknown state {row.state}"
        if (row.state == "done") != (row.done_at is not None):
            yield f"step {key} is {row.state}, done at {row.done_at}"
    points = Counter((row.placement_id, row.step) for row in session.scalars(select(Point)))
    yield from (f"points for {key}, {n} times" for key, n in points.items() if n > 1)
    yield from (f"points for {key}, which was never offered" for key in points if key not in runs)


def _people(session: Session) -> Iterator[str]:
    live = list(session.scalars(select(TelegramAccount).where(TelegramAccount.revoked_at.is_(None))))
    yield from (f"chat {chat} is of {n} people" for chat, n in Counter(a.chat_id for a in live).items() if n > 1)
    yield from (f"person {who} has {n} chats" for who, n in Counter(a.person_id for a in live).items() if n > 1)
    for invite in session.scalars(select(Invite)):
        if invite.used_at is not None and invite.token is not None:
            yield f"invite {invite.id} is used and keeps its token"
    for row in session.scalars(select(Consent)):
        if row.kind not in CONSENTS or row.given_by not in {"self", "guardian", "paper"}:
            yield f"consent {row.id}: {row.kind} by {row.given_by}"
    for talk in session.scalars(select(Conversation)):
        if not isinstance(talk.data, dict):
            yield f"conversation of {talk.person_id}: {talk.data!r}"
    placements = set(session.scalars(select(Placement.id)))
    for entry in session.scalars(select(JournalEntry)):
        if entry.placement_id not in placements or not (entry.words or entry.file_id):
            yield f"journal entry {entry.id} is empty or nobody's"


def _messages(session: Session) -> Iterator[str]:
    for row in session.scalars(select(Outbox).where(Outbox.state.not_in(OUTBOX_STATES))):
        yield f"message {row.id} ({row.kind}) is {row.state}"
    for parked in session.scalars(select(ParkedUpdate)):
        yield f"update {parked.update_id} was parked: {parked.error}"


_CHECKS: tuple[Callable[[Session], Iterator[str]], ...] = (
    _references, _check_ins, _alerts, _steps, _people, _messages,
)  # fmt: skip


def rows_of_people(core: Core) -> dict[tuple[str, int], str]:
    """What belongs to whom: (table, person) → the rows as text. For before and after."""
    found: dict[tuple[str, int], list[str]] = {}
    with core.store.transaction() as session:
        owners = {row.id: row.person_id for row in session.scalars(select(Placement))}
        for table in Base.metadata.sorted_tables:
            if table.name in _NOT_OWNED or not {"person_id", "placement_id"} & set(table.c.keys()):
                continue
            for row in session.execute(select(table).order_by(*table.primary_key)).mappings():
                who = owners[row["placement_id"]] if row.get("placement_id") else row.get("person_id")
                if who is not None:
                    kept = {name: value for name, value in row.items() if name not in ("last_active_at", "commands")}
                    found.setdefault((table.name, who), []).append(repr(kept))
        for person in session.execute(select(Base.metadata.tables["person"])).mappings():
            found["person", person["id"]] = [repr(dict(person))]
    return {key: "\n".join(lines) for key, lines in found.items()}


_NOT_OWNED = {"outbox", "audit", "alert_event", "second_message", "message_copy", "relay"}
