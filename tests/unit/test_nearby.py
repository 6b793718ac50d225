"""The nearest places of a kit."""

from __future__ import annotations

from datetime import date

import pytest

from bot.content.kits import Kit, Place, PlaceKind
from bot.rules.nearby import Point, Spot, first, kilometres, nearest, outside
from tests.support import shipped

CHECKED = {"source": ("map",), "checked": date(2026, 1, 1)}


def place(name: str, kind: PlaceKind, latitude: float | None, longitude: float | None) -> Place:
    return Place(id=name, kind=kind, name=name, latitude=latitude, longitude=longitude, **CHECKED)


def kit(*places: Place) -> Kit:
    return Kit(
        id="town", path="kits/town", source_language="en", name="Town", country="FR", zone="Europe/Paris",
        latitude=45.0, longitude=4.0, places=places, sources={"map": "https://example.org"},
    )  # fmt: skip


CENTRE = Spot(45.0, 4.0)


def test_of_each_kind_the_nearest_is_found() -> None:
    near, far = place("near", "hospital", 45.01, 4.0), place("far", "hospital", 45.1, 4.0)
    police = place("police", "police", 44.99, 4.0)
    found = nearest(kit(police, far, near), CENTRE)
    assert [one.place.name for one in found] == ["near", "police"]
    assert found[0].kilometres == pytest.approx(1.11, abs=0.01)


@pytest.mark.parametrize(
    "latitude, longitude, direction",
    [
        (45.01, 4.0, "north"), (45.01, 4.014, "north_east"), (45.0, 4.01, "east"), (44.99, 4.014, "south_east"),
        (44.99, 4.0, "south"), (44.99, 3.986, "south_west"), (45.0, 3.99, "west"), (45.01, 3.986, "north_west"),
        (45.0, 4.0, None),
    ],
)  # fmt: skip
def test_the_direction_is_told(latitude: float, longitude: float, direction: str | None) -> None:
    assert nearest(kit(place("it", "station", latitude, longitude)), CENTRE)[0].direction == direction


def test_a_place_without_degrees_is_left_out() -> None:
    assert nearest(kit(place("somewhere", "police", None, None)), CENTRE) == ()


def test_somebody_outside_the_host_city_is_noticed() -> None:
    assert outside(kit(), CENTRE) is None
    assert outside(kit(), Spot(45.2, 4.1)) is None
    assert outside(kit(), Spot(48.85, 2.35)) == pytest.approx(448, abs=5)


@pytest.mark.parametrize("spot", [Spot(90, 0), Spot(-90, 180), Spot(0, -180)])
def test_the_ends_of_the_earth_are_places_too(spot: Spot) -> None:
    assert outside(kit(place("it", "police", 45.0, 4.0)), spot)
    assert nearest(kit(place("it", "police", 45.0, 4.0)), spot)


def test_every_shipped_place_with_degrees_lies_in_or_near_its_city() -> None:
    for one in shipped.library().kits.values():
        for found in one.places:
            if found.latitude is not None and found.longitude is not None and found.kind != "airport":
                assert outside(one, Spot(found.latitude, found.longitude)) is None, found.name


@pytest.mark.parametrize("spot", [CENTRE, Spot(89.95, 10.0), Spot(-17.0, 179.99), Spot(0.0, 0.0)], ids=str)
def test_the_first_few_are_those_that_the_ellipsoid_says(spot: Spot) -> None:
    points: list[Point] = [
        (
            max(-90.0, min(90.0, spot.latitude + n * 37 % 41 / 100 - 0.2)),
            (spot.longitude + n * 29 % 43 / 60 - 0.3 + 180) % 360 - 180,
            str(n),
            str(n),
        )
        for n in range(200)
    ]
    true = sorted((kilometres(spot, north, east), name) for north, east, name, _ in points)
    found = [(away, point[2]) for away, point in first(points, spot, 20.0, 10)]
    assert found == [one for one in true if one[0] <= 20.0][:10]


def test_of_several_at_one_spot_the_first_by_name_are_told() -> None:
    points: list[Point] = [(45.1, 4.0, name, name) for name in "cab"]
    assert [point[2] for _, point in first(points, CENTRE, None, 2)] == ["a", "b"]
