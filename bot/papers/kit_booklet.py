"""A whole city kit to keep offline: A5 pages for a phone, emergency first, every part a tap from the front."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.papers import fonts
from bot.papers.paper import GREY, INK, LEADING, POINT, Colour, Paper

SIZE = (148.0, 210.0)
_MARGIN, _TOP, _BOTTOM = 11.0, 13.0, 195.0
_WIDTH = SIZE[0] - 2 * _MARGIN
_RED, _PALE, _BLUE = (178, 34, 34), (244, 246, 250), (38, 70, 120)
_WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic's answer; `note` is what stands below it in small print."""

    title: str
    paragraphs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """Topics that belong together."""

    title: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A sentence to hold out to somebody, and what it says in the reader's language."""

    title: str
    words: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something to say: the words, how they sound, what they mean."""

    words: str
    sounds: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The booklet's own words, in the reader's language."""

    emergency: str
    advice: str  # when there is danger
    contents: str
    cards: str
    cards_hint: str
    phrases: str
    phrases_hint: str


@dataclass(frozen=True, slots=True)
class Booklet:
    """Everything a booklet says, in one language. `numbers` are pairs of number and what it is for."""

    title: str
    below: str
    labels: Labels
    numbers: tuple[tuple[str, str], ...]
    no_number: str  # said where no number is known
    places: tuple[str, ...]
    themes: tuple[Theme, ...]
    cards: tuple[Card, ...] = ()
    phrases: tuple[Phrase, ...] = ()


def kit_booklet(booklet: Booklet) -> bytes:
    """The PDF."""
    drawn = _Pages(booklet)
    drawn.front()
    drawn.cards()
    for theme in booklet.themes:
        drawn.theme(theme)
    drawn.phrases()
    drawn.contents()
    return drawn.paper.bytes()


class _Pages:
    """A pen that moves down the pages and remembers on which of them a part began."""

    def __init__(self, booklet: Booklet) -> None:
        self._told = booklet
        self.paper = Paper(_all_words(booklet), booklet.title, size=SIZE)
        self._y = _TOP
        self._page = 0
        self._contents_at = 0.0
        self._parts: list[tuple[str, int]] = []

    # --- parts ----------------------------------------------------------------------------------

    def front(self) -> None:
        """What somebody needs first when something is wrong."""
        told, labels = self._told, self._told.labels
        self._new_page()
        self._write(told.title, 20, bold=True)
        self._write(told.below, 9, colour=GREY, after=4)
        self._part(labels.emergency)
        self._band(labels.emergency)
        for number, what in told.numbers:
            below = self.paper.line(_MARGIN, self._y, number, 17, bold=True, colour=_RED)
            self.paper.text(_MARGIN + 38, self._y + 1.8, _WIDTH - 38, what, 10, most=7)
            self._y = below
        if not told.numbers:
            self._write(told.no_number, 11, bold=True)
        self._y += 2
        for place in told.places:
            self._write(place, 9.5, after=1)
        self._write(labels.advice, 9.5, after=3)
        self._contents_at = self._y

    def cards(self) -> None:
        """Sentences to show come before the topics: they are needed in a hurry."""
        if not self._told.cards:
            return
        self._new_page()
        self._heading(self._told.labels.cards)
        self._write(self._told.labels.cards_hint, 9, colour=GREY, after=3)
        for card in self._told.cards:
            self._card(card)

    def theme(self, theme: Theme) -> None:
        """A theme begins on a page of its own."""
        self._new_page()
        self._heading(theme.title)
        for topic in theme.topics:
            self._topic(topic)

    def phrases(self) -> None:
        """What to say, in the order in which it is worth learning."""
        if not self._told.phrases:
            return
        self._new_page()
        self._heading(self._told.labels.phrases)
        self._write(self._told.labels.phrases_hint, 9, colour=GREY, after=3)
        for phrase in self._told.phrases:
            self._room(13)
            self._write(phrase.words, 12.5, bold=True)
            self._write(f"[{phrase.sounds}]  {phrase.meaning}", 9.5, after=2.5)

    def contents(self) -> None:
        """The list on the front page, once it is known where everything came to stand."""
        self.paper.turn_to(1)
        y = self._contents_at
        y = self.paper.text(_MARGIN, y, _WIDTH, self._told.labels.contents, 11, bold=True, colour=_BLUE) + 1
        parts = self._parts[1:]
        room = min(5.4, (_BOTTOM - y) / max(len(parts), 1))
        for title, page in parts:
            self.paper.text(_MARGIN, y, _WIDTH - 14, title, 9.5, most=room)
            self.paper.line(_MARGIN, y, str(page), 9.5, colour=GREY, width=_WIDTH, align="R")
            self.paper.link(_MARGIN, y, _WIDTH, room, page)
            y += room

    # --- pieces ---------------------------------------------------------------------------------

    def _topic(self, topic: Topic) -> None:
        self._room(22)
        self.paper.mark(topic.title, 1)
        self._write(topic.title, 12, bold=True, after=0.8)
        for paragraph in topic.paragraphs:
            self._write(paragraph, 9.5, after=1.6)
        if topic.note:
            self._write(topic.note, 7.5, colour=GREY)
        self._y += 3.5

    def _card(self, card: Card) -> None:
        words = self.paper.lines(_WIDTH - 8, card.words, 13, bold=True)
        meaning = self.paper.lines(_WIDTH - 8, card.meaning, 8.5)
        high = 4 + _high(8.5) + 1 + len(words) * _high(13) + 1 + len(meaning) * _high(8.5) + 3
        self._room(high + 4)
        self.paper.box(_MARGIN, self._y, _WIDTH, high, fill=_PALE)
        y = self.paper.line(_MARGIN + 4, self._y + 3, card.title, 8.5, colour=_BLUE) + 1
        for line in words:
            y = self.paper.line(_MARGIN + 4, y, line, 13, bold=True)
        y += 1
        for line in meaning:
            y = self.paper.line(_MARGIN + 4, y, line, 8.5, colour=GREY)
        self._y += high + 4

    def _heading(self, title: str) -> None:
        self._part(title)
        self._write(title, 16, bold=True, colour=_BLUE, after=2.5)

    def _band(self, title: str) -> None:
        self.paper.box(_MARGIN, self._y, _WIDTH, 9, fill=_RED)
        self.paper.text(_MARGIN + 3, self._y + 1.6, _WIDTH - 6, title, 12, bold=True, colour=_WHITE, most=6.5)
        self._y += 11

    def _part(self, title: str) -> None:
        self.paper.mark(title)
        self._parts.append((title, self._page))

    # --- the pen --------------------------------------------------------------------------------

    def _write(
        self, words: str, size: float, *, bold: bool = False, colour: Colour = INK, after: float = 0.0
    ) -> None:  # fmt: skip
        """A paragraph, over the end of a page where it must."""
        align = "R" if fonts.runs_left(words) else "L"
        for line in self.paper.lines(_WIDTH, words, size, bold=bold):
            self._room(_high(size))
            self._y = self.paper.line(
                _MARGIN, self._y, line, size, bold=bold, colour=colour, width=_WIDTH, align=align
            )  # fmt: skip
        self._y += after

    def _room(self, millimetres: float) -> None:
        if self._y + millimetres > _BOTTOM:
            self._new_page()

    def _new_page(self) -> None:
        self._page = self.paper.page()
        foot = f"{self._told.title}  ·  {self._page}"
        self.paper.line(_MARGIN, SIZE[1] - 10, foot, 7.5, colour=GREY, width=_WIDTH, align="C")
        self._y = _TOP


def _high(size: float) -> float:
    return size * POINT * LEADING


def _all_words(booklet: Booklet) -> Iterator[str]:
    """Everything that may be drawn, to know which fonts that takes."""
    yield from (booklet.title, booklet.below, booklet.no_number, *booklet.places)
    labels = booklet.labels
    yield from (labels.emergency, labels.advice, labels.contents, labels.cards, labels.cards_hint, labels.phrases)
    yield labels.phrases_hint
    yield from (what for _, what in booklet.numbers)
    for theme in booklet.themes:
        yield theme.title
        for topic in theme.topics:
            yield from (topic.title, *topic.paragraphs, topic.note)
    for card in booklet.cards:
        yield from (card.title, card.words, card.meaning)
    for phrase in booklet.phrases:
        yield from (phrase.words, phrase.sounds, phrase.meaning)
