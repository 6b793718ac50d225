"""Waking `run_due`: APScheduler turns, a monotonic watchdog makes sure that it goes on turning."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import aiohttp
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Clock
from bot.errors import StorageTrouble
from bot.service import figures, intake
from bot.service.core import Core
from scheduler.due import hands_for, run_due

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between turns; an idle turn is a handful of indexed reads
STUCK = 30.0  # seconds without a turn after which the wake loop is started anew
HEARTBEAT_EVERY = 60.0
FORGET_EVERY = 3600.0


class Scheduler:
    """Start and stop it in the event loop it is to live in. Any number of processes may run one each."""

    def __init__(self, core: Core, clock: Clock, poke: Callable[[], None], heartbeat_url: str | None = None) -> None:
        """`poke` tells a sender in this process that there may be something to send."""
        self._core, self._clock, self._poke, self._heartbeat_url = core, clock, poke, heartbeat_url
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="scheduler")
        self._wake: AsyncIOScheduler | None = None
        self._watchdog: asyncio.Task[None] | None = None
        self._turned = self._beat = time.monotonic()
        self._forgot = 0.0
        self._turning = asyncio.Lock()

    def start(self) -> None:
        """Begin to turn."""
        self._turned = time.monotonic()
        self._start_waking()
        self._watchdog = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Finish the turn under way, then rest."""
        if self._watchdog is not None:
            self._watchdog.cancel()
        if self._wake is not None:
            self._wake.pause()
            # APScheduler would cancel the turn, and report that as a fault.
            async with self._turning:
                self._wake.shutdown(wait=False)
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)

    def _start_waking(self) -> None:
        # misfire_grace_time=None: by default a job two seconds late would be dropped.
        wake = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        wake.add_job(self._turn, IntervalTrigger(seconds=EVERY, timezone=UTC))
        wake.start()
        self._wake = wake

    async def _turn(self) -> None:
        async with self._turning:
            await self._turn_once()

    async def _turn_once(self) -> None:
        now = self._clock.now()
        try:
            done = await asyncio.get_running_loop().run_in_executor(
                self._threads, run_due, self._core, now, hands_for(self._core)
            )
        except StorageTrouble as trouble:
            log.error("%s The schedule waits.", trouble)
            return
        except Exception:
            log.exception("a turn of the schedule failed; the next one tries again")
            return
        self._turned = time.monotonic()
        if done.anything:
            self._poke()
        try:
            await self._now_and_then()
        except StorageTrouble as trouble:
            log.error("%s", trouble)

    async def _now_and_then(self) -> None:
        turned = time.monotonic()
        if turned - self._forgot >= FORGET_EVERY:
            self._forgot = turned
            await asyncio.get_running_loop().run_in_executor(
                self._threads, intake.forget_seen, self._core, self._clock.now()
            )
        if self._heartbeat_url and turned - self._beat >= HEARTBEAT_EVERY:
            self._beat = turned
            if await self._listening():
                await self._ping(self._heartbeat_url)

    async def _listening(self) -> bool:
        """A schedule that turns while nobody hears learners is no sign of health."""
        heard = await asyncio.get_running_loop().run_in_executor(
            self._threads, figures.listening, self._core, self._clock.now()
        )
        if not heard:
            log.warning("no updates come in: the heartbeat address is not told that all is well")
        return heard

    async def _ping(self, url: str) -> None:
        """Tell the dead man's switch that the loop really turned."""
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http, http.get(url) as answer:
                answer.raise_for_status()
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("the heartbeat address did not answer: %s", type(error).__name__)

    async def _watch(self) -> None:
        """A clock set back an hour silences interval jobs for an hour; monotonic time notices, and starts them anew."""
        while True:
            await asyncio.sleep(STUCK / 3)
            if time.monotonic() - self._turned > STUCK and self._wake is not None:
                log.warning("the schedule stopped turning; starting it anew")
                self._wake.shutdown(wait=False)
                self._turned = time.monotonic()
                self._start_waking()
