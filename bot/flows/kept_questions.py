"""Which unanswered kit questions may be kept for the authors: never one that comes near health, harassment or crisis.

A declined question has no topic, so its words decide: those that people type about safety, health and hard times and
about nothing else. Rather one question too few is kept than one too many.
"""

from __future__ import annotations

from functools import lru_cache

from bot.content.loader import Library
from bot.flows.scene import Scene
from bot.rules.fold import fold

PRIVATE_THEMES = frozenset({"safety", "health", "support"})
SHORTEST = 4  # letters: shorter words say too little
STEM = 6  # letters that are compared, so that "pregnancy" is known from "pregnant"


def may_be_kept(scene: Scene, question: str) -> bool:
    """With the learner's yes, and when no word of it belongs to a private theme."""
    return scene.kit_questions and not _stems(question) & _telling(scene.content)


@lru_cache(maxsize=4)
def _telling(library: Library) -> frozenset[str]:
    private: set[str] = set()
    common: set[str] = set()
    for topic in library.topics.values():
        stems = private if topic.theme in PRIVATE_THEMES else common
        for phrases in topic.phrases.values():
            for phrase in phrases:
                stems |= _stems(phrase)
    return frozenset(private - common)


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in fold(text).split() if len(word) >= SHORTEST}
