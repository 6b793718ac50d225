"""What a learner is to learn at work, and what shows that they did: the own log, the tutor's grid, the validation.

An outcome is named by its `code` within a stay in all of these tables.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key, Long


class Outcome(Base):
    """One learning outcome of a stay, in its order. From a list of the content (`source` names it, and words are taken
    from there in every language), or imported with words of its own."""

    __tablename__ = "outcome"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    position: Mapped[int]
    code: Mapped[str]
    source: Mapped[str | None]  # the list of the content; empty: imported
    unit: Mapped[str | None]  # the id of a unit of the list, or its imported name
    words: Mapped[Long | None]  # of what was imported
    __table_args__ = (UniqueConstraint("placement_id", "code"),)


class OutcomeLog(Base):
    """The learner worked on an outcome in a week of the stay (from 1), and how; nobody else sees it unasked."""

    __tablename__ = "outcome_log"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    week: Mapped[int]
    code: Mapped[str]
    how: Mapped[str | None]  # shown, helped, alone, explained; empty until it was said
    logged_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("placement_id", "week", "code"),)


class OutcomeWeek(Base):
    """A week of the log that is closed, with a sentence or a voice note where the learner gave one."""

    __tablename__ = "outcome_week"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    week: Mapped[int]
    words: Mapped[Long | None]
    file_id: Mapped[str | None]  # of a voice note
    closed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("placement_id", "week"),)


class OutcomeGrid(Base):
    """An assessment that the tutor at work handed in, half-way or at the end."""

    __tablename__ = "outcome_grid"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    moment: Mapped[str]  # mid, end
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who assessed in the chat
    by_name: Mapped[str]
    by_role: Mapped[str]
    assessed_on: Mapped[date | None]
    channel: Mapped[str]  # chat, paper
    comment: Mapped[Long | None]
    begun_at: Mapped[datetime]
    handed_in_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("placement_id", "moment"),)


class OutcomeDraft(Base):
    """An assessment, or a change of one, the tutor is filling in: nobody else sees it, it counts for nothing."""

    __tablename__ = "outcome_draft"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    moment: Mapped[str]  # mid, end
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    grades: Mapped[dict[str, Any]]  # by code, as in outcome_grade
    comment: Mapped[Long | None]
    begun_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("placement_id", "moment"),)


class OutcomeGrade(Base):
    """What a grid that was handed in says of one outcome."""

    __tablename__ = "outcome_grade"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    moment: Mapped[str]
    code: Mapped[str]
    value: Mapped[int]  # 0 not seen, 1 not yet, 2 with help, 3 alone, 4 can explain to others
    __table_args__ = (UniqueConstraint("placement_id", "moment", "code"),)


class OutcomeValidation(Base):
    """What the sending school says of an outcome, and who said so."""

    __tablename__ = "outcome_validation"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    code: Mapped[str]
    verdict: Mapped[str]  # validated, partly, not_yet
    note: Mapped[Long | None]
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str]
    by_role: Mapped[str]
    validated_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("placement_id", "code"),)


class ReviewNote(Base):
    """What learner or tutor wrote for the talk half-way; the other one sees it once it was shown."""

    __tablename__ = "review_note"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    side: Mapped[str]  # learner, tutor
    part: Mapped[str]  # well, next, aims
    words: Mapped[Long | None]
    file_id: Mapped[str | None]  # of a voice note
    written_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("placement_id", "side", "part"),)
