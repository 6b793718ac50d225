"""The map: hosts from a list, what is shown to whom, and `/map` in the chat."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.errors import BadInput, Faults, NotFound
from bot.rules.nearby import Spot
from bot.rules.places import Place
from bot.service import own_data, places, places_desk
from bot.service.core import Core
from bot.service.places_import import import_hosts
from bot.store.tables import Consent, Host, Person, Placement
from tests.support.cohort import LEARNER, Small
from tests.support.looking import change, change_stay, march, rows

HOSTS = (
    "Name;Town;Country;Trades;Languages;agreed_by;agreed_on\n"
    "Panadería Ejemplo;Sevilla;ES;baker, pastry;es, en;A. Ficticia;2026-01-10\n"
    "Taller Muestra;Dos Hermanas;ES;joiner;es;B. Ficticio;2026-01-11\n"
    "Not asked yet;Sevilla;ES;cook;es;;\n"
)


@pytest.fixture
def mapped(core: Core, abroad: Small) -> Small:
    import_hosts(core, HOSTS.encode(), abroad.world.now)
    return abroad


def public(core: Core, small: Small) -> list[Place]:
    with core.store.transaction() as session:
        return places.public(session, core.content, small.world.now)


def shown(core: Core, small: Small) -> list[str]:
    return [place.name for place in public(core, small)]


def last(small: Small) -> str:
    return small.world.phone(LEARNER).last.text


def placed(core: Core, *degrees: tuple[str, float, float]) -> None:
    with core.store.transaction() as session:
        for name, latitude, longitude in degrees:
            session.add(Host(
                name=name, town=name, country="FJ", key=name, latitude=latitude, longitude=longitude, trades=[],
                languages=[], agreed_on=date(2026, 1, 1), agreed_by="X", changed_at=march(1, 0),
            ))  # fmt: skip


# --- lists ----------------------------------------------------------------------------------------


def test_a_list_adds_once_changes_what_differs_and_leaves_the_rest(core: Core, mapped: Small) -> None:
    again = import_hosts(core, HOSTS.encode(), mapped.world.now)
    assert (again.added, again.changed, len(again.unchanged)) == ([], [], 3)
    corrected = HOSTS.replace("joiner", "carpenter").rpartition("Not asked")[0]
    report = import_hosts(core, corrected.encode(), mapped.world.now)
    assert report.changed == [("Taller Muestra", {"trades": ("joiner", "carpenter")})]
    assert report.missing == ["Not asked yet"]


def test_a_dry_run_changes_nothing(core: Core, abroad: Small) -> None:
    assert len(import_hosts(core, HOSTS.encode(), abroad.world.now, dry_run=True).added) == 3
    assert rows(core, Host) == []


@pytest.mark.parametrize(
    "row, said",
    [
        ("A;Sevilla;ES;0;0;;", "lie in the sea"),
        ("A;Sevilla;ES;-5.98;37.39;;", "latitude and longitude are swapped"),
        ("A;Sevilla;ES;48.85;2.35;;", "lies in FR, not in ES"),
        ("A;Sevilla;ES;37.39;;;", "needs both latitude and longitude"),
        ("A;Sevilla;ES;91;5;;", "beyond 90 degrees"),
        ("A;Sevilla;ES;north;5;;", "no number of degrees"),
        ("A;Sevilla;ES;;;B;", "has somebody who gave it, and a day"),
        ("A;Sevilla;ES;;;B;2099-01-01", "is in the future"),
        (";Sevilla;ES;;;;", "every organisation has a name"),
        ("A;Sevilla;Atlantis;;;;", "row 2, column country"),
    ],
)
def test_a_bad_row_is_refused_with_its_place_and_nothing_is_written(
    core: Core, abroad: Small, row: str, said: str
) -> None:
    header = "name;town;country;latitude;longitude;agreed_by;agreed_on\n"
    with pytest.raises(Faults, match=said):
        import_hosts(core, f"{header}{row}\n".encode(), abroad.world.now)
    assert rows(core, Host) == []


def test_the_same_host_twice_in_a_list_is_told_with_the_first_row(core: Core, abroad: Small) -> None:
    with pytest.raises(Faults, match="stands in row 2 already"):
        import_hosts(core, b"name;town;country\nA;Sevilla;ES\na;SEVILLA;ES\n", abroad.world.now)


def test_a_town_nobody_knows_is_told_and_not_guessed(core: Core, abroad: Small) -> None:
    report = import_hosts(core, b"name;town;country\nA;Nowhereville;LV\n", abroad.world.now)
    assert report.unplaced == ["A (Nowhereville)"]
    assert rows(core, Host)[0].latitude is None


# --- who is shown ---------------------------------------------------------------------------------


def test_only_hosts_that_agreed_are_shown_and_withdrawn_ones_are_gone_at_once(core: Core, mapped: Small) -> None:
    assert {"Panadería Ejemplo", "Taller Muestra"} <= set(shown(core, mapped))
    assert "Not asked yet" not in shown(core, mapped)
    number = rows(core, Host, Host.name == "Taller Muestra")[0].id
    places_desk.withdraw(core, f"h{number}", False, mapped.world.now)
    assert "Taller Muestra" not in shown(core, mapped)
    with pytest.raises(NotFound, match="no host"):
        places_desk.withdraw(core, "h999", False, mapped.world.now)


def test_partners_carry_their_source_and_nobody_is_invented(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        found = places.public(session, core.content, abroad.world.now)
    assert len(found) >= 15
    assert all(place.kind == "partner" and place.source and place.source.startswith("http") for place in found)


def agrees(core: Core, small: Small, given: bool = True) -> None:
    with core.store.transaction() as session:
        session.add(Consent(
            person_id=small.people["lea"], placement_id=None, kind="on_map", version="1", given=given,
            given_by="self", at=small.world.now,
        ))  # fmt: skip


def test_a_former_learner_is_shown_once_of_age_back_agreed_and_vetted(core: Core, abroad: Small) -> None:
    lea = rows(core, Person, Person.id == abroad.people["lea"])[0]
    vet = lambda: places_desk.vet(core, "L01", None, True, abroad.world.now)  # noqa: E731
    with pytest.raises(BadInput, match="not back yet"):
        vet()
    change_stay(core, abroad, arrival_date=date(2026, 1, 5), return_date=date(2026, 2, 1))
    change(core, lea, birth_date=date(2010, 1, 1))
    with pytest.raises(BadInput, match="under 18"):
        vet()
    change(core, lea, birth_date=date(2000, 1, 1))
    with pytest.raises(BadInput, match="has not agreed"):
        vet()
    agrees(core, abroad)
    assert "Lea" not in shown(core, abroad)
    vet()
    assert "Lea" in shown(core, abroad)
    assert "Beispiel" not in " ".join(shown(core, abroad))
    abroad.world.clock.set(abroad.world.now + timedelta(minutes=1))
    agrees(core, abroad, given=False)
    assert "Lea" not in shown(core, abroad)


def test_a_former_learner_whose_data_are_erased_is_gone_and_the_map_stays(core: Core, abroad: Small) -> None:
    change_stay(core, abroad, arrival_date=date(2026, 1, 5), return_date=date(2026, 2, 1))
    change(core, rows(core, Person, Person.id == abroad.people["lea"])[0], birth_date=date(2000, 1, 1))
    agrees(core, abroad)
    places_desk.vet(core, "L01", None, True, abroad.world.now)
    own_data.erase(core, "L01", None, abroad.world.now)
    assert not [place for place in public(core, abroad) if place.kind == "ambassador"]
    (stay,) = rows(core, Placement, Placement.id == abroad.placements["lea"])
    with pytest.raises(BadInput, match="were erased"):
        places_desk.vet(core, stay.code, None, True, abroad.world.now)


# --- near -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spot, names",
    [
        (Spot(-17.0, 179.99), {"West of the line", "East of the line"}),
        (Spot(-17.0, -179.99), {"West of the line", "East of the line"}),
        (Spot(89.99, 10.0), {"Pole", "Other side of the pole"}),
    ],
)
def test_near_looks_across_the_date_line_and_around_a_pole(
    core: Core, abroad: Small, spot: Spot, names: set[str]
) -> None:
    placed(core, ("West of the line", -17.0, 179.95), ("East of the line", -17.0, -179.95), ("Pole", 89.95, 0),
           ("Other side of the pole", 89.95, 180.0), ("Far", -17.0, 170.0))  # fmt: skip
    with core.store.transaction() as session:
        found = places.near(session, core.content, spot, 30, abroad.world.now)
    assert {one.place.name for one in found} == names
    assert [one.kilometres for one in found] == sorted(one.kilometres for one in found)


# --- the chat -------------------------------------------------------------------------------------


def test_map_lists_the_nearest_to_the_host_city_first(mapped: Small) -> None:
    mapped.world.say(LEARNER, "/map")
    text = last(mapped)
    assert text.index("Panadería Ejemplo") < text.index("Taller Muestra")
    assert "Not asked yet" not in text
    assert "Host company in Seville, Spain" in text


def test_a_card_says_all_but_how_to_reach_anybody_and_shows_a_pin(mapped: Small) -> None:
    mapped.world.say(LEARNER, "/map")
    mapped.world.tap(LEARNER, "Panadería Ejemplo")
    text = last(mapped)
    assert "Trades: Bakery and pastry" in text
    assert "Ficticia" not in mapped.world.phone(LEARNER).text()
    assert "puts you in touch" in text


def test_a_trade_narrows_the_list_and_everything_widens_it(mapped: Small) -> None:
    mapped.world.say(LEARNER, "/map")
    mapped.world.tap(LEARNER, "Trade")
    mapped.world.tap(LEARNER, "Carpentry and joinery")
    assert "Only: Carpentry and joinery" in last(mapped)
    assert "Panadería" not in last(mapped)
    mapped.world.tap(LEARNER, "Show everything")
    assert "Panadería" in last(mapped)


def test_towns_and_trades_are_called_as_the_reader_calls_them(mapped: Small) -> None:
    mapped.world.forge(LEARNER, "lang:fr")
    mapped.world.say(LEARNER, "/map")
    assert "Séville, Espagne" in last(mapped)
    assert "Dos Hermanas, Espagne" in last(mapped)
    mapped.world.tap(LEARNER, "Métier")
    mapped.world.tap(LEARNER, "Boulangerie et pâtisserie")
    assert "Panadería Ejemplo" in last(mapped)
    assert "Taller" not in last(mapped)


def test_back_from_a_card_keeps_the_filter_and_the_page(mapped: Small) -> None:
    mapped.world.say(LEARNER, "/map")
    mapped.world.tap(LEARNER, "Trade")
    mapped.world.tap(LEARNER, "Carpentry and joinery")
    mapped.world.tap(LEARNER, "Taller Muestra")
    mapped.world.tap(LEARNER, "‹ Back to the list")
    assert "Only: Carpentry and joinery" in last(mapped)
    mapped.world.tap(LEARNER, "Show everything")
    mapped.world.tap(LEARNER, "More ›")
    second = last(mapped)
    mapped.world.tap(LEARNER, mapped.world.phone(LEARNER).last.buttons[0][0])
    mapped.world.tap(LEARNER, "‹ Back to the list")
    assert last(mapped) == second


def test_a_shared_location_is_used_once_and_not_kept(core: Core, mapped: Small) -> None:
    mapped.world.say(LEARNER, "/map")
    mapped.world.tap(LEARNER, "📍 From where I am")
    mapped.world.locate(LEARNER, 37.2829, -5.9209)
    text = last(mapped)
    assert "From where you are" in text
    assert text.index("Taller Muestra") < text.index("Panadería Ejemplo")


@pytest.mark.parametrize(
    "data", ["map:list:x:-:-:-:-", "map:list:-1:-:-:-:-", "map:card:h1", "map:list:0:-:-:91:0", "map:card:h999:-:-"]
)
def test_a_forged_or_old_button_changes_nothing(mapped: Small, data: str) -> None:
    mapped.world.forge(LEARNER, data)
    assert mapped.world.phone(LEARNER).toasts
