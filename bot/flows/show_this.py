"""What to hold out or say to somebody there: cards and phrases of the kit, by browsing, in two taps from anywhere."""

from __future__ import annotations

from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Button, Rows, Screen, button, in_rows, screen
from bot.i18n import LanguageName, Listing, say
from bot.rules.kit_cards import ShownCard, card_text, cards_for
from bot.rules.kit_values import Where, phrases_there

FIRST = "emergency"  # the card that nobody should have to look for
ALL_CARDS = button("kit/cards_button", "kit:cards")
PHRASES = button("kit/phrases_button", "kit:say")


def offered(scene: Scene, stay: Stay) -> Rows:
    """The way in, for whom there is a language to help out with."""
    return ((ALL_CARDS, PHRASES),) if _cards(scene, stay) else ()


def cards(scene: Scene, stay: Stay, back: tuple[Button, ...]) -> Screen:
    """Every card by what it is for."""
    shown = _cards(scene, stay)
    if not shown:
        return screen(say("kit/no_cards"), rows=(back,))
    language = LanguageName(shown[0].language, inside=True)
    buttons = tuple(Button(card.title, f"kit:card:{card.id}") for card in shown)
    first, rest = buttons[:1], buttons[1:]
    return screen(say("kit/cards", language=language), rows=(first, *in_rows(rest, 2), (PHRASES, *back)))


def card(scene: Scene, stay: Stay, name: str, back: tuple[Button, ...]) -> Screen | None:
    """One card, large; None for one that is not for this learner."""
    for shown in _cards(scene, stay):
        if shown.id == name:
            return screen(card_text(shown), rows=((ALL_CARDS, *back),))
    return None


def phrases(scene: Scene, stay: Stay, back: tuple[Button, ...]) -> Screen:
    """What to say, with how it sounds."""
    kit = scene.content.kits.get(stay.kit or "")
    there = phrases_there(Where(scene.content, stay.home_country or "", stay.host_country or "", kit))
    if there is None:
        return screen(say("kit/no_cards"), rows=(back,))
    language, found = there
    lines = (say("kit_answer/phrase", meaning=meaning, words=said.text, sounds=said.sounds) for meaning, said in found)
    whole = say("kit_answer/in_language", language=LanguageName(language), lines=Listing(tuple(lines), lines=True))
    return screen(whole, say("kit/sounds"), rows=((ALL_CARDS, *back),))


def _cards(scene: Scene, stay: Stay) -> tuple[ShownCard, ...]:
    found = cards_for(scene.content, stay.kit, stay.host_country or "", stay.home_country or "")
    return tuple(sorted(found, key=lambda card: card.id != FIRST))
