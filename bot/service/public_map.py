"""The public map as a page: what may be shown now, drawn with the names of trades that the content knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.languages import COMPLETE
from bot.content.loader import Library
from bot.i18n import Text
from bot.papers.map_page import Tiles, page
from bot.rules.fold import fold
from bot.rules.places import Place
from bot.rules.trades import known_trade
from bot.service import places
from bot.service.core import Core


def shown(core: Core, now: datetime) -> list[Place]:
    """Everything that anybody may see. Raises StorageTrouble."""
    with core.store.transaction() as session:
        return places.public(session, core.content, now)


def drawn(library: Library, found: Sequence[Place], language: str | None = None, tiles: Tiles | None = None) -> bytes:
    """The HTML file; `language`: one of the complete ones, None for each reader's own."""
    return page(found, language, library.catalogues, tiles, _trades(library, found), _towns(library, found))


def _trades(library: Library, found: Sequence[Place]) -> dict[str, dict[str, str]]:
    """By language: a trade as somebody typed it → the name of the trade in that language, where the content knows it.

    So "Panadería" and "CAP boulangerie" are one filter, called as the reader calls it.
    """
    known = {trade: known_trade(library, trade) for trade in sorted({t for place in found for t in place.trades})}
    return {
        language: {
            trade: library.catalogues.plain(Text(f"outcomes/{list_id}/title"), language, "UTC")
            for trade, list_id in known.items()
            if list_id is not None
        }
        for language in COMPLETE
    }


def _towns(library: Library, found: Sequence[Place]) -> dict[str, dict[str, str]]:
    """By language: a town and its country (`Sevilla|ES`) → its name in that language, for every town with a kit.

    Under each of its names, and as it is written in a place.
    """
    names = {
        kit_id: {tag: library.catalogues.plain(Text(f"{kit.path}/name"), tag, "UTC") for tag in COMPLETE}
        for kit_id, kit in library.kits.items()
    }
    written = {(name, library.kits[kit_id].country): kit_id for kit_id, all_ in names.items() for name in all_.values()}
    folded = {(fold(name), country): kit_id for (name, country), kit_id in written.items()}
    for town, country in sorted({(place.town, place.country) for place in found}):
        if kit_id := folded.get((fold(town), country)):
            written[town, country] = kit_id
    return {
        tag: {f"{town}|{country}": names[kit_id][tag] for (town, country), kit_id in written.items()}
        for tag in COMPLETE
    }
