"""The one way out: what is said is a row first, sent after the commit, and marked by what became of it.

queued → leased → attempting (committed before the call) → sent | failed | unknown | expired | cancelled.
A process may die at any instant: leased rows go back, attempting ones become unknown, and of those
only safety is sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from bot.flows.vocabulary import Kind, decode_screen
from bot.rules.retry import backoff
from bot.service import leases, night
from bot.service.core import Core
from bot.service.delivered import BLANKED, on_fate
from bot.service.delivery import Delivery, Fate, Result
from bot.service.drafts import LEASE, MANNERS, SAFETY, Draft, active, in_states, queue
from bot.service.stays import reader_zones
from bot.store.prepared import among, first, rows, run
from bot.store.tables import Outbox, Person
from bot.store.writing import update_many

_BEHIND, _BUSY = aliased(Outbox), aliased(Outbox)


def _none(found: Select[Any]) -> ColumnElement[bool]:
    # Not `NOT EXISTS`: PostgreSQL makes a join of that, and with statistics of an empty table a join of the whole queue
    # with itself. Looked up row by row it is two reads of an index.
    return found.limit(1).scalar_subquery().is_(None)


_HEADS = (
    select(
        Outbox.id, Outbox.chat_id, Outbox.kind, Outbox.payload, Outbox.edits, Outbox.attempts, Outbox.expires_at,
        Outbox.language, Outbox.person_id, Person.language.label("person_language"), Outbox.priority, Outbox.ref,
        Outbox.created_at, Outbox.not_before,
    )
    .outerjoin(Person, Person.id == Outbox.person_id)
    .where(
        in_states(Outbox, "queued"),
        Outbox.bulk == bindparam("lane"),
        Outbox.not_before <= bindparam("now"),
        _none(
            select(_BUSY.id).where(
                _BUSY.chat_id == Outbox.chat_id,
                active(_BUSY),
                _BUSY.state != "queued",
                # What a process had in hand when it died stays out for a minute: safety does not wait for it.
                or_(Outbox.priority > 0, _BUSY.priority == 0),
            )
        ),
        _none(
            select(_BEHIND.id).where(
                _BEHIND.chat_id == Outbox.chat_id,
                active(_BEHIND),
                _BEHIND.state == "queued",
                # What waits for the morning holds nothing up; what is to be tried again keeps its place.
                or_(_BEHIND.not_before <= bindparam("now"), _BEHIND.attempts > 0),
                tuple_(_BEHIND.priority, _BEHIND.id) < tuple_(Outbox.priority, Outbox.id),
            )
        ),
    )
    .order_by(Outbox.priority, Outbox.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=Outbox)
)  # fmt: skip
_LEASE = (
    update(Outbox)
    .where(among(Outbox.id, "ids"))
    .values(state="leased", lease_owner=bindparam("owner"), lease_until=bindparam("until"))
)


_DUE = (
    select(Outbox.id)
    .where(in_states(Outbox, "queued"), Outbox.bulk == bindparam("lane"), Outbox.not_before <= bindparam("now"))
    .limit(1)
)


def waits(core: Core, now: datetime, bulk: bool) -> bool:
    """Is anything of a lane due, be it that it may not be claimed yet?"""
    with core.store.transaction() as session:
        return first(session, _DUE, lane=bulk, now=now) is not None


def claim(core: Core, now: datetime, limit: int, bulk: bool) -> list[Delivery]:
    """Lease up to `limit` messages: of each chat only the head of its queue, safety first, none while one is out.

    `bulk` picks the lane: messages nobody asked for, or answers and safety.
    """
    with core.store.transaction() as session:
        taken = rows(session, _HEADS, lane=bulk, now=now, most=limit)
        held = night.hold(session, taken, now) if bulk else set()
        taken = [row for row in taken if row.id not in held]
        if not taken:
            return []
        run(session, _LEASE, ids=[row.id for row in taken], owner=core.owner, until=now + LEASE)
        return _deliveries(core, session, taken, now)


def _deliveries(core: Core, session: Session, taken: Sequence[Any], now: datetime) -> list[Delivery]:
    """Rows as deliveries, in the reader's language and zone."""
    zones = reader_zones(session, {row.person_id for row in taken if row.person_id}, now)
    return [
        Delivery(
            id=row.id, chat_id=row.chat_id, kind=Kind(row.kind), screen=decode_screen(row.payload),
            language=core.content.catalogues.closest(row.person_language or row.language),
            zone=zones.get(row.person_id, "UTC"), edits=row.edits, silent=MANNERS[Kind(row.kind)].silent,
            attempts=row.attempts, expires_at=row.expires_at,
        )
        for row in taken
    ]  # fmt: skip


_OURS = update(Outbox).where(
    among(Outbox.id, "ids"), Outbox.lease_owner == bindparam("owner"), Outbox.state == "leased"
)
_TOO_LATE = _OURS.where(Outbox.expires_at <= bindparam("now")).values(
    state="expired", finished_at=bindparam("now"), lease_owner=None, lease_until=None
)
_ATTEMPT = _OURS.values(state="attempting", lease_until=bindparam("until")).returning(Outbox.id)


def attempt(core: Core, ids: Sequence[int], now: datetime) -> set[int]:
    """Leased → attempting, committed before the calls. Expired ones are dropped. Returns those to send."""
    with core.store.transaction() as session:
        run(session, _TOO_LATE, ids=list(ids), owner=core.owner, now=now)
        ours = rows(session, _ATTEMPT, ids=list(ids), owner=core.owner, until=now + LEASE)
    return {row.id for row in ours}


def finish(core: Core, results: Sequence[Result], now: datetime) -> bool:
    """Mark what became of calls and all that follows from it, in one transaction. True: more may go out now."""
    if not results:
        return False
    with core.store.transaction() as session:
        plain, special = [], []
        kinds = _kinds(session, [result.id for result in results])
        for result in results:
            if result.id not in kinds:
                continue
            row = kinds[result.id]
            if row.state == "cancelled" and result.fate is not Fate.SENT:
                continue  # its reader was erased while the call was under way: it is not tried again
            plain.append(_mark(result, Kind(row.kind), row.attempts, now))
            if result.fate is not Fate.SENT or row.kind in _FOLLOWED or row.ref in BLANKED:
                special.append((row, result))
        update_many(session, Outbox, plain)
        for row, result in special:
            on_fate(core, session, row, result, now)
        return bool(special) or _others_wait(session, [row.chat_id for row in kinds.values()])


_WAITING = select(Outbox.id).where(among(Outbox.chat_id, "chats"), active(Outbox), in_states(Outbox, "queued")).limit(1)


def _others_wait(session: Session, chats: list[int]) -> bool:
    """Is more queued for chats that have just become free?"""
    return first(session, _WAITING, chats=chats) is not None


_FOLLOWED = frozenset({Kind.CHECK_IN.value, Kind.REMINDER.value, Kind.ALERT.value})

_FINISHED = select(
    Outbox.id,
    Outbox.kind,
    Outbox.ref,
    Outbox.person_id,
    Outbox.chat_id,
    Outbox.attempts,
    Outbox.expires_at,
    Outbox.state,
).where(among(Outbox.id, "ids"))


def _kinds(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    return {row.id: row for row in rows(session, _FINISHED, ids=ids)}


def _mark(result: Result, kind: Kind, attempts: int, now: datetime) -> dict[str, Any]:
    again = result.fate is Fate.RETRY or (result.fate is Fate.UNKNOWN and kind in SAFETY)
    states = {Fate.SENT: "sent", Fate.UNKNOWN: "unknown", Fate.BLOCKED: "failed", Fate.FAILED: "failed"}
    return {
        "id": result.id,
        "state": "queued" if again else states[result.fate],
        "finished_at": None if again else result.at,
        "message_id": result.message_id,
        "error": result.error,
        "not_before": (result.retry_at or now + backoff(attempts + 1)) if again else now,
        "attempts": attempts + 1,
        "lease_owner": None,
        "lease_until": None,
    }


def release_expired(core: Core, now: datetime) -> int:
    """Take back what dead processes held: leased rows are queued again, attempting ones become unknown.

    Dead is whose lease on a message is over, or who has stopped saying that it lives, which is noticed sooner.

    Of the unknown, safety is queued again: twice is better than never there, and only there.
    """
    with core.store.transaction() as session:
        lapsed: ColumnElement[bool] = Outbox.lease_until <= now
        if gone := session.scalars(leases.dead(core, now)).all():
            lapsed = or_(lapsed, Outbox.lease_owner.in_(gone))
        held = and_(in_states(Outbox, "leased", "attempting"), lapsed)
        back = session.execute(
            update(Outbox)
            .where(held, or_(Outbox.state == "leased", Outbox.kind.in_([k.value for k in SAFETY])))
            .values(state="queued", lease_owner=None, lease_until=None)
            .returning(Outbox.id).execution_options(synchronize_session=False)
        ).all()  # fmt: skip
        lost = session.execute(
            update(Outbox)
            .where(held)
            .values(state="unknown", finished_at=now, lease_owner=None, lease_until=None)
            .returning(Outbox.id).execution_options(synchronize_session=False)
        ).all()  # fmt: skip
    return len(back) + len(lost)


INTERRUPTED_LASTS = timedelta(hours=24)


_REPEAT = (
    update(Outbox)
    .where(Outbox.chat_id == bindparam("chat"), in_states(Outbox, "unknown"))
    .values(state="repeated")
    .returning(Outbox.id, Outbox.kind, Outbox.payload, Outbox.person_id, Outbox.language, Outbox.finished_at)
)


# What somebody wrote to somebody: each of these stands for itself.
_LETTERS = frozenset({Kind.MESSAGE.value, Kind.RELAY.value, Kind.NOTICE.value})


def repeat_interrupted(session: Session, chat_id: int, now: datetime) -> int:
    """The person writes again: what may never have arrived is shown once more, before the answer.

    Every letter, and of answers and steps only the newest: it is where they stopped. Returns how many.
    """
    lost = rows(session, _REPEAT, chat=chat_id)
    recent = sorted(
        (row for row in lost if row.finished_at is not None and now - row.finished_at < INTERRUPTED_LASTS),
        key=lambda one: one.id,
    )
    steps = [row.id for row in recent if row.kind not in _LETTERS]
    drafts = [
        Draft(
            # As a letter again, or one that is interrupted a second time would count as a mere answer.
            chat_id, decode_screen(row.payload), Kind.RELAY if row.kind in _LETTERS else Kind.ANSWER, row.person_id,
            key=f"again:{row.id}", language=row.language,
        )
        for row in recent
        if row.kind in _LETTERS or row.id == steps[-1]
    ]  # fmt: skip
    return queue(session, drafts, now) if drafts else 0


def expire(session: Session, now: datetime) -> int:
    """Drop queued messages that are no longer worth sending."""
    gone = session.execute(
        update(Outbox)
        .where(Outbox.state == "queued", Outbox.expires_at <= now)
        .values(state="expired", finished_at=now)
        .returning(Outbox.id).execution_options(synchronize_session=False)
    ).all()  # fmt: skip
    return len(gone)
