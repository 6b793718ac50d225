"""Does a text tell of danger? Rules with words of their own, because a guess is not good enough here.

The words are content (`danger/<language>.yaml`), and every language is always read: in fear people write as they can.
A *crisis* is immediate danger and alerts by itself. A *disclosure* (abuse, harassment, racism, not coping) shows help
and asks whom to tell. An *idiom* ("mort de rire") only asks "are you OK?", and what is plainly harmless ("how do I call
an ambulance") nothing at all; both are taken out before the rest is read, so that they never hide what stands beside.
What happened *around* them ("the train crashed") hides nothing either, and asks at least whether they are all right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from bot.content.kept import made_once
from bot.content.kits import DangerWords
from bot.content.loader import Library
from bot.rules.danger_net import Likeness, likeness, surely_crisis, surely_everyday, well_known_tongue
from bot.rules.danger_patterns import Kind, Pattern, Patterns, patterns_of
from bot.rules.fold import fold
from bot.rules.mending import Mending, mending_of

READ_AT_MOST = 4096  # characters: Telegram sends no longer message
TYPED_OFTEN = 60  # characters up to which somebody else may have typed just the same


class Danger(StrEnum):
    """What a text tells, strongest last."""

    NONE = "none"
    IDIOM = "idiom"
    DISCLOSURE = "disclosure"
    CRISIS = "crisis"


_STRENGTH = tuple(Danger)


class _Read(NamedTuple):
    """A text as the words of danger are looked for in it: folded, without what is harmless and without idioms; what was
    taken out; the patterns that it may have; and whether it tells of something around them."""

    plain: str
    known: Danger | None
    crisis: tuple[int, ...]
    disclosure: tuple[int, ...]
    around: bool


class DangerRules:
    """The words of all languages, and the net under them."""

    def __init__(self, patterns: Patterns, mending: Mending | None) -> None:
        self._patterns, self._mending = patterns, mending
        self._often = lru_cache(maxsize=2048)(self._assess)
        self.mended = lru_cache(maxsize=64)(self._mended)  # read ahead, then asked about
        self._read = lru_cache(maxsize=64)(self._looked_through)

    @classmethod
    def build(cls, words: Mapping[str, DangerWords], mending: Mending | None = None) -> DangerRules:
        """From the `danger` folder of the library. With `mending` slips of the finger hide nothing."""
        return cls(Patterns(_patterns(words)), mending)

    def assess(self, text: str) -> Danger:
        """The strongest thing that the words of any language or the net find in a text. Words that are known to be
        harmless or an idiom hold the net back: it may then only make the bot ask back, save where the text is a crisis
        beyond doubt. And so does the net hold back the words where all the rest is everyday talk beyond doubt ("I'm
        drowning in paperwork").

        What many type in the same few words is read once.
        """
        return self._often(text) if len(text) <= TYPED_OFTEN else self._assess(text)

    def _assess(self, text: str) -> Danger:
        mended = self.mended(text)
        found = self._judged(mended)
        # A word that was no slip may have been the one that told of danger.
        return found if mended == text else max(found, self.by_words(text), key=_STRENGTH.index)

    def _mended(self, text: str) -> str:
        """The text as it is read: slips of the finger put right, in the language it seems to be in."""
        if self._mending is None:
            return text
        tongue = well_known_tongue(text)
        return self._mending.mended(text[:READ_AT_MOST], tongue) if tongue else text

    def _judged(self, text: str) -> Danger:
        known, found = self._read(text).known, self._by_words(text)
        if found is Danger.CRISIS:
            return Danger.IDIOM if surely_everyday(text) else found
        like = likeness(text)
        if like is Likeness.CRISIS and (not known or surely_crisis(text)):
            return Danger.CRISIS
        if found is Danger.DISCLOSURE or (like is Likeness.CARE and not known):
            return Danger.DISCLOSURE
        asks = known is Danger.IDIOM or like is not Likeness.CALM or self._read(text).around
        return Danger.IDIOM if asks else Danger.NONE

    def by_words(self, text: str) -> Danger:
        """What the words alone find, without the net."""
        read, found = self._read(text), self._by_words(text)
        if found is not Danger.NONE:
            return found
        return Danger.IDIOM if read.around else read.known or found

    def plainly(self, text: str) -> bool:
        """Is it a crisis by its words, slips put right, or beyond doubt for the net? Who looks back on hard days that
        are over says much that is like a crisis to the net."""
        by_words = self.by_words(text), self.by_words(self.mended(text))
        return Danger.CRISIS in by_words or surely_crisis(text)

    def told(self, text: str) -> tuple[str, ...]:
        """The topics that help with what a text discloses, none when its words name none."""
        read = self._read(text)
        return tuple(dict.fromkeys(self._patterns.topics(read.plain, read.disclosure)))

    def _by_words(self, text: str) -> Danger:
        read = self._read(text)
        if self._patterns.any(read.plain, read.crisis):
            return Danger.CRISIS
        return Danger.DISCLOSURE if self._patterns.any(read.plain, read.disclosure) else Danger.NONE

    def _looked_through(self, text: str) -> _Read:
        folded = fold(text[:READ_AT_MOST])
        harmless, idioms, crisis, disclosure, around = self._patterns.likely(folded)
        calm = self._patterns.taken_out(folded, harmless)
        plain = self._patterns.taken_out(calm, idioms)
        known = Danger.IDIOM if plain != calm else Danger.NONE if calm != folded else None
        return _Read(plain, known, crisis, disclosure, self._patterns.any(plain, around))


def _patterns(words: Mapping[str, DangerWords]) -> Iterator[Pattern]:
    for language in words.values():
        yield from patterns_of(Kind.HARMLESS, language.harmless, language.groups)
        yield from patterns_of(Kind.IDIOM, language.idioms, language.groups)
        yield from patterns_of(Kind.AROUND, language.around, language.groups)
        yield from patterns_of(Kind.CRISIS, language.crisis, language.groups)
        for topic, patterns in language.disclosure.items():
            yield from patterns_of(Kind.DISCLOSURE, patterns, language.groups, topic)


@lru_cache(maxsize=4)
def danger_rules_of(library: Library) -> DangerRules:
    """What a library's words tell of. One for all who ask: they take half a second to make at first, and remember."""
    patterns = made_once(library.named("danger"), Patterns, lambda: Patterns(_patterns(library.danger)))
    return DangerRules(patterns, mending_of(library))
