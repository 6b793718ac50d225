"""A Telegram client at a sandbox desk, and deliveries to send with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.flows.vocabulary import Kind, Screen, screen
from bot.i18n import Catalogues, Entry, Text, verbatim
from bot.service.delivery import Delivery
from bot.transport.client import Telegram
from tests.support.sandbox import TOKEN, Desk, desk

CATALOGUES = Catalogues(
    {
        "hello": Entry(("Hello <b>{name}</b>",)),
        "plain": Entry(("Just words",)),
        "ok": Entry(("I'm fine",)),
        "broken": Entry(("<b>never closed & <i>wrong</b>",)),
        "long": Entry(("<b>" + "word " * 2000 + "</b>",)),
    },
    {"fr": {"hello": ("Bonjour <b>{name}</b>",), "ok": ("Tout va bien",)}},
)


def delivery(shown: Screen | str = "plain", chat_id: int = 7, **more: Any) -> Delivery:
    """A delivery of a screen, or of one text by its id."""
    what = screen(Text(shown)) if isinstance(shown, str) else shown
    fields: dict[str, Any] = {"id": 1, "kind": Kind.ANSWER, "language": "en", "zone": "Europe/Paris"} | more
    return Delivery(chat_id=chat_id, screen=what, **fields)


def words(text: str, **more: Any) -> Screen:
    """A screen of given words."""
    return screen(verbatim(text), **more)


@asynccontextmanager
async def line(**options: Any) -> AsyncIterator[tuple[Desk, Telegram]]:
    """A desk and an open client that talks to it; `read_seconds` and `data_dir` are the client's."""
    mine = {name: options.pop(name) for name in ("read_seconds", "data_dir") if name in options}
    async with desk(**options) as here:
        telegram = Telegram(TOKEN, here.sandbox.url, CATALOGUES, here.clocks, **mine)
        await telegram.open()
        try:
            yield here, telegram
        finally:
            await telegram.close()


def on_the_line(scenario: Callable[[Desk, Telegram], Awaitable[None]], **options: Any) -> None:
    """Run an async scenario with a desk and a client."""

    async def run() -> None:
        async with line(**options) as (here, telegram):
            await scenario(here, telegram)

    asyncio.run(run())
