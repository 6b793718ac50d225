"""How much one chat may say: enough for anybody who talks, too little to slow others down or to fill the disk.

Two buckets a chat, in real seconds: one for a minute, one for a day. What does not fit is left out unread, and the
chat is told once. What may be about safety (`bot.flows.urgent`) is taken beyond that as well, one of a kind at a time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

REMEMBERED_CHATS = 10_000
TOLD_AGAIN = 600.0  # seconds after which a chat that floods is told once more
HEARD_FOR = 5.0  # seconds in which one more cry of a kind, with nothing between, says what was just answered


@dataclass(frozen=True, slots=True)
class Bucket:
    """Room for so much at once, and then for one more every so many seconds. A tap takes 1, a file `WORDS`, words
    `weight_of`."""

    burst: int
    seconds: float


WORDS = 3  # what words take: to understand a question is the dearest thing there is
LONG = 1000  # characters after which they take as much again
MINUTE = Bucket(60, 1.0)
DAY = Bucket(2400, 60.0)


def weight_of(text: str) -> int:
    """What words take of the room, by how long it takes to read them."""
    return WORDS * (1 + len(text) // LONG)


class Flood:
    """One per process, for all chats."""

    def __init__(
        self, buckets: tuple[Bucket, ...] = (MINUTE, DAY), monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._buckets = buckets
        self._now = monotonic
        self._full: dict[int, tuple[float, ...]] = {}  # chat → when each of its buckets is full again
        self._told: dict[int, float] = {}

    def take(self, chat_id: int, weight: int = 1) -> bool:
        """Is there room for one more update of this chat? It is then taken."""
        now = self._now()
        full = tuple(max(at, now) for at in self._full.get(chat_id, (now,) * len(self._buckets)))
        if any(at - now > (b.burst - weight) * b.seconds for at, b in zip(full, self._buckets, strict=True)):
            return False
        self._keep(chat_id, tuple(at + weight * b.seconds for at, b in zip(full, self._buckets, strict=True)), now)
        return True

    def tell(self, chat_id: int) -> bool:
        """Is it time to tell this chat that something is left out?"""
        now = self._now()
        if now - self._told.get(chat_id, -math.inf) < TOLD_AGAIN:
            return False
        self._told[chat_id] = now
        return True

    def give_back(self, chat_id: int, weight: int = 1) -> None:
        """What could not be stored comes again, and is not to count twice."""
        if chat_id in self._full:
            self._full[chat_id] = tuple(
                at - weight * b.seconds for at, b in zip(self._full[chat_id], self._buckets, strict=True)
            )

    def _keep(self, chat_id: int, full: tuple[float, ...], now: float) -> None:
        self._full[chat_id] = full
        if len(self._full) > REMEMBERED_CHATS:
            self._full = {chat: at for chat, at in self._full.items() if max(at) > now}
            self._told = {chat: at for chat, at in self._told.items() if now - at < TOLD_AGAIN}


class Cries:
    """Cries for help beyond what fits. Of several alike that wait, the newest stands for all, and one that was answered
    a moment ago for the next: none goes unheard, and a hundred in a second are not a hundred alerts. One per process.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = monotonic
        self._newest: dict[tuple[int, str], int] = {}  # of those that wait
        self._heard: dict[int, tuple[str, float]] = {}  # chat → the last thing it said, where that was such a cry

    def comes(self, chat_id: int, cry: str, update_id: int) -> None:
        """It waits for its turn."""
        self._newest[chat_id, cry] = update_id

    def stands(self, chat_id: int, cry: str, update_id: int) -> bool:
        """Its turn has come: is it to be answered?"""
        if self._newest.get((chat_id, cry)) != update_id:
            return False
        del self._newest[chat_id, cry]
        last, at = self._heard.get(chat_id, ("", -math.inf))
        return last != cry or self._now() - at >= HEARD_FOR

    def heard(self, chat_id: int, cry: str | None) -> None:
        """Something of the chat was answered; `cry` None when it was something else, or fitted."""
        if cry is None:
            self._heard.pop(chat_id, None)
            return
        now = self._now()
        self._heard[chat_id] = cry, now
        if len(self._heard) > REMEMBERED_CHATS:
            self._heard = {chat: one for chat, one in self._heard.items() if now - one[1] < HEARD_FOR}
