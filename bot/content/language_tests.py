"""Language tests: items of one language and form, in that language alone; nobody translates them.

Two forms of a language are parallel: the same number of items in each cell of level and skill, other content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from bot.content.fields import Id, SourceFile, Strict

Level = Literal["A1", "A2", "B1", "B2"]
Skill = Literal["reading", "use", "work", "town"]
Form = Literal["a", "b"]
Tested = Literal["fr", "en", "es", "it", "de", "nl", "pt"]

LEVELS: tuple[Level, ...] = get_args(Level)
SKILLS: tuple[Skill, ...] = get_args(Skill)
FORMS: tuple[Form, ...] = get_args(Form)
PER_LEVEL: Mapping[Skill, int] = {"reading": 3, "use": 3, "work": 2, "town": 2}  # items of each level, in each form
GAP = "___"


def _words(value: object) -> object:
    """`right: 12` in YAML is the text 12, as in every other file."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Answer = Annotated[str, Field(min_length=1, max_length=60), BeforeValidator(_words)]


class TestItem(Strict):
    """A question with one right answer and three wrong ones. `text` is what it is about: a notice, a message, a short
    dialogue; a `prompt` is a question, or a sentence with one gap written `___`."""

    __test__ = False  # pytest takes every Test… for one of its own

    id: Id
    level: Level
    skill: Skill
    text: str | None = Field(default=None, min_length=1, max_length=600)
    prompt: str = Field(min_length=1, max_length=200)
    right: Answer
    wrong: tuple[Answer, ...] = Field(min_length=3, max_length=3)

    @property
    def options(self) -> tuple[str, ...]:
        """All four answers, the right one first."""
        return (self.right, *self.wrong)

    @model_validator(mode="after")
    def _answers_apart(self) -> TestItem:
        seen = [option.strip().casefold() for option in self.wrong]
        if self.right.strip().casefold() in seen:
            raise ValueError(f"has its right answer '{self.right}' among the wrong ones; change one of them")
        if len(set(seen)) < len(seen):
            raise ValueError("has the same wrong answer twice; change one of them")
        return self

    @model_validator(mode="after")
    def _one_gap(self) -> TestItem:
        if "_" in self.prompt and (self.prompt.count("_") != len(GAP) or GAP not in self.prompt):
            raise ValueError(f"has a gap that nobody can fill by one answer; write one gap as {GAP}")
        return self

    @model_validator(mode="after")
    def _called_by_its_place(self) -> TestItem:
        place = f"{self.level.lower()}-{self.skill}-"
        if not self.id.removeprefix(place).isdecimal() or not self.id.startswith(place):
            raise ValueError(f"is called '{self.id}'; its level and skill ask for '{place}' and a number")
        return self


class LanguageTest(SourceFile):
    """One form of the test of one language: the file `fr-a.yaml` is form a of French."""

    language: Tested
    form: Form
    items: tuple[TestItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _called_by_what_it_tests(self) -> LanguageTest:
        if self.id != f"{self.language}-{self.form}":
            raise ValueError(
                f"is form {self.form} of '{self.language}'; call the file {self.language}-{self.form}.yaml"
            )
        return self

    @cached_property
    def by_id(self) -> Mapping[str, TestItem]:
        """The items by their ids."""
        return {item.id: item for item in self.items}

    def of(self, level: str) -> tuple[TestItem, ...]:
        """The items of a level, in the author's order."""
        return tuple(item for item in self.items if item.level == level)

    @property
    def playable(self) -> bool:
        """Whether there are items enough at each level to take it."""
        counted = Counter(item.level for item in self.items)
        return all(counted[level] >= sum(PER_LEVEL.values()) for level in LEVELS)


LANGUAGE_FOLDERS: Mapping[str, type[SourceFile]] = {"language_tests": LanguageTest}
