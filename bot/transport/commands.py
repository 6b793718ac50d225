"""The command lists that Telegram shows, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from bot.i18n import Catalogues, say

# What strangers see; people get their own list from `bot.service.commands`.
EVERYBODY = ("start", "sos", "help", "language", "privacy")


def described(names: Iterable[str], catalogues: Catalogues, language: str) -> list[tuple[str, str]]:
    """(name, description) of each command; texts are `interface/commands/<name>`."""
    return [(name, catalogues.plain(say(f"commands/{name}"), language, "UTC")) for name in names]
