"""How fast we may send: one ceiling for what nobody asked for, one message a second to a chat, and waits as told.

Telegram's figures (Bot FAQ, "My bot is hitting limits"): about one message a second to a chat with short
bursts, about 30 a second in all. Real, monotonic seconds: a virtual clock does not make Telegram faster.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable

CHAT_BURST = 3
CHAT_SECONDS = 1.0
REMEMBERED_CHATS = 10_000
SMALLEST_SHARE = 0.1  # of the ceiling, however often Telegram complains
RECOVERY = 0.1  # of the ceiling, regained in every second without a complaint
LARGEST_BATCH = 200
SPACING = 0.8  # of the even distance between two messages: room to catch up after a late timer
EVEN_UP_TO = 100.0  # messages a second; above, timers are too coarse to space them


class Pacing:
    """One per process. `per_second=None` lifts the ceiling, `per_chat=False` the pause between two messages."""

    def __init__(
        self,
        per_second: float | None,
        *,
        per_chat: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = per_second
        self._per_chat = per_chat
        self._now = monotonic
        self._window: deque[float] = deque(maxlen=max(1, int(per_second or 1)))
        self._chats: dict[int, float] = {}  # chat → when its bucket is full again
        self._share = 1.0
        self._share_at = -math.inf
        self._bulk_until = -math.inf
        self._all_until = -math.inf
        self._refused: tuple[int, float] = (0, -math.inf)

    @property
    def batch(self) -> int:
        """How many messages to take at once: a quarter of a second's worth, so that a crash strands few."""
        return LARGEST_BATCH if self._rate is None else min(LARGEST_BATCH, math.ceil(self._rate / 4))

    @property
    def used(self) -> float:
        """The share of the ceiling that went into the last second's messages; 0 without a ceiling."""
        recent = sum(self._now() - at < 1.0 for at in self._window)
        return recent / self._rate if self._rate else 0.0

    async def bulk_turn(self) -> None:
        """Wait until one more message that nobody asked for may go."""
        while (wait := self._bulk_wait()) > 0:  # noqa: ASYNC110  # a 429 may have lengthened it meanwhile
            await asyncio.sleep(wait)
        self._window.append(self._now())

    def chat_wait(self, chat_id: int) -> float:
        """Seconds until a message may go to this chat; its turn is then taken."""
        now = self._now()
        wait = max(0.0, self._all_until - now)
        if not self._per_chat:
            return wait
        full_at = max(self._chats.pop(chat_id, now), now)
        wait = max(wait, full_at - now - (CHAT_BURST - 1) * CHAT_SECONDS)
        self._chats[chat_id] = full_at + CHAT_SECONDS
        if len(self._chats) > REMEMBERED_CHATS:
            self._forget(now)
        return wait

    def too_many(self, chat_id: int, seconds: float) -> None:
        """Telegram said 429. Bulk waits and goes on more slowly; all wait when it is not about one chat alone."""
        now = self._now()
        self._share, self._share_at = max(SMALLEST_SHARE, self._current_share() / 2), now + seconds
        self._bulk_until = max(self._bulk_until, now + seconds)
        other, until = self._refused
        if other != chat_id and now < until:
            self._all_until = max(self._all_until, now + seconds)
        self._refused = (chat_id, now + seconds)

    def _bulk_wait(self) -> float:
        now = self._now()
        paused = max(self._bulk_until, self._all_until) - now
        if self._rate is None or not self._window:
            return paused
        # Any N messages in a row take at least N / rate seconds: no second ever holds more than the ceiling.
        rate = self._rate * self._current_share()
        spacing = SPACING / rate if rate <= EVEN_UP_TO else 0.0
        at = self._window[-1] + spacing
        if len(self._window) == self._window.maxlen:
            at = max(at, self._window[0] + len(self._window) / rate)
        return max(paused, at - now)

    def _current_share(self) -> float:
        return min(1.0, self._share + RECOVERY * max(0.0, self._now() - self._share_at))

    def _forget(self, now: float) -> None:
        self._chats = {chat: full_at for chat, full_at in self._chats.items() if full_at > now}
