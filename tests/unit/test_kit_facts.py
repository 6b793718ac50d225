"""Home country and host country decide together; facts grow old and say so; every kit knows something of its own."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.content.kit_checks import overdue
from bot.content.kits import BALKANS, Kit
from bot.rules.kit_answer import answer_to, reaches, topic_texts
from bot.rules.kit_values import holidays_on
from tests.support import shipped

LIBRARY = shipped.library()
UNION = sorted(set(LIBRARY.countries) - BALKANS)
# Cards of these home countries are used in these host countries under an agreement between the two.
AGREEMENTS = {"RS": {"DE", "SI"}, "ME": {"DE", "SI"}, "BA": {"SI"}, "MK": {"DE", "NL", "SI"}}
TODAY = date(2026, 11, 27)
SAFETY = ("emergency_numbers", "hospital", "police", "health_insurance")


def read(topic: str, kit: str | None, host: str, home: str, today: date | None = None) -> str:
    texts = topic_texts(LIBRARY, topic, kit, host, home, today=today)
    return "\n\n".join(LIBRARY.catalogues.html(text, "en", "Europe/Paris") for text in texts)


@pytest.mark.parametrize("home", [*UNION, *sorted(BALKANS)])
def test_health_insurance_follows_home_and_host(home: str) -> None:
    for host in LIBRARY.countries:
        answer = read("health_insurance", None, host, home)
        assert ("on the\n" in answer or "on the same terms" in answer) == (home in UNION and host in UNION)
        if home in UNION and host in BALKANS:
            agreed = home in AGREEMENTS.get(host, ())
            assert ("<b>agreement</b>" in answer) == agreed, (home, host)
            assert ("no agreement" in answer or "<b>not valid</b>" in answer) == (not agreed), (home, host)


@pytest.mark.parametrize("home", [*UNION, *sorted(BALKANS)])
def test_roaming_follows_home_and_host(home: str) -> None:
    for host in set(LIBRARY.countries) - {home}:
        answer = read("sim_card", None, host, home)
        assert ("roaming like at home</b>" in answer) == (home in UNION and host in UNION), host
        assert ("<b>extra</b>" in answer) == (home in UNION and host in BALKANS), host
        assert ("is expensive" in answer) == (home in BALKANS and host in UNION), host
        assert ("free of extra charges" in answer) == (home in BALKANS and host in BALKANS), host


def test_with_a_passport_of_kosovo_bosnia_wants_a_visa_and_nobody_else_is_told_so() -> None:
    assert "<b>visa</b>" in read("registration", "sarajevo", "BA", "XK")
    assert "<b>visa</b>" not in read("registration", "sarajevo", "BA", "RS")
    assert "<b>visa</b>" not in read("registration", "skopje", "MK", "XK")


@pytest.mark.parametrize(("home", "paper"), [("FR", "AST"), ("ES", "permiso de viaje"), ("PT", "Autorização de saída")])
def test_a_minor_is_told_which_paper_leaving_home_takes(home: str, paper: str) -> None:
    assert paper in read("registration", "ljubljana", "SI", home)


@pytest.mark.parametrize("host", ["BA", "AL"])
def test_a_minor_is_told_of_the_certified_consent_that_some_hosts_ask_for(host: str) -> None:
    assert "certified by a notary" in read("registration", None, host, "FR")
    assert "certified by a notary" not in read("registration", None, "ES", "FR")


@pytest.mark.parametrize("kit", LIBRARY.kits.values(), ids=lambda kit: kit.id)
def test_every_kit_knows_its_hospital_its_airport_and_how_people_get_about(kit: Kit) -> None:
    near = reaches(LIBRARY, kit.id)
    assert {near[topic] for topic in ("hospital", "airport_transfer")} == {"local"}
    assert all(near[topic] != "general" for topic in SAFETY)
    assert sum(reach == "local" for reach in near.values()) >= 5


def test_a_topic_without_local_facts_says_what_holds_for_the_country_and_who_knows_more() -> None:
    answer = answer_to(LIBRARY, "prices", "apeldoorn", "NL", "FR")
    assert answer.reach == "country"
    assert "interface/kit_answer/ask_city" in [text.id for text in answer.texts]


@pytest.mark.parametrize("kit", LIBRARY.kits.values(), ids=lambda kit: kit.id)
def test_whatever_nobody_confirmed_says_so(kit: Kit) -> None:
    country = LIBRARY.countries[kit.country]
    for topic in LIBRARY.topics:
        answer = answer_to(LIBRARY, topic, kit.id, kit.country, "FR")
        doubtful = [source for source in (kit, country) if topic in source.notes and not source.notes[topic].source]
        cautions = [text for text in answer.texts if text.id == "interface/kit_answer/unverified"]
        assert len(cautions) == len(doubtful)
        assert answer.confirmed == (not doubtful)


def test_the_next_public_holidays_are_those_of_the_region() -> None:
    answer = read("public_holidays", "seville", "ES", "FR", date(2027, 2, 1))
    assert "Día de Andalucía" in answer
    assert "Día de Andalucía" not in read("public_holidays", "barcelona", "ES", "FR", date(2027, 2, 1))
    assert "Día de Andalucía" not in read("public_holidays", "seville", "ES", "FR", date(2027, 3, 2))


def test_a_holiday_is_found_by_its_day_and_region() -> None:
    (day,) = holidays_on(LIBRARY, "ES", "CT", date(2027, 9, 11))
    assert "Catalu" in day.name
    assert holidays_on(LIBRARY, "ES", "AN", date(2027, 9, 11)) == ()
    assert holidays_on(LIBRARY, "JP", None, date(2027, 1, 1)) == ()


def test_places_of_a_kit_lie_near_it() -> None:
    for kit in LIBRARY.kits.values():
        for place in kit.places:
            if place.latitude is not None and place.longitude is not None and place.kind != "airport":
                assert abs(place.latitude - kit.latitude) < 0.15, place
                assert abs(place.longitude - kit.longitude) < 0.15, place


def test_facts_that_have_grown_old_are_warned_of_with_who_looks_again() -> None:
    tree = shipped.tree()
    assert list(overdue(tree, TODAY)) == []
    old = list(overdue(tree, TODAY + timedelta(days=400)))
    assert any("the coordinator" in fault.what and "numbers" in fault.what for fault in old)
    kits = {Path(fault.where.rpartition(":")[0]).stem for fault in old if "the local partner" in fault.what}
    assert kits == set(LIBRARY.kits)


def test_money_is_named_with_its_code() -> None:
    assert "Serbian Dinar (RSD)" in read("prices", "belgrade", "RS", "FR")
