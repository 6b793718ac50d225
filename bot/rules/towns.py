"""Where somebody goes: a city with a kit, by its id or its name in any language, or any town with its country.

Zones come from the kit or from the package `tzdata` (zone.tab). A country with several clocks has no zone of its own:
where one of them is the mainland's, a town is taken to lie there, said aloud, unless its name speaks of the islands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from bot.clock import country_zones, only_zone, zone
from bot.content.loader import Library
from bot.errors import BadInput
from bot.i18n import Country, Text, locale_of, show_value
from bot.rules.fold import plain
from bot.rules.typed import shown

# Countries of programme participants whose islands keep another time (tzdata, zone.tab: "(mainland)").
MAINLAND = {"ES": "Europe/Madrid", "PT": "Europe/Lisbon"}
ISLANDS = {
    "ES": ("canari", "palmas", "tenerife", "lanzarote", "fuerteventura", "gomera", "hierro", "arrecife", "laguna"),
    "PT": ("madeira", "funchal", "acores", "azores", "ponta delgada", "angra", "horta", "terceira", "sao miguel"),
}
# What people there call their city, where none of our languages does.
LOCAL_NAMES = {
    "sevilla": "seville", "brussel": "brussels", "bruxelles": "brussels", "beograd": "belgrade",
    "prishtina": "pristina", "prishtine": "pristina", "skoplje": "skopje", "tirane": "tirana",
}  # fmt: skip


class Misplaced(BadInput):
    """A place that cannot be used; `column` names the value to mend (host_city, host_country, host_timezone)."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Town:
    """A host city: `kit` is its kit id or None, `city` the kit id or the name as given, `note` what was assumed."""

    city: str
    country: str
    zone: str
    kit: str | None = None
    note: str = ""


class Towns:
    """Finds towns; build one per import, for it reads every kit's names."""

    def __init__(self, library: Library) -> None:
        self._content = library
        self._kits = _names_of_kits(library)

    def find(self, city: str, country: str | None = None, timezone: str | None = None) -> Town:
        """The town of that name. `country` is ISO 3166, `timezone` an IANA name; both may be missing for a city with
        a kit. Raises Misplaced."""
        if timezone is not None:
            zone(timezone)
        kit_id = self._kits.get(plain(city))
        kit = self._content.kits.get(kit_id) if kit_id else None
        if kit is not None and country in (None, kit.country):
            return Town(kit.id, kit.country, timezone or kit.zone, kit.id)
        if country is None:
            close = get_close_matches(plain(city), self._kits, n=1, cutoff=0.75)
            meant = f"did you mean {kit_name(self._content, self._kits[close[0]])}? Else " if close else ""
            raise Misplaced(
                "host_city", f"“{shown(city)}” has no city kit: {meant}add its country as host_country, such as IT."
            )
        note = f"the kit for {kit.id} is not used, for host_country says {country}" if kit else ""
        if timezone is not None:
            return Town(city, country, timezone, note=note)
        found = only_zone(country)
        if found is not None:
            return Town(city, country, found, note=note)
        return self._on_the_mainland(city, country)

    def known(self, city: str) -> str | None:
        """The kit id of a city by its name in any language; None for a town without a kit."""
        return self._kits.get(plain(city))

    def _on_the_mainland(self, city: str, country: str) -> Town:
        name, zones = show_value(Country(country), locale_of("en"), "UTC"), country_zones(country)
        mainland = MAINLAND.get(country)
        if not zones:
            raise Misplaced(
                "host_country", f"No time zone is known for “{country}”: add host_timezone, such as Europe/Rome."
            )
        if mainland is None or any(word in plain(city) for word in ISLANDS[country]):
            known = ", ".join(zones[:4])
            raise Misplaced("host_timezone", f"{name} has several time zones: add host_timezone, one of {known} …")
        return Town(
            city, country, mainland, note=f"{shown(city)} is taken to keep {mainland}; if not, add host_timezone"
        )


def _names_of_kits(library: Library) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for kit_id in library.kits:
        for language in library.catalogues.languages:
            forms, _ = library.catalogues.forms(f"kits/{kit_id}/name", language)
            found.setdefault(plain(forms[0]), kit_id)
    local = {name: kit_id for name, kit_id in LOCAL_NAMES.items() if kit_id in library.kits}
    # An id always means its own kit.
    return local | found | {plain(kit_id): kit_id for kit_id in library.kits}


@lru_cache(maxsize=4)
def _kits_there(library: Library) -> Mapping[tuple[str, str], str]:
    return {(name, library.kits[kit_id].country): kit_id for name, kit_id in _names_of_kits(library).items()}


def kit_called(library: Library, town: str, country: str) -> str | None:
    """The kit of a town in a country, by any of its names; None for a town without one."""
    return _kits_there(library).get((plain(town), country))


def kit_name(library: Library, kit_id: str, language: str = "en") -> str:
    """What a kit's city is called."""
    return library.catalogues.plain(Text(f"kits/{kit_id}/name"), language, "UTC")
