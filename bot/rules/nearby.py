"""The places of a kit that are nearest to somebody, by geodesic distance. Offline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

from bot.content.kits import Kit, Place, PlaceKind

URGENT: tuple[PlaceKind, ...] = ("hospital", "police", "station", "airport", "pharmacy")  # what is shown, in this order
CITY_KM = 30.0  # further than this from the centre is outside the host city
HERE_KM = 0.02  # nearer than this has no direction
SPHERE_KM = 6371.009
SPHERE_OFF = 0.006  # the sphere's distance is wrong by at most this part of it
_POINTS = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")


Point = tuple[float, float, str, str]  # latitude, longitude, name, id


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody is, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Near:
    """A place, how far as the crow flies, and in which of eight directions; none where one stands before it."""

    place: Place
    kilometres: float
    direction: str | None


def nearest(kit: Kit, spot: Spot, kinds: Iterable[PlaceKind] = URGENT) -> tuple[Near, ...]:
    """The nearest place of each kind that the kit has with its degrees, in the order of the kinds."""
    found = []
    for kind in kinds:
        near = [_near(place, spot) for place in kit.places if place.kind == kind and _located(place)]
        if near:
            found.append(min(near, key=lambda one: one.kilometres))
    return tuple(found)


def any_near(kit: Kit) -> bool:
    """Has the kit any of these places with its degrees?"""
    return any(place.kind in URGENT and _located(place) for place in kit.places)


def outside(kit: Kit, spot: Spot) -> float | None:
    """Kilometres to the centre for somebody outside the host city, None inside."""
    away = kilometres(spot, kit.latitude, kit.longitude)
    return away if away > CITY_KM else None


def _located(place: Place) -> bool:
    return place.latitude is not None and place.longitude is not None


def _near(place: Place, spot: Spot) -> Near:
    latitude, longitude = place.latitude or 0.0, place.longitude or 0.0
    away = kilometres(spot, latitude, longitude)
    return Near(place, away, direction(spot, latitude, longitude) if away > HERE_KM else None)


def kilometres(spot: Spot, latitude: float, longitude: float) -> float:
    """How far as the crow flies, on the ellipsoid."""
    return float(_ruler().measure((spot.latitude, spot.longitude), (latitude, longitude)))


@cache
def _ruler() -> Any:
    """One for all: a new one for each distance computes the ellipsoid's series anew."""
    from geopy.distance import geodesic  # reads all of geopy's geocoders, too

    return geodesic(0)


def roughly(spot: Spot, latitude: float, longitude: float) -> float:
    """Kilometres on a sphere: a hundred times cheaper than `kilometres`, and off by at most `SPHERE_OFF`."""
    south, north = radians(spot.latitude), radians(latitude)
    up, aside = sin((north - south) / 2), sin(radians(longitude - spot.longitude) / 2)
    return 2 * SPHERE_KM * asin(sqrt(min(1.0, up * up + cos(south) * cos(north) * aside * aside)))


def first(points: Iterable[Point], spot: Spot, within: float | None, most: int | None) -> list[tuple[float, Point]]:
    """Kilometres and point, nearest first, then by name and id.

    The sphere tells which points can be among the first so many; only theirs is measured on the ellipsoid, once a spot.
    """
    rough = sorted((roughly(spot, point[0], point[1]), point) for point in points)
    if within is not None:
        rough = [one for one in rough if one[0] <= within * (1 + SPHERE_OFF)]
    if most is not None and 0 < most < len(rough):
        last = rough[most - 1][0] * (1 + SPHERE_OFF) / (1 - SPHERE_OFF)
        rough = [one for one in rough if one[0] <= last]
    away = {at: kilometres(spot, *at) for at in {point[:2] for _, point in rough}}
    found = sorted(((away[point[:2]], point) for _, point in rough), key=lambda one: (one[0], one[1][2:]))
    return [one for one in found if within is None or one[0] <= within][:most]


def direction(spot: Spot, latitude: float, longitude: float) -> str:
    """In which of eight directions it lies, measured on the ellipsoid: a step north and one east tell how far it is
    either way."""
    north = kilometres(spot, latitude, spot.longitude) * (1 if latitude >= spot.latitude else -1)
    east = kilometres(Spot(latitude, spot.longitude), latitude, longitude) * (1 if longitude >= spot.longitude else -1)
    return _POINTS[_eighth(north, east)]


def _eighth(north: float, east: float) -> int:
    """Which of eight directions, from north clockwise."""
    diagonal = min(abs(north), abs(east)) > 0.414 * max(abs(north), abs(east))  # tan 22.5°
    if diagonal:
        return {(1, 1): 1, (-1, 1): 3, (-1, -1): 5, (1, -1): 7}[1 if north > 0 else -1, 1 if east > 0 else -1]
    if abs(north) >= abs(east):
        return 0 if north >= 0 else 4
    return 2 if east >= 0 else 6
