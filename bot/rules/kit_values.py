"""What the placeholders of a kit's sentences stand for, where somebody is and where they come from.

A value comes with the sourced facts it rests on, so that an answer can say when they were checked and how near to
the place they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from bot.content.kits import (
    Country,
    Fact,
    FactValue,
    Holiday,
    Kit,
    Number,
    NumberKind,
    Part,
    Place,
    Said,
    Sourced,
    area_of,
)
from bot.content.loader import Library
from bot.i18n import Country as CountryName, CurrencyName, Day, LanguageName, Listing, Text, Value, say, verbatim

MOST_OF_A_KIND = 2  # somebody in need calls one line, not the fourth of a list
NEXT_HOLIDAYS = 4
ONE_SPEECH = frozenset(("bs", "cnr", "hr", "sr"))  # whoever speaks one of these is understood in all
HOME = "home_"
SAY = "say_"
_SERVICES = frozenset(("emergency", "police", "ambulance", "fire"))


class Known(NamedTuple):
    """A value and what it rests on."""

    value: Value
    used: tuple[Sourced, ...] = ()


@dataclass(frozen=True)  # without slots, for what is cached
class Where:
    """Everything known about where somebody is and comes from (ISO 3166 codes) on a day (None: no day is known)."""

    library: Library
    home: str
    host: str
    kit: Kit | None = None
    today: date | None = None

    @property
    def country(self) -> Country | None:
        """The facts of the host country."""
        return self.library.countries.get(self.host)

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Facts of the country, and over them those of the city."""
        known: dict[str, Fact] = {}
        for source in (self.country, self.kit):
            known.update(source.facts if source else {})
        return known

    @cached_property
    def values(self) -> Mapping[str, FactValue]:
        """The bare values of these facts."""
        return {key: fact.value for key, fact in self.facts.items()}

    @property
    def home_facts(self) -> Mapping[str, Fact]:
        """Facts of the country somebody comes from."""
        country = self.library.countries.get(self.home)
        return country.facts if country else {}

    @property
    def languages(self) -> tuple[str, ...]:
        """What people speak there, the most useful language first: what a kit says of its city, or the country."""
        return _listed(self.facts, "spoken") or _listed(self.facts, "languages")

    @property
    def foreign_languages(self) -> tuple[str, ...]:
        """Those of them that nobody learns at home in the country somebody comes from."""
        at_home = set(_listed(self.home_facts, "languages"))
        known = at_home | (ONE_SPEECH if at_home & ONE_SPEECH else set())
        return tuple(language for language in self.languages if language not in known)


def _listed(facts: Mapping[str, Fact], key: str) -> tuple[str, ...]:
    value = facts[key].value if key in facts else ()
    return value if isinstance(value, tuple) else ()


# --- placeholders -----------------------------------------------------------------------------------


def values_of(part: Part, where: Where) -> tuple[dict[str, Value], list[Sourced]] | None:
    """The values of a paragraph and what they rest on; None when one of them is not known."""
    facts, args = where.facts, dict[str, Value]()
    keys = (*part.when.facts, *part.when.facts_other_than, *part.rests_on, part.when.home_in)
    used: list[Sourced] = [facts[key] for key in keys if key in facts]
    for name in sorted(part.names):
        known = _known(name, part, where, facts)
        if known is None:
            return None
        args[name] = known.value
        used.extend(known.used)
    return args, used


def _known(name: str, part: Part, where: Where, facts: Mapping[str, Fact]) -> Known | None:
    match name:
        case "country":
            return Known(CountryName(where.host))
        case "home":
            return Known(CountryName(where.home))
        case "city":
            return Known(Text(f"{where.kit.path}/name")) if where.kit else None
        case "numbers":
            return _numbers_known(part, where)
        case "places":
            return _places(part, where)
        case "holidays":
            return _holidays(where)
        case "phrases":
            return _phrases(where)
        case _ if name in facts:
            return Known(show_fact(name, facts[name].value), (facts[name],))
        case _ if name.startswith(HOME) and (fact := where.home_facts.get(name.removeprefix(HOME))):
            return Known(show_fact(name.removeprefix(HOME), fact.value), (fact,))
        case _ if name.startswith(SAY):
            return _one_phrase(name.removeprefix(SAY), where)
        case _:
            return None


def show_fact(name: str, value: FactValue) -> Value:
    """A fact as a value that can be shown in every language."""
    if isinstance(value, tuple):
        shape: Callable[[str], Value] = _language if name in ("languages", "spoken") else str
        return Listing(tuple(shape(item) for item in value))
    if name == "currency":
        return CurrencyName(str(value))
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _language(code: str) -> Value:
    return LanguageName(code, inside=True)


# --- numbers and places -----------------------------------------------------------------------------


def number_text(number: Number) -> Text:
    """A telephone number with what it is for, its name and the language it speaks."""
    line = say(f"kit_answer/numbers/{number.kind}", number=number.number)
    if number.name:
        line = say("kit_answer/numbers/named", line=line, name=number.name)
    if number.language:
        line = say("kit_answer/numbers/spoken", line=line, language=LanguageName(number.language))
    return line


def _numbers_known(part: Part, where: Where) -> Known | None:
    numbers = _numbers(part, where)
    value = _listing(map(number_text, numbers)) or _without_facts(part.numbers, where)
    return Known(value, tuple(numbers)) if value else None


def _numbers(part: Part, where: Where) -> list[Number]:
    offered = [n for n in (where.country.numbers if where.country else ()) if _serves(n, where.kit)]
    return _of_kinds(part.numbers, offered) or _of_kinds(part.instead, offered)


def _of_kinds(kinds: Iterable[NumberKind], offered: Iterable[Number]) -> list[Number]:
    """The numbers of these kinds in the country's order, the first few of each."""
    left = dict.fromkeys(kinds, MOST_OF_A_KIND)
    found = []
    for number in offered:
        if left.get(number.kind):
            left[number.kind] -= 1
            found.append(number)
    return found


def _serves(number: Number, kit: Kit | None) -> bool:
    return not number.kits or (kit is not None and kit.id in number.kits)


def _without_facts(kinds: Iterable[NumberKind], where: Where) -> Value | None:
    """What to dial in a country that we have no facts on; advice for an emergency never goes missing."""
    if where.country or not _SERVICES.intersection(kinds):
        return None
    if area_of(where.host) == "union":
        return say("kit_answer/numbers/emergency", number="112")
    return say("kit_answer/numbers/unknown")


def _places(part: Part, where: Where) -> Known | None:
    places = tuple(place for place in (where.kit.places if where.kit else ()) if place.kind in part.places)
    value = _listing(map(_place_text, places))
    return Known(value, places) if value else None


def _place_text(place: Place) -> Text:
    if place.address:
        return say("kit_answer/place", name=place.name, address=place.address)
    return verbatim(place.name)


def _listing(texts: Iterable[Text], *, lines: bool = False) -> Value | None:
    items = tuple(texts)
    return Listing(items, lines) if items else None


# --- holidays and phrases ---------------------------------------------------------------------------


def holidays_on(library: Library, country: str, subdivision: str | None, day: date) -> tuple[Holiday, ...]:
    """The public holidays of a day in a country (ISO 3166) and one of its parts, as far as we have them."""
    return tuple(one for one in _holidays_there(library.countries.get(country), subdivision) if one.day == day)


def _holidays_there(country: Country | None, subdivision: str | None) -> list[Holiday]:
    days = country.holidays.days if country and country.holidays else ()
    return [one for one in days if not one.subdivisions or subdivision in one.subdivisions]


def _holidays(where: Where) -> Known | None:
    there = _holidays_there(where.country, where.kit.subdivision if where.kit else None)
    coming = [one for one in there if where.today is None or one.day >= where.today][:NEXT_HOLIDAYS]
    lines = (say("kit_answer/holiday", day=Day(one.day), name=one.name) for one in coming)
    value = _listing(lines, lines=True)
    return Known(value, (where.country.holidays,)) if value and where.country and where.country.holidays else None


def phrases_there(where: Where) -> tuple[str, tuple[tuple[Text, Said], ...]] | None:
    """A language of the place with its phrases, meaning and words of each, those first that are worth learning first;
    one that nobody learns at home if there is one."""
    for language in where.foreign_languages or where.languages:
        found = tuple(
            (Text(f"{spoken.path}/meaning"), said)
            for spoken in sorted(where.library.phrases.values(), key=lambda phrase: phrase.rank)
            if (said := spoken.words.get(language))
        )
        if found:
            return language, found
    return None


def _phrases(where: Where) -> Known | None:
    there = phrases_there(where)
    if there is None:
        return None
    language, found = there
    lines = (say("kit_answer/phrase", meaning=meaning, words=said.text, sounds=said.sounds) for meaning, said in found)
    whole = Listing(tuple(lines), lines=True)
    return Known(say("kit_answer/in_language", language=LanguageName(language), lines=whole))


def _one_phrase(phrase: str, where: Where) -> Known | None:
    said = _said(phrase, where)
    return Known(say("kit_answer/said", words=said.text, sounds=said.sounds)) if said else None


def _said(phrase: str, where: Where) -> Said | None:
    spoken = where.library.phrases.get(phrase)
    ways = [spoken.words[code] for code in where.foreign_languages if code in spoken.words] if spoken else []
    return ways[0] if ways else None
