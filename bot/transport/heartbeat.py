"""Writing down that Telegram heard and answered us, not oftener than needed."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.clock import Clock, SystemClock
from bot.errors import StorageTrouble
from bot.service import intake, outages
from bot.service.core import Core
from bot.transport.pool import Pool

log = logging.getLogger(__name__)

EVERY = 5.0  # real seconds


class Heartbeat:
    """Calls `write` at most every few seconds."""

    def __init__(self, write: Callable[[datetime], Awaitable[None]]) -> None:
        self._write = write
        self._last = -EVERY

    async def beat(self, at: datetime) -> None:
        """All was well at that instant. A heartbeat that cannot be stored is left out: silence is then not judged."""
        now = time.monotonic()
        if now - self._last < EVERY:
            return
        try:
            await self._write(at)
            self._last = now
        except StorageTrouble as trouble:
            log.error("%s", trouble)


def listening(core: Core, pool: Pool, clock: Clock) -> Heartbeat:
    """Says that updates reach us, and that all that had waited is read."""
    # A virtual clock jumps: nothing was missed while it stood still, and a gap in it means nothing.
    use_case = outages.heard if isinstance(clock, SystemClock) else intake.heard
    return Heartbeat(lambda at: pool.run(use_case, core, at))
