"""The journey of a learner: pinned versions, due steps, what was done, points, journal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key, Long


class JourneyVersion(Base):
    """A published script: its structure, pinned by whoever walks it, and its wording as it then was."""

    __tablename__ = "journey_version"
    id: Mapped[Key]
    journey: Mapped[str]
    digest: Mapped[str]
    structure: Mapped[dict[str, Any]]
    wording: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("journey", "digest"),)


class DueStep(Base):
    """A step that waits for its hour. `key` makes planning twice change nothing."""

    __tablename__ = "due_step"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("journey_version.id"))
    step: Mapped[str]
    planned_at: Mapped[datetime]  # when the script says; never moved by waiting
    due_at: Mapped[datetime]  # when it is tried: later than planned_at once the day was full
    expires_at: Mapped[datetime]
    state: Mapped[str]  # planned, sent, expired, skipped
    why: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("placement_id", "step"),
        Index("ix_due_step_waiting", "due_at", sqlite_where=text("state = 'planned'"),
              postgresql_where=text("state = 'planned'")),
    )  # fmt: skip


class StepRun(Base):
    """What a learner made of a step."""

    __tablename__ = "step_run"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    step: Mapped[str]
    state: Mapped[str]  # offered, open, done, skipped
    data: Mapped[dict[str, Any]]  # answers given so far, card reached, items ticked
    offered_at: Mapped[datetime]
    touched_at: Mapped[datetime | None]  # while the learner is in it; empty when parked or done
    done_at: Mapped[datetime | None]
    score: Mapped[float | None]
    __table_args__ = (UniqueConstraint("placement_id", "step"),)


class Point(Base):
    """One award; a step is rewarded once."""

    __tablename__ = "point"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    step: Mapped[str]
    points: Mapped[int]
    competences: Mapped[list[Any]]
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("placement_id", "step"),)


class JournalEntry(Base):
    """What a learner wrote or showed; private unless shared."""

    __tablename__ = "journal_entry"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    step: Mapped[str]
    words: Mapped[Long | None]
    file_id: Mapped[str | None]
    file_kind: Mapped[str | None]
    written_at: Mapped[datetime]
    shared_at: Mapped[datetime | None]


class DayCount(Base):
    """Unasked messages that a learner got on a local day: what the message budget is held against."""

    __tablename__ = "day_count"
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sent: Mapped[int]
    last_at: Mapped[datetime]


class SelfAssessment(Base):
    """How a learner sees themselves in one statement, before or after: theirs alone."""

    __tablename__ = "self_assessment"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    phase: Mapped[str]  # before, during, after
    item: Mapped[str]  # which set of statements
    statement: Mapped[str]  # literacy/explain
    value: Mapped[int]  # 1 not yet, 2 with help, 3 on my own, 4 I can show others
    answered_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("placement_id", "phase", "item", "statement"),)


class Certificate(Base):
    """What somebody has been certified, as it was written down; `about` is the stay or the course it is for."""

    __tablename__ = "certificate"
    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # safety, host, participation
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    about: Mapped[str]  # placement:7 or walk:3
    name: Mapped[str]
    facts: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("kind", "about"),)


class Portfolio(Base):
    """What a learner chose for their portfolio: by item the fingerprint of what it then showed, or nothing for a no.
    What has changed since must be chosen again."""

    __tablename__ = "portfolio"
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    choices: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class SurveyResponse(Base):
    """What somebody thought of a stay: no name, no hour, and a number that tells no order."""

    __tablename__ = "survey_response"
    number: Mapped[str] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    survey: Mapped[str]
    role: Mapped[str]  # learner, host_tutor, referent
    batch: Mapped[int]  # five come into the report together, so that nobody works out the one who came last
    answers: Mapped[dict[str, Any]]  # 1 to 5 by question
    remark: Mapped[Long | None]


class Feedback(Base):
    """What somebody thinks of a step, for its authors: no name, no hour."""

    __tablename__ = "feedback"
    id: Mapped[Key]
    journey: Mapped[str]
    step: Mapped[str]
    item: Mapped[str]  # lessons/money-abroad
    language: Mapped[str]
    words: Mapped[Long]
    written_on: Mapped[date]


class KitQuestion(Base):
    """A question the kit could not answer, kept for authors: no name, no hour, only with a yes."""

    __tablename__ = "kit_question"
    id: Mapped[Key]
    kit: Mapped[str | None]
    language: Mapped[str]
    question: Mapped[Long]
    asked_on: Mapped[date]
