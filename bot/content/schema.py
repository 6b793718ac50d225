"""What journeys, their items and the interface may hold: a pydantic model for each kind of file.

Models are frozen and refuse unknown keys. A field typed `Phrase` is a text that gets translated; `bot.content.texts`
finds those by their type `Words`, so that other models (kits, topics) need nothing else to be collected.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from bot.clock import Stage
from bot.errors import BadInput
from bot.i18n import SOURCE_LANGUAGE, Forms, locale_of, plural_index
from bot.rules.durations import format_duration, format_hhmm, parse_duration, parse_hhmm

CATEGORIES = frozenset(("zero", "one", "two", "few", "many", "other"))  # CLDR plural categories
PINNED = {"pinned": True}  # validation context of a pinned structure: phrases are empty there

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Competence = Literal[
    "literacy", "multilingual", "stem", "digital", "personal", "citizenship", "entrepreneurship", "cultural"
]
Anchor = Literal["departure", "arrival", "return"]
Rhythm = Literal["daily", "twice", "off"]  # how often challenges come by themselves; twice: a week
RHYTHMS = get_args(Rhythm)
Place = Literal["work", "town", "home", "way", "anywhere"]


# --- phrases ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """A text as written: one wording under `other`, or one per plural category."""

    wordings: tuple[tuple[str, str], ...]

    @property
    def plural(self) -> bool:
        """Whether `{n}` chooses between several wordings."""
        return len(self.wordings) > 1

    def forms(self, language: str) -> Forms:
        """The wordings in gettext's order for the language they are written in."""
        if not self.plural:
            return tuple(wording for _, wording in self.wordings)
        given = dict(self.wordings)
        return tuple(given.get(category, given["other"]) for category in plural_categories(language))


def plural_categories(language: str) -> tuple[str, ...]:
    """The CLDR category of each gettext plural form of a language, in gettext's order."""
    rule, category = plural_index(language), locale_of(language).plural_form
    found: dict[int, str] = {}
    for n in (*range(1, 202), 0, 1000, 1_000_000):
        found.setdefault(rule(n), category(n))
    return tuple(found[i] for i in sorted(found))


def is_plural(value: object) -> bool:
    """A mapping of plural categories, as opposed to nested texts."""
    return isinstance(value, Mapping) and "other" in value and CATEGORIES.issuperset(value)


def words(value: Any) -> Words:
    """A YAML value as a text; raises ValueError saying what a text looks like."""
    if isinstance(value, Words):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        return Words((("other", _wording(value)),))
    if is_plural(value) and len(value) > 1:
        return Words(tuple((category, _wording(wording)) for category, wording in value.items()))
    raise ValueError("should be a text, or plural texts {one: …, other: …}; put numbers and true/false in quotes")


def _phrase(value: Any, info: ValidationInfo) -> Words:
    return Words((("other", ""),)) if info.context == PINNED else words(value)


def _wording(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("the text is empty; write it or remove the key")
    return value.strip()


Phrase = Annotated[
    Words,
    PlainValidator(_phrase),
    PlainSerializer(lambda _: "", return_type=str),
    WithJsonSchema({"type": "string"}),
]


# --- values -----------------------------------------------------------------------------------------

_ID = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    try:
        found = parse_duration(str(value))
    except BadInput as error:
        raise ValueError(str(error)) from None
    if not found:
        raise ValueError("nothing is worth sending for no time at all; write for example 12h or 3d")
    return found


def _hhmm(value: Any) -> time:
    if isinstance(value, time):
        return value
    try:
        return parse_hhmm(str(value))
    except BadInput as error:
        raise ValueError(str(error)) from None


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError(f"'{value}' is not an id; use small letters, digits, '-' and '_'")
    return value


def _country(value: str) -> str:
    if not re.fullmatch("[A-Z]{2}", value):
        raise ValueError(f"'{value}' is not a country code; write two capital letters like ES")
    return value


Duration = Annotated[
    timedelta,
    PlainValidator(_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string"}),
]
HourMinute = Annotated[
    time,
    PlainValidator(_hhmm),
    PlainSerializer(format_hhmm, return_type=str),
    WithJsonSchema({"type": "string"}),
]
Id = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value), AfterValidator(_id)]
CountryCode = Annotated[str, AfterValidator(_country)]


class Strict(BaseModel):
    """Frozen, and every unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SourceFile(Strict):
    """What every content file has. `id` (the file stem) and `path` (`lessons/money-abroad`) come from the loader."""

    id: str
    path: str
    source_language: str = SOURCE_LANGUAGE
    meaning_changed: tuple[str, ...] = ()
    comments: Mapping[str, str] = Field(default_factory=dict)


# --- items ------------------------------------------------------------------------------------------


class SourcedFact(Strict):
    """Where a fact that could harm if wrong comes from, and when somebody last looked."""

    fact: str
    source: str
    checked: date


class TextItem(SourceFile):
    """A message to read."""

    kind: ClassVar[str] = "text"
    title: Phrase | None = None
    body: Phrase
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
    """Questions with buttons; `pass_mark` is the share of right answers from which it counts as passed."""

    kind: ClassVar[str] = "quiz"
    theme: Id | None = None
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
    makes its choices (`daily`, `twice`, `off`) the learner's wish for challenges."""

    kind: ClassVar[str] = "reflection"
    phase: Stage | None = None
    theme: Id | None = None
    sets: Literal["rhythm"] | None = None
    title: Phrase
    prompt: Phrase
    choices: tuple[Choice, ...] = ()

    @model_validator(mode="after")
    def _sets_what_there_is(self) -> Reflection:
        if self.sets == "rhythm" and not {choice.id for choice in self.choices}.issubset(RHYTHMS):
            raise ValueError(f"sets the rhythm of challenges, so its choices can only be {', '.join(RHYTHMS)}")
        return self


class ChecklistEntry(_Entry):
    hint: Phrase | None = None


class Checklist(SourceFile):
    """Things to tick off."""

    kind: ClassVar[str] = "checklist"
    title: Phrase
    intro: Phrase
    items: tuple[ChecklistEntry, ...] = Field(min_length=1)


Item = TextItem | Lesson | Quiz | Challenge | Reflection | Checklist

ITEM_FOLDERS: Mapping[str, type[Item]] = {
    "texts": TextItem,
    "lessons": Lesson,
    "quizzes": Quiz,
    "challenges": Challenge,
    "reflections": Reflection,
    "checklists": Checklist,
}
ITEM_KINDS: Mapping[str, type[Item]] = {model.kind: model for model in ITEM_FOLDERS.values()}


# --- journeys ---------------------------------------------------------------------------------------


class When(Strict):
    """A day counted from an anchor and a local time; with weekdays, the first such day on or after."""

    anchor: Anchor
    days: int = Field(default=0, ge=-730, le=730)
    at: HourMinute
    weekdays: tuple[Weekday, ...] = ()


class Conditions(Strict):
    """For whom a step is: all that is given must hold. Ages in years, nights as return minus arrival."""

    min_age: int | None = Field(default=None, ge=0)
    max_age: int | None = Field(default=None, ge=0)
    minors: bool | None = None
    min_nights: int | None = Field(default=None, ge=0)
    max_nights: int | None = Field(default=None, ge=0)
    statuses: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    home_countries: tuple[CountryCode, ...] = ()
    host_countries: tuple[CountryCode, ...] = ()
    cities: tuple[str, ...] = ()
    answers: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class _Step(Strict):
    id: Id
    use: str
    stage: Stage
    when: When
    conditions: Conditions = Field(default_factory=Conditions, alias="for")
    worth: Duration
    points: int = Field(default=0, ge=0)
    competences: tuple[Competence, ...] = ()
    required: bool = False


class TextStep(_Step):
    kind: Literal["text"]


class LessonStep(_Step):
    kind: Literal["lesson"]


class QuizStep(_Step):
    kind: Literal["quiz"]


class ChallengeStep(_Step):
    kind: Literal["challenge"]


class ReflectionStep(_Step):
    kind: Literal["reflection"]


class ChecklistStep(_Step):
    kind: Literal["checklist"]


Step = TextStep | LessonStep | QuizStep | ChallengeStep | ReflectionStep | ChecklistStep


class Nights(Strict):
    """For stays of which length a journey is made."""

    min: int = Field(default=0, ge=0)
    max: int | None = Field(default=None, ge=0)


class Series(Strict):
    """Items of one kind, one after the other. Day `first` from the anchor begins a cycle of `cycle` days, in which an
    item comes on each of the days `on` (from 0), but on no day in `skip` (from the anchor). Each becomes a step of its
    own, called as its item, for stays in which `leave` more nights are left on its day."""

    id: Id
    kind: Literal["challenge", "reflection", "quiz"]
    items: tuple[Id, ...] = Field(min_length=1)
    stage: Stage = "during"
    anchor: Literal["departure", "arrival"] = "arrival"
    first: int = Field(ge=-730, le=730)
    cycle: int = Field(default=1, ge=1, le=60)
    on: tuple[int, ...] = (0,)
    skip: tuple[int, ...] = ()
    at: HourMinute
    worth: Duration
    leave: int = Field(default=0, ge=0)
    points: int = Field(default=0, ge=0)
    conditions: Conditions = Field(default_factory=Conditions, alias="for")

    def steps(self) -> tuple[Step, ...]:
        """One step an item. Raises nothing: what is valid here is valid there."""
        return tuple(self._step(item, day) for item, day in zip(self.items, self._days(), strict=False))

    def _days(self) -> Iterator[int]:
        for start in itertools.count(self.first, self.cycle):
            yield from (start + day for day in self.on if start + day not in self.skip)

    @model_validator(mode="after")
    def _days_of_a_cycle(self) -> Series:
        if not self.on or list(self.on) != sorted(set(self.on)) or not 0 <= self.on[0] <= self.on[-1] < self.cycle:
            raise ValueError(f"`on` should be days of the cycle in order, each once, from 0 to {self.cycle - 1}")
        return self

    def _step(self, item: str, day: int) -> Step:
        wanted = self.conditions
        if self.stage == "during":
            nights = max(wanted.min_nights or 0, day + self.leave)
            wanted = wanted.model_copy(update={"min_nights": nights})
        step: Step = _SERIAL[self.kind](
            id=item, use=item, kind=self.kind, stage=self.stage, when=When(anchor=self.anchor, days=day, at=self.at),
            conditions=wanted, worth=self.worth, points=self.points,
        )  # fmt: skip
        return step


_SERIAL: Mapping[str, type[Any]] = {"challenge": ChallengeStep, "reflection": ReflectionStep, "quiz": QuizStep}


class Include(Strict):
    """The steps of another journey, of some stages or all, without those named in `leave_out`."""

    journey: Id
    stages: tuple[Stage, ...] = ("before", "during", "after")
    leave_out: tuple[Id, ...] = ()

    def of(self, journey: Journey) -> tuple[Step, ...]:
        """What is taken over."""
        return tuple(step for step in journey.steps if step.stage in self.stages and step.id not in self.leave_out)


class Journey(SourceFile):
    """A script: its steps in the author's order, those of its series after the others, then what it includes."""

    title: Phrase
    roles: tuple[str, ...] = Field(min_length=1)
    nights: Nights = Field(default_factory=Nights)
    steps: tuple[Annotated[Step, Field(discriminator="kind")], ...]
    series: tuple[Series, ...] = Field(default=(), exclude=True)
    include: tuple[Include, ...] = Field(default=(), exclude=True)

    @model_validator(mode="after")
    def _with_series(self) -> Journey:
        added = [step for series in self.series for step in series.steps()]
        counted = Counter(step.id for step in (*self.steps, *added))
        twice = [step_id for step_id, n in counted.items() if n > 1]
        if twice:
            raise ValueError(f"has {', '.join(twice)} twice, in steps and series together; keep one of each")
        # Frozen for everybody else; a pinned structure holds the steps and no series.
        self.__dict__["steps"] = (*self.steps, *added)
        return self

    def with_steps(self, more: Iterable[Step]) -> Journey:
        """The same with steps of other journeys; its own of the same id come first."""
        own = {step.id for step in self.steps}
        return self.model_copy(update={"steps": (*self.steps, *(step for step in more if step.id not in own))})

    def place_of(self, step_id: str) -> tuple[str | int, ...]:
        """Where a step stands in its file."""
        for series in self.series:
            if step_id in series.items:
                return ("series", series.id, "items", series.items.index(step_id))
        return ("steps", step_id)

    def step(self, step_id: str) -> Step | None:
        """The step of that id, if the journey has it."""
        return next((step for step in self.steps if step.id == step_id), None)


# --- interface --------------------------------------------------------------------------------------


class Interface(SourceFile):
    """Interface texts of one flow, nested as the flow likes."""

    texts: Any  # nested mappings of Words, put here by the loader
