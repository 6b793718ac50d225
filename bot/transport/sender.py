"""Two lanes out of the outbox: answers and safety from any process, the rest from one, within the ceiling.

claim → attempt → send → finish. A lane takes the next batch while the last one is still under way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import StorageTrouble
from bot.rules.retry import backoff
from bot.service import leases, outbox
from bot.service.core import Core
from bot.service.delivery import Delivery
from bot.transport.outgoing import Outgoing
from bot.transport.pacing import Pacing
from bot.transport.pool import Pool

log = logging.getLogger(__name__)

LEASE = "sender"
LEASE_SECONDS = 10.0
RENEW_EVERY = 2.5  # seconds: between two looks that find nothing to send the lease is left as it is
ANSWERS_AT_ONCE = 64
IN_FLIGHT = 400  # two of the largest batches
LOOK_EVERY = 0.5  # seconds between looks when nobody pokes
BREATH = 0.01  # seconds between two looks that found nothing
CLEAN_EVERY = 3.0  # seconds between looks for what dead processes left
LONGEST_PAUSE = timedelta(seconds=5)


class Sender:
    """`run` until cancelled; `poke` when something was queued; `drain` to have it all out now."""

    def __init__(self, core: Core, outgoing: Outgoing, pool: Pool, clock: Clock, pacing: Pacing) -> None:
        self._core = core
        self._outgoing = outgoing
        self._pool = pool
        self._clock = clock
        self._pacing = pacing
        self._rounds = 0
        self.leads = False  # did we hold the lease for the bulk when we last looked?
        self._awake = {False: asyncio.Event(), True: asyncio.Event()}
        self._cleaned = 0.0
        self._leased = -math.inf
        self._closing = False
        self._lanes: asyncio.Future[tuple[None, None]] | None = None
        outgoing.poke = self.poke

    def poke(self) -> None:
        """There may be something to send."""
        for event in self._awake.values():
            event.set()

    async def run(self) -> None:
        """Both lanes, until closed or cancelled."""
        self._lanes = asyncio.gather(self._lane(False), self._lane(True))
        await self._lanes

    async def close(self) -> None:
        """Take nothing new, and return when what was taken is under way.

        A lane that is torn up between taking and sending would leave rows in our name, and their chats would wait for
        a lease that nobody renews.
        """
        self._closing = True
        self.poke()
        if self._lanes is not None:
            await asyncio.wait([self._lanes])

    async def drain(self) -> None:
        """Send until nothing is left that may go out now. What waits for a later instant is left alone."""
        while True:
            quiet = self._outgoing.quiet and not self._rounds
            found = await self._round(False) + await self._round(True)
            await self._outgoing.idle()
            if quiet and not found:
                return
            if self._rounds:  # a lane has taken some and not yet sent them
                await asyncio.sleep(BREATH)

    async def give_back(self) -> None:
        """Let another process send at once."""
        await self._pool.run(leases.drop, self._core, LEASE)

    async def _lane(self, bulk: bool) -> None:
        failures = 0
        while not self._closing:
            self._awake[bulk].clear()
            try:
                if not bulk:
                    await self._clean_up()
                found = await self._round(bulk)
            except StorageTrouble as trouble:
                failures += 1
                log.error("%s Trying again.", trouble)
                await asyncio.sleep(backoff(failures, cap=LONGEST_PAUSE).total_seconds())
                continue
            except Exception:
                failures += 1
                log.exception("the sender stumbled and goes on")
                await asyncio.sleep(backoff(failures, cap=LONGEST_PAUSE).total_seconds())
                continue
            failures = 0
            if not found:
                await self._rest(bulk)

    async def _rest(self, bulk: bool) -> None:
        await asyncio.sleep(BREATH)
        # Not wait_for: before Python 3.12 it may swallow a cancellation that meets a poke, and we would never stop.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await self._awake[bulk].wait()

    async def _round(self, bulk: bool) -> int:
        """Take and send one batch; how many messages it had."""
        await self._outgoing.room(IN_FLIGHT)
        self._rounds += 1
        try:
            batch = await self._pool.run(self._take, bulk)
            for delivery in batch:
                if bulk:
                    await self._pacing.bulk_turn()
                self._outgoing.send(delivery)
        finally:
            self._rounds -= 1
        return len(batch)

    def _take(self, bulk: bool) -> list[Delivery]:
        """In the pool: the next batch, `attempting` in our name; empty when another process sends the bulk."""
        now = self._clock.now()
        if bulk and not self._may_send(now):
            return []
        claimed = outbox.claim(self._core, now, self._pacing.batch if bulk else ANSWERS_AT_ONCE, bulk)
        if not claimed:
            return []
        ours = outbox.attempt(self._core, [delivery.id for delivery in claimed], now)
        return [delivery for delivery in claimed if delivery.id in ours]

    def _may_send(self, now: datetime) -> bool:
        """Whether there is something of the bulk, and its lease is ours."""
        looked = time.monotonic()
        waits = outbox.waits(self._core, now, bulk=True)
        if waits or looked - self._leased >= RENEW_EVERY:
            self._leased = looked
            self.leads = leases.take(self._core, LEASE, now, LEASE_SECONDS)
        return waits and self.leads

    async def _clean_up(self) -> None:
        now = time.monotonic()
        if now - self._cleaned < CLEAN_EVERY:
            return
        self._cleaned = now
        count = await self._pool.run(outbox.release_expired, self._core, self._clock.now())
        if count:
            log.warning("%s messages were left by a process that died; safety goes out again", count)
