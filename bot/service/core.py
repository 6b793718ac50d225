"""What every use case needs: the database, the content, and the name of this process."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.loader import Library
from bot.rules.kit_search import KitSearch
from bot.store.engine import Store


@dataclass(frozen=True, slots=True)
class Core:
    """Handed to every use case; safe to share between threads."""

    store: Store
    content: Library
    search: KitSearch
    data_dir: Path = Path("data")
    channels: frozenset[str] = frozenset()  # second ways out that are set up: mail, webhook
    per_second: float = 25  # messages that nobody asked for, as set: for saying when the last one will be out
    owner: str = field(default_factory=lambda: secrets.token_hex(8))  # names this process in leases
