"""The lane of the second channels: claim → attempt → e-mail or call → finish. Every process that sends has one."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta

import aiohttp
import aiosmtplib
from prometheus_client import Counter

from bot.clock import Clock
from bot.errors import StorageTrouble
from bot.i18n import Catalogues
from bot.rules.retry import backoff
from bot.service import second_sending
from bot.service.core import Core
from bot.service.delivery import Fate
from bot.service.second_channel import MAIL, WEBHOOK
from bot.service.second_sending import SecondDelivery, SecondResult
from bot.transport import second_words
from bot.transport.mail import Mailer, sentence, server_of
from bot.transport.pool import Pool
from bot.transport.webhook_out import AlertHook

log = logging.getLogger(__name__)

AT_ONCE = 8
LOOK_EVERY = 1.0  # seconds
CLEAN_EVERY = 5.0
LONGEST_PAUSE = timedelta(seconds=5)
_TROUBLE = (aiosmtplib.SMTPException, aiohttp.ClientError, OSError, TimeoutError)


class SecondLane:
    """`run` until cancelled; `drain` to have it all out now. Without a channel it has nothing to do."""

    def __init__(self, core: Core, pool: Pool, clock: Clock, mailer: Mailer | None, hook: AlertHook | None) -> None:
        self._core, self._pool, self._clock = core, pool, clock
        self._mailer, self._hook = mailer, hook
        self._channels = [name for name, there in ((MAIL, mailer), (WEBHOOK, hook)) if there is not None]
        self._cleaned = 0.0
        self.count: Counter | None = None  # by channel and fate

    async def run(self) -> None:
        """Send what is due, again and again; a slow mail server holds up no call, and the other way round."""
        await asyncio.gather(self._say_what_is_wrong(), *(self._lane(channel) for channel in self._channels))

    async def _lane(self, channel: str) -> None:
        failures = 0
        while True:
            try:
                found = await self._round(channel)
            except StorageTrouble as trouble:
                failures += 1
                log.error("%s Trying again.", trouble)
            except Exception:
                failures += 1
                log.exception("the second channels stumbled and go on")
            else:
                failures = 0
                if not found:
                    await asyncio.sleep(LOOK_EVERY)
                continue
            await asyncio.sleep(backoff(failures, cap=LONGEST_PAUSE).total_seconds())

    async def drain(self) -> None:
        """Send until nothing is due (tests, a clean end)."""
        while sum([await self._round(channel) for channel in self._channels]):
            pass

    async def _round(self, channel: str) -> int:
        if time.monotonic() - self._cleaned >= CLEAN_EVERY:
            self._cleaned = time.monotonic()
            await self._pool.run(second_sending.tidy, self._core, self._clock.now())
        batch = await self._pool.run(self._take, channel)
        if batch:
            # Each is marked when it is done: a slow server holds up nobody else's mark.
            await asyncio.gather(*(self._carry(delivery) for delivery in batch))
        return len(batch)

    def _take(self, channel: str) -> list[SecondDelivery]:
        now = self._clock.now()
        claimed = second_sending.claim(self._core, channel, now, AT_ONCE)
        if not claimed:
            return []
        ours = second_sending.attempt(self._core, [delivery.id for delivery in claimed], now)
        return [delivery for delivery in claimed if delivery.id in ours]

    async def _carry(self, delivery: SecondDelivery) -> None:
        fate, error = await self._send(delivery)
        if self.count is not None:
            self.count.labels(delivery.channel, fate.value).inc()
        if fate is not Fate.SENT:
            log.warning("%s %s: %s", delivery.channel, delivery.id, error)
        now = self._clock.now()
        # What cannot be marked now keeps its lease; when that is over, it goes out again.
        await self._pool.run(second_sending.finish, self._core, [SecondResult(delivery.id, fate, now, error)], now)

    async def _send(self, delivery: SecondDelivery) -> tuple[Fate, str | None]:
        catalogues: Catalogues = self._core.content.catalogues
        try:
            if delivery.channel == MAIL and self._mailer is not None:
                message = second_words.mail(delivery, self._mailer.server.sender, catalogues)
                return await self._mailer.send(message)
            if self._hook is not None:
                return await self._hook.send(second_words.call(delivery, catalogues), delivery.key)
        except ValueError as error:
            return Fate.FAILED, f"could not be written: {error}"
        except Exception:
            log.exception("%s %s could not be made", delivery.channel, delivery.id)
            return Fate.FAILED, "could not be written"
        return Fate.RETRY, "this process has no such channel"

    async def _say_what_is_wrong(self) -> None:
        """At the start, so that it is not found out at the first alert."""
        for what, channel in (("e-mail", self._mailer), ("the alert webhook", self._hook)):
            if channel is not None:
                try:
                    await channel.probe()
                except _TROUBLE as error:
                    log.error("%s does not work: %s", what, why(error))


def why(error: Exception) -> str:
    """One sentence for an operator."""
    if isinstance(error, aiohttp.ClientError):
        return f"COMPAGNON_ALERT_WEBHOOK_URL cannot be reached ({type(error).__name__})"
    return sentence(error)


def lane_of(
    core: Core, pool: Pool, clock: Clock, smtp_url: str | None, sender: str | None, hook_url: str | None
) -> SecondLane:
    """The lane for these settings; `sender` is set where `smtp_url` is."""
    mailer = Mailer(server_of(smtp_url, sender)) if smtp_url and sender else None
    return SecondLane(core, pool, clock, mailer, AlertHook(hook_url) if hook_url else None)
