"""How a place is called when a sentence names it."""

from __future__ import annotations

from bot.flows.scene import Stay
from bot.i18n import Country, Text, Value, say, verbatim


def town(kit: str | None, name: str | None) -> Value | None:
    """A town in the reader's language, as imported where there is no kit."""
    if kit is not None:
        return Text(f"kits/{kit}/name")
    return verbatim(name) if name else None


def city(stay: Stay) -> Value:
    """The host town, else the country."""
    known = town(stay.kit, stay.host_city)
    if known is not None:
        return known
    return Country(stay.host_country) if stay.host_country else say("kit/abroad")
