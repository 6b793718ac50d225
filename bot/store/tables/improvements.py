"""What a flow is to do better than the one before."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key, Long


class Improvement(Base):
    """One thing that a cohort's coordinator wants to do better, who sees to it, by when, and since when it is done."""

    __tablename__ = "improvement"
    id: Mapped[Key]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    words: Mapped[Long]
    owner: Mapped[str]  # a function rather than a name: it stands in reports
    due: Mapped[date | None]
    done_on: Mapped[date | None]
    outcome: Mapped[Long | None]  # what came of it
    created_at: Mapped[datetime]
