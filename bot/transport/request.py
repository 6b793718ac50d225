"""python-telegram-bot's requests over aiohttp, telling "surely not sent" from "perhaps sent".

PTB's own httpx client scans its connection pool on every request: 71 % of a bot's busy time.
"""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot import quick_json

CONNECT_SECONDS = 5.0  # to be connected
POOL_SECONDS = 15.0  # to get a free connection and be connected
READ_SECONDS = 20.0  # without a byte of the answer
UPLOAD_SECONDS = 15.0  # on top of the others: a call in all stays well under the outbox lease of 60 s
CONNECTIONS = 64

_CONNECTING = (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError, aiohttp.InvalidURL)


class NotSent(NetworkError):
    """No connection came about: Telegram has surely not seen the call."""


class PerhapsSent(TimedOut):
    """The call was written but no whole answer came: Telegram may have carried it out."""


class AiohttpRequest(BaseRequest):
    """One aiohttp session with kept-alive connections; time-outs in seconds."""

    def __init__(self, connections: int = CONNECTIONS, read_seconds: float = READ_SECONDS) -> None:
        self._connections = connections
        self._read_seconds = read_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds without a byte before a call is given up."""
        return self._read_seconds

    async def initialize(self) -> None:
        """Open the session; PTB calls this once for sends and once for getUpdates."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=30, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": self.USER_AGENT}
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def call(self, url: str, params: dict[str, Any], read_seconds: float | None = None) -> Any:
        """`result` of a method whose parameters are plain JSON, past all that the library looks for in a call.

        Raises telegram.error.TelegramError, as the library has it.
        """
        body = quick_json.dumps(params)
        status, payload = await self._exchange(url, "POST", body, _JSON, read_seconds or self._read_seconds)
        if 200 <= status < 300:
            return self.parse_json_payload(payload)["result"]
        return await _Refused(status, payload).post(url)  # the library knows what each refusal means

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One HTTP exchange → (status, body). Raises NotSent or PerhapsSent; messages never hold the URL (token)."""
        read = self._read_seconds if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        body, headers = _body(request_data)
        return await self._exchange(url, method, body, headers, read)

    async def _exchange(
        self, url: str, method: str, body: Any, headers: dict[str, str] | None, read: float | None
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSent("the connection to Telegram is not open yet")
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=_timeout(read), allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except _CONNECTING as error:
            raise NotSent(_reason(error)) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise PerhapsSent(_reason(error)) from None
        except RuntimeError:  # aiohttp's word for a session that is closed under a waiting call
            raise NotSent("the connection to Telegram was closed") from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """JSON of an answer. Raises PerhapsSent for anything else; PTB's own version would log the texts."""
        try:
            parsed = quick_json.loads(payload)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise PerhapsSent("the answer was not JSON")
        return parsed


class _Refused(BaseRequest):
    """An answer that has come, handed to the library for its meaning."""

    def __init__(self, status: int, payload: bytes) -> None:
        self._answer = status, payload

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(self, *_args: Any, **_more: Any) -> tuple[int, bytes]:
        """What came."""
        return self._answer

    parse_json_payload = staticmethod(AiohttpRequest.parse_json_payload)


@lru_cache(maxsize=64)
def _timeout(read: float | None) -> aiohttp.ClientTimeout:
    total = None if read is None else read + POOL_SECONDS + UPLOAD_SECONDS
    return aiohttp.ClientTimeout(total=total, connect=POOL_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=read)


_JSON = {"Content-Type": "application/json"}


def _body(request_data: RequestData | None) -> tuple[Any, dict[str, str] | None]:
    if request_data is None:
        return None, None
    if not request_data.contains_files:
        return json.dumps(request_data.parameters, ensure_ascii=False).encode(), _JSON
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=mime)
    return form, None


def _reason(error: BaseException) -> str:
    # str() of an aiohttp error may hold the whole address, and so the token.
    if isinstance(error, asyncio.TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the host name cannot be resolved"
    if isinstance(error, aiohttp.InvalidURL):
        return "the address is not valid"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
