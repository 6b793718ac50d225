"""Telegram's flood limits as token buckets: 30 messages a second in all, 1 to a chat, 20 a minute to a group."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.errors import too_many_requests


@dataclass(slots=True)
class _Bucket:
    """`level` tokens at monotonic second `at`; refilled by `rate` a second up to `size`."""

    rate: float
    size: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until a token is there."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.rate


class FloodLimits:
    """Counts sent messages; off unless enabled. Telegram's figures; the burst a chat may have (3) is our guess."""

    ALL = (30.0, 30.0)
    CHAT = (1.0, 3.0)
    GROUP = (20 / 60, 20.0)

    def __init__(self, enabled: bool, monotonic: Callable[[], float]) -> None:
        self.enabled = enabled
        self._monotonic = monotonic
        self._all = self._bucket(*self.ALL)
        self._chats: dict[int, _Bucket] = {}

    def _bucket(self, rate: float, size: float) -> _Bucket:
        return _Bucket(rate, size, size, self._monotonic())

    def count(self, chat_id: int) -> None:
        """Counts one message to a chat. Raises ApiError 429 with retry_after when it is too many."""
        if not self.enabled:
            return
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = self._chats[chat_id] = self._bucket(*(self.CHAT if chat_id > 0 else self.GROUP))
        now = self._monotonic()
        wait = max(self._all.wait(now), chat.wait(now))
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        self._all.level -= 1
        chat.level -= 1
