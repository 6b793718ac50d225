"""What a learner may ask for around the daily check-in: planned silence, and a private note of how the day was."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key


class Pause(Base):
    """Days without a check-in question. Both days are the learner's local ones and belong to the pause."""

    __tablename__ = "pause"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[str]  # asked, on, refused, lapsed, withdrawn
    asked_at: Mapped[datetime]
    wake_at: Mapped[datetime | None]  # until when somebody must have agreed
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]  # ended early
    back_on: Mapped[date | None]  # the first day that is asked again, when it was ended early
    __table_args__ = (
        Index("ix_pause_wake", "wake_at", sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
        Index("uq_pause_asked", "placement_id", unique=True, sqlite_where=text("state = 'asked'"),
              postgresql_where=text("state = 'asked'")),
    )  # fmt: skip


class Mood(Base):
    """How a learner found a day, from 1 (hard) to 5 (great). Theirs alone."""

    __tablename__ = "mood"
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[int]
