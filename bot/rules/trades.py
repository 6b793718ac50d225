"""What a trade is called: people type "Panadería", "CAP boulangerie" and "baker", and all mean one."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from bot.content.loader import Library
from bot.i18n import Text, verbatim
from bot.rules.outcomes import GENERIC, list_for
from bot.rules.places import mark_of


@lru_cache(maxsize=4)
def _finder(library: Library) -> Callable[[str], str | None]:
    lists = {list_id: one.trades for list_id, one in library.outcomes.items()}

    @lru_cache(maxsize=4096)
    def find(trade: str) -> str | None:
        found = list_for(trade, lists)
        return None if found == GENERIC else found

    return find


def known_trade(library: Library, trade: str) -> str | None:
    """The list of learning outcomes for a trade as somebody typed it; None for a trade that has none."""
    return _finder(library)(trade)


def trade_called(library: Library, trade: str) -> Text:
    """Its name in the reader's language, where the content knows the trade; else as it was typed."""
    known = known_trade(library, trade)
    return verbatim(trade) if known is None else Text(f"outcomes/{known}/title")


def trade_mark(library: Library, trade: str) -> str:
    """What a button calls it: the same for every way to write one trade."""
    return mark_of(known_trade(library, trade) or trade)
