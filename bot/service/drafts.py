"""Putting messages into the outbox, in the transaction of whatever they tell of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, insert, literal_column, select
from sqlalchemy.orm import Session

from bot.flows.vocabulary import PRIVATE as PRIVATE, Kind, Screen, encode_screen
from bot.service.core import Core
from bot.store.prepared import among, first, rows
from bot.store.tables import Outbox, TelegramAccount
from bot.store.writing import insert_many, insert_or_ignore, reserve_ids

PLACE = "place"  # ref of messages that show where somebody is; they are blanked when the location is forgotten
LEASE = timedelta(seconds=60)  # longer than any call may take, so that a live process never loses its rows


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of message travels."""

    priority: int
    bulk: bool
    silent: bool
    safety: bool
    lasts: timedelta


MANNERS = {
    Kind.ALERT: Manner(0, bulk=False, silent=False, safety=True, lasts=timedelta(hours=24)),
    Kind.SAFETY: Manner(0, bulk=False, silent=False, safety=True, lasts=timedelta(hours=24)),
    Kind.ANSWER: Manner(1, bulk=False, silent=True, safety=False, lasts=timedelta(hours=6)),
    Kind.RELAY: Manner(1, bulk=False, silent=True, safety=False, lasts=timedelta(days=3)),
    Kind.CHECK_IN: Manner(2, bulk=True, silent=False, safety=True, lasts=timedelta(hours=6)),
    Kind.REMINDER: Manner(2, bulk=True, silent=False, safety=True, lasts=timedelta(hours=2)),
    Kind.NOTICE: Manner(3, bulk=True, silent=True, safety=False, lasts=timedelta(days=3)),
    Kind.PROMPT: Manner(5, bulk=True, silent=True, safety=False, lasts=timedelta(hours=12)),
    Kind.MESSAGE: Manner(6, bulk=True, silent=True, safety=False, lasts=timedelta(days=1)),
}
SAFETY = frozenset(kind for kind, manner in MANNERS.items() if manner.safety)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be queued."""

    chat_id: int
    screen: Screen
    kind: Kind
    person_id: int | None = None
    key: str | None = None
    ref: str | None = None
    edits: int | None = None
    language: str | None = None
    expires_at: datetime | None = None
    not_before: datetime | None = None


def row_of(draft: Draft, now: datetime) -> dict[str, Any]:
    """The outbox row of a draft, queued."""
    manner = MANNERS[draft.kind]
    return {
        "key": draft.key, "chat_id": draft.chat_id, "person_id": draft.person_id, "language": draft.language,
        "kind": draft.kind.value, "ref": draft.ref, "priority": manner.priority, "bulk": manner.bulk,
        "payload": encode_screen(draft.screen), "edits": draft.edits, "state": "queued",
        "not_before": draft.not_before or now,
        "expires_at": draft.expires_at or now + manner.lasts, "attempts": 0, "created_at": now,
        "lease_owner": None, "lease_until": None,
    }  # fmt: skip


def active(table: Any) -> Any:
    """The row is on its way: queued, leased or attempting."""
    return in_states(table, "queued", "leased", "attempting")


def in_states(table: Any, *states: str) -> Any:
    """The row is in one of these states (names of ours, never input)."""
    # Written out: both databases use a partial index only when the statement itself repeats its condition.
    written: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in states]
    return table.state == written[0] if len(written) == 1 else table.state.in_(written)


_WAITING = select(Outbox.id).where(active(Outbox), Outbox.chat_id == bindparam("chat")).limit(1).scalar_subquery()
_OURS_IF_FREE = {
    "state": case((_WAITING.is_not(None), literal_column("'queued'")), else_=literal_column("'attempting'")),
    "lease_owner": case((_WAITING.is_(None), bindparam("owner"))),
    "lease_until": case((_WAITING.is_(None), bindparam("until", type_=Outbox.lease_until.type))),
}
_GIVEN = (
    "key", "chat_id", "person_id", "language", "kind", "ref", "priority", "bulk", "payload", "edits", "not_before",
    "expires_at", "attempts", "created_at",
)  # fmt: skip
_INSERT_ANSWER = (
    insert(Outbox)
    .values({**{name: bindparam(f"new_{name}") for name in _GIVEN}, **_OURS_IF_FREE})
    .returning(Outbox.id, Outbox.lease_owner)
)


def queue(session: Session, drafts: Iterable[Draft], now: datetime) -> int:
    """Queue messages in the caller's transaction; a key that exists already is left out. Returns how many are new."""
    return insert_or_ignore(session, Outbox, [row_of(draft, now) for draft in drafts])


_BUSY = select(Outbox.chat_id).where(active(Outbox), among(Outbox.chat_id, "chats"))


_CHAT = select(TelegramAccount.chat_id).where(
    TelegramAccount.person_id == bindparam("person"), TelegramAccount.revoked_at.is_(None)
)


def chat_of(session: Session, person_id: int) -> int | None:
    """The live chat of a person, None when nobody joined or everybody left."""
    found = first(session, _CHAT, person=person_id)
    return found.chat_id if found is not None else None


def send_now(core: Core, session: Session, draft: Draft, now: datetime) -> int | None:
    """Store a message as `attempting` in this process's name; the caller makes the call after the commit.

    None when others to the same chat are on their way: then it is queued behind them.
    """
    row = row_of(draft, now)
    given = {f"new_{name}": row[name] for name in _GIVEN}
    stored = first(session, _INSERT_ANSWER, **given, chat=draft.chat_id, owner=core.owner, until=now + LEASE)
    return None if stored.lease_owner is None else int(stored.id)


def send_all_now(core: Core, session: Session, drafts: Sequence[Draft], now: datetime) -> dict[int, int]:
    """The same for many chats, one message each: the new row's number by chat, without those queued behind others."""
    busy = {row.chat_id for row in rows(session, _BUSY, chats=[draft.chat_id for draft in drafts])}
    ours = {"state": "attempting", "lease_owner": core.owner, "lease_until": now + LEASE}
    numbers = reserve_ids(session, Outbox, len(drafts))
    new = [
        row_of(draft, now) | ({} if draft.chat_id in busy else ours) | {"id": number}
        for draft, number in zip(drafts, numbers, strict=True)
    ]
    insert_many(session, Outbox, new)
    return {row["chat_id"]: row["id"] for row in new if row["chat_id"] not in busy}
