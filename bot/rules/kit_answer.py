"""What a city kit answers to a topic: paragraphs for one learner's home and host country, still in no language.

A paragraph appears only when its circumstances hold and every fact it names is known. An answer that rests on facts
ends with the day on which the oldest of them was checked; one that should be local and has nothing local says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.content.kits import (
    Circumstances,
    Country,
    FactValue,
    Kit,
    Note,
    NumberKind,
    Part,
    Sourced,
    Topic,
    area_of,
)
from bot.content.loader import Library
from bot.errors import NotFound
from bot.i18n import Country as CountryName, Day, Text, say
from bot.rules.kit_cards import card_text, topic_cards
from bot.rules.kit_values import Where, number_text, values_of

__all__ = [
    "EmergencyNumber",
    "Reach",
    "answer_to",
    "emergency_numbers",
    "emergency_numbers_in",
    "nearest_topics",
    "number_text",
    "reaches",
    "topic_texts",
]

EMERGENCY_KINDS: tuple[NumberKind, ...] = ("emergency", "police", "ambulance", "fire", "silent")
ASKS = frozenset(("interface/kit_answer/ask", "interface/kit_answer/ask_city"))  # texts that say who knows more

Reach = Literal["local", "country", "general"]  # the nearest thing that an answer rests on


class EmergencyNumber(NamedTuple):
    """What to dial: `what` is emergency, police, ambulance, fire or silent (an SMS, for who cannot speak)."""

    what: NumberKind
    number: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One text per paragraph, and how near to the place what it rests on is. `confirmed`: nothing in it waits for
    somebody's confirmation."""

    texts: tuple[Text, ...]
    reach: Reach
    confirmed: bool = True


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


# --- answers ----------------------------------------------------------------------------------------


@lru_cache(maxsize=512)  # most of a cohort reads the same
def topic_texts(
    library: Library,
    topic: str,
    kit_id: str | None,
    host_country: str,
    home_country: str,
    here: str | None = None,
    today: date | None = None,
) -> tuple[Text, ...]:
    """The answer to a topic, one text per paragraph. Countries are ISO 3166 codes; a town without a kit has
    `kit_id=None`, a country without facts of ours gets the general advice.

    `here` is the country they are in now (default: the host country): what to dial is that of there. `today` is the
    day there, for what comes next in the calendar (default: all there is). Raises NotFound for an unknown topic."""
    return answer_to(library, topic, kit_id, host_country, home_country, here, today).texts


def answer_to(
    library: Library,
    topic: str,
    kit_id: str | None,
    host_country: str,
    home_country: str,
    here: str | None = None,
    today: date | None = None,
) -> Answer:
    """The same with what it rests on."""
    found = _topic(library, topic)
    kit = library.kits.get(kit_id) if kit_id else None
    host = kit.country if kit else host_country
    stay = Where(library, home_country, host, kit, today)
    now = stay if here in (None, host) else Where(library, home_country, here or "", None, today)
    notes = list(_notes(stay, topic))
    shown = list(_parts(found, stay, now))
    used = [sourced for _, facts in shown for sourced in facts]
    reach = _reach(stay, topic, used)
    texts = [*(text for text, _ in notes), *(text for text, _ in shown), *_ask(found, stay, reach, bool(shown))]
    texts.extend(map(card_text, topic_cards(library, found.cards, stay)))
    days = [sourced.checked for sourced in used] + [note.checked for _, note in notes if note and note.checked]
    confirmed = all(note is None or note.source for _, note in notes)
    return Answer((*texts, *_checked(days)), reach, confirmed)


def nearest_topics(library: Library, topic: str) -> tuple[str, ...]:
    """Topics that somebody who asked this may have meant or need next, at most four."""
    return tuple(name for name in _topic(library, topic).neighbours if name in library.topics)


def reaches(library: Library, kit_id: str, home_country: str = "FR") -> dict[str, Reach]:
    """How near every topic of a kit comes to its city: facts or notes of its own, of the country, or general advice."""
    country = library.kits[kit_id].country
    return {topic: answer_to(library, topic, kit_id, country, home_country).reach for topic in library.topics}


def says_who_knows(texts: tuple[Text, ...]) -> bool:
    """Whether an answer sends somebody on to a person who knows more."""
    return any(text.id in ASKS for text in texts)


def _topic(library: Library, topic: str) -> Topic:
    try:
        return library.topics[topic]
    except KeyError:
        raise NotFound(f"There is no topic '{topic}'; choose one of: {', '.join(library.topics)}.") from None


def _notes(where: Where, topic: str) -> Iterator[tuple[Text, Note | None]]:
    """What is particular here comes first, and says so itself where nobody has confirmed it."""
    for source in (where.kit, where.country):
        if source and topic in source.notes:
            note = source.notes[topic]
            yield Text(f"{source.path}/notes/{topic}/text"), note
            if not note.source:
                yield say("kit_answer/unverified"), None


def _reach(where: Where, topic: str, used: list[Sourced]) -> Reach:
    if where.kit and (topic in where.kit.notes or any(_belongs(sourced, where.kit) for sourced in used)):
        return "local"
    return "country" if used or (where.country and topic in where.country.notes) else "general"


def _belongs(sourced: Sourced, kit: Kit) -> bool:
    return any(sourced is own for own in (*kit.facts.values(), *kit.places))


def _ask(topic: Topic, where: Where, reach: Reach, answered: bool) -> tuple[Text, ...]:
    """Who knows more, where an answer that should be local has nothing of the place itself."""
    if answered and (not topic.local or reach == "local"):
        return ()
    if where.kit and reach == "country":
        return (say("kit_answer/ask_city", country=CountryName(where.host), city=Text(f"{where.kit.path}/name")),)
    return (say("kit_answer/ask"),)


def _checked(days: list[date]) -> tuple[Text, ...]:
    return (say("kit_answer/checked", day=Day(min(days))),) if days else ()


def _to_dial(part: Part) -> bool:
    return bool(part.numbers) or "number_112" in part.when.facts


def _parts(topic: Topic, stay: Where, now: Where) -> Iterator[tuple[Text, list[Sourced]]]:
    """The paragraphs that hold here, each with the facts it rests on."""
    for part in topic.answer:
        where = now if _to_dial(part) else stay
        if not holds(part.when, where.home, where.host, where.values):
            continue
        values = values_of(part, where)
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
        and (when.home_in is None or home in _listed(facts, when.home_in))
        and (when.home_not_in is None or home not in _listed(facts, when.home_not_in))
        and all(facts.get(key) == value for key, value in when.facts.items())
        and all(key in facts and facts[key] != value for key, value in when.facts_other_than.items())
        and not any(key in facts for key in when.lacks)
    )


def _listed(facts: Mapping[str, FactValue], key: str) -> tuple[str, ...]:
    value = facts.get(key, ())
    return value if isinstance(value, tuple) else ()
