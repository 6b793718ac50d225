"""Slips of the finger put right: a word that nobody uses, one letter away from a word that people do use.

Only words that no phrase of the language knows are touched, and only by one letter: left out, doubled, exchanged, or
swapped with its neighbour; never the first one, which people rarely miss. Names that no phrase knows stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.content.kept import made_once
from bot.content.learned import Example, danger_examples, kit_examples
from bot.content.loader import Library
from bot.rules.fold import fold

SHORTEST = 4  # letters: of shorter words too many are one letter from another
WORDS = 1 << 14  # that are remembered: people make many slips, but most words without one
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Words:
    """What people use: how often each folded word, by language; how it is written; and, by language, the words that
    are left as this one when one letter is taken out."""

    used: dict[str, Counter[str]]
    written: dict[str, str]
    near: dict[str, dict[str, list[str]]]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Words:
        """Takes most of a second for all that is known."""
        used: dict[str, Counter[str]] = {}
        written: dict[str, str] = {}
        for example in examples:
            counted = used.setdefault(example.language, Counter())
            for word in _WORD.findall(example.text.lower()):
                folded = fold(word)
                counted[folded] += 1
                written.setdefault(folded, word)
        return cls(used, written, {language: _near(words) for language, words in used.items()})


class Mending:
    """Puts slips right by words that are read with the first question."""

    def __init__(self, words: Callable[[], Words]) -> None:
        self._words = words
        self._put_right = lru_cache(maxsize=WORDS)(self._word)
        self.mended = lru_cache(maxsize=256)(self._mended)  # one message is asked about several times

    def _mended(self, text: str, language: str) -> str:
        """The text with its slips put right, as far as they are plain; the text itself if there are none."""
        if language not in self._known.used:
            return text
        return _WORD.sub(lambda found: self._put_right(found[0], language), text)

    @cached_property
    def _known(self) -> Words:
        return self._words()

    def _word(self, word: str, language: str) -> str:
        used, folded = self._known.used[language], fold(word)
        if len(folded) < SHORTEST or folded in used or " " in folded:
            return word
        index = self._known.near[language]
        near = {other for rest in _shortened(folded) for other in index.get(rest, ()) if _slip(folded, other)}
        return self._known.written[max(near, key=lambda other: (used[other], other))] if near else word


@lru_cache(maxsize=4)
def mending_of(library: Library) -> Mending:
    """What a library's phrases and lines know. One for all who ask."""
    return Mending(lambda: made_once(library.named("words"), Words, lambda: Words.of(_examples(library))))


def _examples(library: Library) -> Iterator[Example]:
    yield from kit_examples(library.topics, library.chatter)
    yield from danger_examples(library.danger_lines, {}, {})


def _near(words: Iterable[str]) -> dict[str, list[str]]:
    near: dict[str, list[str]] = {}
    for word in words:
        if len(word) >= SHORTEST:
            for rest in _shortened(word):
                near.setdefault(rest, []).append(word)
    return near


def _shortened(word: str) -> Iterator[str]:
    yield word
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]


def _slip(one: str, other: str) -> bool:
    """Is it one letter left out, put in or exchanged, or two neighbours swapped?"""
    if one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    if len(one) != len(other):
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(1, len(longer)))
    wrong = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(wrong) == 2:
        left, right = wrong
        return right == left + 1 and one[left] == other[right] and one[right] == other[left]
    return len(wrong) == 1
