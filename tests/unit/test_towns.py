"""Host cities by kit id, by name in any language, or any town with its country."""

from __future__ import annotations

from functools import cache

import pytest

from bot.errors import BadInput
from bot.rules.towns import Misplaced, Towns
from tests.support import shipped


@cache
def towns() -> Towns:
    return Towns(shipped.library())


@pytest.mark.parametrize("name", ["seville", "Seville", "SEVILLE", "Séville", "Sevilla"])
def test_a_city_with_a_kit_is_found_by_every_name_it_has(name: str) -> None:
    town = towns().find(name)
    assert (town.kit, town.city, town.country, town.zone) == ("seville", "seville", "ES", "Europe/Madrid")


def test_a_town_without_a_kit_needs_its_country() -> None:
    with pytest.raises(Misplaced, match="host_country") as caught:
        towns().find("Graz")
    assert caught.value.column == "host_city"


def test_a_town_in_a_country_with_one_time_needs_no_zone() -> None:
    town = towns().find("Graz", "AT")
    assert (town.kit, town.city, town.zone, town.note) == (None, "Graz", "Europe/Vienna", "")


def test_a_town_in_a_country_with_islands_is_taken_to_lie_on_the_mainland_and_that_is_said() -> None:
    town = towns().find("Málaga", "ES")
    assert town.zone == "Europe/Madrid"
    assert "host_timezone" in town.note


@pytest.mark.parametrize(("city", "country"), [("Las Palmas", "ES"), ("Funchal", "PT"), ("Boston", "US")])
def test_a_town_whose_clock_is_uncertain_needs_its_zone(city: str, country: str) -> None:
    with pytest.raises(Misplaced) as caught:
        towns().find(city, country)
    assert caught.value.column == "host_timezone"


def test_a_given_zone_is_used() -> None:
    assert towns().find("Las Palmas", "ES", "Atlantic/Canary").zone == "Atlantic/Canary"


def test_a_given_zone_must_exist() -> None:
    with pytest.raises(BadInput, match="not a time zone"):
        towns().find("Las Palmas", "ES", "Atlantic/Canaries")


def test_a_namesake_in_another_country_is_not_the_city_of_the_kit() -> None:
    town = towns().find("Lyon", "BE")
    assert town.kit is None
    assert "kit for lyon is not used" in town.note
