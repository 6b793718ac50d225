"""City kits as data: the pydantic models of `countries/`, `kits/`, `topics/`, `danger/`, `danger_lines/`
and `chatter/`.

Facts are language-neutral and belong to a country or a city; sentences belong to topics and are translated once per
language, so that a new kit speaks every language on the day its facts are there. Every fact says where it comes from
(`source`: names explained under `sources` of the same file) and when somebody last looked (`checked`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from string import Formatter
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from bot.content.fields import CountryCode, Id, Phrase, SourceFile, Strict, Words

Area = Literal["union", "balkans", "other"]
Theme = Literal[
    "safety",
    "health",
    "home",
    "getting_around",
    "money",
    "food",
    "practical",
    "work",
    "culture",
    "free_time",
    "support",
]
NumberKind = Literal[
    "emergency",  # one number for police, ambulance and fire brigade, where it can be relied on
    "police",
    "ambulance",
    "fire",
    "silent",  # by SMS or app, for who cannot speak
    "gas",
    "doctor_on_call",
    "poison",
    "child",
    "missing_child",
    "emotional",
    "suicide",
    "violence",
    "victims",
]
PlaceKind = Literal[
    "hospital", "police", "station", "airport", "pharmacy", "tourist_office", "youth_information", "library"
]
Keeper = Literal["partner", "coordinator"]  # who looks again at facts that have grown old
FactValue = bool | int | float | str | tuple[str, ...]

# Where the EHIC counts: the EU, the EEA (IS, LI, NO) and Switzerland, which has no roaming like at home.
UNION: frozenset[str] = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
        *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO", "CH"),
    )
)
BALKANS: frozenset[str] = frozenset(("AL", "BA", "ME", "MK", "RS", "XK"))

VALID_FOR = timedelta(days=365)  # a fact without a `recheck` day is looked at again after a year


def area_of(country: str) -> Area:
    """Which rules on health insurance, roaming and papers a country belongs to."""
    if country in UNION:
        return "union"
    return "balkans" if country in BALKANS else "other"


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{value}' is not a time zone; write for example Europe/Madrid") from None
    return value


Zone = Annotated[str, AfterValidator(_zone)]


# --- facts ------------------------------------------------------------------------------------------


class Sourced(Strict):
    """Something somebody looked up. `as_of` is the age of the source itself where it is older than the look-up."""

    source: tuple[str, ...] = Field(min_length=1)
    checked: date
    as_of: str | None = None
    recheck: date | None = None

    @property
    def due(self) -> date:
        """The day from which it has to be looked at again."""
        return due_day(self.checked, self.recheck)


def due_day(checked: date, recheck: date | None) -> date:
    """The day from which something has to be looked at again."""
    return recheck or checked + VALID_FOR


class Fact(Sourced):
    """A value that sentences may name as `{key}`."""

    value: FactValue


class Number(Sourced):
    """A telephone number as dialled inside the country. `kits` limits it to some cities."""

    kind: NumberKind
    number: str = Field(pattern=r"^[0-9][0-9 -]*$")
    name: str | None = None
    language: str | None = None
    hours: str | None = None
    days: Literal["working"] | None = None
    free: bool = False
    sms: bool = False
    kits: tuple[str, ...] = ()


class Place(Sourced):
    """A place of a city with its postal address; degrees where they are known."""

    id: Id
    kind: PlaceKind
    name: str
    address: str | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class Holiday(Strict):
    """A public holiday by its name there; only in some `subdivisions` (as `Kit.subdivision`), or in all if empty."""

    day: date
    name: str
    subdivisions: tuple[str, ...] = ()


class Holidays(Sourced):
    """The public holidays of a country, in the order of their days."""

    days: tuple[Holiday, ...] = Field(min_length=1)


class Note(Strict):
    """A short local text on a topic. Without a source it is shown with the advice to have it confirmed."""

    text: Phrase
    source: tuple[str, ...] = ()
    checked: date | None = None
    recheck: date | None = None

    @model_validator(mode="after")
    def _dated(self) -> Note:
        if self.source and self.checked is None:
            raise ValueError("has a source but no `checked` day; add the day somebody looked")
        return self


class _Facts(SourceFile):
    facts: Mapping[str, Fact] = Field(default_factory=dict)
    notes: Mapping[str, Note] = Field(default_factory=dict)
    sources: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _explained(self) -> _Facts:
        missing = sorted({name for source in self._used() for name in source} - set(self.sources))
        if missing:
            raise ValueError(f"the sources {', '.join(missing)} are not explained; add their addresses under `sources`")
        return self

    def _used(self) -> Iterator[tuple[str, ...]]:
        yield from (fact.source for fact in self.facts.values())
        yield from (note.source for note in self.notes.values())


class Country(_Facts):
    """What is the same in all cities of a country; `numbers` in the order in which they are shown."""

    rechecked_by: Keeper = "coordinator"
    numbers: tuple[Number, ...] = Field(min_length=1)
    holidays: Holidays | None = None

    def _used(self) -> Iterator[tuple[str, ...]]:
        yield from super()._used()
        yield from (number.source for number in self.numbers)
        yield from ((self.holidays.source,) if self.holidays else ())


class Kit(_Facts):
    """A host city: centre in degrees, IANA zone, `subdivision` as the `holidays` package names it, and `region` as
    people call it where it has public holidays of its own."""

    name: Phrase
    country: CountryCode
    zone: Zone
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    subdivision: str | None = None
    region: Phrase | None = None
    rechecked_by: Keeper = "partner"
    places: tuple[Place, ...] = ()

    def _used(self) -> Iterator[tuple[str, ...]]:
        yield from super()._used()
        yield from (place.source for place in self.places)


# --- topics -----------------------------------------------------------------------------------------


class Circumstances(Strict):
    """When a part of an answer is true: all that is given must hold. `home_in` and `home_not_in` name facts whose
    values are lists of countries; `home_not_in` holds where there is no such fact, too."""

    home: Area | None = None
    host: Area | None = None
    home_countries: tuple[CountryCode, ...] = ()
    except_home_countries: tuple[CountryCode, ...] = ()
    host_countries: tuple[CountryCode, ...] = ()
    except_host_countries: tuple[CountryCode, ...] = ()
    home_in: str | None = None
    home_not_in: str | None = None
    facts: Mapping[str, FactValue] = Field(default_factory=dict)
    facts_other_than: Mapping[str, FactValue] = Field(default_factory=dict)
    lacks: tuple[str, ...] = ()


class Part(Strict):
    """A paragraph. It appears only when every fact it names exists; `{numbers}` lists telephone numbers of the given
    kinds (of the kinds `instead` where there are none), `{places}` the places of the given kinds, `{holidays}` the
    next public holidays, `{phrases}` all phrases of the language there. `{home_KEY}` is the fact KEY of the country
    somebody comes from, `{say_ID}` one phrase. `rests_on` are facts behind it that it doesn't name."""

    id: Id
    text: Phrase
    when: Circumstances = Field(default_factory=Circumstances)
    rests_on: tuple[str, ...] = ()
    numbers: tuple[NumberKind, ...] = ()
    instead: tuple[NumberKind, ...] = ()
    places: tuple[PlaceKind, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The placeholders of the text."""
        return placeholders(self.text)


class Topic(SourceFile):
    """A question that every kit answers. `local` topics say so when nothing about the place itself is known.

    `cards` are sentences to show to somebody there. `phrases` are what people type, per language; they feed the search
    and are never shown.
    """

    theme: Theme
    title: Phrase
    local: bool = False
    answer: tuple[Part, ...] = Field(min_length=1)
    cards: tuple[Id, ...] = ()
    neighbours: tuple[Id, ...] = Field(min_length=1, max_length=4)
    phrases: Mapping[str, tuple[str, ...]]


class Card(SourceFile):
    """Full sentences to hold out to somebody, in the languages of the host countries; `title` is what a button calls
    them, `meaning` tells the holder what they say. `______` is a gap to fill in by hand."""

    title: Phrase
    meaning: Phrase
    words: Mapping[str, str] = Field(min_length=1)


class Said(Strict):
    """A phrase in one language and how it sounds: stressed syllables in capitals, vowels as in Italian."""

    text: str
    sounds: str


class Spoken(SourceFile):
    """A short phrase worth learning, in the languages of the host countries; `rank` orders the phrases."""

    rank: int
    meaning: Phrase
    words: Mapping[str, Said] = Field(min_length=1)


class Chatter(SourceFile):
    """What people type that no kit can answer: `smalltalk` is answered in kind, `offtopic` declined."""

    phrases: Mapping[str, tuple[str, ...]]


class DangerWords(SourceFile):
    """Patterns of one language, strongest first (`bot.rules.danger` reads them); those of a disclosure stand under the
    topic that helps. `groups` are lists of words that patterns name in braces; `harmless` and `idioms` are taken out
    of a text before the rest is looked for; what happened `around` them (an earthquake) only asks back."""

    groups: Mapping[str, str] = Field(default_factory=dict)
    crisis: tuple[str, ...] = Field(min_length=1)
    disclosure: Mapping[Id, tuple[str, ...]] = Field(min_length=1)
    around: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    idioms: tuple[str, ...] = ()


class DangerLines(SourceFile):
    """What people write, as examples of one language: the second net under `danger/` learns from them
    (`bot.rules.learned`). They feed nothing else and are never shown."""

    crisis: tuple[str, ...] = Field(min_length=1)
    disclosure: tuple[str, ...] = Field(min_length=1)
    everyday: tuple[str, ...] = Field(min_length=1)


def placeholders(text: Words) -> frozenset[str]:
    """The names in braces of all forms of a text."""
    found = (name for _, wording in text.wordings for _, name, _, _ in Formatter().parse(wording))
    return frozenset(name for name in found if name)


KIT_FOLDERS: Mapping[str, type[SourceFile]] = {
    "countries": Country,
    "kits": Kit,
    "topics": Topic,
    "cards": Card,
    "phrases": Spoken,
    "chatter": Chatter,
    "danger": DangerWords,
    "danger_lines": DangerLines,
}
