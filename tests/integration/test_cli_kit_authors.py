"""What helps somebody who writes a kit: what is missing, and where places are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.errors import Unreachable
from bot.transport.geocoding import Geocoder
from tests.support.command_line import CommandLine
from tests.support.osm import Answer, Map, served


@pytest.fixture
def database_url(tmp_path: object) -> str:
    """These commands open no database: one kind is enough."""
    return f"sqlite:///{tmp_path}/none.sqlite3"


@pytest.fixture
def osm() -> Iterator[Map]:
    with served() as here:
        yield here


# --- check ------------------------------------------------------------------------------------------


def test_a_check_sorts_every_topic_by_what_its_answer_rests_on(run: CommandLine) -> None:
    found = run.good("kit", "check", "Séville", "--json").json
    shown = run.good("kit", "show", "seville", "--json").json
    assert sorted(topic for topics in found["topics"].values() for topic in topics) == sorted(shown["topics"])
    assert "airport_transfer" in found["topics"]["local"]
    assert not set(found["should_be_local"]) & set(found["topics"]["local"])


def test_a_check_names_places_without_degrees_and_kinds_that_are_missing(run: CommandLine) -> None:
    found = run.good("kit", "check", "seville", "--json").json
    assert "santa-justa" in found["places_without_degrees"]
    assert "virgen-del-rocio" not in found["places_without_degrees"]
    assert "police" in found["missing_places"]
    assert "Places without degrees" in run.good("kit", "check", "seville").out


def test_a_check_names_what_is_due_and_notes_that_nobody_verified(
    run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own" / "kits").mkdir(parents=True)
    (tmp_path / "own" / "kits" / "graz.yaml").write_text(
        "source_language: en\nname: Graz\ncountry: DE\nzone: Europe/Vienna\nlatitude: 47.07\nlongitude: 15.44\n"
        "facts:\n  airport: {value: Graz, source: [us], checked: 2019-01-01}\n"
        "notes:\n  laundry: {text: Ask at the house.}\nsources: {us: 'https://example.org'}\n"
    )
    monkeypatch.setenv("COMPAGNON_CONTENT_DIR", str(tmp_path / "own"))
    found = run.good("kit", "check", "graz", "--json").json
    assert {"file": "kits/graz", "what": "facts/airport", "checked": "2019-01-01", "due": "2020-01-01",
            "by": "partner"} in found["overdue"]  # fmt: skip
    assert found["unverified_notes"] == ["laundry"]


def test_a_check_of_a_city_without_a_kit_names_the_kits(run: CommandLine) -> None:
    assert "There is no kit for “Oz”: choose one of" in run.refused("kit", "check", "Oz")


# --- locate -----------------------------------------------------------------------------------------


def test_a_place_is_found_in_the_city_and_its_country(run: CommandLine, osm: Map) -> None:
    found = run.good("kit", "locate", "seville", "Comisaría Centro", "--server", osm.url, "--json").json
    assert (found["latitude"], found["longitude"], found["outside_km"]) == (37.3891, -5.9766, None)
    assert (osm.asked[0]["q"], osm.asked[0]["countrycodes"]) == ("Comisaría Centro, Seville", "es")


def test_the_server_is_told_who_asks(run: CommandLine, osm: Map) -> None:
    run.good("kit", "locate", "seville", "Comisaría", "--server", osm.url)
    assert osm.asked[0]["agent"].startswith("compagnon/")


def test_what_was_found_is_not_asked_again(run: CommandLine, osm: Map) -> None:
    ask = ("kit", "locate", "seville", "--server", osm.url, "--json")
    first = run.good(*ask, "Comisaría").json
    again = run.good(*ask, " comisaría ").json
    assert len(osm.asked) == 1
    assert (first["cached"], again["cached"], again["latitude"]) == (False, True, first["latitude"])


def test_a_damaged_cache_is_no_obstacle(run: CommandLine, osm: Map, tmp_path: Path) -> None:
    ask = ("kit", "locate", "seville", "Comisaría", "--server", osm.url)
    run.good(*ask)
    (cache,) = tmp_path.rglob("located.json")
    cache.write_text("[1, 2")
    run.good(*ask)
    assert len(osm.asked) == 2


def test_a_place_in_another_city_is_noticed(run: CommandLine, osm: Map) -> None:
    ended = run.good("kit", "locate", "seville", "Sol Madrid", "--server", osm.url)
    assert "km from the centre of Seville" in ended.err


def test_a_place_nobody_knows_is_said_in_one_sentence(run: CommandLine, osm: Map) -> None:
    assert "The map knows no “nowhere, Seville” there" in run.refused(
        "kit", "locate", "seville", "nowhere", "--server", osm.url
    )


def test_without_a_network_one_sentence_says_so(run: CommandLine, osm: Map) -> None:
    address = osm.url
    osm.stop()
    said = run.refused("kit", "locate", "seville", "Comisaría", "--server", address)
    assert "gave no answer" in said
    assert "check the network" in said


@pytest.mark.parametrize(("status", "body"), [(429, ""), (500, ""), (403, ""), (200, "<html>")])
def test_whatever_else_the_server_says_is_one_sentence_too(run: CommandLine, osm: Map, status: int, body: str) -> None:
    osm.always = Answer(body, status)
    said = run.refused("kit", "locate", "seville", "Comisaría", "--server", osm.url)
    assert f"{osm.url} gave no answer" in said


def test_a_slow_server_is_not_waited_for(osm: Map, tmp_path: Path) -> None:
    osm.always = Answer(hangs=True)
    with pytest.raises(Unreachable, match="did not answer within"):
        Geocoder(tmp_path / "cache.json", osm.url, time_out=0.1).find("Comisaría", "ES")


def test_an_address_that_is_none_is_refused(run: CommandLine) -> None:
    assert "is no address of a server" in run.refused("kit", "locate", "seville", "Sol", "--server", "ftp:/x")


# --- new --------------------------------------------------------------------------------------------

GRAZ = ("kit", "new", "Graz", "--country", "AT", "--lat", "47.07", "--lon", "15.44")


def test_a_new_kit_with_its_country_is_good_content(run: CommandLine, tmp_path: Path) -> None:
    run.good(*GRAZ, "--subdivision", "6", "--dir", str(tmp_path / "own"))
    run.good("content", "check", str(tmp_path / "own"))
    kits = yaml.safe_load((tmp_path / "own" / "kits" / "graz.yaml").read_text("utf-8"))
    country = yaml.safe_load((tmp_path / "own" / "countries" / "AT.yaml").read_text("utf-8"))
    assert (kits["zone"], kits["latitude"], kits["subdivision"]) == ("Europe/Vienna", 47.07, "6")
    assert country["numbers"][0]["number"] == "112"
    assert country["facts"]["currency"]["value"] == "EUR"
    assert country["facts"]["languages"]["value"] == ["de"]
    assert "Christtag" in {one["name"] for one in country["holidays"]["days"]}


def test_a_new_kit_answers_at_once(run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run.good(*GRAZ, "--dir", str(tmp_path / "own"))
    monkeypatch.setenv("COMPAGNON_CONTENT_DIR", str(tmp_path / "own"))
    shown = run.good("kit", "show", "graz", "--topic", "emergency_numbers", "--json").json
    assert "112" in shown["topics"]["emergency_numbers"]["text"]


def test_in_a_country_with_facts_only_the_city_is_begun(run: CommandLine, tmp_path: Path, osm: Map) -> None:
    run.good("kit", "new", "Cádiz", "--country", "ES", "--dir", str(tmp_path / "own"), "--server", osm.url)
    assert [p.name for p in (tmp_path / "own").rglob("*.yaml")] == ["cadiz.yaml"]
    assert "latitude: 37.3891" in (tmp_path / "own" / "kits" / "cadiz.yaml").read_text("utf-8")


def test_nothing_is_written_over(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "own" / "kits").mkdir(parents=True)
    (tmp_path / "own" / "kits" / "graz.yaml").write_text("mine")
    assert "nothing was written" in run.refused(*GRAZ, "--dir", str(tmp_path / "own"))
    assert not (tmp_path / "own" / "countries").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Seville", "--country", "ES"), "There is a kit seville already"),
        (("Ankara", "--country", "TR", "--lat", "39.9", "--lon", "32.8"), "--emergency-number"),
        (("Graz", "--country", "AT", "--subdivision", "99"), "no part of AT"),
        (("Lviv", "--country", "Ruritania"), "not a country code"),
        (("東京", "--country", "JP"), "Latin letters"),
        (("Boston", "--country", "US"), "--timezone"),
    ],
)
def test_what_cannot_be_begun_is_said_in_one_sentence(
    run: CommandLine, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    assert said in run.refused("kit", "new", *words, "--dir", str(tmp_path / "own"))
    assert not (tmp_path / "own").exists()


def test_without_a_folder_it_says_where_to_name_one(run: CommandLine) -> None:
    assert "--dir" in run.refused(*GRAZ)
