"""What is never left out, however much comes at once: words and buttons that somebody's safety may hang on."""

from __future__ import annotations

from bot.content.loader import Library
from bot.flows import fallback, short_words
from bot.flows.vocabulary import (
    Command,
    Document,
    Edited,
    Event,
    Forwarded,
    Other,
    Photo,
    Place,
    Start,
    Tap,
    Voice,
    Words,
)
from bot.rules.danger import Danger, danger_rules_of

COMMANDS = frozenset({"sos", "checkin", "alerts"})
BUTTONS = frozenset({"sos", "check_in", "travel", "alerts", "settle", "confide", "case", "call"})
_LOUD = Command, Document, Edited, Forwarded, Other, Photo, Start, Tap, Voice, Words


def cannot_wait(library: Library, event: Event) -> bool:
    """Is it about safety, or else something that nobody sends in masses (a place, a block)?

    Of words only those are read that tell of danger by themselves; that takes far less than to understand them."""
    match event:
        case Command(name):
            return name in COMMANDS
        case Tap(data):
            return data.partition(":")[0] in BUTTONS
        case Place(update=update):
            return not update
        case Edited(text) if fallback.is_sos(text):
            return True
        case Words(text) | Edited(text) | Forwarded(text):
            return short_words.is_help(library, text) or danger_rules_of(library).by_words(text) is not Danger.NONE
        case _:
            return not isinstance(event, _LOUD)
