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


def cry(library: Library, event: Event) -> str | None:
    """What it cries for, by which others of its kind are known, where it is about safety, or else something that
    nobody sends in masses (a place, a block). None for all that may wait.

    Of words only those are read that tell of danger by themselves; that takes far less than to understand them."""
    match event:
        case Command(name):
            return name if name in COMMANDS else None
        case Tap(data):
            return data if data.partition(":")[0] in BUTTONS else None
        case Place(update=update):
            return None if update else "place"
        case Edited(text) if fallback.is_sos(text):
            return "sos"
        case Words(text) | Edited(text) | Forwarded(text):
            danger = danger_rules_of(library).by_words(text)
            if danger is not Danger.NONE:
                return danger.value
            return "help" if short_words.is_help(library, text) else None
        case _:
            return None if isinstance(event, _LOUD) else type(event).__name__
