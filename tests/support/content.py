"""Content folders written for one test."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import polib

JOURNEY = """
    title: A stay
    roles: [learner]
    steps:
      - id: money
        kind: lesson
        use: money
        stage: before
        when: {anchor: arrival, days: -7, at: "17:30"}
        worth: 3d
        points: 10
      - id: trip
        kind: reflection
        use: trip
        stage: before
        when: {anchor: arrival, days: -5, at: "17:30"}
        worth: 3d
      - id: know-112
        kind: quiz
        use: know-112
        stage: during
        when: {anchor: arrival, days: 1, at: "12:30"}
        worth: 2d
        required: true
    """

LESSON = """
    title: Money abroad
    minutes: 3
    cards:
      - {id: cash, text: "Take some <b>cash</b>."}
      - {id: card, text: "Tell your bank."}
    sources:
      - {fact: none, source: "https://example.org", checked: 2026-11-21}
    """

QUIZ = """
    title: Do you know 112?
    minutes: 2
    questions:
      - id: q1
        prompt: Which number?
        options:
          - {id: a, text: 112, right: true}
          - {id: b, text: "911"}
        explanation: It works everywhere in the EU.
    """

REFLECTION = """
    title: Your trip
    prompt: How do you travel?
    choices:
      - {id: train, text: By train}
      - {id: bus, text: By bus}
    """

GOOD = {
    "journeys/stay.yaml": JOURNEY,
    "lessons/money.yaml": LESSON,
    "quizzes/know-112.yaml": QUIZ,
    "reflections/trip.yaml": REFLECTION,
    "interface/menu.yaml": """
        hello: Hello {name}!
        days: {one: "{n} day left", other: "{n} days left"}
        """,
}


def write(root: Path, files: dict[str, str]) -> Path:
    """Write files (path → text, indentation removed) below `root` and return it."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip("\n"), "utf-8")
    return root


def translate(root: Path, language: str = "fr") -> None:
    """Translate every entry of a language by its source, so that nothing is missing or fuzzy."""
    for file in (root / "locale" / language).glob("*.po"):
        catalogue = polib.pofile(str(file))
        for entry in catalogue:
            if entry.msgid_plural:
                entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, entry.msgid_plural)
            else:
                entry.msgstr = entry.msgid
            entry.flags = []
        catalogue.save()


def translation(root: Path, text_id: str, wording: str, *, language: str = "fr", fuzzy: bool = False) -> None:
    """Set one translation in the catalogue it belongs to."""
    file = root / "locale" / language / f"{text_id.split('/')[0]}.po"
    catalogue = polib.pofile(str(file))
    entry = next(entry for entry in catalogue if entry.msgctxt == text_id)
    entry.msgstr = wording
    entry.flags = ["fuzzy"] if fuzzy else []
    catalogue.save()
