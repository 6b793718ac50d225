"""Small facts about the bot itself that other processes need: its user name, for invite links."""

from __future__ import annotations

from bot.service.core import Core
from bot.store.tables import BotState
from bot.store.writing import upsert

USERNAME = "username"


def remember_username(core: Core, username: str) -> None:
    """Keep the bot's user name, as getMe says it (without @)."""
    with core.store.transaction() as session:
        upsert(session, BotState, {"name": USERNAME}, {"value": username, "number": None})


def username(core: Core) -> str | None:
    """The bot's user name; None while the bot has never run."""
    with core.store.transaction() as session:
        row = session.get(BotState, USERNAME)
        return row.value if row else None
