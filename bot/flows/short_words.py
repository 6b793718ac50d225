"""Short words that must not be guessed at: a bare cry for help, and "ok" where a check-in waits for its button.

The words are content, separated by `;`, and those of every language are always read.
"""

from __future__ import annotations

from functools import lru_cache

from bot.content.loader import Library
from bot.flows import check_in, kit, travel
from bot.flows.care import ask_help
from bot.flows.scene import Scene
from bot.flows.vocabulary import Event, Outcome, Say, Words, show
from bot.i18n import say
from bot.rules.fold import fold

NEEDS: frozenset[str] = kit.NEEDS | check_in.NEEDS

LONGEST = 40  # characters
THUMBS = ("👍", "👌", "✅", "🙂", "😊", "👎")


def handle(scene: Scene, event: Event) -> Outcome:
    """A cry for help shows the way to help; short answers to an open check-in its question; all else is the kit's."""
    if isinstance(event, Words) and cries_for_help(scene, event.text):
        return ask_help(scene)
    if isinstance(event, Words) and answers_shortly(scene, event.text) and check_in.waits(scene):
        return show(Say(check_in.tap_please(scene)))
    if isinstance(event, Words) and answers_shortly(scene, event.text) and scene.travel and travel.waits(scene.travel):
        return show(Say(travel.today(scene.travel)))
    return kit.handle(scene, event)


def cries_for_help(scene: Scene, words: str) -> bool:
    """Is this a bare "help!", with nothing to tell what kind?"""
    return is_help(scene.content, words)


def is_help(library: Library, words: str) -> bool:
    """The same without a scene."""
    return len(words) <= LONGEST and _bare(words) in _listed(library, "care/help_words")


def is_sos(words: str) -> bool:
    """Is it nothing but "SOS", without the slash?"""
    return words.strip(" \n.!?🆘").casefold() == "sos" or (words.strip(" !") == "🆘")


def answers_shortly(scene: Scene, words: str) -> bool:
    """Could this be somebody's answer to "are you fine?"?"""
    if len(words) > LONGEST:
        return False
    return words.strip().startswith(THUMBS) or _bare(words) in _listed(scene.content, "check_in/answer_words")


def _bare(words: str) -> str:
    return "".join(fold(words).replace(".", " ").split())


@lru_cache(maxsize=8)
def _listed(library: Library, key: str) -> frozenset[str]:
    lists = (library.catalogues.plain(say(key), language, "UTC") for language in library.catalogues.languages)
    return frozenset(_bare(word) for words in lists for word in words.split(";")) - {""}
