"""Cards to show: full sentences in the language of the host country, to hold out to a pharmacist or a boss."""

from __future__ import annotations

from typing import NamedTuple

from bot.content.kits import Card
from bot.content.loader import Library
from bot.i18n import LanguageName, Text, say
from bot.rules.kit_values import Where


class ShownCard(NamedTuple):
    """A card in one language: what it is called, what stands on it, and what that means in the reader's language."""

    id: str
    language: str
    words: str
    meaning: Text
    title: Text


def cards_for(library: Library, kit_id: str | None, host_country: str, home_country: str) -> tuple[ShownCard, ...]:
    """Every card in the first language of the place that is not spoken at home, in the order of their ids."""
    kit = library.kits.get(kit_id) if kit_id else None
    where = Where(library, home_country, kit.country if kit else host_country, kit)
    return tuple(shown for card in library.cards.values() if (shown := _shown(card, where)))


def topic_cards(library: Library, ids: tuple[str, ...], where: Where) -> tuple[ShownCard, ...]:
    """The named cards as `cards_for` chooses them."""
    found = (_shown(library.cards[card], where) for card in ids if card in library.cards)
    return tuple(shown for shown in found if shown)


def card_text(card: ShownCard) -> Text:
    """A card as it is shown: the sentence large, below it what it says."""
    language = LanguageName(card.language, inside=True)
    return say("kit_answer/card", language=language, words=card.words, meaning=card.meaning)


def _shown(card: Card, where: Where) -> ShownCard | None:
    for language in where.foreign_languages:
        if language in card.words:
            words, meaning = card.words[language], Text(f"{card.path}/meaning")
            return ShownCard(card.id, language, words, meaning, Text(f"{card.path}/title"))
    return None
