"""What tables keep as codes, as texts that a reader understands: for the copy of what is kept about somebody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.content.loader import Library
from bot.flows.running import title
from bot.i18n import LanguageName, Text, say

# Columns of codes; in others, such as what somebody wrote, the same word is theirs and stays as it is.
_CODE = re.compile(r"(?<=[a-z])_(?=[a-z])")
COLUMNS = frozenset({
    "status", "state", "reason", "alert_reason", "severity", "what", "kind", "role", "by_role", "given_by", "answer",
    "outcome", "why", "side", "moment", "channel", "verdict", "direction", "action",
})  # fmt: skip
WORDS = frozenset({
    "accompanying", "acknowledged", "added later", "agreed", "alerted", "amber", "answered", "apprentice",
    "arrived", "asked", "asked_for_help", "back", "backup", "became_red", "blocked", "by_phone", "came_back",
    "cancelled", "chat", "closed", "coordinator", "could_not_ask", "crisis_words", "data", "declined",
    "delayed", "delivered", "done", "drill", "end", "ended", "exhausted", "expired", "failed", "family", "fine",
    "graduate", "guardian", "handed_over", "help", "host", "host_tutor", "joined", "joined later",
    "kit_questions", "lapsed", "later", "learner", "learner_answered", "left", "local_contact", "mid", "missed",
    "not_answered", "not_arrived", "not_delivered", "not_reached", "not_settled", "not_yet", "offered", "open",
    "other", "out", "paper", "participation", "partly", "phone", "place_shared", "planned", "pupil", "queued",
    "raised", "red", "referent", "refused", "reminded", "resolved", "safeguarding", "safety", "self", "sent",
    "settled", "skipped", "spoke", "staff", "taken_back", "talk", "told", "tutor", "unreachable", "validated",
    "wants_to_talk", "withdrawn", "wrote"
})  # fmt: skip


def titles(library: Library) -> Mapping[str, Text]:
    """What each step of the shipped journeys is called, by its id."""
    return {step.id: title(step, library.item(step)) for journey in library.journeys.values() for step in journey.steps}


def spoken(row: Mapping[str, Any], library: Library, steps: Mapping[str, Text]) -> dict[str, Any]:
    """A row of a copy with texts in place of codes."""
    return {name: _said(name, value, library, steps) for name, value in row.items()}


def _said(name: str, value: Any, library: Library, steps: Mapping[str, Text]) -> Any:
    if not isinstance(value, str):
        return value
    if name in COLUMNS:
        known = value in WORDS
        return say(f"kept/words/{value.replace(' ', '_')}") if known else _CODE.sub(" ", value)
    if name == "step":
        return steps.get(value, "")
    if name == "host_city" and value in library.kits:
        return Text(f"kits/{value}/name")
    return say("kept/tongue", language=LanguageName(value)) if name == "language" and value else value
