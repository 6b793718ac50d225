"""What a learner confided about somebody who looks after them, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key

_OPEN, _DUE = text("closed_at IS NULL"), text("next_at IS NOT NULL")


class Case(Base):
    """A learner named somebody around their stay. What was said is kept nowhere; the person named sees nothing."""

    __tablename__ = "safeguarding_case"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    opened_at: Mapped[datetime]
    named_role: Mapped[str]  # what they are to the learner: referent, backup, local_contact, host, tutor …
    named_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # hosts and tutors have no chat
    # How to find who is named, once they had themselves erased: name, phone, email. Only while it is open.
    named_sealed: Mapped[dict[str, Any] | None]
    told: Mapped[list[Any]]  # membership ids of who was told of it
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))  # who took it
    taken_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0)  # how often nobody had taken it in time
    next_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    __table_args__ = (
        Index("ix_safeguarding_case_open", "placement_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_safeguarding_case_due", "next_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )


class CaseEvent(Base):
    """The trail of a case: opened, told, read, taken, reminded, closed. Append-only; no names, no texts."""

    __tablename__ = "case_event"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("safeguarding_case.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]]
