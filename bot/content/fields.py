"""What every kind of content file is made of: texts to be translated, durations, hours, ids, countries.

A field typed `Phrase` is a text that gets translated; `bot.content.texts` finds those by their type `Words`, so that
other models (kits, topics) need nothing else to be collected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Any

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
)

from bot.errors import BadInput
from bot.i18n import SOURCE_LANGUAGE, Forms, locale_of, plural_index
from bot.rules.durations import format_duration, format_hhmm, parse_duration, parse_hhmm

CATEGORIES = frozenset(("zero", "one", "two", "few", "many", "other"))  # CLDR plural categories
PINNED = {"pinned": True}  # validation context of a pinned structure: phrases are empty there


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
    WithJsonSchema({
        "anyOf": [
            {"type": ["string", "integer"], "minLength": 1},
            {
                "type": "object", "required": ["other"], "additionalProperties": False,
                "properties": {category: {"type": "string"} for category in sorted(CATEGORIES)},
            },
        ]
    }),
]  # fmt: skip


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
    WithJsonSchema({"type": "string", "pattern": "^([0-9]+[smhd])+$", "examples": ["90m", "6h", "3d"]}),
]
HourMinute = Annotated[
    time,
    PlainValidator(_hhmm),
    PlainSerializer(format_hhmm, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$", "examples": ["17:30"]}),
]
Id = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value), AfterValidator(_id)]
CountryCode = Annotated[str, AfterValidator(_country)]


class Strict(BaseModel):
    """Frozen, and every unknown key is a fault. What validates is built with the first file of a kind that is read:
    a process that finds the content ready needs none of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


class SourceFile(Strict):
    """What every content file has. `id` (the file stem) and `path` (`lessons/money-abroad`) come from the loader."""

    id: str
    path: str
    source_language: str = SOURCE_LANGUAGE
    meaning_changed: tuple[str, ...] = ()
    comments: Mapping[str, str] = Field(default_factory=dict)
