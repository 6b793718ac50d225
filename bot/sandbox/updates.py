"""Updates on their way to the bot: the queue, and long polling with Telegram's one-poller rule."""

import asyncio
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.sandbox.errors import conflict

Json = dict[str, Any]

# Kinds that Telegram leaves out unless the bot asks for them by name.
_ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "terminated by setWebhook request"


@dataclass(frozen=True, slots=True)
class Queued:
    """One update that waits for the bot: id, the chat whose order it keeps, the Bot API Update object."""

    update_id: int
    lane: int
    update: Json


class UpdateQueue:
    """Unconfirmed updates, oldest first. Ids start at a number that depends on the token and go up by one."""

    def __init__(self, token: str) -> None:
        self.next_id = 100_000_000 + zlib.crc32(token.encode()) % 800_000_000
        self.allowed: frozenset[str] | None = None
        self.on_push: Callable[[Queued], None] | None = None
        self._pending: dict[int, Queued] = {}
        self._poll: asyncio.Future[str] | None = None

    def __len__(self) -> int:
        return len(self._pending)

    def pending(self) -> list[Queued]:
        """Everything unconfirmed, oldest first."""
        return list(self._pending.values())

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Remembers allowed_updates: None keeps the last choice, an empty list means the default kinds."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def push(self, kind: str, payload: Json, lane: int) -> None:
        """Queues an update of this kind, unless the bot did not ask for such; `lane` is the chat id."""
        if kind in _ONLY_ON_REQUEST if self.allowed is None else kind not in self.allowed:
            return
        # A copy: the update tells how things were when it happened, also after later edits.
        queued = Queued(self.next_id, lane, {"update_id": self.next_id, kind: dict(payload)})
        self.next_id += 1
        self._pending[queued.update_id] = queued
        if self._poll is not None and not self._poll.done():
            self._poll.set_result("")
        if self.on_push is not None:
            self.on_push(queued)

    def confirm(self, update_id: int) -> None:
        """Forgets one update."""
        self._pending.pop(update_id, None)

    def clear(self) -> None:
        """Forgets all."""
        self._pending.clear()

    def _confirm_before(self, offset: int) -> None:
        if offset < 0:
            offset = self.next_id if not self._pending else [*self._pending][offset:][0]
        while self._pending and (oldest := next(iter(self._pending))) < offset:
            del self._pending[oldest]

    def _take(self, limit: int) -> list[Json]:
        return [queued.update for queued in islice(self._pending.values(), limit)]

    def interrupt(self, reason: str) -> None:
        """Ends a waiting poll with 409."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(reason)

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """getUpdates: waits up to `seconds`. A newer poll ends an older one with ApiError 409, as at Telegram."""
        self.interrupt(OTHER_POLLER)
        if offset:
            self._confirm_before(offset)
        if self._pending or seconds <= 0:
            return self._take(limit)
        waiting = self._poll = asyncio.get_running_loop().create_future()
        try:
            reason = await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return []
        finally:
            if self._poll is waiting:
                self._poll = None
        if reason:
            raise conflict(reason)
        return self._take(limit)
