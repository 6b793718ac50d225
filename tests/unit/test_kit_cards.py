"""Cards to show and phrases to say: in every host language, never in the one somebody brings from home."""

import re

import pytest

from bot.i18n import Text, utf16_length
from bot.rules.kit_answer import topic_texts
from bot.rules.kit_cards import cards_for
from tests.support import shipped

LIBRARY = shipped.library()
# What people speak in the host countries and cities, kept apart from the content on purpose.
HOST_LANGUAGES = ["fr", "es", "ca", "it", "de", "nl", "pt", "lv", "pl", "sl", "mt", "en", "sr", "cnr", "bs", "sq", "mk"]
MUST = {
    "pharmacy": "pharmacist", "doctor": "doctor", "dietary_needs": "allergy", "workplace_culture": "boss",
    "housing_problem": "landlord", "police": "police_report", "lost_documents": "lost_papers",
}  # fmt: skip


def html(text: Text, language: str = "en") -> str:
    return LIBRARY.catalogues.html(text, language, "Europe/Paris")


@pytest.mark.parametrize("card", LIBRARY.cards.values(), ids=lambda card: card.id)
def test_a_card_exists_in_every_host_language_with_the_same_gaps(card) -> None:
    assert set(card.words) == set(HOST_LANGUAGES)
    gaps = {words.count("______") for words in card.words.values()}
    assert gaps == {html(Text(f"{card.path}/meaning")).count("______")}


@pytest.mark.parametrize("phrase", LIBRARY.phrases.values(), ids=lambda phrase: phrase.id)
def test_a_phrase_can_be_said_in_every_host_language(phrase) -> None:
    assert set(phrase.words) == set(HOST_LANGUAGES)
    assert all(re.search("[A-ZÜ]", said.sounds) for said in phrase.words.values()), "one syllable is stressed"


def test_every_card_belongs_to_a_topic() -> None:
    shown = {card for topic in LIBRARY.topics.values() for card in topic.cards}
    assert shown == set(LIBRARY.cards)


@pytest.mark.parametrize("topic", MUST)
@pytest.mark.parametrize("kit", LIBRARY.kits.values(), ids=lambda kit: kit.id)
def test_the_topics_where_words_matter_most_show_a_card_in_the_language_of_the_city(kit, topic: str) -> None:
    for home in ("FR", "RS", "ES"):
        offered = {card.id: card for card in cards_for(LIBRARY, kit.id, kit.country, home)}
        shown = [html(text) for text in topic_texts(LIBRARY, topic, kit.id, kit.country, home)]
        if offered:
            assert any(offered[MUST[topic]].words in text for text in shown)


def test_nobody_is_shown_a_card_in_a_language_of_their_own_country() -> None:
    assert {card.language for card in cards_for(LIBRARY, "brussels", "BE", "FR")} == {"nl"}
    assert {card.language for card in cards_for(LIBRARY, "brussels", "BE", "ES")} == {"fr"}
    assert {card.language for card in cards_for(LIBRARY, "barcelona", "ES", "ES")} == {"ca"}
    assert cards_for(LIBRARY, "lyon", "FR", "FR") == ()


def test_whoever_is_understood_without_a_card_gets_none() -> None:
    assert cards_for(LIBRARY, "sarajevo", "BA", "RS") == ()
    assert cards_for(LIBRARY, "podgorica", "ME", "BA") == ()
    assert cards_for(LIBRARY, "pristina", "XK", "AL") == ()
    assert {card.language for card in cards_for(LIBRARY, "skopje", "MK", "RS")} == {"mk"}


def test_a_card_tells_the_holder_what_it_says() -> None:
    texts = topic_texts(LIBRARY, "workplace_culture", "belgrade", "RS", "FR")
    card = next(html(text, "fr") for text in texts if text.id == "interface/kit_answer/card")
    assert "Ne razumem." in card
    assert "Je ne comprends pas." in card


def test_cards_fit_a_phone() -> None:
    assert max(utf16_length(words) for card in LIBRARY.cards.values() for words in card.words.values()) <= 200


def test_phrases_come_with_how_they_sound_and_what_they_mean() -> None:
    answer = "\n".join(html(text, "fr") for text in topic_texts(LIBRARY, "useful_phrases", "skopje", "MK", "FR"))
    assert "<b>Благодарам</b> [bla-GO-da-ram] : Merci" in answer
    assert answer.index("Добар ден") < answer.index("Помош")
