"""How much one chat may say: enough for anybody who talks, too little to slow others down or to fill the disk.

Two buckets a chat, in real seconds: one for a minute, one for a day. What does not fit is left out unread, and the
chat is told once; what may be about safety is never counted (`bot.flows.urgent`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

REMEMBERED_CHATS = 10_000
TOLD_AGAIN = 600.0  # seconds after which a chat that floods is told once more


@dataclass(frozen=True, slots=True)
class Bucket:
    """Room for so much at once, and then for one more every so many seconds. A tap takes 1, words or a file `WORDS`."""

    burst: int
    seconds: float


WORDS = 3  # what words take: to understand a question is the dearest thing there is
MINUTE = Bucket(60, 1.0)
DAY = Bucket(2400, 60.0)


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
