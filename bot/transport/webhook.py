"""The webhook route: 200 only when an update's effects are committed, 503 when they cannot be."""

from __future__ import annotations

import asyncio
import hmac
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot import quick_json
from bot.clock import Clock
from bot.errors import Rejected, StorageTrouble, TransportError
from bot.rules.retry import backoff
from bot.service.core import Core
from bot.transport.client import Telegram
from bot.transport.convert import ALLOWED_UPDATES
from bot.transport.dispatch import Dispatcher
from bot.transport.heartbeat import listening
from bot.transport.pool import Pool

log = logging.getLogger(__name__)

WATCH_SECONDS = 10.0
CATCH_UP_SECONDS = 1.0  # between looks while there is a backlog
LONGEST_RETRY = timedelta(hours=1)  # within which Telegram surely tries again what it could not deliver
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_PAUSE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Address:
    """Where Telegram reaches us, and what it has to know."""

    url: str
    secret: str

    @property
    def path(self) -> str:
        """The path part of the public address, `/` when it has none."""
        return urlsplit(self.url).path or "/"


def secret_from(token: str) -> str:
    """A secret that every process with the same token works out alike, for operators who set none."""
    return hmac.new(token.encode(), b"compagnon webhook", "sha256").hexdigest()


class Webhook:
    """Serves the route, tells Telegram about it, and watches whether updates really arrive."""

    def __init__(
        self, core: Core, telegram: Telegram, dispatcher: Dispatcher, pool: Pool, clock: Clock, address: Address
    ) -> None:
        self._telegram = telegram
        self._dispatcher = dispatcher
        self._clock = clock
        self._address = address
        self._heartbeat = listening(core, pool, clock)
        self._backlog: int | None = None
        self._failed_at = 0.0  # Telegram's newest error that we know of, by its own clock
        self._behind: datetime | None = clock.now()  # since when updates may lie there that we have not read
        self._trouble = ""

    def routes(self) -> list[web.RouteDef]:
        """The one route that Telegram calls."""
        return [web.post(self._address.path, self._receive)]

    async def run(self) -> None:
        """Set the webhook, then look after it until cancelled."""
        failures = 0
        while True:
            try:
                await self._set()
                while True:
                    await self._watch()
                    failures = 0
                    await asyncio.sleep(WATCH_SECONDS if self._behind is None else CATCH_UP_SECONDS)
            except TransportError as error:
                failures += 1
                self._say_once(str(error))
                await asyncio.sleep(backoff(failures, cap=LONGEST_PAUSE).total_seconds())

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._address.secret.encode()):
            return web.Response(status=401, text="This address is for Telegram.")
        try:
            raw = quick_json.loads(await request.read())
        except ValueError:
            raw = None
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            return web.Response(status=400, text="This is not an update.")
        try:
            await self._dispatcher.take(raw)
        except StorageTrouble as trouble:
            self._say_once(str(trouble))
            return web.Response(status=503, text="Not stored; deliver it again.")
        return web.Response()

    async def _set(self) -> None:
        params: dict[str, Any] = {
            "url": self._address.url,
            "secret_token": self._address.secret,
            "allowed_updates": list(ALLOWED_UPDATES),
            "drop_pending_updates": False,
        }
        try:
            await self._telegram.call("setWebhook", params)
        except Rejected as error:
            sentence = f"Telegram refuses COMPAGNON_WEBHOOK_URL ({error}): it needs a public https address."
            raise Rejected(sentence) from None

    async def _watch(self) -> None:
        """One look at getWebhookInfo.

        We are listening when the backlog isn't growing, and nothing is left of what waited when we started or of what
        Telegram could not deliver: answers may lie there for minutes until it tries again.
        """
        at = self._clock.now()
        info = await self._telegram.call("getWebhookInfo", {})
        if info.get("url") != self._address.url:
            log.error("somebody else changed this bot's webhook; setting it back")
            await self._set()
            return
        pending = int(info.get("pending_update_count", 0))
        growing = self._backlog is not None and pending > self._backlog
        self._backlog = pending
        failed_at = float(info.get("last_error_date", 0))
        if pending <= self._dispatcher.in_hand:
            self._failed_at, self._behind, self._trouble = failed_at, None, ""
        elif failed_at > self._failed_at:
            # It is tried again, an hour from here on at the most: an older error says nothing about what waits now.
            self._failed_at, self._behind = failed_at, at
            self._say_once(f"Telegram cannot deliver updates: {info.get('last_error_message', 'no reason given')}.")
        read_up = self._behind is None or at - self._behind > LONGEST_RETRY
        if read_up and not growing:
            await self._heartbeat.beat(at)

    def _say_once(self, sentence: str) -> None:
        if sentence != self._trouble:
            log.error("%s", sentence)
            self._trouble = sentence
