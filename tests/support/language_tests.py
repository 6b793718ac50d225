"""A language test of made-up items, whose right answers begin with *yes*, and a library that has it in two forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from bot.content.language_tests import FORMS, LEVELS, PER_LEVEL, Form, LanguageTest, Tested, TestItem
from bot.content.loader import Library
from tests.support.scenes import library

ANSWERS = {
    "reading": ("yes, in the morning", "no, at night", "perhaps at noon", "never"),
    "use": ("yes", "no", "perhaps", "never"),
    "work": ("yes, with gloves and with somebody who looks on", "no, alone", "perhaps, when all have left", "never"),
    "town": ("yes, on foot", "no, by bus", "perhaps", "never"),
}  # fmt: skip


def _items(form: Form) -> Iterator[TestItem]:
    for level in LEVELS:
        for skill, count in PER_LEVEL.items():
            for number in range(1, count + 1):
                right, *wrong = ANSWERS[skill]
                yield TestItem(
                    id=f"{level.lower()}-{skill}-{number}", level=level, skill=skill,
                    text="Cleaning: <Monday> & Friday" if skill == "reading" else None,
                    prompt=f"{level} {skill} {number}{form}?", right=right, wrong=(wrong[0], wrong[1], wrong[2]),
                )  # fmt: skip


@cache
def made_up(language: Tested = "fr", form: Form = "a") -> LanguageTest:
    """Form a or b of a language."""
    name = f"{language}-{form}"
    return LanguageTest(
        id=name, path=f"language_tests/{name}", language=language, form=form, items=tuple(_items(form))
    )  # fmt: skip


@cache
def library_with(*languages: Tested) -> Library:
    """The content with tests of these languages, and no others."""
    tests = [made_up(language, form) for language in languages for form in FORMS]
    return replace(library(), language_tests={test.id: test for test in tests})
