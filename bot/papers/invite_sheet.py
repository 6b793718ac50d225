"""An invite on paper: one A4 page a person, with a QR code and three lines, and a wallet card to cut out beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.i18n import Country, Text, Value, say
from bot.papers.paper import GREY, Paper
from bot.rules.telling import Tell, quietly

Words = Callable[[Text, str], str]  # a text in a language, without markup
CARD = (74.0, 105.0)  # A7
_RED, _PALE = (178, 34, 34), (244, 246, 250)
_MARGIN = 18.0


@dataclass(frozen=True, slots=True)
class Card:
    """What a wallet card says; lines that are not known are left out. Numbers are pairs of what and number."""

    language: str  # the learner's
    host_languages: tuple[str, ...]  # of the people who may find the card
    country: str  # ISO 3166, as the next
    home: str | None
    numbers: tuple[tuple[str, str], ...]
    lives_at: str = ""
    works_at: str = ""
    work_phone: str = ""
    tutor: str = ""
    referents: tuple[tuple[str, str], ...] = ()  # name, phone


@dataclass(frozen=True, slots=True)
class Invited:
    """One person's sheet. `card` is None for who does not travel. Who takes part `by_phone` gets no code to join."""

    name: str
    code: str
    role: str  # as the command line spells it
    language: str
    cohort: str
    url: str
    until: Value
    card: Card | None = None
    by_phone: bool = False


def invite_sheets(
    people: Iterable[Invited], words: Words, *, title: str, cards_only: bool = False, tell: Tell = quietly
) -> bytes:  # fmt: skip
    """A PDF with one page a person, or with nothing but wallet cards, two a page."""
    everybody = list(people)
    paper = Paper(_all_words(everybody, words), title)
    if cards_only:
        _card_pages(paper, [one for one in everybody if one.card is not None], words)
        return paper.bytes()
    for done, person in enumerate(everybody, start=1):
        paper.page()
        _page(paper, person, words)
        tell("drawn", done, len(everybody))
    return paper.bytes()


def _all_words(people: Iterable[Invited], words: Words) -> Iterator[str]:
    """Everything that may be drawn, to know which fonts that takes."""
    seen = set()
    for person in people:
        yield from (person.name, person.code, person.cohort)
        card = person.card
        languages = (person.language, *(card.host_languages if card else ()))
        for language in languages:
            if language not in seen:
                seen.add(language)
                yield words(say("papers/title", cohort=person.cohort), language)
                yield words(say("passer_by/help"), language)
        if card is not None:
            yield from (card.lives_at, card.works_at, card.tutor, *(name for name, _ in card.referents))


# --- the page -----------------------------------------------------------------------------------


def _page(paper: Paper, person: Invited, words: Words) -> None:
    width = 210 - 2 * _MARGIN

    def told(text: Text) -> str:
        return words(text, person.language)

    y = paper.text(_MARGIN, 16, width, told(say("papers/title", cohort=person.cohort)), 11, colour=GREY)
    y = paper.text(_MARGIN, y + 2, width, person.name, 24, bold=True, most=24)
    y = paper.text(_MARGIN, y + 1, width, told(say(f"papers/role/{person.role.replace('-', '_')}")), 11, colour=GREY)
    y += 6
    for number in (1, 2, 3):
        y = paper.text(_MARGIN, y, width, told(say(f"papers/what/{_kind(person)}/{number}")), 12) + 2.2
    if not person.by_phone:
        _way_in(paper, y + 5, person, told)
    if person.card is not None:
        top = 297 - CARD[1] - 14
        left = (210 - 2 * CARD[0]) / 2
        paper.text(left, top - 6, 2 * CARD[0], told(say("papers/cut")), 9, colour=GREY)
        _card(paper, left, top, person, person.card, words)


def _way_in(paper: Paper, y: float, person: Invited, told: Callable[[Text], str]) -> None:
    """The code, and how to use it."""
    width, side = 210 - 2 * _MARGIN, 62.0
    paper.qr(_MARGIN - 4, y, side, person.url)
    right, wide = _MARGIN + side + 2, width - side - 2
    step = paper.text(right, y + 5, wide, told(say("papers/how")), 12, bold=True) + 2
    for number in (1, 2, 3):
        step = paper.text(right, step, wide, f"{number}.  {told(say(f'papers/step/{number}'))}", 11) + 1.5
    step = paper.text(right, step + 2, wide, told(say("papers/link")), 9, colour=GREY)
    step = paper.text(right, step, wide, person.url, 9)
    paper.text(
        right, step + 2, wide, told(say("papers/only_you", until=person.until, code=person.code)), 9, colour=GREY
    )


def _kind(person: Invited) -> str:
    if person.by_phone:
        return "family_phone" if person.role == "family" else "phone"
    return {"learner": "learner", "staff": "learner", "family": "family", "host-tutor": "tutor"}.get(
        person.role, "desk"
    )


# --- the card -----------------------------------------------------------------------------------


def _card_pages(paper: Paper, people: list[Invited], words: Words) -> None:
    left, top = (210 - 2 * CARD[0]) / 2, (297 - 2 * CARD[1]) / 3
    for start in range(0, len(people), 2):
        paper.page()
        for place, person in enumerate(people[start : start + 2]):
            assert person.card is not None
            _card(paper, left, top + place * (CARD[1] + top), person, person.card, words)


def _card(paper: Paper, x: float, y: float, person: Invited, card: Card, words: Words) -> None:
    """Two A7 halves side by side: what the learner reads, and what a stranger reads; folded they make one card."""
    paper.cut(x, y, 2 * CARD[0], CARD[1])
    paper.fold(x + CARD[0], y, CARD[1])
    _own_half(paper, x, y, person, card, words)
    _strangers_half(paper, x + CARD[0], y, person, card, words)


def _own_half(paper: Paper, x: float, y: float, person: Invited, card: Card, words: Words) -> None:
    def told(text: Text) -> str:
        return words(text, card.language)

    inner, wide = x + 5, CARD[0] - 10
    paper.box(x + 0.3, y + 0.3, CARD[0] - 0.6, 11, fill=_RED)
    paper.text(inner, y + 3, wide, told(say("card/emergency", country=Country(card.country))), 10, bold=True,
               colour=(255, 255, 255), most=7)  # fmt: skip
    line = y + 13
    for what, number in card.numbers[:4]:
        paper.text(inner, line, 22, number, 14, bold=True, colour=_RED)
        line = max(paper.text(inner + 23, line + 1.2, wide - 23, told(say(f"card/number/{what}")), 8.5), line + 6.6)
    if not card.numbers:
        line = paper.text(inner, line, wide, told(say("card/local_number")), 9)
    line += 1.5
    for key, value in (
        ("lives_at", card.lives_at),
        ("works_at", _joined(card.works_at, card.work_phone, card.tutor)),
        *((("contact" if n == 0 else "second"), _joined(*pair)) for n, pair in enumerate(card.referents[:2])),
    ):
        if value:
            line = paper.text(inner, line, wide, told(say(f"card/{key}")), 7, colour=GREY)
            line = paper.text(inner, line, wide, value, 9.5, bold=key == "contact", most=9.5) + 1.2
    paper.text(inner, y + CARD[1] - 6, wide, told(say("card/sos")), 6.5, colour=GREY, most=5)


def _strangers_half(paper: Paper, x: float, y: float, person: Invited, card: Card, words: Words) -> None:
    inner, wide = x + 5, CARD[0] - 10
    paper.box(x + 0.3, y + 0.3, CARD[0] - 0.6, CARD[1] - 0.6, fill=_PALE)
    line = paper.text(inner, y + 5, wide, person.name, 13, bold=True, most=12) + 3
    room = (CARD[1] - (line - y) - 30) / max(len(card.host_languages), 1)
    for language in card.host_languages:
        said = [say("passer_by/from", country=Country(card.home))] if card.home else []
        plea = " ".join(words(text, language) for text in (*said, say("passer_by/help")))
        line = paper.text(inner, line, wide, plea, 10.5, most=room) + 3
    for name, phone in card.referents[:2]:
        if phone:
            line = paper.text(inner, line, wide, phone, 13, bold=True)
            line = paper.text(inner, line, wide, name, 8.5, colour=GREY, most=4) + 1


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
