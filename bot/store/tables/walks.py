"""Journeys of those who accompany: contact persons, coordinators, tutors, families.

Learners walk theirs in a placement.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key


class Walk(Base):
    """One person's journey beside a cohort, or beside one stay (`placement_id`)."""

    __tablename__ = "walk"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"))
    beside: Mapped[str]  # cohort:5 or placement:7, so that nobody walks the same one twice
    journey: Mapped[str]
    version_id: Mapped[int] = mapped_column(ForeignKey("journey_version.id"))
    begun_at: Mapped[datetime]
    plan_at: Mapped[datetime | None] = mapped_column(index=True)  # when to plan the next days; empty when it is over
    __table_args__ = (UniqueConstraint("person_id", "journey", "beside"),)


class WalkStep(Base):
    """A step of a walk: when it is due, and what came of it."""

    __tablename__ = "walk_step"
    id: Mapped[Key]
    walk_id: Mapped[int] = mapped_column(ForeignKey("walk.id"))
    step: Mapped[str]
    planned_at: Mapped[datetime]  # when the script says; never moved by waiting
    due_at: Mapped[datetime]  # when it is tried
    expires_at: Mapped[datetime]
    state: Mapped[str]  # planned, offered, open, done, skipped, expired
    data: Mapped[dict[str, Any]]
    score: Mapped[float | None]
    offered_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("walk_id", "step"),
        Index("ix_walk_step_waiting", "due_at", sqlite_where=text("state = 'planned'"),
              postgresql_where=text("state = 'planned'")),
    )  # fmt: skip
