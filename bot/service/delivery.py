"""What use cases and transport hand each other: messages to send and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.flows.vocabulary import Kind, Screen
from bot.i18n import Text


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message of the outbox, ready for its call. Text is rendered by the transport, at the last moment."""

    id: int
    chat_id: int
    kind: Kind
    screen: Screen
    language: str
    zone: str
    edits: int | None = None  # message to edit; sent as a new one where that is impossible
    silent: bool = True
    attempts: int = 0
    expires_at: datetime | None = None


class Fate(StrEnum):
    """What became of a call."""

    SENT = "sent"
    RETRY = "retry"  # surely not carried out: try again at `retry_at`
    UNKNOWN = "unknown"  # perhaps carried out: safety is sent again, others are not
    BLOCKED = "blocked"  # 403: the person cannot be reached
    FAILED = "failed"  # Telegram will never take it


@dataclass(frozen=True, slots=True)
class Result:
    """The fate of one delivery."""

    id: int
    fate: Fate
    at: datetime
    message_id: int | None = None
    error: str | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """An update whose effects are committed, and what is now to be sent.

    `deliveries` are already `attempting` in the name of this process; `more` says that further rows are queued
    (safety to others, second messages) so that the sender should look at once.
    """

    deliveries: tuple[Delivery, ...] = ()
    toast: Text | None = None
    toast_alert: bool = False
    language: str = "en"
    zone: str = "UTC"
    more: bool = False
    leave: bool = False  # a group: say why (deliveries) and leave
    menu: MenuOf | None = None  # the chat's command list changed


@dataclass(frozen=True, slots=True)
class MenuOf:
    """Whose commands a chat shows: `names` in order, described in `language`."""

    names: tuple[str, ...]
    language: str
