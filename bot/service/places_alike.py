"""Hosts that may be one twice: rows of a list with each other and with the map, and cards with each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.loader import Library
from bot.rules.alike import One, Pair, pairs
from bot.rules.fold import fold
from bot.rules.towns import kit_called
from bot.store.tables import Host

_WHY = {"name": "have nearly the same name in the same town", "address": "have the same address",
        "position": "stand at the same spot"}  # fmt: skip


def in_list(session: Session, library: Library, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences about rows that resemble an earlier row, or a card on the map that the list does not name."""
    keys = {values["key"] for values in rows}
    others = (host for host in _cards(session) if host.key not in keys)
    known = [_card(host) for host in others]
    here = [
        One(f"row {v['row']} “{v['name']}”", v["name"], v["town"], v["country"], v["address"], v["latitude"],
            v["longitude"], v["exact"])
        for v in rows
    ]  # fmt: skip
    labels = {one.label for one in here}
    return [_said(pair, labels) for pair in pairs([*known, *here], town_of(library)) if pair.second.label in labels]


def _said(pair: Pair, rows: set[str]) -> str:
    both = f"{pair.first.label} and {pair.second.label} {_WHY[pair.why]}"
    if pair.first.label in rows:
        return f"{both}: if they are one host, keep one row"
    name = pair.first.label.split()[0]
    return f"{both}: if they are one host, call it so in the list, or take {name} off with `compagnon map withdraw`"


def on_map(session: Session, library: Library) -> list[tuple[str, str, str]]:
    """Id, name and what to do, for each card that resembles an earlier one."""
    found = pairs([_card(host) for host in _cards(session)], town_of(library))
    return [
        (
            pair.second.label.split()[0], pair.second.name,
            f"and {pair.first.label} {_WHY[pair.why]}: if they are one host, `compagnon map withdraw` one of them",
        )
        for pair in found
    ]  # fmt: skip


def _cards(session: Session) -> Sequence[Any]:
    columns = (Host.id, Host.key, Host.name, Host.town, Host.country, Host.address, Host.latitude, Host.longitude,
               Host.exact)  # fmt: skip
    return session.execute(select(*columns).where(Host.withdrawn_at.is_(None)).order_by(Host.id)).all()


def _card(host: Any) -> One:
    return One(
        f"h{host.id} “{host.name}”", host.name, host.town, host.country, host.address, host.latitude, host.longitude,
        host.exact,
    )  # fmt: skip


def town_of(library: Library) -> Callable[[str, str], str]:
    """What a town is known by: the id of its kit under each of its names, else its name folded."""
    return cache(lambda town, country: kit_called(library, town, country) or fold(town))
