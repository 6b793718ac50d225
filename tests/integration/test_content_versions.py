"""Pinned versions: structure without words, and the words that retire."""

import json

import pytest

from bot.content.loader import load_library
from bot.content.merge import merge
from bot.content.versions import current, digest, from_structure, retired, structure, wording
from bot.errors import BadInput
from bot.i18n import Catalogues, Text
from tests.support.content import GOOD, JOURNEY, LESSON, QUIZ, translate, translation, write


def pinned(root, files=GOOD):
    library = load_library(root=write(root, files))
    return structure(library.journey("stay"), library)


def test_a_pinned_version_gives_back_the_same_journey_and_items(tmp_path):
    library = load_library(root=write(tmp_path, GOOD))
    journey = library.journey("stay")
    script = from_structure(json.loads(json.dumps(structure(journey, library))))
    assert [(step.id, step.when, step.worth, step.kind) for step in script.journey.steps] == [
        (step.id, step.when, step.worth, step.kind) for step in journey.steps
    ]
    quiz = script.item(journey.steps[2])
    assert [option.right for option in quiz.questions[0].options] == [True, False]
    assert quiz.path == "quizzes/know-112"
    assert set(script.items) == set(current(journey, library).items)


def test_a_structure_holds_no_words(tmp_path):
    text = json.dumps(pinned(tmp_path))
    for words in ("Money abroad", "cash</b>", "By train", "Which number"):
        assert words not in text


def test_other_words_are_the_same_version(tmp_path):
    before = digest(pinned(tmp_path))
    changed = {**GOOD, "lessons/money.yaml": LESSON.replace("Money abroad", "Cash").replace("2026-11-21", "2027-01-01")}
    assert digest(pinned(tmp_path, changed)) == before


@pytest.mark.parametrize(
    "path, text",
    [
        ("journeys/stay.yaml", JOURNEY.replace("days: -7", "days: -8")),
        ("journeys/stay.yaml", JOURNEY.replace("points: 10", "points: 11")),
        ("lessons/money.yaml", LESSON.replace("id: card", "id: bank")),
        (
            "quizzes/know-112.yaml",
            QUIZ.replace("text: 112, right: true", "text: 112").replace('"911"', '"911", right: true'),
        ),
    ],
)
def test_another_structure_is_another_version(tmp_path, path, text):
    before = digest(pinned(tmp_path))
    assert digest(pinned(tmp_path, {**GOOD, path: text})) != before


def test_a_digest_is_sixteen_hexadecimal_digits_whatever_the_order_of_keys(tmp_path):
    data = pinned(tmp_path)
    assert len(digest(data)) == 16
    assert digest(dict(reversed(data.items()))) == digest(data)


def test_a_version_of_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(BadInput, match="publish the journey again"):
        from_structure({**pinned(tmp_path), "format": 99})


def test_a_damaged_version_is_refused(tmp_path):
    data = pinned(tmp_path)
    del data["journey"]["steps"]
    with pytest.raises(BadInput, match="cannot be read"):
        from_structure(data)


def test_words_of_retired_steps_are_still_said_in_every_language(tmp_path):
    write(tmp_path, GOOD)
    merge(tmp_path, ["fr"])
    translate(tmp_path)
    translation(tmp_path, "lessons/money/title", "L'argent")
    library = load_library(root=tmp_path)
    stored = json.loads(json.dumps(wording(library.journey("stay"), library)))
    catalogues = Catalogues({}, {"fr": {}}, retired([stored]))
    title = Text("lessons/money/title")
    assert catalogues.plain(title, "fr", "UTC") == "L'argent"
    assert catalogues.plain(title, "en", "UTC") == "Money abroad"


def test_words_written_in_french_only_are_kept_for_everybody(tmp_path):
    own = LESSON.replace("title: Money abroad", "source_language: fr\n    title: Notre argent")
    library = load_library(root=write(tmp_path, {**GOOD, "lessons/money.yaml": own}))
    kept = wording(library.journey("stay"), library)
    assert kept["fr"]["lessons/money/title"] == kept["en"]["lessons/money/title"] == ("Notre argent",)


def test_of_several_snapshots_the_newest_words_count():
    old, new = {"en": {"a": ["old"], "b": ["kept"]}}, {"en": {"a": ["new"]}}
    assert retired([old, new]) == {"en": {"a": ("new",), "b": ("kept",)}}
