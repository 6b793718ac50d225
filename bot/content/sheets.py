"""What people print: facilitator sheets for sessions in a group, and guides put together from what the chat says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from bot.content.fields import Id, Phrase, SourceFile, Strict
from bot.content.items import Competence, SourcedFact


class Line(Strict):
    """One line of a list: a question, a card to cut out."""

    id: Id
    text: Phrase


class SheetStep(Line):
    """What the group does, and for how long."""

    minutes: int = Field(ge=1, le=120)


class Group(Strict):
    """How many people a session is made for."""

    min: int = Field(ge=1)
    max: int = Field(le=60)

    @model_validator(mode="after")
    def _in_order(self) -> Group:
        if self.min > self.max:
            raise ValueError(f"is for nobody: from {self.min} to {self.max} people; swap them")
        return self


class Sheet(SourceFile):
    """A session before or after a stay, for whoever leads it. `handout` is what is copied or cut out for the group;
    `shy` and `online` are its variants, `note` a word of caution for who leads. It lasts as long as its steps."""

    phase: Literal["before", "after"]
    order: int = Field(default=99, ge=0)
    competences: tuple[Competence, ...] = Field(min_length=1)
    group: Group
    title: Phrase
    goal: Phrase
    material: Phrase
    steps: tuple[SheetStep, ...] = Field(min_length=3)
    debrief: tuple[Line, ...] = Field(min_length=2)
    shy: Phrase
    online: Phrase
    note: Phrase | None = None
    handout: tuple[Line, ...] = ()

    @property
    def minutes(self) -> int:
        """How long the session is."""
        return sum(step.minutes for step in self.steps)


class Piece(Strict):
    """A text of a guide: words of its own, or an item of the chat (`checklists/documents`), under another title where
    `title` is given."""

    id: Id
    use: str | None = None
    title: Phrase | None = None
    text: Phrase | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Piece:
        if self.use is None and self.text is None:
            raise ValueError("says nothing; give it a text, or name with `use` what it shows")
        return self


class Chapter(Strict):
    """A part of a guide."""

    id: Id
    title: Phrase
    pieces: tuple[Piece, ...] = Field(min_length=1)


class Guide(SourceFile):
    """A document made of chapters, for reading on paper or in a browser."""

    title: Phrase
    intro: Phrase
    chapters: tuple[Chapter, ...] = Field(min_length=1)
    sources: tuple[SourcedFact, ...] = ()


PAPER_FOLDERS: Mapping[str, type[SourceFile]] = {"sheets": Sheet, "guides": Guide}
