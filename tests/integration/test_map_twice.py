"""The same host twice: told by `map import` and `map check`, with both and what to do; nothing is merged."""

from __future__ import annotations

import pytest

from bot.errors import Faults
from bot.service import places
from bot.service.core import Core
from bot.service.places_import import import_hosts
from bot.store.tables import Host
from tests.support.cohort import Small
from tests.support.looking import rows

FIRST = "name;town;country;address\nPanadería de Ejemplo SL;Sevilla;ES;Calle Mayor 7\n"
SECOND = "name;town;country;address\nPanaderia Ejemplo;Seville;ES;\nTaller;Sevilla;ES;c\nTaller S.A.;Sevilla;ES;\n"


def test_an_import_names_rows_that_are_alike_and_cards_they_resemble(core: Core, small: Small) -> None:
    import_hosts(core, FIRST.encode(), small.world.now)
    report = import_hosts(core, SECOND.encode(), small.world.now)
    with_card, with_row = report.alike
    assert with_card.startswith("h1 “Panadería de Ejemplo SL” and row 2 “Panaderia Ejemplo” have nearly the same name")
    assert "call it so in the list, or take h1 off" in with_card
    assert with_row.startswith("row 3 “Taller” and row 4 “Taller S.A.”")
    assert with_row.endswith("keep one row")
    assert len(rows(core, Host)) == 4


def test_a_check_names_both_cards_and_what_to_do(core: Core, small: Small) -> None:
    import_hosts(core, FIRST.encode(), small.world.now)
    import_hosts(core, SECOND.encode(), small.world.now)
    with core.store.transaction() as session:
        found = [one for one in places.check(session, core.content, small.world.now) if "withdraw" in one["what"]]
    assert [one["id"] for one in found] == ["h2", "h4"]
    assert found[0]["what"].startswith("and h1 “Panadería de Ejemplo SL” have nearly the same name")


def test_a_spot_in_the_open_sea_is_refused(core: Core, small: Small) -> None:
    head = b"name;town;country;latitude;longitude\n"
    for spot in (b"35.0;-40.0", b"89.9;10", b"-89.9;0"):
        with pytest.raises(Faults, match="open sea, or far from any town"):
            import_hosts(core, head + b"A;Funchal;PT;" + spot + b"\n", small.world.now)


def test_a_spot_beside_the_date_line_lies_in_its_country(core: Core, small: Small) -> None:
    head = b"name;town;country;latitude;longitude\n"
    report = import_hosts(core, head + b"A;Labasa;FJ;-16.8;179.97\nB;Taveuni;FJ;-16.85;-179.97\n", small.world.now)
    assert report.added == ["A", "B"]
