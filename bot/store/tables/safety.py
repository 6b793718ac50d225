"""Check-ins, alerts and their trail, shared locations; leases and heartbeats."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, BigId, Key, Long


class CheckIn(Base):
    """One "are you fine?" of one local day, daily or of a roll call; columns are those of the state machine."""

    __tablename__ = "check_in"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    day: Mapped[date] = mapped_column(index=True)  # for counting, /metrics
    roll_call: Mapped[int] = mapped_column(default=0, server_default="0")  # which of that day; 0: the daily check-in
    state: Mapped[str]
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reminder_delivered_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    counted_to: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]
    alert_reason: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    extended: Mapped[int] = mapped_column(default=0)  # seconds
    wake_at: Mapped[datetime | None]
    message_id: Mapped[int | None]  # the prompt, edited when answered
    __table_args__ = (
        UniqueConstraint("placement_id", "day", "roll_call"),
        Index("ix_check_in_wake", "wake_at", sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
    )  # fmt: skip


class Alert(Base):
    """Somebody must look after a learner; columns are those of the ladder's state machine."""

    __tablename__ = "alert"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    check_in_id: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"))
    reason: Mapped[str]
    severity: Mapped[str]
    level: Mapped[int]
    raised_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    acknowledged_at: Mapped[datetime | None]
    exhausted_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    outcome: Mapped[str | None]
    state: Mapped[dict[str, Any]]  # what else the ladder's machine remembers, and who was told
    # The alert whose ladder stands for a whole cohort that is silent; that one names itself.
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    # Told only to whom the learner chose (`state["chosen"]`); it never mixes with other alerts.
    confided: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        Index("ix_alert_incident", "incident_id", sqlite_where=text("incident_id IS NOT NULL"),
              postgresql_where=text("incident_id IS NOT NULL")),
        Index("ix_alert_wake", "next_at", sqlite_where=text("next_at IS NOT NULL"),
              postgresql_where=text("next_at IS NOT NULL")),
    )  # fmt: skip


class AlertEvent(Base):
    """The trail of an alert. Append-only."""

    __tablename__ = "alert_event"
    id: Mapped[Key]
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]]


class SharedPlace(Base):
    """A location that a learner shared; vanishes after 24 hours."""

    __tablename__ = "shared_place"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Relay(Base):
    """Words between a learner and a referent, kept so that a reply finds its way back."""

    __tablename__ = "relay"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    words: Mapped[Long]
    at: Mapped[datetime]


class Lease(Base):
    """Who alone may poll, spend the rate budget, or wake the scheduler, and until when."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    until: Mapped[datetime]


class Heartbeat(Base):
    """When something last really worked: `intake`, `scheduler`, `sender`."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]]


class BotState(Base):
    """Small facts about the bot itself: its user name, the polling offset."""

    __tablename__ = "bot_state"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    number: Mapped[int | None] = mapped_column(BigId)
