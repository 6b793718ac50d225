"""What commands need of Telegram: the bot's own name, for links."""

from __future__ import annotations

import asyncio

from admin_cli.context import Desk
from admin_cli.output import warn
from bot.clock import SystemClock
from bot.errors import TransportError
from bot.service import bot_state
from bot.transport.client import Telegram


def know_bot(d: Desk) -> str | None:
    """Learn the bot's name for links, once. Without it they say YOUR_BOT: returns why, for `tell_placeholder`."""
    if bot_state.username(d.core) is not None:
        return None
    why = "no token is set (COMPAGNON_TOKEN)"
    if d.settings.token is not None:
        try:
            bot_state.remember_username(d.core, asyncio.run(_ask_name(d)))
            return None
        except TransportError as error:
            why = str(error)
    return why


def tell_placeholder(why: str | None, *links: str | None) -> None:
    """Say on standard error that links which are printed do not name the bot, and why."""
    if why is not None and any(links):
        warn(f"The links say YOUR_BOT, for the bot's name is not known yet: {why}")


async def _ask_name(d: Desk) -> str:
    telegram = Telegram(
        d.settings.require_token(), d.settings.api_url, d.core.content.catalogues, SystemClock(), d.settings.data_dir
    )
    try:
        return (await telegram.open()).username
    finally:
        await telegram.close()
