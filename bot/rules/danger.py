"""Does a text tell of danger? Rules with words of their own, because a guess is not good enough here.

The words are content (`danger/<language>.yaml`), and every language is always read: in fear people write as they can.
A *crisis* is immediate danger and alerts by itself. A *disclosure* (abuse, harassment, racism, not coping) shows help
and asks whom to tell. An *idiom* ("mort de rire") only asks "are you OK?", and what is plainly harmless ("how do I call
an ambulance") nothing at all; both are taken out before the rest is read, so that they never hide what stands beside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache

from bot.content.kits import DangerWords
from bot.rules.danger_net import Likeness, likeness, surely_everyday, well_known_tongue
from bot.rules.fold import fold
from bot.rules.mending import Mending

READ_AT_MOST = 4096  # characters: Telegram sends no longer message
REMEMBERED = 1 << 13  # words
TYPED_OFTEN = 60  # characters up to which somebody else may have typed just the same


class Danger(StrEnum):
    """What a text tells, strongest last."""

    NONE = "none"
    IDIOM = "idiom"
    DISCLOSURE = "disclosure"
    CRISIS = "crisis"


_STRENGTH = tuple(Danger)


class DangerRules:
    """The patterns of all languages. Only those are tried of which a rare word stands in the text, so that a further
    language costs next to nothing."""

    def __init__(
        self, harmless: _Patterns, idioms: _Patterns, crisis: _Patterns, disclosure: _Patterns, mending: Mending | None
    ) -> None:
        self._harmless, self._idioms, self._crisis, self._disclosure = harmless, idioms, crisis, disclosure
        self._mending = mending
        self._often = lru_cache(maxsize=2048)(self._assess)
        self.mended = lru_cache(maxsize=64)(self._mended)  # read ahead, then asked about

    @classmethod
    def build(cls, words: Mapping[str, DangerWords], mending: Mending | None = None) -> DangerRules:
        """From the `danger` folder of the library. With `mending` slips of the finger hide nothing."""
        harmless, idioms, crisis, disclosure = (_Patterns() for _ in range(4))
        for language in words.values():
            harmless.add(language.harmless, language.groups)
            idioms.add(language.idioms, language.groups)
            crisis.add(language.crisis, language.groups)
            for topic, patterns in language.disclosure.items():
                disclosure.add(patterns, language.groups, topic)
        for ready in (harmless, idioms, crisis, disclosure):
            ready.index()
        return cls(harmless, idioms, crisis, disclosure, mending)

    def assess(self, text: str) -> Danger:
        """The strongest thing that the words of any language or the net find in a text. Words that are known to be
        harmless or an idiom hold the net back: it may then only make the bot ask back. And so does the net hold back
        the words where all the rest is everyday talk beyond doubt ("I'm drowning in paperwork").

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
        plain, known = self._plain(text)
        found = self._by_words(plain)
        if found is Danger.CRISIS:
            return Danger.IDIOM if surely_everyday(text) else found
        like = likeness(text)
        if like is Likeness.CRISIS and not known:
            return Danger.CRISIS
        if found is Danger.DISCLOSURE or (like is Likeness.CARE and not known):
            return Danger.DISCLOSURE
        return Danger.IDIOM if known is Danger.IDIOM or like is not Likeness.CALM else Danger.NONE

    def by_words(self, text: str) -> Danger:
        """What the words alone find, without the net."""
        plain, known = self._plain(text)
        found = self._by_words(plain)
        return known if found is Danger.NONE and known else found

    def told(self, text: str) -> tuple[str, ...]:
        """The topics that help with what a text discloses, none when its words name none."""
        return tuple(dict.fromkeys(self._disclosure.found(self._plain(text)[0])))

    def _by_words(self, plain: str) -> Danger:
        if any(self._crisis.found(plain)):
            return Danger.CRISIS
        return Danger.DISCLOSURE if any(self._disclosure.found(plain)) else Danger.NONE

    def _plain(self, text: str) -> tuple[str, Danger | None]:
        """The folded text without what is harmless and without idioms, and what was taken out."""
        folded = fold(text[:READ_AT_MOST])
        harmless = self._harmless.taken_out_of(folded)
        plain = self._idioms.taken_out_of(harmless)
        if plain != harmless:
            return plain, Danger.IDIOM
        return plain, Danger.NONE if harmless != folded else None


# --- patterns ---------------------------------------------------------------------------------------

_GAP = r"(?: [^\s.~]+){0,4}"  # within a sentence, and never across an idiom
_PARENTHESES = str.maketrans("", "", "()")
_Number = int  # of a pattern, in the order in which they are tried


class _Patterns:
    """A list of patterns, each found by the word of it that fewest other patterns know."""

    def __init__(self) -> None:
        self._sources: list[str] = []
        self._topics: list[str] = []
        self._compiled: dict[_Number, re.Pattern[str]] = {}
        self._needed: dict[_Number, list[list[str]]] = {}
        self._whole: dict[str, list[_Number]] = {}
        self._begun: dict[str, list[_Number]] = {}
        self._asked: dict[str, tuple[_Number, ...]] = {}

    def add(self, patterns: Iterable[str], groups: Mapping[str, str], topic: str = "found") -> None:
        """Further patterns, all of which tell of a topic."""
        for pattern in patterns:
            self._sources.append(pattern.format_map(groups))
            self._topics.append(topic)

    def index(self) -> None:
        """Make what was added ready to be looked for."""
        places = [_places(source) for source in self._sources]
        known = Counter(word for place in places for choices in place for choice in choices for word in choice.split())
        for number, place in enumerate(places):
            for choice in min(place, key=lambda choices: sum(_rarest(choice, known)[0] for choice in choices)):
                _, word = _rarest(choice, known)
                kept = self._begun if word.endswith("*") else self._whole
                kept.setdefault(word.removesuffix("*"), []).append(number)

    def found(self, plain: str) -> Iterator[str]:
        """The topic of every pattern that a folded text has, in their order."""
        return (self._topics[number] for number in self._likely(plain) if self._compile(number).search(plain))

    def taken_out_of(self, plain: str) -> str:
        """A folded text with `~` in place of everything these patterns know."""
        for number in self._likely(plain):
            plain = self._compile(number).sub("~", plain)
        return plain

    def _likely(self, plain: str) -> list[_Number]:
        """The patterns of which a text has the rare word, and something for every other place as well."""
        rare: set[_Number] = set()
        for word in set(plain.split()):
            found = self._asked.get(word)
            rare.update(self._told_by(word) if found is None else found)
        return [number for number in sorted(rare) if self._has_all(plain, number)]

    def _has_all(self, plain: str, number: _Number) -> bool:
        # To look for letters costs a fraction of an expression, and most of these are so never compiled.
        needed = self._needed.get(number)
        if needed is None:
            places = _places(self._sources[number])
            needed = self._needed[number] = [[c.removesuffix("*") for c in choices] for choices in places if choices]
        for choices in needed:
            for choice in choices:
                if choice in plain:
                    break
            else:
                return False
        return True

    def _told_by(self, word: str) -> tuple[_Number, ...]:
        """The patterns of which a word is the rare one, remembered: people say much with few words."""
        begun = (number for end in range(1, len(word) + 1) for number in self._begun.get(word[:end], ()))
        found = (*self._whole.get(word, ()), *begun)
        if len(self._asked) >= REMEMBERED:
            self._asked.clear()
        self._asked[word] = found
        return found

    def _compile(self, number: _Number) -> re.Pattern[str]:
        """Compiled when first needed: all of them at once would take seconds at the start."""
        if number not in self._compiled:
            self._compiled[number] = re.compile(rf"(?<!\S)(?:{_expression(self._sources[number])})(?!\S)")
        return self._compiled[number]


def _rarest(choice: str, known: Mapping[str, int]) -> tuple[int, str]:
    """How many patterns know the rarest word of an alternative, and that word."""
    return min((known[word], word) for word in choice.split())


def _parts(source: str) -> list[list[str]]:
    """`a|b_c* .. d`: words one after the other, each with alternatives, `..` for up to four words in between.
    Parentheses around alternatives are for the reader only."""
    parts = source.translate(_PARENTHESES).split("..")
    return [part.split() for part in parts if part.strip()]


def _places(source: str) -> list[list[str]]:
    """The folded alternatives at each place of a pattern; a star after its last letter stays."""
    return [[_folded(choice) for choice in word.split("|") if choice] for part in _parts(source) for word in part]


@lru_cache(maxsize=1 << 16)  # the same lists of words stand in many patterns
def _folded(choice: str) -> str:
    return fold(choice.removesuffix("*").replace("_", " ")) + ("*" if choice.endswith("*") else "")


def _expression(source: str) -> str:
    """A pattern as a regular expression for folded text."""
    return f"{_GAP} ".join(" ".join(map(_word, part)) for part in _parts(source))


def _word(word: str) -> str:
    return "(?:" + "|".join(_alternative(_folded(choice)) for choice in word.split("|") if choice) + ")"


def _alternative(folded: str) -> str:
    return re.escape(folded.removesuffix("*")) + (r"[^\s.]*" if folded.endswith("*") else "")
