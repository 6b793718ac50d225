"""A place on the map, as the public may see it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["host", "ambassador", "partner"]


@dataclass(frozen=True, slots=True)
class Place:
    """No contact person's name, phone or e-mail; `id` is stable, `country` ISO 3166 alpha-2, `languages` BCP-47."""

    id: str
    kind: Kind
    name: str
    town: str
    country: str
    latitude: float
    longitude: float
    exact: bool
    trades: tuple[str, ...]
    languages: tuple[str, ...]
    about: str | None
    size: str | None
    capacity: int | None
    tasks: str | None
    website: str | None
    source: str | None
    sample: bool
    agreed_on: date | None
    when: str | None


def mark_of(trade: str) -> str:
    """Short for a trade, or for what the content calls it: the same however it is capitalised."""
    return hashlib.sha256(" ".join(trade.casefold().split()).encode()).hexdigest()[:6]
