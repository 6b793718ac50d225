"""The second way out, for when Telegram is not enough: e-mail and webhook; and times at which we could not hear."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, Key

_HELD = "state IN ('leased', 'attempting')"


class SecondMessage(Base):
    """An e-mail or a call of the alert webhook: queued → leased → attempting → sent | failed | unknown | cancelled.

    `unknown`: the last try may have been accepted, and its time is over. The payload goes once the row is finished.
    """

    __tablename__ = "second_message"
    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]  # mail or webhook
    address: Mapped[str]  # e-mail address; empty for the webhook, whose address is a setting
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"), index=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int]
    ambiguous: Mapped[bool]  # one of the tries may have been accepted
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_second_message_queued", "not_before", sqlite_where=text("state = 'queued'"),
              postgresql_where=text("state = 'queued'")),
        Index("ix_second_message_held", "lease_until", sqlite_where=text(_HELD), postgresql_where=text(_HELD)),
    )  # fmt: skip


class Outage(Base):
    """A time in which nothing was heard from Telegram, or nothing could be sent: one row for all processes.

    States: open (it lasts), ended (who looks after learners is still to be told), told.
    """

    __tablename__ = "outage"
    id: Mapped[Key]
    what: Mapped[str]  # intake or sending
    began_at: Mapped[datetime]  # when it last worked
    ended_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]  # when the second channels were told that Telegram is out of reach
    state: Mapped[str] = mapped_column(index=True)
    __table_args__ = (UniqueConstraint("what", "began_at"),)
