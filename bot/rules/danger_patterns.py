"""The patterns of danger words, of all languages and kinds in one index: a text is looked through once for all of them.

Each is found by the word of it that fewest others know, and tried only where every place of it has something in the
text, so that a further language costs next to nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from bot.rules.fold import fold

REMEMBERED = 1 << 13  # words
GAP = r"(?: [^\s.~]+){0,4}"  # within a sentence, and never across what was taken out
WIDE_GAP = r"(?: [^\s.~]+){0,14}"  # what only together tells of danger: "it is night ... no money"
_GAPS = re.compile(r"(\.{2,3})")
_PARENTHESES = str.maketrans("", "", "()")
_Number = int  # of a pattern, in the order in which they are tried
_Choices = tuple[str, ...]  # the folded alternatives at one place; a star after the last letter stays


class Kind(IntEnum):
    """What a pattern tells of, in the order in which they are looked at."""

    HARMLESS = 0
    IDIOM = 1
    CRISIS = 2
    DISCLOSURE = 3
    AROUND = 4


KINDS = tuple(Kind)


class Pattern(NamedTuple):
    """`a|b_c* .. d`: words one after the other, each with alternatives, `..` for up to four words in between and `...`
    for up to fourteen. Parentheses around alternatives are for the reader only."""

    kind: Kind
    source: str
    topic: str = ""


Likely = tuple[tuple[_Number, ...], ...]  # by kind


class Patterns:
    """Read-only, but for what it remembers; safe to share."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = sorted(patterns, key=lambda pattern: pattern.kind)  # stable: else as they were given
        self._compiled: dict[_Number, re.Pattern[str]] = {}
        self._needed: dict[_Number, list[list[tuple[str, str]]]] = {}
        self._whole: dict[str, list[_Number]] = {}
        self._begun: dict[str, list[_Number]] = {}
        self._asked: dict[str, tuple[_Number, ...]] = {}
        self._index()

    def _index(self) -> None:
        places = [_places(pattern.source) for pattern in self._patterns]
        used = Counter(choices for place in places for choices in place)
        known: Counter[str] = Counter()
        for choices, times in used.items():
            for word in " ".join(choices).split():
                known[word] += times
        rarest = {choices: [_rarest(choice, known) for choice in choices] for choices in used}
        cost = {choices: sum(known[word] for word in words) for choices, words in rarest.items()}
        for number, place in enumerate(places):
            for word in rarest[min(place, key=cost.__getitem__)]:
                kept = self._begun if word.endswith("*") else self._whole
                kept.setdefault(word.removesuffix("*"), []).append(number)

    def likely(self, folded: str) -> Likely:
        """The patterns that a folded text may have: it has the rare word of each, and something for every other place.

        What holds for a text holds for what is left when some of it was taken out.
        """
        rare: set[_Number] = set()
        words = set(folded.split())
        for word in words:
            found = self._asked.get(word)
            if found is None:
                found = self._told_by(word)
            if found:
                rare.update(found)
        by_kind: tuple[list[_Number], ...] = tuple([] for _ in KINDS)
        once = " ".join(words)  # of a long text much shorter than the text
        for number in sorted(rare):
            if self._has_all(folded, once, number):
                by_kind[self._patterns[number].kind].append(number)
        return tuple(map(tuple, by_kind))

    def topics(self, plain: str, numbers: Iterable[_Number]) -> Sequence[str]:
        """The topic of each of these patterns that a folded text has."""
        return [self._patterns[number].topic for number in numbers if self._compile(number).search(plain)]

    def any(self, plain: str, numbers: Iterable[_Number]) -> bool:
        """Whether a folded text has one of these patterns."""
        return any(self._compile(number).search(plain) for number in numbers)

    def taken_out(self, plain: str, numbers: Iterable[_Number]) -> str:
        """A folded text with `~` in place of everything that these patterns know."""
        for number in numbers:
            plain = self._compile(number).sub("~", plain)
        return plain

    def _has_all(self, folded: str, once: str, number: _Number) -> bool:
        # To look for letters costs a fraction of an expression, and most of these are so never compiled.
        needed = self._needed.get(number)
        if needed is None:
            places = {choices for choices in _places(self._patterns[number].source) if choices}
            needed = [[_letters(choice) for choice in choices] for choices in places]
            self._needed[number] = needed = sorted(needed, key=len)  # the shortest list says no soonest
        for choices in needed:
            for word, whole in choices:
                if word in once and (word == whole or whole in folded):
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
        found = self._compiled.get(number)
        if found is None:
            found = self._compiled[number] = re.compile(
                rf"(?<!\S)(?:{_expression(self._patterns[number].source)})(?!\S)"
            )
        return found


def patterns_of(kind: Kind, sources: Iterable[str], groups: Mapping[str, str], topic: str = "") -> Iterable[Pattern]:
    """The patterns of one list, its groups spelled out."""
    return (Pattern(kind, source.format_map(groups), topic) for source in sources)


def _rarest(choice: str, known: Mapping[str, int]) -> str:
    """The word of an alternative that fewest patterns know."""
    return min(choice.split(), key=lambda word: (known[word], word))


def _letters(choice: str) -> tuple[str, str]:
    """The longest word of an alternative, and all of it."""
    whole = choice.removesuffix("*")
    return max(whole.split(), key=len, default=""), whole


def _parts(source: str) -> list[list[str]]:
    return [part.split() for part in _GAPS.split(source.translate(_PARENTHESES))[::2] if part.strip()]


def _gaps(source: str) -> list[str]:
    """What may stand between the parts: one fewer than there are of them."""
    return [WIDE_GAP if gap == "..." else GAP for gap in _GAPS.split(source.strip(" ."))[1::2]]


def _places(source: str) -> list[_Choices]:
    """The alternatives at each place of a pattern."""
    return [_choices(word) for part in _parts(source) for word in part]


@lru_cache(maxsize=1 << 14)  # the same lists of words stand in many patterns
def _choices(word: str) -> _Choices:
    return tuple(_folded(choice) for choice in word.split("|") if choice)


@lru_cache(maxsize=1 << 16)
def _folded(choice: str) -> str:
    return fold(choice.removesuffix("*").replace("_", " ")) + ("*" if choice.endswith("*") else "")


def _expression(source: str) -> str:
    """A pattern as a regular expression for folded text."""
    first, *others = (" ".join(map(_word, part)) for part in _parts(source))
    return first + "".join(f"{gap} {part}" for gap, part in zip(_gaps(source), others, strict=True))


def _word(word: str) -> str:
    return "(?:" + "|".join(map(_alternative, _choices(word))) + ")"


def _alternative(folded: str) -> str:
    return re.escape(folded.removesuffix("*")) + (r"[^\s.]*" if folded.endswith("*") else "")
