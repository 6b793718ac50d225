"""One alert as JSON by POST, for an SMS or voice gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.service.delivery import Fate

SECONDS = 15.0
# What the gateway says about this very request; everything else (a wrong key, a moved address) an operator may mend.
_NEVER = frozenset({400, 413, 415, 422})
KEY_HEADER = "Idempotency-Key"


class AlertHook:
    """Posts to `ALERT_WEBHOOK_URL`. A 2xx answer means delivered; redirects are not followed."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, 5.0))

    async def send(self, body: Mapping[str, Any], key: str) -> tuple[Fate, str | None]:
        """The fate of one call and why. UNKNOWN: it may have been accepted."""
        headers = {KEY_HEADER: key, "User-Agent": "Compagnon"}
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as http,
                http.post(self._url, json=dict(body), headers=headers, allow_redirects=False) as answer,
            ):
                return _fate(answer.status)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            return Fate.RETRY, "COMPAGNON_ALERT_WEBHOOK_URL cannot be reached"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return Fate.UNKNOWN, f"the alert webhook did not answer ({type(error).__name__})"

    async def probe(self) -> None:
        """Is anybody there? Any answer counts: a real call would ring telephones. Raises ClientError, TimeoutError."""
        async with (
            aiohttp.ClientSession(timeout=self._timeout) as http,
            http.head(self._url, allow_redirects=False),
        ):
            return


def _fate(status: int) -> tuple[Fate, str | None]:
    if 200 <= status < 300:
        return Fate.SENT, None
    return (Fate.FAILED if status in _NEVER else Fate.RETRY), f"the alert webhook answers {status}"
