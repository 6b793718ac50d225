"""The one HTTP server of a process: the webhook where there is one, the public map, `/healthz` and `/metrics`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.errors import BadSetting
from bot.transport.meters import CONTENT_TYPE

BODY_LIMIT = 1024 * 1024  # bytes; an update has a few thousand


class HttpServer:
    """Not for the open internet: a proxy passes on the webhook's path and the map's."""

    def __init__(
        self, routes: list[web.RouteDef], ages: Callable[[], Awaitable[Mapping[str, float] | None]],
        metrics: Callable[[], Awaitable[bytes]],
    ) -> None:  # fmt: skip
        """`ages`: seconds since each thing last worked, None when the database cannot be used."""
        self._ages, self._metrics = ages, metrics
        application = web.Application(client_max_size=BODY_LIMIT)
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/metrics", self._show_metrics)
        application.router.add_routes(routes)
        # No access log: it costs a third of the time, and says nothing that our own log does not.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=5)

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises BadSetting, one sentence, when the port is taken or the host is not ours."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise BadSetting(
                f"COMPAGNON_LISTEN: cannot listen at {host}:{port} ({error.strerror or error}); "
                "is another program there?"
            ) from None

    @property
    def port(self) -> int:
        """The port listened at."""
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Finish what is under way and stop listening."""
        await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        # By the database alone: a bot that has heard nothing for a while must stay behind its proxy, or never hears.
        ages = await self._ages()
        body = {
            "status": "ok" if ages is not None else "storage trouble",
            "database": ages is not None,
            "intake_age": _seconds(ages, "intake"),
            "scheduler_age": _seconds(ages, "scheduler"),
        }
        return web.json_response(body, status=200 if ages is not None else 503)

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=await self._metrics(), headers={"Content-Type": CONTENT_TYPE})


def _seconds(ages: Mapping[str, float] | None, name: str) -> float | None:
    found = (ages or {}).get(name)
    return round(found, 1) if found is not None else None
