"""The papers between organisations: what an agreement or a charter is made of, before it becomes a DOCX file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from string import Formatter
from typing import Literal

from pydantic import Field, model_validator

from bot.content.fields import Id, Phrase, SourceFile, Strict, Words
from bot.content.sheets import Line
from bot.rules.paper_fields import FIELDS, LISTS, PARTIES, SIGNED_BY, field_of

About = Literal["learner", "project", "country"]


class Column(Line):
    """A column of a table; `field` is what a list gives it, an empty one is filled in by hand. `width` in mm."""

    field: str | None = None
    width: int | None = Field(default=None, ge=10, le=150)


class Rule(Strict):
    """What holds for minors at work. `union` is the rule of the EU, with its article and the day somebody looked.
    `national` names facts of a country's file as `id`, told with their `{value}`; the first that is known counts."""

    id: Id
    question: Phrase
    union: Phrase | None = None
    source: str | None = None
    checked: date | None = None
    national: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _sourced(self) -> Rule:
        if self.union is not None and (self.source is None or self.checked is None):
            raise ValueError("says what holds in the EU without `source` and `checked`; add both")
        return self


class Section(Strict):
    """A part of a paper, in this order where it is given: `heading`, `text`, `points`, `facts` (a table of fields and
    values), a table (`columns` with `rows` or with a row for `each` entry of a list), `lines` to write on, `sign`."""

    id: Id
    heading: Phrase | None = None
    text: Phrase | None = None
    points: tuple[Line, ...] = ()
    facts: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[Line, ...] = ()
    each: str | None = None
    empty_rows: int = Field(default=0, ge=0, le=20)
    lines: int = Field(default=0, ge=0, le=20)
    sign: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Section:
        for name in self.facts:
            if name not in FIELDS:
                raise ValueError(f"there is no field '{name}' to show; see bot/rules/paper_fields.py")
        if unknown := sorted(set(self.sign) - set(PARTIES)):
            raise ValueError(f"{', '.join(unknown)} cannot sign; choose from {', '.join(PARTIES)}")
        if self.each is not None and self.each not in LISTS:
            raise ValueError(f"there is no list '{self.each}'; choose one of {', '.join(LISTS)}")
        for column in self.columns:
            if column.field is not None and column.field not in LISTS.get(self.each or "", ()):
                raise ValueError(f"the list '{self.each}' has no column '{column.field}'")
        return self


class PaperForm(SourceFile):
    """A paper. `about`: a learner, a project or the host country; `also` are fields that an organisation's own template
    may name beside those our own shows: no paper is given more of a person than it needs."""

    order: int = Field(default=99, ge=0)
    about: About
    title: Phrase
    purpose: Phrase
    sections: tuple[Section, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    also: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> PaperForm:
        if unknown := sorted(self.fields - FIELDS):
            raise ValueError(f"there is no field {', '.join(unknown)}; see bot/rules/paper_fields.py")
        return self

    @property
    def fields(self) -> frozenset[str]:
        """Every field that stands in it or may stand in a template for it."""
        found = {"paper.date", *self.also}
        for section in self.sections:
            found |= {*section.facts, *(SIGNED_BY[party] for party in section.sign if party in SIGNED_BY)}
            for words in _texts(section):
                found |= {field_of(name) for name in _placeholders(words)}
        return frozenset(found)

    @property
    def lists(self) -> frozenset[str]:
        """The lists it has tables of."""
        return frozenset(section.each for section in self.sections if section.each is not None)


def _texts(section: Section) -> Iterator[Words]:
    yield from (one for one in (section.heading, section.text) if one is not None)
    yield from (line.text for line in (*section.points, *section.rows, *section.columns))


def _placeholders(words: Words) -> Iterator[str]:
    for _, wording in words.wordings:
        try:
            yield from (name for _, name, _, _ in Formatter().parse(wording) if name)
        except ValueError:
            continue  # braces that do not match are told by the checks of wordings


FORM_FOLDERS: Mapping[str, type[PaperForm]] = {"documents": PaperForm}
