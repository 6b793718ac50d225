"""What the public page is drawn from: agreed hosts and nobody else, trades called as the reader calls them."""

from __future__ import annotations

from datetime import date

from bot.service import public_map
from bot.service.core import Core
from bot.store.tables import Host
from tests.support.cohort import Small


def host(small: Small, name: str, **more: object) -> Host:
    known = {"town": "Seville", "country": "ES", "key": name, "latitude": 37.39, "longitude": -5.99, "trades": [],
             "languages": ["es"], "agreed_on": date(2026, 1, 5), "agreed_by": "Desk", "contact_role": "owner",
             "address": "Calle Ejemplo 1", "changed_at": small.world.now}  # fmt: skip
    return Host(name=name, **(known | more))


def page(core: Core, small: Small) -> str:
    return public_map.drawn(core.content, public_map.shown(core, small.world.now)).decode()


def test_only_agreed_hosts_are_on_the_page_and_nothing_the_desk_keeps(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        there = host(small, "Panadería Ejemplo")
        session.add_all([there, host(small, "Taller Callado", agreed_on=None)])
        session.add(host(small, "Casa Retirada", withdrawn_at=small.world.now))
    shown = page(core, small)
    assert "Panadería Ejemplo" in shown
    for words in ("Taller Callado", "Casa Retirada", "Calle Ejemplo", '"Desk"', "owner"):
        assert words not in shown
    with core.store.transaction() as session:
        session.merge(there).withdrawn_at = small.world.now
    assert "Panadería Ejemplo" not in page(core, small)


def test_a_trade_has_one_name_however_it_was_written(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        session.add_all([host(small, "A", trades=["Panadería"]), host(small, "B", trades=["boulangerie", "falconry"])])
    shown = page(core, small)
    assert '"Panadería":"Boulangerie et pâtisserie"' in shown
    assert '"boulangerie":"Bakery and pastry"' in shown
    assert '"falconry":' not in shown


def test_a_town_with_a_kit_is_called_as_the_reader_calls_it(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        session.add_all(
            [host(small, "A", town="Sevilla"), host(small, "B", town="Séville"), host(small, "C", town="Écija")]
        )
    shown = page(core, small)
    for words in ('"Sevilla|ES":"Siviglia"', '"Séville|ES":"Sevilla"', '"Sevilla|ES":"Seville"'):
        assert words in shown
    assert '"Écija|ES":' not in shown
