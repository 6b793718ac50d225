"""The whole kit on paper: nothing left out, emergency first, drawn in every script, and only drawn once."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import NotFound
from bot.papers.kit_booklet import kit_booklet
from bot.service.kit_paper import Order, booklet, kit_pdf
from tests.support import shipped

LIBRARY = shipped.library()
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SKOPJE = Order("skopje", "MK", "DE")


def test_every_topic_every_card_and_every_phrase_is_in_it() -> None:
    told = booklet(LIBRARY, SKOPJE, "de", NOW)
    topics = [topic for theme in told.themes for topic in theme.topics]
    assert len(topics) == len(LIBRARY.topics)
    assert all(topic.paragraphs for topic in topics)
    assert (len(told.cards), len(told.phrases)) == (len(LIBRARY.cards), len(LIBRARY.phrases))
    assert told.cards[0].words == LIBRARY.cards["emergency"].words["mk"]


def test_what_to_dial_stands_on_the_front_and_first_among_the_topics() -> None:
    told = booklet(LIBRARY, SKOPJE, "en", NOW)
    assert [number for number, _ in told.numbers] == ["112", "192", "194", "193"]
    assert any("Мајка Тереза" in place for place in told.places)
    assert told.themes[0].topics[0].title == "Emergency numbers"


@pytest.mark.parametrize("kit", LIBRARY.kits)
def test_every_kit_fills_one_without_a_gap(kit: str) -> None:
    told = repr(booklet(LIBRARY, Order(kit, LIBRARY.kits[kit].country, "FR"), "fr", NOW))
    assert "{" not in told
    assert "<b>" not in told


def test_a_town_without_a_kit_gets_one_of_its_country_and_who_shares_the_language_no_cards() -> None:
    told = booklet(LIBRARY, Order("", "BE", "FR"), "fr", NOW)
    assert told.title.endswith("Belgique")
    assert booklet(LIBRARY, Order("lyon", "FR", "BE"), "fr", NOW).cards == ()


def test_names_from_right_to_left_and_other_scripts_can_stand_in_it() -> None:
    told = booklet(LIBRARY, SKOPJE, "en", NOW)
    mixed = replace(told, title="מדריך سكوبيه", places=("مستشفى المدينة", "ჰოსპიტალი 病院"), themes=told.themes[:1])
    drawn = kit_booklet(replace(mixed, cards=(), phrases=()))
    assert drawn.startswith(b"%PDF")
    assert drawn.count(b"/Type /Font\n") >= 4 or drawn.count(b"/FontFile2") >= 4


def test_it_is_drawn_once_and_again_when_its_words_change(tmp_path: Path) -> None:
    first = kit_pdf(LIBRARY, tmp_path, SKOPJE, "en", NOW)
    assert b"/Outlines" in first
    (file,) = (tmp_path / "kits").iterdir()
    file.write_bytes(b"kept")
    assert kit_pdf(LIBRARY, tmp_path, SKOPJE, "en", NOW) == b"kept"
    file.rename(file.with_name("skopje-DE-en-other.pdf"))  # of a kit that said something else
    assert kit_pdf(LIBRARY, tmp_path, SKOPJE, "en", NOW) == first
    assert [one.name for one in (tmp_path / "kits").iterdir()] == [file.name]


def test_a_kit_that_is_gone_is_not_drawn(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        kit_pdf(LIBRARY, tmp_path, Order("atlantis", "XX", "FR"), "en", NOW)
