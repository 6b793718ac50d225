"""`/map`: the map in a browser, for everybody who has the address. It shows what is public now, and nothing older."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.errors import StorageTrouble
from bot.rules.places import Place

# A reader's page is asked about again at every visit; so many of them cost the database one look a second.
LOOK_SECONDS = 1.0
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Kept by browsers, shown again only after asking: who withdrew is not in anybody's cache.
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class _Drawn:
    places: Sequence[Place]
    body: bytes
    packed: bytes
    tag: str


class MapPage:
    """Draws the page anew when its places have changed, and hands it out."""

    def __init__(
        self, look: Callable[[], Awaitable[Sequence[Place]]], draw: Callable[[Sequence[Place]], bytes], policy: str,
        every: float = LOOK_SECONDS,
    ) -> None:  # fmt: skip
        """`look`: the public places, raises StorageTrouble; `draw`: the page; `policy`: what the page may do."""
        self._look, self._draw, self._every = look, draw, every
        self._headers = {**HEADERS, "Content-Security-Policy": f"{policy}; frame-ancestors 'none'; form-action 'none'"}
        self._looking = asyncio.Lock()
        self._looked_at = float("-inf")
        self._drawn: _Drawn | None = None

    def routes(self) -> list[web.RouteDef]:
        """The one route, for GET and HEAD."""
        return [web.get("/map", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """The page, or that the reader has it already."""
        try:
            drawn = await self._current()
        except (StorageTrouble, TimeoutError):
            # Not the last page: somebody on it may have withdrawn since.
            words = "The map cannot be read at the moment. Please try again in a minute.\n"
            return web.Response(status=503, text=words, headers={**self._headers, "Retry-After": "60"})
        headers = {**self._headers, "ETag": f'W/"{drawn.tag}"'}
        if any(known.value in (drawn.tag, "*") for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        if packed:
            headers["Content-Encoding"] = "gzip"
        body = drawn.packed if packed else drawn.body
        return web.Response(body=body, headers=headers, content_type="text/html", charset="utf-8")

    async def _current(self) -> _Drawn:
        async with self._looking:
            if self._drawn is None or time.monotonic() - self._looked_at >= self._every:
                looked_at = time.monotonic()
                async with asyncio.timeout(5):
                    places = await self._look()
                if self._drawn is None or places != self._drawn.places:
                    self._drawn = await asyncio.to_thread(self._made, places)
                self._looked_at = looked_at
            return self._drawn

    def _made(self, places: Sequence[Place]) -> _Drawn:
        body = self._draw(places)
        return _Drawn(places, body, gzip.compress(body, 6, mtime=0), hashlib.sha256(body).hexdigest()[:32])
