"""Travel days: one row for the journey there, one for the journey back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key


class Travel(Base):
    """One journey of one stay; columns from `state` on are those of the state machine."""

    __tablename__ = "travel"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    direction: Mapped[str]  # out or back
    day: Mapped[date]  # on which it begins
    arrives_on: Mapped[date]
    zone: Mapped[str]  # whose clock shows the arrival
    state: Mapped[str]
    expected_at: Mapped[datetime]
    first_expected_at: Mapped[datetime]
    deadline: Mapped[datetime]
    plan_at: Mapped[datetime | None]
    ask_at: Mapped[datetime | None]
    wake_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    undelivered: Mapped[str | None]
    said: Mapped[str | None]
    said_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    extended: Mapped[int] = mapped_column(default=0)  # seconds
    counted_to: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]
    alert_reason: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("placement_id", "direction"),
        Index("ix_travel_wake", "wake_at", sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
    )  # fmt: skip
