"""Sources → translators' files: stable by id, nothing guessed, nothing lost."""

from pathlib import Path

import polib
import pytest

from bot.content import languages
from bot.content.loader import load_library
from bot.content.merge import merge, statistics
from bot.errors import BadInput
from bot.i18n import Text
from tests.support.content import GOOD, LESSON, translate, translation, write

TITLE = "lessons/money/title"


@pytest.fixture
def root(tmp_path) -> Path:
    write(tmp_path, GOOD)
    merge(tmp_path, ["fr"])
    translate(tmp_path)
    translation(tmp_path, TITLE, "L'argent à l'étranger")
    return tmp_path


def entry(root: Path, text_id: str, language: str = "fr") -> polib.POEntry:
    catalogue = polib.pofile(str(root / "locale" / language / f"{text_id.split('/')[0]}.po"))
    return next(item for item in catalogue if item.msgctxt == text_id)


def change(root: Path, old: str, new: str) -> None:
    file = root / "lessons" / "money.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def title(root: Path, language: str = "fr") -> str:
    return load_library(root=root).catalogues.plain(Text(TITLE), language, "UTC")


def test_merging_twice_changes_nothing(root):
    assert merge(root, ["fr"]).written == []


def test_the_header_names_no_date_and_nobody(root):
    metadata = polib.pofile(str(root / "locale" / "fr" / "lessons.po")).metadata
    assert set(metadata) == {
        "Language",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Plural-Forms",
    }


def test_a_new_text_gets_an_empty_entry_and_is_shown_in_its_source_language(root):
    change(root, "  - {id: card", "  - {id: new, text: New one}\n  - {id: card")
    assert merge(root, ["fr"]).languages["fr"].added == 1
    assert entry(root, "lessons/money/cards/new/text").msgstr == ""
    shown = load_library(root=root).catalogues.plain(Text("lessons/money/cards/new/text"), "fr", "UTC")
    assert shown == "New one"


def test_a_changed_source_makes_its_translation_fuzzy_and_keeps_what_it_was_made_for(root):
    change(root, "Money abroad", "Money on the road")
    merge(root, ["fr"])
    found = entry(root, TITLE)
    assert found.fuzzy
    assert found.previous_msgid == "Money abroad"
    assert found.msgstr == "L'argent à l'étranger"
    assert title(root) == "L'argent à l'étranger"


def test_a_fuzzy_translation_is_not_shown_once_its_meaning_changed(root):
    change(root, "title: Money abroad", "meaning_changed: [title]\ntitle: Never carry money")
    merge(root, ["fr"])
    assert title(root) == "Never carry money"
    translation(root, TITLE, "Ne porte jamais d'argent")
    assert title(root) == "Ne porte jamais d'argent"


def test_a_second_change_still_remembers_the_text_that_was_translated(root):
    change(root, "Money abroad", "Money on the road")
    merge(root, ["fr"])
    change(root, "Money on the road", "Money everywhere")
    merge(root, ["fr"])
    assert entry(root, TITLE).previous_msgid == "Money abroad"


def test_a_source_changed_back_needs_no_new_translation(root):
    change(root, "Money abroad", "Money on the road")
    merge(root, ["fr"])
    change(root, "Money on the road", "Money abroad")
    merge(root, ["fr"])
    assert not entry(root, TITLE).fuzzy


def test_a_moved_text_keeps_its_translation_because_ids_are_no_positions(root):
    translation(root, "lessons/money/cards/card/text", "Préviens ta banque.")
    write(
        root,
        {
            "lessons/money.yaml": LESSON.replace('      - {id: cash, text: "Take some <b>cash</b>."}\n', "").replace(
                '"Tell your bank."}', '"Tell your bank."}\n      - {id: cash, text: "Take some <b>cash</b>."}'
            )
        },
    )
    merge(root, ["fr"])
    assert entry(root, "lessons/money/cards/card/text").msgstr == "Préviens ta banque."
    assert not entry(root, "lessons/money/cards/card/text").fuzzy


def test_a_text_that_is_gone_becomes_obsolete_and_comes_back_with_its_id(root):
    original = (root / "lessons" / "money.yaml").read_text("utf-8")
    translation(root, "lessons/money/cards/cash/text", "Prends des <b>sous</b>.")
    change(root, '  - {id: cash, text: "Take some <b>cash</b>."}\n', "")
    assert merge(root, ["fr"]).languages["fr"].gone == 1
    assert entry(root, "lessons/money/cards/cash/text").obsolete
    assert merge(root, ["fr"]).written == []
    (root / "lessons" / "money.yaml").write_text(original, "utf-8")
    merge(root, ["fr"])
    back = entry(root, "lessons/money/cards/cash/text")
    assert (back.obsolete, back.fuzzy, back.msgstr) == (False, False, "Prends des <b>sous</b>.")


def test_a_text_that_becomes_plural_asks_the_translator_again(root):
    write(root, {"interface/menu.yaml": 'hello: {one: "{n} hello", other: "{n} hellos"}\ndays: x\n'})
    merge(root, ["fr"])
    found = entry(root, "interface/menu/hello")
    assert found.fuzzy
    assert found.msgstr_plural == {0: "Hello {name}!", 1: "Hello {name}!"}


def test_a_fuzzy_translation_whose_values_no_longer_fit_is_not_shown(root):
    write(root, {"interface/menu.yaml": "hello: Hello {friend}!\ndays: x\n"})
    merge(root, ["fr"])
    shown = load_library(root=root).catalogues.plain(Text("interface/menu/hello", {"friend": "Lea"}), "fr", "UTC")
    assert shown == "Hello Lea!"


def test_the_note_for_translators_travels_along(root):
    change(root, "title: Money abroad", "comments: {title: on a button}\ntitle: Money abroad")
    merge(root, ["fr"])
    assert entry(root, TITLE).comment == "on a button"


def test_a_slip_in_one_file_makes_no_translation_of_its_folder_obsolete(root):
    write(root, {"lessons/other.yaml": "title: [\n"})
    change(root, "Money abroad", "Money on the road")
    summary = merge(root, ["fr"])
    assert list(summary.skipped) == ["lessons"]
    assert "other.yaml:2" in summary.skipped["lessons"][0].where
    assert not entry(root, TITLE).fuzzy


def test_czech_gets_its_three_plural_forms(root):
    merge(root, ["cs"])
    assert sorted(entry(root, "interface/menu/days", "cs").msgstr_plural) == [0, 1, 2]


def test_a_language_spoken_for_safety_only_gets_no_other_files(root):
    merge(root, ["pl"])
    assert not list((root / "locale" / "pl").glob("*.po"))


def test_a_language_that_nobody_knows_is_refused(root):
    with pytest.raises(BadInput, match="'klingon' is not a language"):
        merge(root, ["klingon"])


def test_statistics_count_translated_missing_and_fuzzy_texts(root):
    change(root, "Money abroad", "Money on the road")
    change(root, "  - {id: card", "  - {id: new, text: New one}\n  - {id: card")
    merge(root, ["fr"])
    assert statistics(root)["fr"] == {"translated": 14, "missing": 1, "fuzzy": 1}


def test_a_language_on_its_way_is_offered_every_text_and_speaks_english_until_it_is_complete(root, monkeypatch):
    language = "pt"
    monkeypatch.setattr(languages, "PREPARING", (language,))
    merge(root, [language])
    assert not entry(root, TITLE, language).msgstr
    translate(root, language)
    translation(root, TITLE, "…", language=language)
    assert title(root, language) == "Money abroad"
