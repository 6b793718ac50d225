"""The public map as a page: what may be shown now, drawn with the names of trades that the content knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.content.languages import COMPLETE
from bot.content.loader import Library
from bot.i18n import Text
from bot.papers.map_page import Tiles, page
from bot.rules.outcomes import GENERIC, list_for
from bot.rules.places import Place
from bot.service import places
from bot.service.core import Core


def shown(core: Core, now: datetime) -> list[Place]:
    """Everything that anybody may see. Raises StorageTrouble."""
    with core.store.transaction() as session:
        return places.public(session, core.content, now)


def drawn(library: Library, found: Sequence[Place], language: str | None = None, tiles: Tiles | None = None) -> bytes:
    """The HTML file; `language`: one of the complete ones, None for each reader's own."""
    return page(found, language, library.catalogues, tiles, _trades(library, found))


def _trades(library: Library, found: Sequence[Place]) -> dict[str, dict[str, str]]:
    """By language: a trade as somebody typed it → the name of the trade in that language, where the content knows it.

    So "Panadería" and "CAP boulangerie" are one filter, called as the reader calls it.
    """
    lists = {list_id: one.trades for list_id, one in library.outcomes.items()}
    known = {trade: list_for(trade, lists) for trade in sorted({trade for place in found for trade in place.trades})}
    return {
        language: {
            trade: library.catalogues.plain(Text(f"outcomes/{list_id}/title"), language, "UTC")
            for trade, list_id in known.items()
            if list_id != GENERIC
        }
        for language in COMPLETE
    }
