"""Cohort messages: who gets one and when, writing it down, calling it off, and sending what is due.

One row for the message, one for each recipient with their own instant. What is due becomes outbox rows in bulk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.clock import QuietHours, local_date, next_allowed
from bot.errors import BadInput, NotFound
from bot.flows.scene import SentView
from bot.flows.vocabulary import Attachment, Kind, Screen, screen
from bot.i18n import verbatim
from bot.rules.durations import parse_quiet_hours
from bot.rules.names import full_name
from bot.rules.typed import shown
from bot.service import call_tasks, drafts
from bot.service.audit import note
from bot.service.broadcast_files import Kept
from bot.service.broadcast_recipients import words_in
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.stays import reader_zones
from bot.store.tables import (
    CallTask,
    Cohort,
    CohortMessage,
    DayCount,
    Membership,
    MessageCopy,
    Outbox,
    Person,
    Placement,
    TelegramAccount,
)
from bot.store.writing import insert_or_ignore

LATE = timedelta(minutes=5)  # a copy that late was held up, and must not fall into the night
WORTH = timedelta(hours=24)  # after that it is not sent any more


def words_for(message: CohortMessage, language: str) -> str:
    """The wording for a reader: a translation into their language where there is one, else the original."""
    return words_in(message.words, message.translations, language)


def screen_for(message: CohortMessage, language: str) -> Screen:
    """What a reader of that language is shown."""
    kept = Kept.of(message.attachment) if message.attachment else None
    file = Attachment(kept.kind, kept.file_id, kept.path, kept.name) if kept else None
    return screen(verbatim(words_for(message, language)), attachment=file)


# --- what is due --------------------------------------------------------------------------------


def fire(core: Core, now: datetime, limit: int) -> int:
    """Queue up to `limit` copies whose instant has come, or drop those too late. Returns how many were looked at."""
    with core.store.transaction() as session:
        rows = session.execute(
            select(
                MessageCopy.id, MessageCopy.message_id, MessageCopy.person_id, MessageCopy.due_at,
                TelegramAccount.chat_id, Person.language, Person.erased_at,
            )
            .join(Person, Person.id == MessageCopy.person_id)
            .outerjoin(
                TelegramAccount,
                (TelegramAccount.person_id == MessageCopy.person_id) & TelegramAccount.revoked_at.is_(None),
            )
            .where(MessageCopy.state == "planned", MessageCopy.due_at <= now)
            .order_by(MessageCopy.due_at, MessageCopy.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=MessageCopy)
        ).all()  # fmt: skip
        if rows:
            _fire(session, rows, now)
    return len(rows)


def _fire(session: Session, rows: Sequence[Any], now: datetime) -> None:
    messages = {
        message.id: (message, parse_quiet_hours(quiet))
        for message, quiet in session.execute(
            select(CohortMessage, Cohort.quiet_hours)
            .join(Cohort, Cohort.id == CohortMessage.cohort_id)
            .where(CohortMessage.id.in_({row.message_id for row in rows}))
        )
    }
    expired = [row.id for row in rows if now - row.due_at > WORTH]
    lost = [row for row in rows if row.id not in expired and (row.chat_id is None or row.erased_at is not None)]
    rest = [row for row in rows if row.id not in {*expired, *(row.id for row in lost)}]
    called = call_tasks.make(session, [row for row in lost if row.erased_at is None], messages, now)
    held = _held_till_morning(session, rest, messages, now)
    _mark(session, expired, "expired")
    _mark(session, [row.id for row in lost if row.id not in called], "unreachable")
    _mark(session, sorted(called), "by_phone")
    for copy_id, due_at in held.items():
        session.execute(update(MessageCopy).where(MessageCopy.id == copy_id).values(due_at=due_at))
    going = [row for row in rest if row.id not in held]
    _queue(session, going, messages, now)
    _mark(session, [row.id for row in going], "queued")
    _count_unasked(session, [row.person_id for row in going], now)


def _mark(session: Session, copies: list[int], state: str) -> None:
    if copies:
        session.execute(
            update(MessageCopy)
            .where(MessageCopy.id.in_(copies))
            .values(state=state)
            .execution_options(synchronize_session=False)
        )


def _held_till_morning(
    session: Session, rows: Sequence[Any], messages: dict[int, tuple[CohortMessage, QuietHours]], now: datetime
) -> dict[int, datetime]:
    """Copies that an outage delayed into the reader's night, and when the night is over."""
    late = [row for row in rows if now - row.due_at > LATE and not messages[row.message_id][0].urgent]
    zones = reader_zones(session, {row.person_id for row in late}, now)
    held = {}
    for row in late:
        allowed = next_allowed(now, zones.get(row.person_id, "UTC"), messages[row.message_id][1])
        if allowed > now:
            held[row.id] = allowed
    return held


def _queue(
    session: Session, rows: Sequence[Any], messages: dict[int, tuple[CohortMessage, QuietHours]], now: datetime
) -> None:
    """One batch of outbox rows; the wording of a language is encoded once."""
    patterns: dict[tuple[int, str], dict[str, Any]] = {}
    queued = []
    for row in rows:
        known = patterns.get((row.message_id, row.language))
        if known is None:
            shown_one = screen_for(messages[row.message_id][0], row.language)
            known = drafts.row_of(drafts.Draft(0, shown_one, Kind.MESSAGE, ref=f"message:{row.message_id}"), now)
            patterns[row.message_id, row.language] = known
        queued.append(
            known
            | {
                "chat_id": row.chat_id, "person_id": row.person_id, "key": f"message:{row.message_id}:{row.person_id}",
                "expires_at": max(row.due_at, now) + WORTH,
            }
        )  # fmt: skip
    insert_or_ignore(session, Outbox, queued)


def _count_unasked(session: Session, people: list[int], now: datetime) -> None:
    """A message nobody asked for fills the learner's day, so that a prompt of the journey waits."""
    stays = session.execute(select(Placement.id, Placement.person_id).where(Placement.person_id.in_(people))).all()
    zones = reader_zones(session, {stay.person_id for stay in stays}, now)
    copies = Counter(people)
    by_day: dict[tuple[date, int], list[int]] = {}
    for stay in stays:
        day = local_date(now, zones.get(stay.person_id, "UTC"))
        by_day.setdefault((day, copies[stay.person_id]), []).append(stay.id)
    for (day, more), ids in by_day.items():
        insert_or_ignore(session, DayCount, [{"placement_id": i, "day": day, "sent": 0, "last_at": now} for i in ids])
        session.execute(
            update(DayCount)
            .where(DayCount.day == day, DayCount.placement_id.in_(ids))
            .values(sent=DayCount.sent + more, last_at=now)
            .execution_options(synchronize_session=False)
        )


# --- looking at it, calling it off --------------------------------------------------------------


def listing(core: Core, cohort_code: str | None) -> list[dict[str, Any]]:
    """Messages, newest first: what, to whom, when, and how many copies stand where."""
    with core.store.transaction() as session:
        query = (
            select(CohortMessage, Cohort.code, Cohort.home_zone)
            .join(Cohort, Cohort.id == CohortMessage.cohort_id)
            .order_by(CohortMessage.id.desc())
        )
        if cohort_code is not None:
            query = query.where(CohortMessage.cohort_id == find(session, cohort_code).id)
        return [_row(session, message, code, zone) for message, code, zone in session.execute(query).all()]


def _row(session: Session, message: CohortMessage, cohort: str, zone: str) -> dict[str, Any]:
    states = dict(
        session.execute(
            select(MessageCopy.state, func.count()).where(MessageCopy.message_id == message.id)
            .group_by(MessageCopy.state)
        ).all()
    )  # fmt: skip
    fates = dict(
        session.execute(
            select(Outbox.state, func.count()).where(Outbox.ref == f"message:{message.id}").group_by(Outbox.state)
        ).all()
    )
    first, last = session.execute(
        select(func.min(MessageCopy.due_at), func.max(MessageCopy.due_at)).where(MessageCopy.message_id == message.id)
    ).one()
    waiting = sum(fates.get(state, 0) for state in ("queued", "leased", "attempting"))
    return {
        "id": message.id, "cohort": cohort, "text": message.words, "to": message.audience, "stage": message.stage,
        "at": message.local_at or "now", "timezone": message.zone_of, "urgent": message.urgent,
        "languages": sorted(message.translations), "home_timezone": zone, "only": message.only or {},
        "attachment": (message.attachment or {}).get("name"), "by_phone": states.get("by_phone", 0),
        "first_due": first.isoformat() if first else None, "last_due": last.isoformat() if last else None,
        "cancelled_at": message.cancelled_at.isoformat() if message.cancelled_at else None,
        "recipients": sum(states.values()), "planned": states.get("planned", 0), "waiting": waiting,
        "sent": fates.get("sent", 0), "failed": fates.get("failed", 0), "unknown": fates.get("unknown", 0),
        "unreachable": states.get("unreachable", 0),
        "expired": states.get("expired", 0) + fates.get("expired", 0), "cancelled": states.get("cancelled", 0),
    }  # fmt: skip


def sent_view(session: Session, message: CohortMessage, cohort: str) -> SentView:
    """What became of a message, for whoever sent it from the chat."""
    row = _row(session, message, cohort, "")
    lost = row["failed"] + row["unknown"] + row["expired"] + row["unreachable"]
    counts = {name: row[name] for name in ("planned", "waiting", "sent", "by_phone", "cancelled")} | {"lost": lost}
    return SentView(message.id, cohort, counts, message.cancelled_at is not None)


def cancel(core: Core, message_id: int, now: datetime) -> dict[str, int]:
    """Call off what is not sent yet. Returns how many copies were stopped and how many are out already."""
    with core.store.transaction() as session:
        message = get(session, message_id)
        if message.cancelled_at is not None:
            raise BadInput(f"Message {message_id} was cancelled before: nothing is left to do.")
        return call_off(session, message, None, now)


def call_off(session: Session, message: CohortMessage, by: int | None, now: datetime) -> dict[str, int]:
    """The same within a transaction; `by`: the person who asked for it, None for the command line."""
    ref = f"message:{message.id}"
    stopped = session.scalars(
        update(MessageCopy)
        .where(MessageCopy.message_id == message.id, MessageCopy.state == "planned")
        .values(state="cancelled").returning(MessageCopy.id)
    ).all()  # fmt: skip
    pulled = session.scalars(
        update(Outbox)
        .where(Outbox.ref == ref, Outbox.state == "queued")
        .values(state="cancelled", finished_at=now).returning(Outbox.person_id)
    ).all()  # fmt: skip
    session.execute(
        update(MessageCopy)
        .where(MessageCopy.message_id == message.id, MessageCopy.person_id.in_(pulled))
        .values(state="cancelled")
    )
    out = session.scalar(
        select(func.count(Outbox.id)).where(
            Outbox.ref == ref, Outbox.state.in_(("leased", "attempting", "sent", "unknown"))
        )
    )
    message.cancelled_at = now
    note(session, by, "message_cancelled", None, now, message=message.id)
    return {"cancelled": len(stopped) + len(pulled), "already_out": out or 0}


def get(session: Session, message_id: int) -> CohortMessage:
    """One message. Raises NotFound."""
    found = session.get(CohortMessage, message_id)
    if found is None:
        raise NotFound(f"There is no message {message_id}: `compagnon message list` shows all.")
    return found


def preview(core: Core, message_id: int, code: str, now: datetime) -> dict[str, Any]:
    """A message exactly as one recipient gets it: wording, language, their local time. Raises NotFound."""
    with core.store.transaction() as session:
        message = get(session, message_id)
        row = session.execute(
            select(MessageCopy, Person)
            .join(Person, Person.id == MessageCopy.person_id)
            .join(Membership, Membership.person_id == Person.id)
            .where(
                MessageCopy.message_id == message_id, Membership.cohort_id == message.cohort_id,
                func.lower(Membership.code) == code.strip().lower(),
            )
            .limit(1)
        ).first()  # fmt: skip
        if row is None:
            raise NotFound(f"Message {message_id} goes to nobody with the code “{shown(code)}”.")
        copy, person = row
        return {
            "message": message_id, "code": code, "name": full_name(person),
            "language": person.language, "due_at": copy.due_at.isoformat(), "state": copy.state,
            "timezone": reader_zones(session, [person.id], copy.due_at).get(person.id, "UTC"),
            "text": words_for(message, person.language), "attachment": (message.attachment or {}).get("name"),
        }  # fmt: skip


def report(core: Core, message_id: int) -> list[dict[str, Any]]:
    """What became of each copy, person by person: planned, waiting, sent, failed and why, expired, unreachable,
    by_phone (and whether somebody told them), cancelled; with its instant. Raises NotFound."""
    with core.store.transaction() as session:
        message = get(session, message_id)
        rows = session.execute(
            select(MessageCopy, Person, Membership.code, Membership.role, Outbox, CallTask)
            .join(Person, Person.id == MessageCopy.person_id)
            .join(Membership, (Membership.person_id == Person.id) & (Membership.cohort_id == message.cohort_id))
            .outerjoin(Outbox, (Outbox.ref == f"message:{message_id}") & (Outbox.person_id == Person.id))
            .outerjoin(CallTask, (CallTask.message_id == message_id) & (CallTask.person_id == Person.id))
            .where(MessageCopy.message_id == message_id)
            .order_by(MessageCopy.id, Membership.id)
        ).all()
        found = {copy.id: _fate(copy, person, code, role, sent, task) for copy, person, code, role, sent, task in rows}
    return list(found.values())


def _fate(
    copy: MessageCopy, person: Person, code: str | None, role: str, sent: Outbox | None, task: CallTask | None
) -> dict[str, Any]:  # fmt: skip
    state, at, why = copy.state, copy.due_at, None
    if state == "queued" and sent is not None:
        state = "waiting" if sent.state in ("queued", "leased", "attempting") else sent.state
        at, why = sent.finished_at or at, sent.error
    elif state == "unreachable":
        why = "has not joined, or left the chat"
    elif state == "by_phone" and task is not None:
        at, why = task.done_at or task.created_at, task.outcome or "not called yet"
    return {
        "code": code, "role": role.replace("_", "-"), "name": full_name(person),
        "state": state, "at": at.isoformat(), "why": why,
    }  # fmt: skip
