"""What learners know of the language of their stay: tests they took, and what they say of themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key


class LanguageResult(Base):
    """One test that was taken to its end: the learner's alone."""

    __tablename__ = "language_result"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    phase: Mapped[str]  # before, after
    language: Mapped[str]
    attempt: Mapped[int]  # from 1
    form: Mapped[str]  # a, b
    level: Mapped[str]  # below, A1, A2, B1, B2
    lowest: Mapped[str]  # what the answers leave possible
    highest: Mapped[str]
    tallies: Mapped[dict[str, Any]]  # level: [right, asked]
    answers: Mapped[list[Any]]  # [item, answer] in the order asked; -1 don't know, 0 right, 1 to 3 the wrong ones
    taken_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("placement_id", "phase", "language", "attempt"),)


class LanguageClaim(Base):
    """A level by skill that a learner gave, from the self-assessment grid or from an OLS test."""

    __tablename__ = "language_claim"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    phase: Mapped[str]  # before, after
    language: Mapped[str]
    source: Mapped[str]  # grid, ols
    skill: Mapped[str]  # listening, reading, talking, speaking, writing; all for an OLS test
    level: Mapped[str]  # below, A1 to C2
    taken_on: Mapped[date | None]  # of the OLS test
    given_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("placement_id", "phase", "language", "source", "skill"),)
