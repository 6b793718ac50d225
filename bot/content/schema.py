"""What journeys and the interface may hold: a pydantic model for each kind of file.

Models are frozen and refuse unknown keys. What a step shows is in `bot.content.items`, what all are made of in
`bot.content.fields`.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from bot.clock import Stage
from bot.content.fields import CountryCode, Duration, HourMinute, Id, Phrase, SourceFile, Strict
from bot.content.items import Competence

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Next = Literal["log", "review", "grid"]  # skills log, talk half-way, tutor's grid: offered beside the step
Anchor = Literal["departure", "arrival", "return"]


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
    then: Next | None = None


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


class AssessmentStep(_Step):
    kind: Literal["assessment"]


class SurveyStep(_Step):
    kind: Literal["survey"]


class LanguageTestStep(_Step):
    kind: Literal["language_test"]


Step = (
    TextStep
    | LessonStep
    | QuizStep
    | ChallengeStep
    | ReflectionStep
    | ChecklistStep
    | AssessmentStep
    | SurveyStep
    | LanguageTestStep
)


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
    then: Next | None = None
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
            then=self.then,
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
    """A script: its steps in the author's order, those of its series after the others, then what it includes.

    One that `adds_to` others is nobody's journey by itself: its steps come at the end of theirs, so that a teacher adds
    missions without touching a shipped file."""

    title: Phrase
    roles: tuple[str, ...] = Field(min_length=1)
    adds_to: tuple[Id, ...] = Field(default=(), exclude=True)
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
