"""What the kits answer: right numbers everywhere, true for the learner's home and host country, never too long."""

import re
from collections.abc import Sequence
from datetime import date

import pytest

from bot.content.kits import BALKANS, Kit
from bot.content.loader import Library
from bot.errors import NotFound
from bot.i18n import Text, utf16_length
from bot.rules.kit_answer import emergency_numbers, emergency_numbers_in, nearest_topics, topic_texts
from tests.support import shipped

LIBRARY: Library = shipped.library()

# What somebody must be able to dial, per country; kept apart from the content on purpose.
NUMBERS = {
    "FR": {"emergency": "112", "police": "17", "ambulance": "15", "fire": "18", "silent": "114"},
    "ES": {"emergency": "112"},
    "IT": {"emergency": "112", "police": "113", "ambulance": "118", "fire": "115"},
    "DE": {"emergency": "112", "police": "110"},
    "NL": {"emergency": "112"},
    "PT": {"emergency": "112"},
    "LV": {"emergency": "112", "police": "110", "ambulance": "113"},
    "PL": {"emergency": "112", "police": "997", "ambulance": "999", "fire": "998"},
    "SI": {"emergency": "112", "police": "113", "silent": "112"},
    "MT": {"emergency": "112"},
    "BE": {"ambulance": "112", "fire": "112", "police": "101"},
    "RS": {"police": "192", "ambulance": "194", "fire": "193"},
    "ME": {"emergency": "112", "police": "122", "ambulance": "124", "fire": "123"},
    "BA": {"police": "122", "ambulance": "124", "fire": "123"},
    "XK": {"emergency": "112", "police": "192", "ambulance": "194", "fire": "193"},
    "MK": {"emergency": "112", "police": "192", "ambulance": "194", "fire": "193"},
    "AL": {"police": "129", "ambulance": "127", "fire": "128"},
}

CONTRACT = """
airport_transfer local_transport transport_passes night_transport cycling housing_rules housing_problem laundry
waste_sorting registration health_insurance embassy lost_documents emergency_numbers doctor hospital pharmacy dentist
mental_health workplace_accident police harassment theft prices cash_and_banks lost_card tipping student_discounts
groceries cheap_meals dietary_needs sim_card wifi post power_plugs opening_hours public_holidays weather greetings
useful_phrases local_customs places_of_worship leisure sports museums library day_trips workplace_culture
working_hours dress_code mobility_contacts sexual_health discrimination drink_and_drugs homesick going_home_early
grant_payment
"""
TOPICS = CONTRACT.split()
KITS = """
nantes lyon dijon barcelona valencia seville como forli flensburg apeldoorn dordrecht faro liepaja rzeszow ljubljana
paola brussels belgrade podgorica sarajevo pristina skopje tirana
"""
TODAY = date(2026, 11, 28)
CARD, CHECKED = "interface/kit_answer/card", "interface/kit_answer/checked"


def read(topic: str, kit: str | None, host: str, home: str, language: str = "en") -> str:
    texts = topic_texts(LIBRARY, topic, kit, host, home)
    return "\n\n".join(LIBRARY.catalogues.html(text, language, "Europe/Paris") for text in texts)


def plain(texts: Sequence[Text], language: str) -> str:
    said = "\n\n".join(LIBRARY.catalogues.html(text, language, "Europe/Paris") for text in texts)
    return re.sub("<[^>]+>", "", said)


@pytest.mark.parametrize("country", NUMBERS)
def test_every_country_shows_exactly_the_numbers_that_answer_there(country: str) -> None:
    assert dict(emergency_numbers(LIBRARY.countries[country])) == NUMBERS[country]


def test_all_seventeen_countries_have_facts() -> None:
    assert set(LIBRARY.countries) == set(NUMBERS)


@pytest.mark.parametrize("country", ["BA", "RS", "AL"])
def test_where_112_cannot_be_relied_on_it_is_named_only_as_a_warning(country: str) -> None:
    answer = read("emergency_numbers", None, country, "FR")
    assert "<b>112</b> (" not in answer
    assert "Careful" in answer


def test_a_country_of_the_union_without_facts_still_answers_112() -> None:
    assert emergency_numbers_in(LIBRARY, "GR") == (("emergency", "112"),)
    assert "112" in read("hospital", None, "GR", "FR")


def test_a_country_we_know_nothing_about_names_no_number() -> None:
    assert emergency_numbers_in(LIBRARY, "JP") == ()
    assert "the local emergency number" in read("hospital", None, "JP", "FR")


def test_every_topic_of_the_contract_exists() -> None:
    assert set(LIBRARY.topics) == set(TOPICS)


def test_every_city_of_the_contract_has_a_kit() -> None:
    assert set(LIBRARY.kits) == set(KITS.split())


@pytest.mark.parametrize("topic", TOPICS)
def test_every_kit_and_country_answers_every_topic_in_words_that_fit_a_phone(topic: str) -> None:
    language = "fr"  # whose texts are the longest
    kits = [(kit.id, kit.country) for kit in LIBRARY.kits.values()]
    places = [*kits, *((None, country) for country in (*LIBRARY.countries, "GR", "JP"))]
    for kit, host in places:
        for home in ("FR", "RS", "XK", "CH", "US") if kit is None else ("FR", "RS"):
            texts = topic_texts(LIBRARY, topic, kit, host, home, today=TODAY)
            prose = plain([text for text in texts if text.id != CARD], language)
            assert 0 < utf16_length(prose) <= 1000, (kit, host, home)
            assert utf16_length(plain(texts, language)) <= 1500, (kit, host, home)
            assert not re.search(r"[{}]|^…$", prose), (kit, host, home)
            assert texts[0].id not in (CARD, CHECKED), "an answer begins with words of its own"


def test_a_learner_from_the_union_is_told_of_the_european_card_in_spain() -> None:
    assert "European Health Insurance Card" in read("health_insurance", "seville", "ES", "FR")


def test_a_learner_from_the_union_is_warned_that_the_card_is_not_valid_in_kosovo() -> None:
    assert "<b>not valid</b>" in read("health_insurance", None, "XK", "FR")


def test_a_learner_from_kosovo_is_never_promised_the_european_card() -> None:
    answer = read("health_insurance", "lyon", "FR", "XK")
    assert "have no EHIC" in answer
    assert "on the same terms" not in answer


@pytest.mark.parametrize("host", sorted(BALKANS))
def test_roaming_costs_extra_between_the_union_and_the_western_balkans(host: str) -> None:
    assert "<b>extra</b>" in read("sim_card", None, host, "FR")
    assert "is expensive" in read("sim_card", "seville", "ES", host)


def test_swiss_cards_do_not_roam_like_at_home() -> None:
    assert "as at home" not in read("sim_card", "seville", "ES", "CH")
    assert "Switzerland is not part" in read("sim_card", None, "CH", "FR")


def test_abroad_outside_the_union_any_embassy_of_the_union_helps_its_citizens() -> None:
    assert "<b>any</b>" in read("embassy", None, "BA", "FR")
    assert "<b>any</b>" not in read("embassy", "lyon", "FR", "BA")


def test_an_answer_from_facts_says_when_they_were_last_checked() -> None:
    assert topic_texts(LIBRARY, "power_plugs", "lyon", "FR", "ES")[-1].id == "interface/kit_answer/checked"


def test_general_advice_carries_no_date() -> None:
    assert all(
        text.id != "interface/kit_answer/checked" for text in topic_texts(LIBRARY, "homesick", "lyon", "FR", "ES")
    )


def test_the_local_note_comes_first() -> None:
    assert topic_texts(LIBRARY, "cycling", "seville", "ES", "FR")[0] == Text("kits/seville/notes/cycling/text")


def test_a_note_on_the_country_is_shown_in_all_its_cities() -> None:
    for city in ("seville", "valencia", "barcelona"):
        first = topic_texts(LIBRARY, "opening_hours", city, "ES", "FR")[0]
        assert first == Text("countries/ES/notes/opening_hours/text")


def test_a_note_that_nobody_confirmed_says_so_right_after_it() -> None:
    ids = [text.id for text in topic_texts(LIBRARY, "local_customs", "seville", "ES", "FR")]
    assert ids[:2] == ["kits/seville/notes/local_customs/text", "interface/kit_answer/unverified"]


def test_a_local_topic_without_local_facts_says_who_knows() -> None:
    assert "Your contact person or local contact knows more" in read("laundry", "lyon", "FR", "ES")


def test_the_city_is_named_in_the_readers_language() -> None:
    assert "Séville" in read("hospital", "seville", "ES", "FR", "fr")


def test_an_unknown_topic_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="laundry"):
        topic_texts(LIBRARY, "laundri", "lyon", "FR", "ES")


def test_neighbours_are_topics_that_exist() -> None:
    for topic in LIBRARY.topics.values():
        assert nearest_topics(LIBRARY, topic.id) == topic.neighbours


@pytest.mark.parametrize("kit", LIBRARY.kits.values(), ids=lambda kit: kit.id)
def test_kits_know_their_country_and_name_only_topics_that_exist(kit: Kit) -> None:
    assert kit.country in LIBRARY.countries
    assert set(kit.notes) <= set(LIBRARY.topics)


def test_no_fact_was_checked_in_the_future_or_without_a_source() -> None:
    for source in (*LIBRARY.countries.values(), *LIBRARY.kits.values()):
        listed = source.places if isinstance(source, Kit) else source.numbers
        for sourced in (*source.facts.values(), *listed):
            assert sourced.source
            assert sourced.checked <= TODAY < sourced.due
