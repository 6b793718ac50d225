"""How a place is called when a sentence names it."""

from __future__ import annotations

from bot.flows.scene import Stay
from bot.i18n import Country, Text, Value, say, verbatim


def city(stay: Stay) -> Value:
    """The host town in the reader's language, as imported where there is no kit, else the country."""
    if stay.kit is not None:
        return Text(f"kits/{stay.kit}/name")
    if stay.host_city:
        return verbatim(stay.host_city)
    return Country(stay.host_country) if stay.host_country else say("kit/abroad")
