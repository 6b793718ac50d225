"""`map geocode` with a server on loopback that is slow, wrong, busy or down; waits are written down, not waited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import TooManyRequests, Unreachable
from bot.service import places_desk
from bot.service.core import Core
from bot.service.places_import import import_hosts
from bot.store.tables import Host
from bot.transport.geocoding import Geocoder
from tests.support.cohort import Small
from tests.support.looking import rows
from tests.support.osm import Answer, Map, served

HEAD = "name;town;country;address\n"


@pytest.fixture
def osm() -> Iterator[Map]:
    with served() as here:
        yield here


class Desk:
    """Somebody at the desk who looks up addresses; `waits` are the seconds it would have waited."""

    def __init__(self, core: Core, small: Small, osm: Map, folder: Path) -> None:
        self._core, self._small = core, small
        self._geocoder = Geocoder(folder / "located.json", osm.url, time_out=0.05)
        self.waits: list[float] = []

    def add(self, *addresses: str) -> None:
        lines = "".join(f"Host {a};Sevilla;ES;{a}\n" for a in addresses)
        import_hosts(self._core, (HEAD + lines).encode(), self._small.world.now)

    def geocode(self) -> list[dict[str, Any]]:
        return places_desk.geocode(self._core, self._geocoder, self._small.world.now, self.waits.append)

    def exact(self) -> list[bool]:
        return [host.exact for host in rows(self._core, Host)]


@pytest.fixture
def desk(core: Core, small: Small, osm: Map, tmp_path: Path) -> Desk:
    found = Desk(core, small, osm, tmp_path)
    found.add("Calle Uno 1", "Calle Dos 2")
    return found


def test_each_address_is_asked_once_with_a_second_between_and_a_name(desk: Desk, osm: Map) -> None:
    assert [one["found"] for one in desk.geocode()] == [True, True]
    assert (desk.waits, desk.exact()) == ([1.0], [True, True])
    assert [(one["q"], one["countrycodes"]) for one in osm.asked] == [
        ("Calle Uno 1, Sevilla", "es"), ("Calle Dos 2, Sevilla", "es")
    ]  # fmt: skip
    assert all("compagnon/" in one["agent"] and "one question at a time" in one["agent"] for one in osm.asked)
    assert desk.geocode() == []


def test_what_is_in_the_cache_asks_nobody_and_waits_for_nothing(core: Core, desk: Desk, osm: Map) -> None:
    desk.geocode()
    with core.store.transaction() as session:
        for host in session.query(Host):
            host.exact = False
    desk.waits.clear()
    assert [one["found"] for one in desk.geocode()] == [True, True]
    assert (len(osm.asked), desk.waits) == (2, [])


def test_an_address_that_is_not_found_is_named_and_the_next_one_asked(desk: Desk, osm: Map) -> None:
    osm.script = [Answer("[]")]
    first, second = desk.geocode()
    assert "The map knows no “Calle Uno 1, Sevilla” there" in first["what"]
    assert (second["found"], desk.waits, desk.exact()) == (True, [1.0], [False, True])


@pytest.mark.parametrize(
    "latitude, longitude, said",
    [("48.8566", "2.3522", "lies in FR, not in ES"), ("0", "0", "lies in the sea"), ("35", "-40", "lies in the sea")],
)
def test_an_address_elsewhere_is_named_and_its_host_left_where_it_is(
    desk: Desk, osm: Map, latitude: str, longitude: str, said: str
) -> None:
    osm.script = [Answer(json.dumps([{"lat": latitude, "lon": longitude, "display_name": "Calle Uno"}]))]
    assert said in desk.geocode()[0]["what"]
    assert desk.exact() == [False, True]


@pytest.mark.parametrize(
    "answer, said",
    [
        (Answer("<html><title>Sorry</title>" + "x" * 5000), "gave no answer"), (Answer("[1, 2"), "gave no answer"),
        (Answer('[{"lat": "north", "lon": "5"}]'), "it is no list of places"), 
        (Answer("[7]"), "it is no list of places"),
        (Answer('[{"lat": "95", "lon": "NaN"}]'), "it is no list of places"), (Answer("", 500), "gave no answer"),
        (Answer('{"error": "too busy"}'), "too busy"), (Answer(hangs=True), "did not answer within 0.05 seconds"),
    ],
    ids=range(8),
)  # fmt: skip
def test_a_server_that_is_slow_or_talks_nonsense_is_told_in_one_sentence(
    desk: Desk, osm: Map, answer: Answer, said: str
) -> None:
    osm.script = [answer]
    with pytest.raises(Unreachable, match=said) as told:
        desk.geocode()
    assert len(str(told.value)) < 300
    assert desk.exact() == [False, False]


def test_what_was_found_before_a_server_went_down_is_kept_and_the_rest_asked_next_time(desk: Desk, osm: Map) -> None:
    osm.script = [Answer(), Answer("", 503)]
    with pytest.raises(Unreachable):
        desk.geocode()
    assert desk.exact() == [True, False]
    assert [one["found"] for one in desk.geocode()] == [True]


def test_a_server_that_is_not_there_is_told_in_one_sentence(desk: Desk, osm: Map) -> None:
    osm.stop()
    with pytest.raises(Unreachable, match="check the network"):
        desk.geocode()


def test_a_busy_server_is_waited_for_as_long_as_it_asks_and_then_asked_again(desk: Desk, osm: Map) -> None:
    osm.script = [Answer("", 429, retry_after="7")]
    assert [one["found"] for one in desk.geocode()] == [True, True]
    assert desk.waits == [7.0, 1.0]


@pytest.mark.parametrize(
    "script, waits", [([Answer("", 429, retry_after="3600")], []), ([Answer("", 429), Answer("", 429)], [60.0])]
)
def test_a_server_that_stays_busy_is_left_in_peace(
    desk: Desk, osm: Map, script: list[Answer], waits: list[float]
) -> None:
    osm.script = list(script)
    with pytest.raises(TooManyRequests, match="asks to wait"):
        desk.geocode()
    assert (desk.waits, len(osm.asked)) == (waits, len(script))
