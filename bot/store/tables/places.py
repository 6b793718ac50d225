"""Host organisations as they are on the map."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Base, BigId, Key, Long


class Host(Base):
    """A company or school that takes learners. Only one that was agreed, is not withdrawn and does not
    wait for a coordinator is shown outside the desk.

    `address`, `contact_role` and `agreed_by` stay at the desk. Degrees are empty while nobody knows where it lies;
    not `exact`: those of its town.
    """

    __tablename__ = "host"
    id: Mapped[Key]
    name: Mapped[str]
    town: Mapped[str]
    country: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)  # name, town and country folded: the same host has the same one
    address: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    exact: Mapped[bool] = mapped_column(default=False)
    zone: Mapped[str | None]
    trades: Mapped[list[Any]]
    languages: Mapped[list[Any]]
    size: Mapped[str | None]
    capacity: Mapped[int | None]
    tasks: Mapped[Long | None]
    about: Mapped[Long | None]
    website: Mapped[str | None]
    contact_role: Mapped[str | None]
    agreed_by: Mapped[str | None]
    agreed_on: Mapped[date | None]
    agreed_member: Mapped[int | None] = mapped_column(BigId)  # the tutor's membership that said so in the chat
    withdrawn_at: Mapped[datetime | None]
    withdrawn_member: Mapped[int | None] = mapped_column(BigId)  # likewise; empty: the desk took it off
    proposed_at: Mapped[datetime | None]  # since when a tutor's new card waits for a coordinator; empty: none does
    # what a tutor wants to change: name, address, town, website
    wished: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    wished_by: Mapped[int | None] = mapped_column(BigId)  # the membership of who proposed or wishes
    sample: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
    __table_args__ = (Index("ix_host_place", "latitude", "longitude"),)
