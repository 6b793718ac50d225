"""The sandbox: a stand-in for the Telegram Bot API on loopback, with a web chat. One aiohttp application, one port."""

import mimetypes
import re
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.sandbox.api import BotApi, lost
from bot.sandbox.control import ControlApi
from bot.sandbox.director import Director
from bot.sandbox.guard import LOOPBACK, Handler, guarded
from bot.sandbox.world import World

WEB = Path(__file__).parent / "web"
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_LARGEST_REQUEST = 80 * 1024 * 1024


def _real_now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """`start`, talk to `url`, `stop`. `world` is the state, for in-process tests; `api` the calls, faults and webhook.

    `now` gives aware UTC datetimes (message dates); `monotonic` seconds (flood limits, age of taps). Raises ValueError
    for a token that is not "digits:text".
    """

    def __init__(
        self,
        token: str = "100:TEST",
        bot_username: str = "compagnon_demo_bot",
        now: Callable[[], datetime] = _real_now,
        director: Director | None = None,
        allowed_hosts: Collection[str] = (),
        *,
        flood_limits: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not _TOKEN.fullmatch(token):
            raise ValueError(f'A sandbox token looks like "100:TEST" (digits, colon, text); {token!r} does not.')
        self.world = World(token, bot_username, now, monotonic, flood_limits)
        self.api = BotApi(self.world, token)
        self.control = ControlApi(self.world, self.api, director)
        self.port = 0
        self._host = ""
        self._hosts = LOOPBACK | frozenset(allowed_hosts)
        self._runner: web.AppRunner | None = None

    @property
    def map(self) -> Handler | None:
        """What answers at `/map`: a page of whoever runs this, or nothing."""
        return self.control.map

    @map.setter
    def map(self, page: Handler) -> None:
        self.control.map = page

    @property
    def url(self) -> str:
        """Base address: methods at `{url}/bot{token}/{method}`, the page at `{url}/`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listens; port 0 takes a free one. Raises OSError when the port is in use."""
        runner = web.AppRunner(self._application(), access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner, self._host = runner, host
        self.port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Ends streams, webhook delivery and the server."""
        self.world.hub.close()
        await self.api.webhook.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def clock_changed(self) -> None:
        """For the director: shows the pages the new time and re-reads invites."""
        await self.control.clock_changed()

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        router = app.router
        router.add_route("*", "/bot{token}/{method}", self.api.handle)
        router.add_route("GET", "/file/bot{token}/{path:.+}", self.api.file)
        router.add_route("*", "/bot{rest:.*}", lost)
        pages = [
            *self.control.routes(),
            ("GET", "/", _page),
            ("GET", "/web/{name:.+}", _page),
            ("GET", "/map", self._map),
        ]
        for verb, path, handler in pages:
            router.add_route(verb, path, guarded(handler, self._hosts, lambda: self.port))
        return app

    async def _map(self, request: web.Request) -> web.StreamResponse:
        if self.map is None:
            return web.json_response({"error": "There is no map in this sandbox."}, status=404)
        return await self.map(request)


async def _page(request: web.Request) -> web.StreamResponse:
    """A file of the web page."""
    name = request.match_info.get("name", "index.html")
    path = (WEB / name).resolve()
    if not path.is_relative_to(WEB) or not path.is_file():
        return web.json_response({"error": f"There is no page {name!r} in this sandbox."}, status=404)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    charset = "utf-8" if kind.startswith("text/") or kind == "image/svg+xml" else None
    return web.Response(body=path.read_bytes(), content_type=kind, charset=charset)
