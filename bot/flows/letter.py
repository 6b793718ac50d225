"""A message to oneself comes back: with the words as they were written, or the voice note as it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.flows.vocabulary import Attachment, Screen, button
from bot.i18n import say, verbatim


def on_a_hard_day(entry: Mapping[str, Any]) -> Screen:
    """After a day that was told as hard: somebody to talk to stays a tap away."""
    rows = ((button("check_in/write_button", "relay:new"),),)
    return added(Screen((say("letter/hard_day"),), rows), entry)


def added(shown: Screen, entry: Mapping[str, Any]) -> Screen:
    """A screen with the letter below its words."""
    words = (say("letter/words", words=verbatim(entry["words"])),) if entry.get("words") else ()
    voice = Attachment("voice", file_id=entry["voice"]) if entry.get("voice") else None
    return replace(shown, body=(*shown.body, *words), attachment=voice)
