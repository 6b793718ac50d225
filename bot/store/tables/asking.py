"""Questions of learners to former learners, and what was answered, through the bot alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, BigId, Key

_DUE = text("wake_at IS NOT NULL")


class Question(Base):
    """One question and its answer. Neither side sees who the other is; coordinators and safeguarding read both."""

    __tablename__ = "question"
    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)  # the stay of who asks
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to_placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))  # the stay that is asked about
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str]
    preset: Mapped[str | None]  # theme/id of a question that the content has; else there are
    words: Mapped[str | None] = mapped_column(Text)  # of their own
    answer: Mapped[str | None] = mapped_column(Text)
    held_for: Mapped[str | None]  # why words or answer wait, or waited, for a coordinator
    asked_at: Mapped[datetime]
    goes_at: Mapped[datetime | None]  # when it comes to the ambassador, whose day and night are minded
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId)  # the coordinator who read it first; empty: the desk, nobody
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # why it was not passed on
    reported_by: Mapped[int | None] = mapped_column(BigId)  # which of the two found something wrong
    reported_at: Mapped[datetime | None]
    report_settled_at: Mapped[datetime | None]  # when somebody responsible had looked into it
    wake_at: Mapped[datetime | None]  # when to look again: it goes out, nobody has answered, nobody has read it
    __table_args__ = (Index("ix_question_due", "wake_at", sqlite_where=_DUE, postgresql_where=_DUE),)
