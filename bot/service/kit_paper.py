"""The whole kit of a town as one PDF: put together, drawn once, and kept in the data folder for whoever asks next.

The file's name tells everything it depends on: town, home country, language, and a print of all its words. So a kit
that changed is drawn anew, and a learner never gets yesterday's numbers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Lock

from bot.clock import local_date
from bot.content.loader import Library
from bot.content.markup import visible
from bot.errors import NotFound
from bot.flows.kit import THEMES
from bot.i18n import Country, Day, LanguageName, Text, say, verbatim
from bot.papers.kit_booklet import Booklet, Card, Labels, Phrase, Theme, Topic, kit_booklet
from bot.rules.kit_answer import answer_to, emergency_numbers_in
from bot.rules.kit_cards import cards_for
from bot.rules.kit_values import Where, phrases_there

FOLDER = "kits"  # in the data folder
LAYOUT = 1  # counted up when the drawing changes
URGENT_PLACES = ("hospital", "police")
BESIDE = frozenset(("interface/kit_answer/card",))  # stands in a part of its own
SMALL_PRINT = frozenset(("interface/kit_answer/checked",))
_LOOSE = re.compile(r" (?=[:;?!»])")  # no line begins with one of these
_ONE_AT_A_TIME = Lock()  # a class that taps at once waits for one drawing


@dataclass(frozen=True, slots=True)
class Order:
    """Whose kit: kit id (empty: none for this town), host and home country (ISO 3166; home may be empty)."""

    kit: str
    country: str
    home: str


def kit_pdf(library: Library, data_dir: Path, order: Order, language: str, now: datetime) -> bytes:
    """The PDF in a language of the catalogues, from the data folder if it was drawn before; about a second if not.
    Raises NotFound for a kit that is not there, OSError where the data folder cannot be written."""
    told = booklet(library, order, language, now)
    name = f"{order.kit or order.country.lower()}-{order.home or 'any'}-{language}".replace("/", "-")
    printed = hashlib.blake2b(repr((LAYOUT, told)).encode(), digest_size=8).hexdigest()
    file = data_dir / FOLDER / f"{name}-{printed}.pdf"
    with _ONE_AT_A_TIME:
        if file.is_file():
            return file.read_bytes()
        drawn = kit_booklet(told)
        file.parent.mkdir(parents=True, exist_ok=True)
        older = list(file.parent.glob(f"{name}-*.pdf"))
        part = file.with_suffix(".part")
        part.write_bytes(drawn)
        part.replace(file)
        for one in older:
            one.unlink(missing_ok=True)
    return drawn


def booklet(library: Library, order: Order, language: str, now: datetime) -> Booklet:
    """What the PDF says. Raises NotFound for a kit that is not there."""
    return _Writer(library, order, language, now).booklet()


class _Writer:
    """Everything of one kit as plain words of one language."""

    def __init__(self, library: Library, order: Order, language: str, now: datetime) -> None:
        kit = library.kits.get(order.kit)
        if order.kit and kit is None:
            raise NotFound(f"There is no kit '{order.kit}'.")
        self._library, self._order, self._language = library, order, language
        self._zone = kit.zone if kit else "UTC"
        self._today: date = local_date(now, self._zone)
        self._where = Where(library, order.home, kit.country if kit else order.country, kit, self._today)

    def booklet(self) -> Booklet:
        """All parts, those for an emergency first."""
        where, day = self._where, Day(self._as_of())
        city = Text(f"{where.kit.path}/name") if where.kit else Country(where.host)
        home = say("booklet/below_home", home=Country(where.home), day=day) if where.home else None
        numbers = emergency_numbers_in(self._library, where.host)
        cards, phrases = self._cards(), tuple(self._phrases())
        return Booklet(
            title=self._told(say("booklet/title", city=city)),
            below=self._told(home or say("booklet/below", day=day)),
            labels=self._labels(),
            numbers=tuple((n.number, self._told(say(f"card/number/{n.what}"))) for n in numbers),
            no_number=self._told(say("card/local_number")),
            places=tuple(self._places()),
            themes=tuple(self._theme(theme, title) for theme, title in THEMES.items()),
            cards=cards,
            phrases=phrases,
        )

    def _as_of(self) -> date:
        """The day on which somebody last looked anything up: not today, so that the same words make the same file."""
        where = self._where
        known = (*where.facts.values(), *(where.country.numbers if where.country else ()))
        return max((one.checked for one in known), default=self._today)

    def _labels(self) -> Labels:
        where = self._where
        shown = cards_for(self._library, self._order.kit or None, where.host, where.home)
        spoken = phrases_there(where)
        return Labels(
            emergency=self._told(say("card/emergency", country=Country(where.host))),
            advice=self._told(say("booklet/advice")),
            contents=self._told(say("booklet/contents")),
            cards=self._told(say("booklet/cards")),
            cards_hint=self._told(
                say("booklet/cards_hint", language=LanguageName(shown[0].language, inside=True))
            ) if shown else "",
            phrases=self._told(say("booklet/phrases")),
            phrases_hint=self._told(say("booklet/phrases_hint", language=LanguageName(spoken[0]))) if spoken else "",
        )  # fmt: skip

    def _places(self) -> Iterator[str]:
        for place in self._where.kit.places if self._where.kit else ():
            if place.kind in URGENT_PLACES:
                named = say("kit_answer/place", name=place.name, address=place.address or "")
                line = named if place.address else verbatim(place.name)
                kind = self._told(say(f"near/kinds/{place.kind}"))
                yield self._told(say("booklet/place", kind=kind[:1].upper() + kind[1:], place=line))

    def _theme(self, theme: str, title: Text) -> Theme:
        topics = (self._topic(name) for name, topic in self._library.topics.items() if topic.theme == theme)
        return Theme(self._told(title), tuple(sorted(topics, key=self._urgency)))

    def _urgency(self, topic: Topic) -> bool:
        return topic.title != self._told(Text("topics/emergency_numbers/title"))

    def _topic(self, name: str) -> Topic:
        order = self._order
        texts = answer_to(
            self._library, name, order.kit or None, self._where.host, order.home, today=self._today
        ).texts  # fmt: skip
        body = (text for text in texts if text.id not in BESIDE | SMALL_PRINT)
        small = (text for text in texts if text.id in SMALL_PRINT)
        return Topic(
            self._told(Text(f"topics/{name}/title")), tuple(map(self._told, body)), " ".join(map(self._told, small))
        )

    def _cards(self) -> tuple[Card, ...]:
        shown = cards_for(self._library, self._order.kit or None, self._where.host, self._order.home)
        cards = sorted(shown, key=lambda card: card.id != "emergency")
        return tuple(Card(self._told(card.title), card.words, self._told(card.meaning)) for card in cards)

    def _phrases(self) -> Iterator[Phrase]:
        for meaning, said in (phrases_there(self._where) or ("", ()))[1]:
            yield Phrase(said.text, said.sounds, self._told(meaning))

    def _told(self, text: Text) -> str:
        words = visible(self._library.catalogues.html(text, self._language, self._zone)).strip()
        return _LOOSE.sub("\u00a0", words)
