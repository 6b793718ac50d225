"""From raw update to committed effects and answers on their way: parallel across chats, in order within one."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.errors import StorageTrouble, TransportError
from bot.flows import urgent
from bot.flows.vocabulary import Command, Incoming, Tap
from bot.rules.retry import backoff
from bot.service import intake, together
from bot.service.core import Core
from bot.service.delivery import Handled, MenuOf
from bot.transport.client import Telegram
from bot.transport.commands import described
from bot.transport.convert import incoming, plainly
from bot.transport.flood import Cries, Flood, weight_of
from bot.transport.outgoing import Outgoing
from bot.transport.pool import Pool

log = logging.getLogger(__name__)

IN_FLIGHT = 64  # updates being received at once
OUTSTANDING = 1000  # answers under way before new updates have to wait
TRIES = 3
BATCH = 16  # updates answered in one transaction
SINGLY = 8  # updates per hop that are taken one by one: a hop costs as much as half an update

Waiting = tuple[Incoming, "asyncio.Future[Handled]"]
Fate = Handled | Exception | None  # None: to be taken alone
UseCase = Callable[[Sequence[Incoming], datetime], Sequence[Fate]]


class Dispatcher:
    """`take` one raw update; it returns when its effects are committed, the answers follow."""

    def __init__(
        self, core: Core, telegram: Telegram, outgoing: Outgoing, pool: Pool, clock: Clock, flood: Flood | None = None
    ) -> None:
        self._core = core
        self._telegram = telegram
        self._outgoing = outgoing
        self._pool = pool
        self._clock = clock
        self._flood = flood or Flood()
        self._cries = Cries()
        self._limit = asyncio.Semaphore(IN_FLIGHT)
        self._chats: dict[int, tuple[asyncio.Lock, int]] = {}
        self._waiting: deque[Waiting] = deque()
        self._gathering: asyncio.Task[None] | None = None
        self._alone: deque[Waiting] = deque()
        self._alone_runners: set[asyncio.Task[None]] = set()

    @property
    def in_hand(self) -> int:
        """Updates that came in and are not committed yet: Telegram still counts them as pending."""
        return sum(users for _, users in self._chats.values())

    async def take(self, raw: dict[str, Any], stuck: set[int] | None = None) -> None:
        """Receive an update. Raises StorageTrouble when it could not be stored: it must be delivered again.

        `stuck` is shared by a batch that is delivered again from its first failure on: chats of which an update could
        not be stored. What they said after it waits for it, or "help" would be read before the "fine" it corrects.
        """
        said = self._read(raw)
        if said is None:
            return
        self._outgoing.meters.updates.inc()
        came = time.monotonic()
        fits = self._flood.take(said.chat_id, _weight(said))
        cry = None if fits else urgent.cry(self._core.content, said.event)
        if cry is not None:
            self._cries.comes(said.chat_id, cry, said.update_id)
        elif not fits and not self._may_tell(said):
            return
        # Whoever waits for their own turn takes nobody's room: one chat alone could fill it.
        async with self._turn(said.chat_id):
            if cry is not None and not self._cries.stands(said.chat_id, cry, said.update_id):
                self._outgoing.meters.left_out.inc()
                return
            await self._outgoing.room(OUTSTANDING)
            async with self._limit:
                handled = await self._taken(said, set() if stuck is None else stuck, fits or cry is not None)
            self._cries.heard(said.chat_id, cry)
        self._follow_up(said, handled, came)

    def _may_tell(self, said: Incoming) -> bool:
        """Something is left out: is it time to say so?"""
        self._outgoing.meters.left_out.inc()
        return self._flood.tell(said.chat_id)

    async def _taken(self, said: Incoming, stuck: set[int], fits: bool) -> Handled:
        try:
            if not fits:
                log.warning("one chat sends more than can be read; what comes too fast is left out")
                return await self._pool.run(intake.slow_down, self._core, said, self._clock.now())
            return await self._in_order(said, stuck)
        except StorageTrouble:
            self._flood.give_back(said.chat_id, _weight(said))
            raise

    async def _in_order(self, said: Incoming, stuck: set[int]) -> Handled:
        if said.chat_id in stuck:
            raise StorageTrouble("An earlier message of the same chat could not be stored.")
        try:
            return await self._received(said)
        except StorageTrouble:
            stuck.add(said.chat_id)
            raise

    def _read(self, raw: dict[str, Any]) -> Incoming | None:
        try:
            return plainly(raw) or incoming(self._telegram.parse(raw))
        except Exception:
            # Nothing in it can be understood, not even whom to answer; asking for it again would not help.
            log.exception("update %s cannot be read and is left out", raw.get("update_id"))
            return None

    @asynccontextmanager
    async def _turn(self, chat_id: int) -> AsyncIterator[None]:
        lock, users = self._chats.get(chat_id) or (asyncio.Lock(), 0)
        self._chats[chat_id] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._chats.pop(chat_id)
            if users > 1:
                self._chats[chat_id] = (lock, users - 1)

    async def _received(self, said: Incoming) -> Handled:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._hop(said)
            except StorageTrouble:
                raise
            except Exception as error:
                log.exception("update %s failed, try %s of %s", said.update_id, attempt, TRIES)
                why = type(error).__name__
                await asyncio.sleep(0.05 * attempt)
        return await self._park(said, why)

    async def _park(self, said: Incoming, why: str) -> Handled:
        log.error("update %s is parked: look into the log above and at table parked_update", said.update_id)
        try:
            return await self._pool.run(intake.park, self._core, said, why, self._clock.now())
        except StorageTrouble:
            raise
        except Exception:
            log.exception("update %s could not even be parked and is left out", said.update_id)
            return Handled()

    async def _hop(self, said: Incoming) -> Handled:
        future: asyncio.Future[Handled] = asyncio.get_running_loop().create_future()
        self._waiting.append((said, future))
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._gather())
        return await future

    async def _gather(self) -> None:
        # What arrives while a hop is under way goes into the next one together. A second hop beside it would make both
        # smaller, and dearer: it is their number that costs.
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                # Only where there is one thread anyway may somebody alone be waited for here: elsewhere whoever is in
                # other hands is left, and nobody waits for their lock.
                alone = len(batch) == 1 and self._pool.threads == 1
                await self._hop_with(batch, self._receive_all if alone else self._answer_all)
        finally:  # in the same step as the last look, so that nobody is left waiting for a runner that is gone
            self._gathering = None

    async def _take_alone(self) -> None:
        try:
            while self._alone:
                share = math.ceil(len(self._alone) / self._pool.threads)
                batch = [self._alone.popleft() for _ in range(min(SINGLY, share))]
                await self._hop_with(batch, self._receive_all)
        finally:
            self._alone_runners.discard(asyncio.current_task())

    async def _hop_with(self, batch: Sequence[Waiting], use_case: UseCase) -> None:
        fates: Sequence[Fate] = ()
        try:
            fates = await self._pool.run(use_case, [said for said, _ in batch], self._clock.now())
        finally:
            # No fates means that the hop itself broke off: Compagnon is stopping.
            unread = [StorageTrouble("Compagnon is stopping.")] * (len(batch) - len(fates))
            for waiting, fate in zip(batch, [*fates, *unread], strict=True):
                if fate is None:
                    self._leave_alone(waiting)
                else:
                    _settle(waiting[1], fate)

    def _leave_alone(self, waiting: Waiting) -> None:
        self._alone.append(waiting)
        if len(self._alone_runners) < self._pool.threads:
            self._alone_runners.add(asyncio.create_task(self._take_alone()))

    def _answer_all(self, batch: Sequence[Incoming], now: datetime) -> Sequence[Fate]:
        try:
            return together.answer(self._core, batch, now)
        except StorageTrouble as trouble:
            return [trouble] * len(batch)

    def _receive_all(self, batch: Sequence[Incoming], now: datetime) -> Sequence[Fate]:
        fates: list[Handled | Exception] = []
        trouble: StorageTrouble | None = None
        for said in batch:
            if trouble is not None:  # a locked database took its ten seconds already
                fates.append(trouble)
                continue
            try:
                fates.append(intake.receive(self._core, said, now))
            except StorageTrouble as error:
                trouble = error
                fates.append(error)
            except Exception as error:
                fates.append(error)
        return fates

    def _follow_up(self, said: Incoming, handled: Handled, came: float) -> None:
        if said.query_id is not None:
            self._outgoing.spawn(self._answer_tap(said.query_id, handled))
        if handled.deliveries:
            self._outgoing.spawn(self._answer(said, handled, came))
        elif handled.leave:
            self._outgoing.spawn(self._telegram.leave(said.chat_id))
        if handled.menu is not None:
            self._outgoing.spawn(self._set_menu(said.chat_id, handled.menu))
        if handled.more:
            self._outgoing.poke()

    async def _answer_tap(self, query_id: str, handled: Handled) -> None:
        text = None
        if handled.toast is not None:
            text = self._core.content.catalogues.plain(handled.toast, handled.language, handled.zone)
        await self._telegram.answer_tap(query_id, text, handled.toast_alert)

    async def _answer(self, said: Incoming, handled: Handled, came: float) -> None:
        await self._outgoing.send_in_order(handled.deliveries)
        self._outgoing.meters.answers.observe(time.monotonic() - came)
        if handled.leave:
            await self._telegram.leave(said.chat_id)

    async def _set_menu(self, chat_id: int, menu: MenuOf) -> None:
        commands = described(menu.names, self._core.content.catalogues, menu.language)
        for attempt in range(1, TRIES + 1):
            try:
                return await self._telegram.set_commands(commands, chat_id=chat_id)
            except TransportError as error:
                log.info("command list not set, try %s of %s: %s", attempt, TRIES, error)
                if error.permanent:
                    return None
                await asyncio.sleep(backoff(attempt).total_seconds())
        return None


def _weight(said: Incoming) -> int:
    return 1 if isinstance(said.event, Tap | Command) else weight_of(getattr(said.event, "text", ""))


def _settle(future: asyncio.Future[Handled], fate: Handled | Exception) -> None:
    if future.done():  # its webhook request was given up meanwhile; Telegram delivers it again
        return
    if isinstance(fate, Exception):
        future.set_exception(fate)
    else:
        future.set_result(fate)
