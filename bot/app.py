"""The one place where everything is wired: settings, clock and core become a bot that listens and sends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from aiohttp.web import RouteDef

from bot.clock import Clock
from bot.errors import BadSetting, StorageTrouble, TransportError, Unreachable
from bot.papers.map_page import Tiles, content_policy
from bot.rules.retry import backoff
from bot.service import bot_state, figures, leases, papers, public_map
from bot.service.core import Core
from bot.settings import Settings
from bot.transport.client import BotUser, Telegram
from bot.transport.commands import EVERYBODY, described
from bot.transport.dispatch import Dispatcher
from bot.transport.http import HttpServer
from bot.transport.map_page import MapPage
from bot.transport.outgoing import Outgoing
from bot.transport.pacing import Pacing
from bot.transport.poller import Poller
from bot.transport.pool import Pool
from bot.transport.second import lane_of
from bot.transport.sender import Sender
from bot.transport.webhook import Address, Webhook, secret_from

try:
    import uvloop
except ImportError:  # Windows, PyPy
    uvloop = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

Found = TypeVar("Found")

WARM_UP_AFTER = 5.0  # seconds: a start has better things to do first
ALIVE_EVERY = 3.0  # seconds between two signs of life
FINISH_SECONDS = 10.0  # for calls under way when stopping


class Part(StrEnum):
    """What a process does. Several processes may do the same; leases see to it that each thing is done once."""

    INTAKE = "intake"  # read updates, by polling or webhook
    SENDER = "sender"  # answers and safety; the rest too, if no other process does


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's event loop where there is one, else asyncio's own; for `asyncio.Runner(loop_factory=…)`."""
    return asyncio.new_event_loop() if uvloop is None else uvloop.new_event_loop()


class App:
    """The running bot. Start it in the loop it is to live in; signals are the caller's business."""

    def __init__(self, settings: Settings, clock: Clock, core: Core, pacing: Pacing | None = None) -> None:
        """`pacing`: the settings' ceiling by default; demo and simulation lift it. Raises BadSetting."""
        self.settings = settings
        self.clock = clock
        self.core = core
        self.pool = Pool(core.store.writers)
        self.telegram = Telegram(
            settings.require_token(), settings.api_url, core.content.catalogues, clock, settings.data_dir
        )
        self.telegram.draw = lambda *what: papers.draw(core, clock.now(), *what)
        self.pacing = pacing = pacing or Pacing(settings.ceiling())
        self.outgoing = Outgoing(core, self.telegram, self.pool, clock, pacing)
        self.sender = Sender(core, self.outgoing, self.pool, clock, pacing)
        smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else None
        self.second = lane_of(core, self.pool, clock, smtp, settings.mail_from, settings.alert_webhook_url)
        self.second.count = self.outgoing.meters.second
        self.dispatcher = Dispatcher(core, self.telegram, self.outgoing, self.pool, clock)
        self.user: BotUser | None = None
        self.server: HttpServer | None = None
        self._stopped = False
        self._running: list[asyncio.Task[None]] = []

    async def start(self, parts: Iterable[Part] = tuple(Part), *, patient: bool = False) -> BotUser:
        """Connect and begin. Raises WrongToken, Unreachable, StorageTrouble or BadSetting, one sentence each.

        `patient`: wait for Telegram to come back instead of raising Unreachable (a restart during an outage).
        """
        try:
            if Part.SENDER in (parts := tuple(parts)):
                self._begin(self.second.run())  # does not need Telegram, and is needed most without it
            self.user = await self._connect(patient)
            await self.pool.run(bot_state.remember_username, self.core, self.user.username)
            await self.pool.run(leases.alive, self.core, self.clock.now())
            self._begin(self._say_alive())
            if Part.INTAKE in parts:
                self._begin(self._warm_up())
            for part in parts:
                await (self._listen() if part is Part.INTAKE else self._send())
            if self.server is None and "listen" in self.settings.model_fields_set:
                await self._serve([])
        except BaseException:
            await self.stop()
            raise
        return self.user

    async def _warm_up(self) -> None:
        """The first question in free text shall not wait for what takes two seconds to read; nor shall the start."""
        await asyncio.sleep(WARM_UP_AFTER)
        await asyncio.to_thread(self.core.search.warm)

    async def stop(self) -> None:
        """Read no more, finish what is under way, give back the leases, close everything. Twice does no harm."""
        if self._stopped:
            return
        self._stopped = True
        if self.server is not None:
            await self.server.stop()
            self.server = None
        await _in_time(self.sender.close())
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()
        await _in_time(self.outgoing.idle())
        with contextlib.suppress(StorageTrouble):
            await self.sender.give_back()
            await self.pool.run(leases.alive, self.core, self.clock.now(), 0.0)
        await self.telegram.close()
        self.pool.close()

    async def drain(self) -> None:
        """Return when every update taken is answered and nothing more can be sent now (demo, simulation)."""
        await self.outgoing.idle()
        await self.sender.drain()

    async def _connect(self, patient: bool) -> BotUser:
        failures = 0
        while True:
            try:
                return await self.telegram.open()
            except Unreachable as trouble:
                if not patient:
                    raise
                failures += 1
                log.error("%s Trying again.", trouble)
                await asyncio.sleep(backoff(failures, cap=timedelta(seconds=15)).total_seconds())

    async def _listen(self) -> None:
        parts = (self.core, self.telegram, self.dispatcher, self.pool, self.clock)
        if self.settings.webhook_url is None:
            self._begin(Poller(*parts).run())
        else:
            webhook = Webhook(*parts, self._address(self.settings.webhook_url))
            await self._serve(webhook.routes())
            self._begin(webhook.run())
        self._begin(self._tell_commands())

    async def _serve(self, routes: list[RouteDef]) -> None:
        server = HttpServer([*routes, *self.map_page().routes()], self._ages, self._metrics)
        host, _, port = self.settings.listen.rpartition(":")
        await server.start(host.strip("[]"), int(port))
        self.server = server

    def map_page(self) -> MapPage:
        """The public map, as it is now."""
        tiles = Tiles(*found) if (found := self.settings.map_tiles()) else None
        return MapPage(
            lambda: self.pool.run(public_map.shown, self.core, self.clock.now()),
            lambda places: public_map.drawn(self.core.content, places, tiles=tiles),
            content_policy(tiles),
        )

    async def _send(self) -> None:
        self._begin(self.sender.run())

    def _address(self, url: str) -> Address:
        token = self.settings.require_token()
        given = self.settings.webhook_secret
        if not url.startswith("https://") and self.settings.api_url.startswith("https://api.telegram.org"):
            raise BadSetting("COMPAGNON_WEBHOOK_URL must start with https://, Telegram takes nothing else.")
        return Address(url, given.get_secret_value() if given else secret_from(token))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(_report)
        self._running.append(task)

    async def _say_alive(self) -> None:
        """What a process holds that no longer says so goes to the others within seconds."""
        while True:
            await asyncio.sleep(ALIVE_EVERY)
            try:
                await self.pool.run(leases.alive, self.core, self.clock.now())
            except StorageTrouble as trouble:
                log.error("%s", trouble)

    async def _tell_commands(self) -> None:
        """What strangers see, in every language we speak; people get their own list when they join."""
        catalogues = self.core.content.catalogues
        try:
            await self.telegram.set_commands(described(EVERYBODY, catalogues, "en"))
            for language in catalogues.languages:
                if len(language) == 2:  # setMyCommands knows two-letter codes only
                    await self.telegram.set_commands(described(EVERYBODY, catalogues, language), language=language)
        except TransportError as error:
            log.warning("the general command list could not be set: %s", error)

    async def _ages(self) -> dict[str, float] | None:
        return await self._looked_up(figures.ages)

    async def _metrics(self) -> bytes:
        meters = self.outgoing.meters
        meters.budget.set(self.pacing.used)
        return meters.page(await self._looked_up(figures.figures))

    async def _looked_up(self, look: Callable[[Core, datetime], Found]) -> Found | None:
        try:
            async with asyncio.timeout(5):
                return await self.pool.run(look, self.core, self.clock.now())
        except (StorageTrouble, TimeoutError):
            return None


async def _in_time(work: Coroutine[Any, Any, None]) -> None:
    """Finish this, but do not hang: what is left is then found by others when its lease is over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FINISH_SECONDS):
            await work


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("a part of the bot stopped", exc_info=error)
