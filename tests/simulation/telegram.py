"""A simulated Telegram: updates wait until they are confirmed, messages are accepted, refused, or lost on the way.

It keeps the truth: what each chat really got, whichever answer the bot saw.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import count
from random import Random

from bot.flows.vocabulary import Event, Incoming, Screen
from bot.rules.retry import backoff
from bot.service.delivery import Delivery, Fate, Result


class Weather(Enum):
    """How Telegram is doing."""

    FINE = auto()
    ROUGH = auto()  # 429, 500, time-outs before and after accepting
    GONE = auto()  # no connection at all


@dataclass(slots=True)
class Got:
    """One message as it reached a chat."""

    message_id: int
    row_id: int
    screen: Screen
    kind: str
    at: datetime
    silent: bool
    sender: str
    zone: str = "UTC"


@dataclass(slots=True)
class Chat:
    """What Telegram knows of one private chat."""

    chat_id: int
    blocked: bool = False
    got: list[Got] = field(default_factory=list)
    person: object | None = None


@dataclass(slots=True)
class Try:
    """One call: what the bot was told, and what was true."""

    row_id: int
    at: datetime
    fate: Fate | None  # None: the process died before it heard
    accepted: bool
    kind: str
    sender: str


class Telegram:
    """`send` and `updates` are what a bot can see; the rest is for people and for judging."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.weather = Weather.FINE
        self.deaf = False  # getUpdates does not work, sending does
        self.chats: dict[int, Chat] = {}
        self.pending: list[tuple[datetime, Incoming]] = []
        self.all_updates: dict[int, tuple[datetime, Incoming]] = {}
        self.tries: list[Try] = []
        self.counts: Counter[str] = Counter()
        self._updates, self._messages = count(1000), count(1)

    def chat(self, chat_id: int) -> Chat:
        """The chat of that id, made when first needed."""
        return self.chats.setdefault(chat_id, Chat(chat_id))

    @property
    def newest(self) -> int:
        """The number of the last update."""
        return next(reversed(self.all_updates))

    @property
    def is_gone(self) -> bool:
        """Does getUpdates fail every time?"""
        return self.weather is Weather.GONE or self.deaf

    # --- people's side ---

    def post(self, chat_id: int, event: Event, now: datetime) -> Incoming:
        """Somebody does something in the chat."""
        incoming = Incoming(next(self._updates), chat_id, event, language_code="en", first_name="Somebody")
        self.pending.append((now, incoming))
        self.all_updates[incoming.update_id] = (now, incoming)
        return incoming

    # --- the bot's side ---

    def updates(self, offset: int | None, limit: int) -> list[Incoming] | None:
        """getUpdates: confirms what is older than `offset`; None when Telegram cannot be reached."""
        if self.is_gone:
            return None
        if self.weather is Weather.ROUGH and self.dice.random() < 0.2:
            return None
        if offset is not None:
            self.pending = [one for one in self.pending if one[1].update_id >= offset]
        return [incoming for _, incoming in self.pending[:limit]]

    def unheard_since(self) -> datetime | None:
        """Since when the oldest unconfirmed update waits."""
        return self.pending[0][0] if self.pending else None

    def send(self, delivery: Delivery, now: datetime, sender: str) -> tuple[Result, Got | None]:
        """One call. Returns the bot's answer, and what the chat got."""
        fate, accepted = self._fate(delivery)
        got = self._accept(delivery, now, sender) if accepted else None
        self.tries.append(Try(delivery.id, now, fate, accepted, delivery.kind.value, sender))
        self.counts[fate.value + (" accepted" if fate is Fate.UNKNOWN and accepted else "")] += 1
        retry_at = now + self._wait(delivery) if fate is Fate.RETRY else None
        message_id = got.message_id if got and fate is Fate.SENT else None
        error = None if fate is Fate.SENT else "simulated"
        return Result(delivery.id, fate, now, message_id=message_id, error=error, retry_at=retry_at), got

    def _wait(self, delivery: Delivery) -> timedelta:
        """As told by a 429, or doubled each time, as the transport does it."""
        if self.weather is Weather.ROUGH and self.dice.random() < 0.5:
            return timedelta(seconds=self.dice.choice((1, 5, 30)))
        return backoff(delivery.attempts + 1)

    def _fate(self, delivery: Delivery) -> tuple[Fate, bool]:
        if self.weather is Weather.GONE:
            return (Fate.RETRY, False) if self.dice.random() < 0.8 else (Fate.UNKNOWN, False)
        if self.weather is Weather.ROUGH and self.dice.random() < 0.4:
            return self.dice.choice(
                ((Fate.RETRY, False), (Fate.RETRY, False), (Fate.UNKNOWN, False), (Fate.UNKNOWN, True))
            )
        if self.chat(delivery.chat_id).blocked:
            return Fate.BLOCKED, False
        return Fate.SENT, True

    def _accept(self, delivery: Delivery, now: datetime, sender: str) -> Got | None:
        chat = self.chat(delivery.chat_id)
        if chat.blocked:
            return None
        got = Got(
            next(self._messages), delivery.id, delivery.screen, delivery.kind.value, now, delivery.silent, sender,
            delivery.zone,
        )  # fmt: skip
        if delivery.edits is not None and any(old.message_id == delivery.edits for old in chat.got):
            got.message_id = delivery.edits
        chat.got.append(got)
        return got
