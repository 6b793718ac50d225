"""What steps show: a pydantic model for each kind of item, from a text to read to a challenge out there.

Models are frozen and refuse unknown keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Literal, get_args

from pydantic import Field, model_validator

from bot.clock import Stage
from bot.content.fields import Id, Phrase, SourceFile, Strict
from bot.content.language_tests import Form

Competence = Literal[
    "literacy", "multilingual", "stem", "digital", "personal", "citizenship", "entrepreneurship", "cultural"
]
Rhythm = Literal["daily", "twice", "off"]  # how often challenges come by themselves; twice: a week
RHYTHMS = get_args(Rhythm)
Place = Literal["work", "town", "home", "way", "anywhere"]


class SourcedFact(Strict):
    """Where a fact that could harm if wrong comes from, and when somebody last looked."""

    fact: str
    source: str
    checked: date


class TextItem(SourceFile):
    """A message to read. One that `gives_back` a letter (a reflection's id) is sent with its words, or not at all."""

    kind: ClassVar[str] = "text"
    title: Phrase | None = None
    body: Phrase
    gives_back: Id | None = None
    sources: tuple[SourcedFact, ...] = ()


class _Entry(Strict):
    id: Id
    text: Phrase


class Card(_Entry):
    """One screen of a lesson."""


class Lesson(SourceFile):
    """A few cards to leaf through."""

    kind: ClassVar[str] = "lesson"
    title: Phrase
    minutes: int = Field(ge=1, le=60)
    cards: tuple[Card, ...] = Field(min_length=1)
    sources: tuple[SourcedFact, ...] = ()


class Option(_Entry):
    """An answer to choose."""

    right: bool = False


class Question(Strict):
    """A question with exactly one right option."""

    id: Id
    prompt: Phrase
    options: tuple[Option, ...] = Field(min_length=2, max_length=4)
    explanation: Phrase

    @model_validator(mode="after")
    def _one_right(self) -> Question:
        right = [option.id for option in self.options if option.right]
        if len(right) != 1:
            given = f"{len(right)} right options ({', '.join(right)})" if right else "no right option"
            raise ValueError(f"has {given}; mark exactly one option with `right: true`")
        return self


class Quiz(SourceFile):
    """Questions with buttons; `pass_mark` is the share of right answers from which it counts as passed. Who passed
    every quiz of a journey that `certifies` the same (`safety`, `host`) has a certificate."""

    kind: ClassVar[str] = "quiz"
    theme: Id | None = None
    certifies: Literal["safety", "host"] | None = None
    title: Phrase
    minutes: int = Field(ge=1, le=60)
    pass_mark: float = Field(default=0.6, ge=0, le=1)
    questions: tuple[Question, ...] = Field(min_length=1)
    sources: tuple[SourcedFact, ...] = ()


class Challenge(SourceFile):
    """Something to do out there; `indoors` is the alternative for bad weather or a bad day. `competence` is the one it
    serves most, `place` where it is done."""

    kind: ClassVar[str] = "challenge"
    competence: Competence | None = None
    place: Place | None = None
    title: Phrase
    task: Phrase
    indoors: Phrase | None = None
    evidence: Literal["none", "word", "photo", "either"] = "none"
    pair: bool = False


class Choice(_Entry):
    """A possible answer, none of them right or wrong."""


class Reflection(SourceFile):
    """A question about oneself; without choices it is answered freely and stays private unless shared. `sets: rhythm`
    makes its choices (`daily`, `twice`, `off`) the learner's wish for challenges, `sets: ambassador` (`yes`,
    `no`) the consent to be asked by those who go next. A `letter` is to oneself: it is given
    back on a hard day of the second half, else by the text that has `gives_back` with its id."""

    kind: ClassVar[str] = "reflection"
    phase: Stage | None = None
    theme: Id | None = None
    sets: Literal["rhythm", "ambassador"] | None = None
    letter: bool = False
    title: Phrase
    prompt: Phrase
    choices: tuple[Choice, ...] = ()

    @model_validator(mode="after")
    def _sets_what_there_is(self) -> Reflection:
        if self.sets == "rhythm" and not {choice.id for choice in self.choices}.issubset(RHYTHMS):
            raise ValueError(f"sets the rhythm of challenges, so its choices can only be {', '.join(RHYTHMS)}")
        if self.sets == "ambassador" and [choice.id for choice in self.choices] != ["yes", "no"]:
            raise ValueError("sets whether somebody may be asked, so its choices can only be yes and no")
        return self


class ChecklistEntry(_Entry):
    hint: Phrase | None = None


class Checklist(SourceFile):
    """Things to tick off."""

    kind: ClassVar[str] = "checklist"
    title: Phrase
    intro: Phrase
    items: tuple[ChecklistEntry, ...] = Field(min_length=1)


class Statement(_Entry):
    """A sentence about what somebody does; it is answered from *not yet* to *I can show others*."""


class Area(Strict):
    """The statements on one key competence, under its name as `id`."""

    id: Competence
    statements: tuple[Statement, ...] = Field(min_length=1)


class Assessment(SourceFile):
    """Statements that people find true of themselves or not yet; nothing is right or wrong. `minutes` for all of it."""

    kind: ClassVar[str] = "assessment"
    title: Phrase
    intro: Phrase
    minutes: int = Field(ge=1, le=60)
    areas: tuple[Area, ...] = Field(min_length=1)
    sources: tuple[SourcedFact, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """Where each statement stands, `literacy/explain`, in the order in which they are asked."""
        return tuple(f"{area.id}/{statement.id}" for area in self.areas for statement in area.statements)


Theme = Literal[
    "preparation", "support", "accommodation", "safety", "learning", "recognition", "inclusion", "money", "time",
    "recommend",
]  # fmt: skip


class SurveyQuestion(_Entry):
    """A sentence about the stay; it is answered from 1 (not true at all) to 5 (entirely true), or passed over."""

    theme: Theme


class Survey(SourceFile):
    """What people thought of a stay, for the organisation's report: no names, and never of fewer than five together.
    `remark` asks for a sentence of their own, which may be left out."""

    kind: ClassVar[str] = "survey"
    title: Phrase
    intro: Phrase
    minutes: int = Field(ge=1, le=10)
    questions: tuple[SurveyQuestion, ...] = Field(min_length=1, max_length=15)
    remark: Phrase


class LanguageCheck(SourceFile):
    """Where somebody stands in the language of their stay: the test in form `a` before it, in form `b` after it."""

    kind: ClassVar[str] = "language_test"
    title: Phrase
    intro: Phrase
    minutes: int = Field(ge=1, le=60)
    form: Form

    @property
    def phase(self) -> str:
        """Which of the two it is: `before` or `after`."""
        return "before" if self.form == "a" else "after"


Item = TextItem | Lesson | Quiz | Challenge | Reflection | Checklist | Assessment | Survey | LanguageCheck

ITEM_FOLDERS: Mapping[str, type[Item]] = {
    "texts": TextItem,
    "lessons": Lesson,
    "quizzes": Quiz,
    "challenges": Challenge,
    "reflections": Reflection,
    "checklists": Checklist,
    "assessments": Assessment,
    "surveys": Survey,
    "language_checks": LanguageCheck,
}
ITEM_KINDS: Mapping[str, type[Item]] = {model.kind: model for model in ITEM_FOLDERS.values()}
