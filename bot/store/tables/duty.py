"""Who stands in for whom, and drills."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key


class Absence(Base):
    """Somebody on a ladder is away, or wants to be: it holds from `agreed_at`, once a substitute has said yes."""

    __tablename__ = "absence"
    id: Mapped[Key]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)
    state: Mapped[str]  # asked, agreed, declined, lapsed, ended
    asked_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    until: Mapped[datetime]
    wake_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_absence_wake", "wake_at", sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
    )  # fmt: skip


class Drill(Base):
    """A test of a cohort's ladders: planned for an instant nobody is told, running, or done."""

    __tablename__ = "drill"
    id: Mapped[Key]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    state: Mapped[str]  # planned, running, done, cancelled
    announced: Mapped[bool]
    seed: Mapped[int | None]  # the number that an unannounced instant was drawn from
    planned_at: Mapped[datetime]
    before: Mapped[datetime | None]  # when an unannounced one will be over at the latest
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    wake_at: Mapped[datetime | None]
    alerts: Mapped[list[Any]]  # ids of its alerts, one per ladder
    __table_args__ = (
        Index("ix_drill_wake", "wake_at", sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
    )  # fmt: skip
