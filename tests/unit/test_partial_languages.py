"""Languages that are spoken only where it matters for safety: how they are offered, and what is in which tongue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.content import languages
from bot.flows import language, onboarding_screens
from bot.flows.scene import Scene
from bot.flows.vocabulary import Command, Outcome, Tap
from bot.i18n import Catalogues, Country, Day, Entry, Hour, Moment, Text, locale_of, say, show_value
from bot.rules.typed import parse_language
from tests.support import shipped
from tests.support.scenes import scene

POLISH = {"interface/menu/ask": ("Wybierz",)}


def with_polish() -> Scene:
    """The shipped content, and one text in Polish."""
    base = scene()
    old = base.content.catalogues
    catalogues = Catalogues(old.sources, {"fr": old.translations["fr"], "pl": POLISH})
    return replace(base, content=replace(base.content, catalogues=catalogues))


def data(outcome: Outcome) -> list[str]:
    (shown,) = outcome.shown
    return [button.data for row in shown.screen.rows for button in row]  # type: ignore[union-attr]


def words(outcome: Outcome) -> list[str]:
    (shown,) = outcome.shown
    return [text.id for text in shown.screen.body]  # type: ignore[union-attr]


def test_a_language_spoken_in_part_is_offered_behind_a_button():
    assert data(language.handle(with_polish(), Command("language"))) == ["lang:en", "lang:fr", "lang:more"]


def test_the_button_shows_every_language():
    assert data(language.handle(with_polish(), Tap("lang:more", 1))) == ["lang:en", "lang:fr", "lang:pl"]


def test_who_speaks_one_of_these_already_finds_it_ahead():
    assert data(language.handle(replace(with_polish(), language="pl"), Command("language")))[0] == "lang:pl"


def test_who_chooses_it_reads_what_they_get():
    assert "interface/language/partly" in words(language.handle(with_polish(), Tap("lang:pl", 1)))


def test_nothing_of_that_is_said_of_a_language_spoken_in_full():
    assert words(language.handle(with_polish(), Tap("lang:fr", 1))) == ["interface/language/done"]


def test_on_the_way_in_the_language_of_the_invite_is_first_even_when_spoken_in_part():
    shown = onboarding_screens.languages(with_polish(), "pl")
    assert next(button.data for row in shown.rows for button in row) == "join:lang:pl"


def test_a_sentence_that_is_only_there_in_english_has_english_dates():
    catalogues = Catalogues({"a": Entry(("On {day} in {land}",))}, {"pl": {"b": ("…",)}})
    said = Text("a", {"day": Day(date(2026, 3, 2), "full"), "land": Country("DE")})
    assert catalogues.plain(said, "pl", "UTC") == "On Monday, 2 March 2026 in Germany"


def test_a_translated_sentence_has_its_own_dates():
    catalogues = Catalogues({"a": Entry(("On {day}",))}, {"pl": {"a": ("{day}",)}})
    assert (
        catalogues.plain(Text("a", {"day": Day(date(2026, 3, 2), "full")}), "pl", "UTC") == "poniedziałek, 2 marca 2026"
    )


@pytest.mark.parametrize(
    ("language", "locale"), [("pt", "pt_PT"), ("sr", "sr_Latn"), ("cnr", "bs"), ("mk", "mk"), ("bs", "bs")]
)
def test_each_language_has_the_locale_it_is_written_in(language: str, locale: str):
    assert str(locale_of(language)) == locale


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "Sat 14 Mar 20:05"), ("fr", "sam. 14 mars 20:05"), ("de", "Sa. 14. März 20:05"),
     ("lv", "sestd. 14. marts 20:05"), ("cnr", "sub 14. mar 20:05"), ("es", "sáb 14 mar 20:05")],
)  # fmt: skip
def test_a_day_and_its_hour_are_written_as_there(language: str, shown: str):
    instant = Moment(datetime(2026, 3, 14, 20, 5, tzinfo=UTC), "short")
    assert show_value(instant, locale_of(language), "UTC") == shown


def test_hours_have_no_halves_of_the_day_anywhere():
    shown = {show_value(Hour(time(19, 40)), locale_of(tag), "UTC") for tag in (*languages.COMPLETE, *languages.SAFETY)}
    assert shown == {"19:40"}


def test_a_spanish_day_belongs_to_its_month():
    instant = Moment(datetime(2026, 3, 14, 20, 5, tzinfo=UTC), "long")
    assert show_value(instant, locale_of("es"), "UTC") == "sábado 14 de marzo 20:05"


def test_montenegrin_is_a_language_in_import_files():
    assert parse_language("CNR") == "cnr"


def test_every_file_about_safety_exists():
    assert set(languages.SAFETY_FILES) <= set(shipped.tree().files)


def test_a_text_for_everybody_is_still_said_in_the_readers_language():
    assert with_polish().content.catalogues.plain(say("menu/ask"), "pl", "UTC") == "Wybierz"


def test_languages_are_offered_by_their_own_names_the_readers_own_first() -> None:
    tags, _ = language.offered(scene(), "nl", more=True)
    assert tags == (
        "nl", "bs", "cnr", "de", "en", "es", "fr", "it", "lv", "mk", "pl", "pt", "sq", "sl", "sr",
    )  # fmt: skip  # Nederlands; bosanski, crnogorski, Deutsch … polski, português, shqip, slovenščina, српски
