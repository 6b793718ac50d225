"""What came in and what goes out: received updates, the outbox, cohort messages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, BigId, Key, Long

ACTIVE = "state IN ('queued', 'leased', 'attempting')"


class SeenUpdate(Base):
    """An update whose effects are committed. Telegram's ids restart, so only equality counts."""

    __tablename__ = "seen_update"
    update_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    received_at: Mapped[datetime] = mapped_column(index=True)


class ParkedUpdate(Base):
    """An update that failed three times: kept for a human, out of everybody's way."""

    __tablename__ = "parked_update"
    update_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    payload: Mapped[dict[str, Any]]
    error: Mapped[Long]
    parked_at: Mapped[datetime]


class Outbox(Base):
    """The one way out: queued → leased → attempting → sent | failed | unknown | expired | cancelled."""

    __tablename__ = "outbox"
    id: Mapped[Key]
    key: Mapped[str | None] = mapped_column(unique=True)
    chat_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    language: Mapped[str | None]  # of a stranger; people have their own
    kind: Mapped[str]
    ref: Mapped[str | None]
    priority: Mapped[int]  # 0 safety, 1 answers, 5 the rest
    bulk: Mapped[bool]  # nobody asked for it: paid from the one rate budget
    payload: Mapped[dict[str, Any]]
    edits: Mapped[int | None]  # message to edit instead of sending
    state: Mapped[str]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    message_id: Mapped[int | None]
    error: Mapped[str | None]
    __table_args__ = (
        Index("ix_outbox_chat_active", "chat_id", "priority", "id", sqlite_where=text(ACTIVE),
              postgresql_where=text(ACTIVE)),
        Index("ix_outbox_queued", "bulk", "priority", "id", sqlite_where=text("state = 'queued'"),
              postgresql_where=text("state = 'queued'")),
        Index("ix_outbox_held", "lease_until", sqlite_where=text("state IN ('leased', 'attempting')"),
              postgresql_where=text("state IN ('leased', 'attempting')")),
        Index("ix_outbox_unknown", "chat_id", sqlite_where=text("state = 'unknown'"),
              postgresql_where=text("state = 'unknown'")),
        Index("ix_outbox_ref", "ref"),
    )  # fmt: skip


class CohortMessage(Base):
    """A coordinator's message: one row, turned into outbox rows at each recipient's own instant."""

    __tablename__ = "cohort_message"
    id: Mapped[Key]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    words: Mapped[Long]
    translations: Mapped[dict[str, Any]]
    audience: Mapped[str]  # learners, referents, hosts, families, or roles, divided by commas
    stage: Mapped[str | None]
    only: Mapped[dict[str, Any] | None]  # what narrows it: cities, people, group
    attachment: Mapped[dict[str, Any] | None]  # kind (photo, document), path below the data folder, name
    local_at: Mapped[str | None]  # ISO local date and time, or relative: arrival-3d 18:00; empty: now
    zone_of: Mapped[str]  # recipient or home
    urgent: Mapped[bool]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class MessageCopy(Base):
    """One recipient's copy of a cohort message, with its instant."""

    __tablename__ = "message_copy"
    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("cohort_message.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime]
    state: Mapped[str]  # planned, queued, cancelled, unreachable, expired, by_phone
    __table_args__ = (
        Index("uq_message_copy_person", "message_id", "person_id", unique=True),
        Index("ix_message_copy_waiting", "due_at", sqlite_where=text("state = 'planned'"),
              postgresql_where=text("state = 'planned'")),
    )  # fmt: skip


class CallTask(Base):
    """For somebody without Telegram: a contact person reads a message to them, or tells what is due on a day."""

    __tablename__ = "call_task"
    id: Mapped[Key]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("cohort_message.id"), index=True)
    day: Mapped[date | None]  # the learner's local day, of a call about the journey
    steps: Mapped[list[Any] | None]  # ids of the steps due on it
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who is to be called
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))  # who was asked to; nobody could be
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # empty: the command line
    outcome: Mapped[str | None]  # told, not_reached, later
    __table_args__ = (
        Index("uq_call_task_message_person", "message_id", "person_id", unique=True),
        Index("uq_call_task_placement_day", "placement_id", "day", unique=True),
    )
