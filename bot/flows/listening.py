"""Whether somebody's words tell of danger: asked before anything else is done with them."""

from __future__ import annotations

from bot.content.loader import Library
from bot.flows.scene import Scene
from bot.rules.danger import READ_AT_MOST, Danger, danger_rules_of

STRONGEST_FIRST = (Danger.CRISIS, Danger.DISCLOSURE, Danger.IDIOM)
OVERLAP = 200  # characters: no expression that matters is longer


def hear(scene: Scene, words: str) -> Danger:
    """The strongest danger in any part of the words, however long they are."""
    return tells(scene.content, words)


def tells(library: Library, words: str) -> Danger:
    """The same without a scene."""
    rules = danger_rules_of(library)
    starts = range(0, max(1, len(words) - OVERLAP), READ_AT_MOST - OVERLAP)
    found = {rules.assess(words[start : start + READ_AT_MOST]) for start in starts}
    return next((danger for danger in STRONGEST_FIRST if danger in found), Danger.NONE)


def hear_looking_back(scene: Scene, words: str) -> Danger:
    """The same of somebody who tells of days that are over: what is only like a crisis is no alarm then, but heard as
    something hard."""
    found = hear(scene, words)
    if found is Danger.CRISIS and not danger_rules_of(scene.content).plainly(words[:READ_AT_MOST]):
        return Danger.DISCLOSURE
    return found


def topic_told(scene: Scene, words: str) -> str | None:
    """The kit topic that helps with what was confided, if the words name one."""
    return next(iter(danger_rules_of(scene.content).told(words)), None)


def needs_help_first(danger: Danger) -> bool:
    """Whether help comes instead of what the words were meant for."""
    return danger in (Danger.CRISIS, Danger.DISCLOSURE)
