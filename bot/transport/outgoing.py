"""Calls under way and what became of them; results are marked together, after a moment's wait for company."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import StorageTrouble
from bot.rules.retry import backoff
from bot.service import outages, outbox
from bot.service.core import Core
from bot.service.delivery import Delivery, Fate, Result
from bot.transport.client import Telegram
from bot.transport.heartbeat import Heartbeat
from bot.transport.meters import Meters
from bot.transport.pacing import Pacing
from bot.transport.pool import Pool

log = logging.getLogger(__name__)

COMPANY = 0.02  # seconds that a mark waits for others: alone it costs as much as ten together
LONGEST_NAP = 5.0  # seconds a message may wait for its turn while its row says `attempting`


class Outgoing:
    """Sends deliveries that are already `attempting` and marks them. Shared by dispatcher and sender."""

    def __init__(self, core: Core, telegram: Telegram, pool: Pool, clock: Clock, pacing: Pacing) -> None:
        self._core = core
        self._telegram = telegram
        self._pool = pool
        self._clock = clock
        self._pacing = pacing
        self._tasks: set[asyncio.Task[object]] = set()
        self._results: list[Result] = []
        self._marking: asyncio.Task[None] | None = None
        self._idlers = 0  # who waits for every mark
        self.poke: Callable[[], None] = lambda: None  # told when more may be claimable
        self.meters = Meters()
        self._heartbeat = Heartbeat(lambda at: pool.run(outages.sent, core, at))
        telegram.too_many = pacing.too_many

    @property
    def in_flight(self) -> int:
        """Messages and small calls under way."""
        return len(self._tasks)

    @property
    def quiet(self) -> bool:
        """Nothing is under way and every result is marked: until then a chat's next message cannot be claimed."""
        return not self._tasks and self._marking is None

    def spawn(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something beside; its exception is logged, `idle` waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def send(self, delivery: Delivery) -> None:
        """Send one message beside; `attempting` is committed."""
        self.spawn(self._send(delivery))

    async def send_in_order(self, deliveries: Sequence[Delivery]) -> None:
        """Send messages of one chat one after the other; what follows a failed one waits like it."""
        for position, delivery in enumerate(deliveries):
            result = await self._send(delivery)
            if result.fate is Fate.RETRY:
                for later in deliveries[position + 1 :]:
                    self._mark(Result(later.id, Fate.RETRY, result.at, error="behind", retry_at=result.retry_at))
                return

    async def idle(self) -> None:
        """Return when nothing is under way and every result is marked."""
        self._idlers += 1
        try:
            while self._tasks or self._marking:
                waiting: list[asyncio.Task[Any]] = [*self._tasks]
                if self._marking:
                    waiting.append(self._marking)
                await asyncio.wait(waiting)
        finally:
            self._idlers -= 1

    async def room(self, limit: int) -> None:
        """Wait until fewer than `limit` calls are under way."""
        while len(self._tasks) >= limit:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def _send(self, delivery: Delivery) -> Result:
        wait = self._pacing.chat_wait(delivery.chat_id)
        if wait > LONGEST_NAP:
            now = self._clock.now()
            result = Result(delivery.id, Fate.RETRY, now, error="429", retry_at=now + timedelta(seconds=wait))
        else:
            if wait > 0:
                await asyncio.sleep(wait)
            result = await self._deliver(delivery)
            self.meters.messages.labels(delivery.kind.value, result.fate.value).inc()
        self._mark(result)
        return result

    async def _deliver(self, delivery: Delivery) -> Result:
        try:
            return await self._telegram.deliver(delivery)
        except Exception:
            # A fault of ours while rendering: the row must not stay `attempting`, and nobody else may suffer.
            log.exception("message %s (%s) could not be made", delivery.id, delivery.kind)
            return Result(delivery.id, Fate.FAILED, self._clock.now(), error="could not be made")

    def _mark(self, result: Result) -> None:
        self._results.append(result)
        if self._marking is None:
            self._marking = asyncio.create_task(self._mark_all())

    async def _mark_all(self) -> None:
        failures = 0
        try:
            while self._results:
                if not self._idlers:
                    await asyncio.sleep(COMPANY)
                batch, self._results = self._results, []
                try:
                    more = await self._pool.run(outbox.finish, self._core, batch, self._clock.now())
                except StorageTrouble as trouble:
                    failures += 1
                    self._results = batch + self._results
                    log.error("%s", trouble)
                    await asyncio.sleep(backoff(failures, cap=timedelta(seconds=5)).total_seconds())
                    continue
                except Exception:
                    await self._mark_singly(batch)
                    continue
                failures = 0
                if more:
                    self.poke()
                if any(result.fate is Fate.SENT for result in batch):
                    await self._heartbeat.beat(self._clock.now())
        finally:
            self._marking = None

    async def _mark_singly(self, batch: list[Result]) -> None:
        """One result that cannot be marked must not take the others with it: its lease lapses and decides."""
        for result in batch:
            try:
                await self._pool.run(outbox.finish, self._core, [result], self._clock.now())
            except Exception:
                log.exception("the fate of message %s (%s) could not be marked", result.id, result.fate)
        self.poke()

    def _done(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("something beside a message failed", exc_info=error)
