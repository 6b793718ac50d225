"""Hosts that are perhaps one twice."""

from __future__ import annotations

import pytest

from bot.rules.alike import One, core_of, pairs

BASE = One("h1", "Panadería de Ejemplo, S.L.", "Sevilla", "ES", "Calle Mayor, 7", 37.39, -5.99, True)


def town(name: str, country: str) -> str:
    return {"seville": "sevilla"}.get(name.casefold(), name.casefold())


def found(*hosts: One) -> list[tuple[str, str, str]]:
    return [(pair.first.label, pair.second.label, pair.why) for pair in pairs(hosts, town)]


@pytest.mark.parametrize(
    "other, why",
    [
        (One("h2", "PANADERIA EJEMPLO", "Seville", "ES"), "name"),
        (One("h2", "Ejemplo Panaderia SL", "Sevilla", "ES"), "name"),
        (One("h2", "Panadería Ejemplo", "Triana", "ES", None, 37.385, -6.0, False), "name"),
        (One("h2", "Horno Mayor", "Sevilla", "ES", "C. Mayor 7"), None),
        (One("h2", "Horno Mayor", "Sevilla", "ES", "7, calle mayor"), "address"),
        (One("h2", "Horno Mayor", "Sevilla", "ES", "Calle Mayor"), None),
        (One("h2", "Horno Mayor", "Sevilla", "ES", None, 37.390001, -5.990001, True), "position"),
        (One("h2", "Horno Mayor", "Sevilla", "ES", None, 37.39, -5.99, False), None),
        (One("h2", "Panadería de Ejemplo", "Madrid", "ES", None, 40.4, -3.7, True), None),
        (One("h2", "Panadería de Ejemplo", "Sevilla", "CO"), None),
    ],
)
def test_two_are_told_to_be_alike_by_name_and_town_by_address_or_by_spot(other: One, why: str | None) -> None:
    assert found(BASE, other) == ([("h1", "h2", why)] if why else [])


def test_each_stands_beside_the_first_it_resembles_and_only_once() -> None:
    again = [One(f"h{n}", "Panadería Ejemplo", "Sevilla", "ES", "Calle Mayor 7") for n in (2, 3)]
    assert found(BASE, *again) == [("h1", "h2", "name"), ("h1", "h3", "name")]


def test_a_name_of_small_words_alone_is_still_a_name() -> None:
    assert core_of("De La") == "de la"
