"""Checks of language tests: complete grids, parallel forms, and answers that give themselves away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median

from bot.content.folder import Loaded, Tree
from bot.content.language_tests import FORMS, LEVELS, PER_LEVEL, LanguageTest, TestItem
from bot.errors import Fault

GIVEN_AWAY = 0.4  # more right answers than this share that are the longest of the four, and length gives them away
UNEVEN = 2.0  # a stimulus this many times as long as in the other form is another task


def language_test_faults(tree: Tree) -> Iterator[Fault]:
    """What makes a test wrong: grids that are not full, and questions that stand twice."""
    for loaded, test in _tests(tree):
        yield from _grid(loaded, test)
        yield from _twice(loaded, test, tree)


def language_test_warnings(tree: Tree) -> Iterator[Fault]:
    """What makes a test worse: no second form, forms that are not alike, right answers known by their length."""
    for loaded, test in _tests(tree):
        yield from _other_form(loaded, test, tree)
        longest = sum(len(item.right) > max(len(wrong) for wrong in item.wrong) for item in test.items)
        if longest > GIVEN_AWAY * len(test.items):
            what = f"has the right answer as the longest in {longest} of {len(test.items)} items; lengthen wrong ones"
            yield loaded.document.fault(("items",), what)


def _tests(tree: Tree) -> Iterator[tuple[Loaded, LanguageTest]]:
    for loaded in tree.files.values():
        if isinstance(loaded.model, LanguageTest):
            yield loaded, loaded.model


def _grid(loaded: Loaded, test: LanguageTest) -> Iterator[Fault]:
    counted = Counter((item.level, item.skill) for item in test.items)
    for level in LEVELS:
        wrong = [
            f"{counted[level, skill]} of {skill} instead of {wanted}"
            for skill, wanted in PER_LEVEL.items()
            if counted[level, skill] != wanted
        ]
        if wrong:
            what = f"has at {level} {', '.join(wrong)}; each level needs {sum(PER_LEVEL.values())} items"
            yield loaded.document.fault(("items",), what)


def _twice(loaded: Loaded, test: LanguageTest, tree: Tree) -> Iterator[Fault]:
    """Questions that somebody meets again, in the same form or in the other one."""
    other = {_question(item): f"{found.id}/{item.id}" for found in _others(test, tree) for item in found.items}
    seen: dict[tuple[str, str], str] = {}
    for item in test.items:
        known = seen.get(_question(item)) or (other.get(_question(item)) if test.form != FORMS[0] else None)
        if known:
            yield loaded.document.fault(("items", item.id), f"{item.id} asks the same as {known}; change one of them")
        seen[_question(item)] = item.id


def _question(item: TestItem) -> tuple[str, str]:
    return (item.text or "").strip().casefold(), item.prompt.strip().casefold()


def _others(test: LanguageTest, tree: Tree) -> Iterator[LanguageTest]:
    for _, other in _tests(tree):
        if other.language == test.language and other.form != test.form:
            yield other


def _other_form(loaded: Loaded, test: LanguageTest, tree: Tree) -> Iterator[Fault]:
    others = list(_others(test, tree))
    missing = next(form for form in FORMS if form != test.form)
    if not others and f"language_tests/{test.language}-{missing}" not in tree.unreadable:
        what = f"has no other form, so nobody can be compared before and after; write {test.language}-{missing}.yaml"
        yield loaded.document.fault((), what)
    for other in others:
        for level in LEVELS if test.form == FORMS[0] else ():
            mine, theirs = _length(test, level), _length(other, level)
            if max(mine, theirs) > UNEVEN * min(mine, theirs) > 0:
                what = f"has texts of {mine:.0f} characters at {level} and {other.id} of {theirs:.0f}; make them alike"
                yield loaded.document.fault(("items",), what)


def _length(test: LanguageTest, level: str) -> float:
    """The usual length of what somebody reads for one item of a level."""
    return median([len(item.text or "") + len(item.prompt) for item in test.of(level)] or [0])
