"""Folders → library: models, ids of texts, overlays, and every fault at once with its line."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.content.loader import load_library
from bot.content.merge import merge
from bot.errors import Faults, NotFound
from bot.i18n import Text
from tests.support.content import GOOD, JOURNEY, LESSON, translate, translation, write


def faults_of(root: Path, extra: Path | None = None) -> list[str]:
    with pytest.raises(Faults) as caught:
        load_library(extra, root)
    return [str(fault).removeprefix(f"{root}/") for fault in caught.value.faults]


def test_journeys_and_items_are_loaded_under_their_ids(tmp_path):
    library = load_library(root=write(tmp_path, GOOD))
    step = library.journey("stay").steps[0]
    assert step.worth == timedelta(days=3)
    assert library.item(step).path == "lessons/money"


def test_texts_have_ids_of_file_and_field_never_of_positions(tmp_path):
    sources = load_library(root=write(tmp_path, GOOD)).catalogues.sources
    assert sources["lessons/money/cards/cash/text"].forms == ("Take some <b>cash</b>.",)
    assert sources["quizzes/know-112/questions/q1/options/a/text"].forms == ("112",)
    assert sources["interface/menu/hello"].forms == ("Hello {name}!",)
    assert sources["journeys/stay/title"].forms == ("A stay",)


def test_plural_texts_come_in_gettexts_order_of_their_language(tmp_path):
    polish = 'source_language: pl\ndays: {one: "{n} dzień", few: "{n} dni", many: "{n} dni!", other: "{n} dnia"}\n'
    library = load_library(root=write(tmp_path, {**GOOD, "interface/menu.yaml": polish}))
    shown = [library.catalogues.plain(Text("interface/menu/days", {"n": n}), "pl", "UTC") for n in (1, 3, 5)]
    assert shown == ["1 dzień", "3 dni", "5 dni!"]


def test_an_unknown_journey_is_refused_with_those_that_exist(tmp_path):
    with pytest.raises(NotFound, match="choose one of: stay"):
        load_library(root=write(tmp_path, GOOD)).journey("stai")


def test_norway_and_half_past_five_are_not_turned_into_a_boolean_and_a_number(tmp_path):
    text = JOURNEY.replace('at: "17:30"', "at: 17:30").replace("points: 10", "for: {home_countries: [NO]}")
    step = load_library(root=write(tmp_path, {**GOOD, "journeys/stay.yaml": text})).journey("stay").steps[0]
    assert step.when.at.isoformat() == "17:30:00"
    assert step.conditions.home_countries == ("NO",)


BROKEN = {
    "journeys/stay.yaml": """
        title: A stay
        roles: [learner]
        steps:
          - id: money
            kind: lesson
            use: mony
            stage: befor
            when: {anchor: arrival, days: -7, at: "25:30"}
            worth: 3 days
            point: 10
          - id: money
            kind: quizz
            use: know-112
        """,
    "lessons/money.yaml": """
        title: Money
        title: Money again
        minutes: many
        cards: []
        """,
    "lessons/other.yaml": "title: a: b\n",
    "quizzes/know-112.yaml": """
        title: 112
        minutes: 2
        questions:
          - id: q1
            prompt: Which number?
            options:
              - {id: a, text: "112", right: true}
              - {id: b, text: "911", right: true}
            explanation: Both, really.
          - id: q2
            prompt: Sure?
            options:
              - {id: a, text: Well, yes}
            explanation: ""
        """,
    "texts/hello.yaml": """
        id: hallo
        body: &x Hello
        title: *x
        comments: {bodi: a note}
        """,
    "interface/menu.yaml": "hello:\nnumber: 1.5\n",
    "lesson/lost.yaml": "title: x\n",
    "texts/old.yml": "body: x\n",
}


def test_every_fault_of_every_file_is_found_at_once_with_its_line(tmp_path):
    found = faults_of(write(tmp_path, BROKEN))
    expected = [
        "lesson: unknown folder 'lesson' (did you mean 'lessons'?)",
        "texts/old.yml: is not read; rename it to end in .yaml",
        "interface/menu.yaml:1: hello: should be a text",
        "interface/menu.yaml:2: number: should be a text",
        "journeys/stay.yaml:11: the id 'money' is used twice in this list",
        "journeys/stay.yaml:7: steps/money/stage: 'befor' is not known (did you mean 'before'?)",
        "journeys/stay.yaml:8: steps/money/when/at: “25:30” is not a time of day",
        "journeys/stay.yaml:9: steps/money/worth: “3 days” is not a duration",
        "journeys/stay.yaml:10: unknown key 'point' (did you mean 'points'?)",
        "journeys/stay.yaml:12: steps/money/kind: 'quizz' is not known (did you mean 'quiz'?)",
        "lessons/money.yaml:2: 'title' is given twice",
        "lessons/money.yaml:3: minutes:",
        "lessons/money.yaml:4: cards has 0 and needs at least 1",
        "lessons/other.yaml:1: cannot be read (mapping values are not allowed in this context)",
        "quizzes/know-112.yaml:4: questions/q1: has 2 right options (a, b); mark exactly one",
        "quizzes/know-112.yaml:13: unknown key 'yes'; if these words belong to a text with a comma",
        "quizzes/know-112.yaml:12: questions/q2/options has 1 and needs at least 2",
        "quizzes/know-112.yaml:14: questions/q2/explanation: the text is empty",
        "texts/hello.yaml:1: the id 'hallo' differs from the file name 'hello'",
        "texts/hello.yaml:2: anchors and aliases (& and *) are not used here",
    ]
    for start in expected:
        assert any(fault.startswith(start) for fault in found), f"missing: {start}\nin:\n" + "\n".join(found)


def test_a_step_without_its_item_is_told_what_to_write(tmp_path):
    files = {**GOOD, "journeys/stay.yaml": JOURNEY.replace("use: money", "use: mony")}
    assert faults_of(write(tmp_path, files)) == [
        "journeys/stay.yaml:6: there is no lesson 'mony' (did you mean 'money'?)"
    ]


def test_an_item_that_cannot_be_read_is_not_missed_a_second_time(tmp_path):
    found = faults_of(write(tmp_path, {**GOOD, "lessons/money.yaml": "title: x\n"}))
    assert all(fault.startswith("lessons/money.yaml") for fault in found)


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "is empty"),
        (b"- a\n", "is empty or not a list of `key: value` lines"),
        (b"title: caf\xe9\n", "is not UTF-8"),
        (b"title: !!python/object:os.system x\n", "the tag"),
        (b"title: x\n---\ntitle: y\n", "cannot be read"),
    ],
)
def test_a_file_that_is_no_plain_yaml_is_one_clear_fault(tmp_path, content, said):
    write(tmp_path, GOOD)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "hello.yaml").write_bytes(content)
    assert any(said in fault and fault.startswith("texts/hello.yaml:") for fault in faults_of(tmp_path))


# --- an organisation's own content over the shipped ------------------------------------------------


def test_an_own_file_replaces_the_shipped_one_of_the_same_path(tmp_path):
    root = write(tmp_path / "shipped", GOOD)
    extra = write(tmp_path / "own", {"lessons/money.yaml": LESSON.replace("Money abroad", "Our money")})
    library = load_library(extra, root)
    assert library.catalogues.sources["lessons/money/title"].forms == ("Our money",)
    assert "stay" in library.journeys


def test_an_own_file_may_be_in_one_language_and_is_then_shown_to_everybody(tmp_path):
    root = write(tmp_path / "shipped", GOOD)
    merge(root, ["fr"])
    translate(root)
    translation(root, "lessons/money/title", "L'argent à l'étranger")
    own = LESSON.replace("title: Money abroad", "source_language: fr\n    title: Notre argent")
    library = load_library(write(tmp_path / "own", {"lessons/money.yaml": own}), root)
    title = Text("lessons/money/title")
    assert library.catalogues.plain(title, "fr", "UTC") == "Notre argent"
    assert library.catalogues.plain(title, "en", "UTC") == "Notre argent"


def test_a_shipped_translation_is_not_shown_for_words_that_an_own_file_changed(tmp_path):
    root = write(tmp_path / "shipped", GOOD)
    merge(root, ["fr"])
    translate(root)
    translation(root, "lessons/money/title", "L'argent")
    translation(root, "lessons/money/cards/card/text", "Préviens ta banque.")
    extra = write(tmp_path / "own", {"lessons/money.yaml": LESSON.replace("Money abroad", "Our money")})
    shown = load_library(extra, root).catalogues.translations["fr"]
    assert "lessons/money/title" not in shown
    assert shown["lessons/money/cards/card/text"] == ("Préviens ta banque.",)


def test_own_translations_lie_in_the_own_folder(tmp_path):
    root = write(tmp_path / "shipped", GOOD)
    extra = write(tmp_path / "own", {"lessons/money.yaml": LESSON.replace("Money abroad", "Our money")})
    merge(extra, ["fr"])
    translation(extra, "lessons/money/title", "Notre argent")
    shown = load_library(extra, root).catalogues.translations["fr"]
    assert shown["lessons/money/title"] == ("Notre argent",)


def test_a_folder_of_own_content_that_is_not_there_is_a_clear_fault(tmp_path):
    root = write(tmp_path / "shipped", GOOD)
    assert "is not a folder" in faults_of(root, tmp_path / "nowhere")[0]


def test_a_damaged_catalogue_is_a_fault_with_its_file(tmp_path):
    root = write(tmp_path, {**GOOD, "locale/fr/lessons.po": 'msgid "x"\nthis is no catalogue\n'})
    assert faults_of(root)[0].startswith("locale/fr/lessons.po: cannot be read")


def test_the_shipped_content_loads():
    assert "learner-short" in load_library().journeys
