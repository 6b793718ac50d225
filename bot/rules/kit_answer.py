"""What a city kit answers to a topic: paragraphs for one learner's home and host country, still in no language.

A paragraph appears only when its circumstances hold and every fact it names is known. An answer that rests on facts
ends with the day on which the oldest of them was checked; one that should be local and has nothing local says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.content.kits import (
    Circumstances,
    Country,
    Fact,
    FactValue,
    Kit,
    Number,
    NumberKind,
    Part,
    Place,
    Sourced,
    Topic,
    area_of,
)
from bot.content.loader import Library
from bot.errors import NotFound
from bot.i18n import Country as CountryName
from bot.i18n import Day, LanguageName, Listing, Text, Value, say, verbatim

EMERGENCY_KINDS: tuple[NumberKind, ...] = ("emergency", "police", "ambulance", "fire", "silent")
MOST_OF_A_KIND = 2  # somebody in need calls one line, not the fourth of a list
_SERVICES = frozenset(("emergency", "police", "ambulance", "fire"))


class EmergencyNumber(NamedTuple):
    """What to dial: `what` is emergency, police, ambulance, fire or silent (an SMS, for who cannot speak)."""

    what: NumberKind
    number: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Everything known about where somebody is and comes from."""

    home: str
    host: str
    country: Country | None
    kit: Kit | None

    @property
    def facts(self) -> dict[str, Fact]:
        """Facts of the country, and over them those of the city."""
        known: dict[str, Fact] = {}
        for source in (self.country, self.kit):
            known.update(source.facts if source else {})
        return known


# --- numbers ----------------------------------------------------------------------------------------


def emergency_numbers(country: Country) -> tuple[EmergencyNumber, ...]:
    """What to dial in an emergency, the most useful first. 112 is there only where it can be relied on."""
    return tuple(EmergencyNumber(n.kind, n.number) for n in country.numbers if n.kind in EMERGENCY_KINDS)


def emergency_numbers_in(library: Library, country: str) -> tuple[EmergencyNumber, ...]:
    """The same for any ISO 3166 code. Without facts of ours it is 112 in the EU, EEA and Switzerland (where it has to
    work by law), and nothing elsewhere: whoever shows that must say "the local emergency number"."""
    if country in library.countries:
        return emergency_numbers(library.countries[country])
    return (EmergencyNumber("emergency", "112"),) if area_of(country) == "union" else ()


def number_text(number: Number) -> Text:
    """A telephone number with what it is for, its name and the language it speaks."""
    line = say(f"kit_answer/numbers/{number.kind}", number=number.number)
    if number.name:
        line = say("kit_answer/numbers/named", line=line, name=number.name)
    if number.language:
        line = say("kit_answer/numbers/spoken", line=line, language=LanguageName(number.language))
    return line


def _numbers(part: Part, where: _Place) -> list[Number]:
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


# --- answers ----------------------------------------------------------------------------------------


def topic_texts(
    library: Library,
    topic: str,
    kit_id: str | None,
    host_country: str,
    home_country: str,
    here: str | None = None,
) -> tuple[Text, ...]:
    """The answer to a topic, one text per paragraph. Countries are ISO 3166 codes; a town without a kit has
    `kit_id=None`, a country without facts of ours gets the general advice.

    `here` is the country they are in now (default: the host country): what to dial is that of there.
    Raises NotFound for an unknown topic."""
    found = _topic(library, topic)
    kit = library.kits.get(kit_id) if kit_id else None
    host = kit.country if kit else host_country
    where = _Place(home_country, host, library.countries.get(host), kit)
    now = where if here in (None, host) else _Place(home_country, here or "", library.countries.get(here or ""), None)
    shown = list(_parts(found, where, now))
    used = [sourced for _, facts in shown for sourced in facts]
    note = kit.notes.get(found.id) if kit else None
    texts = [*_note(kit, found.id), *(text for text, _ in shown)]
    if not texts or (found.local and not note and not used):
        texts.append(say("kit_answer/ask"))
    days = [sourced.checked for sourced in used] + ([note.checked] if note and note.checked else [])
    return (*texts, *_checked(days))


def nearest_topics(library: Library, topic: str) -> tuple[str, ...]:
    """Topics that somebody who asked this may have meant or need next, at most four."""
    return tuple(name for name in _topic(library, topic).neighbours if name in library.topics)


def _topic(library: Library, topic: str) -> Topic:
    try:
        return library.topics[topic]
    except KeyError:
        raise NotFound(f"There is no topic '{topic}'; choose one of: {', '.join(library.topics)}.") from None


def _note(kit: Kit | None, topic: str) -> Iterator[Text]:
    """What is particular here comes first, and says so itself where nobody has confirmed it."""
    if kit and topic in kit.notes:
        yield Text(f"{kit.path}/notes/{topic}/text")
        if not kit.notes[topic].source:
            yield say("kit_answer/unverified")


def _checked(days: list[date]) -> tuple[Text, ...]:
    return (say("kit_answer/checked", day=Day(min(days))),) if days else ()


def _to_dial(part: Part) -> bool:
    return bool(part.numbers) or "number_112" in part.when.facts


def _parts(topic: Topic, stay: _Place, now: _Place) -> Iterator[tuple[Text, list[Sourced]]]:
    """The paragraphs that hold here, each with the facts it rests on."""
    for part in topic.answer:
        where = now if _to_dial(part) else stay
        facts = where.facts
        if not holds(part.when, where.home, where.host, {key: fact.value for key, fact in facts.items()}):
            continue
        values = _values(part, where, facts)
        if values is not None:
            args, used = values
            yield Text(f"{topic.path}/answer/{part.id}/text", args), used


def holds(when: Circumstances, home: str, host: str, facts: Mapping[str, FactValue]) -> bool:
    """Whether a paragraph is true for somebody from `home` in `host` (ISO 3166 codes)."""
    return (
        (when.home is None or when.home == area_of(home))
        and (when.host is None or when.host == area_of(host))
        and (not when.home_countries or home in when.home_countries)
        and home not in when.except_home_countries
        and (not when.host_countries or host in when.host_countries)
        and host not in when.except_host_countries
        and all(facts.get(key) == value for key, value in when.facts.items())
        and all(key in facts and facts[key] != value for key, value in when.facts_other_than.items())
        and not any(key in facts for key in when.lacks)
    )


def _values(part: Part, where: _Place, facts: Mapping[str, Fact]) -> tuple[dict[str, Value], list[Sourced]] | None:
    """The values of a paragraph and what they rest on; None when one of them is not known."""
    args: dict[str, Value] = {}
    keys = (*part.when.facts, *part.when.facts_other_than, *part.rests_on)
    used: list[Sourced] = [facts[key] for key in keys if key in facts]
    for name in sorted(part.names):
        value, sources = _value(name, part, where, facts)
        if value is None:
            return None
        args[name] = value
        used.extend(sources)
    return args, used


def _value(
    name: str, part: Part, where: _Place, facts: Mapping[str, Fact]
) -> tuple[Value | None, list[Number] | list[Place] | list[Fact]]:
    match name:
        case "country":
            return CountryName(where.host), []
        case "home":
            return CountryName(where.home), []
        case "city":
            return (Text(f"{where.kit.path}/name"), []) if where.kit else (None, [])
        case "numbers":
            numbers = _numbers(part, where)
            return _listing(map(number_text, numbers)) or _without_facts(part.numbers, where), numbers
        case "places":
            places = [place for place in (where.kit.places if where.kit else ()) if place.kind in part.places]
            return _listing(map(_place_text, places)), places
        case _ if name in facts:
            return show_fact(name, facts[name].value), [facts[name]]
        case _:
            return None, []


def _without_facts(kinds: Iterable[NumberKind], where: _Place) -> Value | None:
    """What to dial in a country that we have no facts on; advice for an emergency never goes missing."""
    if where.country or not _SERVICES.intersection(kinds):
        return None
    if area_of(where.host) == "union":
        return say("kit_answer/numbers/emergency", number="112")
    return say("kit_answer/numbers/unknown")


def _listing(texts: Iterable[Text]) -> Value | None:
    items = tuple(texts)
    return Listing(items) if items else None


def _place_text(place: Place) -> Text:
    if place.address:
        return say("kit_answer/place", name=place.name, address=place.address)
    return verbatim(place.name)


def show_fact(name: str, value: FactValue) -> Value:
    """A fact as a value that can be shown in every language."""
    if isinstance(value, tuple):
        shape: Callable[[str], Value] = LanguageName if name == "languages" else str
        return Listing(tuple(shape(item) for item in value))
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
