"""Our own getUpdates loop: one poller at a time, and an update is confirmed only when its effects are committed.

PTB's Updater confirms updates before they are processed. A restart asks again from the oldest unconfirmed
update; receiving one twice changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import CompagnonError, StorageTrouble, TooManyRequests, TransportError
from bot.rules.retry import backoff
from bot.service import leases
from bot.service.core import Core
from bot.transport.client import Telegram
from bot.transport.dispatch import Dispatcher
from bot.transport.heartbeat import listening
from bot.transport.pool import Pool

log = logging.getLogger(__name__)

LEASE = "poller"
LEASE_SECONDS = 10.0
RENEW_SECONDS = 3.0
POLL_SECONDS = 10  # well under the 30 s within which "we were listening" must be renewed
LIMIT = 100
LONGEST_PAUSE = timedelta(seconds=15)


class Poller:
    """Runs until cancelled; other processes stand by and take over when the lease is given back or lapses."""

    def __init__(self, core: Core, telegram: Telegram, dispatcher: Dispatcher, pool: Pool, clock: Clock) -> None:
        self._core = core
        self._telegram = telegram
        self._dispatcher = dispatcher
        self._pool = pool
        self._clock = clock
        self._heartbeat = listening(core, pool, clock)
        self._offset: int | None = None
        self._trouble = ""

    async def run(self) -> None:
        """Poll while we hold the lease, stand by while another process does."""
        while True:
            if await self._take_lease():
                await self._poll_while_ours()
            await asyncio.sleep(1.0)

    async def _take_lease(self) -> bool:
        try:
            return await self._pool.run(leases.take, self._core, LEASE, self._clock.now(), LEASE_SECONDS)
        except StorageTrouble as trouble:
            self._say_once(str(trouble))
            return False

    async def _poll_while_ours(self) -> None:
        polling = asyncio.create_task(self._poll())
        keeping = asyncio.create_task(self._keep_lease())
        try:
            done, _ = await asyncio.wait({polling, keeping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if (error := task.exception()) is not None:
                    log.error("the poller stumbled and starts again", exc_info=error)
        finally:
            for task in (polling, keeping):
                task.cancel()
            await asyncio.gather(polling, keeping, return_exceptions=True)
            self._offset = None
            with contextlib.suppress(StorageTrouble):
                await self._pool.run(leases.drop, self._core, LEASE)

    async def _keep_lease(self) -> None:
        sure_until = time.monotonic() + LEASE_SECONDS
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if await self._take_lease():
                sure_until = time.monotonic() + LEASE_SECONDS
            elif not self._trouble:
                log.warning("another process polls now, this one stands by")
                return
            elif time.monotonic() > sure_until:
                return  # the database is away for so long that the lease may be somebody else's

    async def _poll(self) -> None:
        failures = 0
        webhook_dropped = False
        while True:
            try:
                if not webhook_dropped:
                    await self._telegram.call("deleteWebhook", {"drop_pending_updates": False})
                    webhook_dropped = True
                await self._once()
            except (TransportError, StorageTrouble) as error:
                failures += 1
                self._say_once(str(error))
                await asyncio.sleep(_pause(error, failures))
                continue
            failures = 0
            if self._trouble:
                log.info("updates come in again")
                self._trouble = ""

    async def _once(self) -> None:
        raws = await self._telegram.updates(self._offset, POLL_SECONDS, LIMIT)
        at = self._clock.now()  # what is said while these are taken in comes with the next call
        if raws:
            await self._take_all(raws)
        if len(raws) < LIMIT:  # after a gap the backlog is read before anybody's silence is judged
            await self._heartbeat.beat(at)

    async def _take_all(self, raws: list[dict[str, Any]]) -> None:
        # Shielded: losing the lease must not tear up what is being committed.
        stuck: set[int] = set()
        takes = [asyncio.create_task(self._dispatcher.take(raw, stuck)) for raw in raws]
        fates = await asyncio.shield(asyncio.gather(*takes, return_exceptions=True))
        for raw, fate in zip(raws, fates, strict=True):
            if isinstance(fate, BaseException):
                # Asked for again from here on; those behind it that are committed already will change nothing.
                raise fate
            self._offset = int(raw["update_id"]) + 1

    def _say_once(self, sentence: str) -> None:
        if sentence != self._trouble:
            log.error("%s Trying again.", sentence)
            self._trouble = sentence


def _pause(error: CompagnonError, failures: int) -> float:
    if isinstance(error, TooManyRequests):
        return error.retry_after
    return backoff(failures, cap=LONGEST_PAUSE).total_seconds()
