"""`/map` over real HTTP: packed, asked for again each visit, never older than what is public now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import aiohttp

from bot.errors import StorageTrouble
from bot.papers.map_page import content_policy, page
from bot.rules.places import Place
from bot.transport.http import HttpServer
from bot.transport.map_page import MapPage
from tests.support import shipped
from tests.support.map_places import FEW

Visit = Callable[..., Awaitable[tuple[int, Mapping[str, str], str]]]


class Public:
    """What is public at the moment; `looks` counts how often it was asked for."""

    def __init__(self) -> None:
        self.places: list[Place] = list(FEW)
        self.trouble = False
        self.looks = 0

    async def look(self) -> list[Place]:
        self.looks += 1
        if self.trouble:
            raise StorageTrouble("The disk is full.")
        return list(self.places)


def visited(story: Callable[[Public, Visit], Awaitable[None]], every: float = 0.0) -> None:
    """Serves the page and lets a story visit it: `await visit(**headers)` gives status, headers and text."""
    public = Public()
    catalogues = shipped.library().catalogues

    async def run() -> None:
        served = MapPage(public.look, lambda places: page(places, None, catalogues), content_policy(), every)

        async def nothing() -> None:
            return None

        async def no_metrics() -> bytes:
            return b""

        server = HttpServer(served.routes(), nothing, no_metrics)
        await server.start("127.0.0.1", 0)
        async with aiohttp.ClientSession() as http:

            async def visit(**headers: str) -> tuple[int, Mapping[str, str], str]:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                async with http.get(f"http://127.0.0.1:{server.port}/map", headers=named) as answer:
                    return answer.status, answer.headers, await answer.text()

            await story(public, visit)
        await server.stop()

    asyncio.run(run())


def test_it_comes_packed_behind_strict_headers_and_not_twice() -> None:
    async def story(_: Public, visit: Visit) -> None:
        status, headers, text = await visit(Accept_Encoding="gzip")
        assert (status, headers["Content-Encoding"]) == (200, "gzip")
        assert "Autohaus Muster" in text
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'sha256-")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
        assert headers["Cache-Control"] == "no-cache"
        again, _, nothing = await visit(If_None_Match=headers["ETag"])
        assert (again, nothing) == (304, "")
        plain = await visit(Accept_Encoding="identity")
        assert plain[2] == text

    visited(story)


def test_who_withdrew_is_gone_from_everybodys_cache() -> None:
    async def story(public: Public, visit: Visit) -> None:
        _, headers, text = await visit()
        assert "أمينة" in text
        public.places = [place for place in public.places if place.name != "أمينة"]
        status, _, text = await visit(If_None_Match=headers["ETag"])
        assert status == 200
        assert "أمينة" not in text

    visited(story)


def test_when_the_database_cannot_be_read_the_last_page_is_not_shown_again() -> None:
    async def story(public: Public, visit: Visit) -> None:
        await visit()
        public.trouble = True
        status, headers, text = await visit()
        assert (status, headers["Retry-After"]) == (503, "60")
        assert text == "The map cannot be read at the moment. Please try again in a minute.\n"

    visited(story)


def test_many_visitors_at_once_cost_the_database_one_look() -> None:
    async def story(public: Public, visit: Visit) -> None:
        found = await asyncio.gather(*(visit() for _ in range(20)))
        assert {status for status, _, _ in found} == {200}
        assert public.looks == 1

    visited(story, every=60.0)
