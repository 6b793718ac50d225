"""Slips of the finger put right: a word that nobody uses, one letter away from a word that people do use.

Only words that no phrase of the language knows are touched, and only by one letter: left out, doubled, exchanged, or
swapped with its neighbour; never the first one, which people rarely miss. Names that no phrase knows stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache

from bot.content.learned import Example, danger_examples, kit_examples
from bot.content.loader import Library
from bot.rules.fold import fold

SHORTEST = 4  # letters: of shorter words too many are one letter from another
WORDS = 1 << 14  # that are remembered: people make many slips, but most words without one
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


class Mending:
    """The words of each language, found by what is left of them when one letter is taken out. They are read from the
    `examples` with the first question: half a second."""

    def __init__(self, examples: Callable[[], Iterable[Example]]) -> None:
        self._examples = examples
        self._near: dict[str, dict[str, list[str]]] = {}
        self._put_right = lru_cache(maxsize=WORDS)(self._word)
        self.mended = lru_cache(maxsize=256)(self._mended)  # one message is asked about several times

    def _mended(self, text: str, language: str) -> str:
        """The text with its slips put right, as far as they are plain; the text itself if there are none."""
        if language not in self._known[0]:
            return text
        return _WORD.sub(lambda found: self._put_right(found[0], language), text)

    def warm(self) -> None:
        """Read all that the first questions would have to wait for."""
        for language in self._known[0]:
            self._index(language)

    @cached_property
    def _known(self) -> tuple[dict[str, Counter[str]], dict[str, str]]:
        """How often a folded word is used, by language, and how it is written."""
        known: dict[str, Counter[str]] = {}
        written: dict[str, str] = {}
        for example in self._examples():
            used = known.setdefault(example.language, Counter())
            for word in _WORD.findall(example.text.lower()):
                folded = fold(word)
                used[folded] += 1
                written.setdefault(folded, word)
        return known, written

    def _word(self, word: str, language: str) -> str:
        used, folded = self._known[0][language], fold(word)
        if len(folded) < SHORTEST or folded in used or " " in folded:
            return word
        index = self._index(language)
        near = {other for rest in _shortened(folded) for other in index.get(rest, ()) if _slip(folded, other)}
        return self._known[1][max(near, key=lambda other: (used[other], other))] if near else word

    def _index(self, language: str) -> dict[str, list[str]]:
        """Made when the language is first asked for: a tenth of a second."""
        index = self._near.get(language)
        if index is None:
            index = {}
            for word in self._known[0][language]:
                if len(word) >= SHORTEST:
                    for rest in _shortened(word):
                        index.setdefault(rest, []).append(word)
            self._near[language] = index
        return index


@lru_cache(maxsize=4)
def mending_of(library: Library) -> Mending:
    """What a library's phrases and lines know. One for all who ask."""
    return Mending(lambda: _examples(library))


def _examples(library: Library) -> Iterator[Example]:
    yield from kit_examples(library.topics, library.chatter)
    yield from danger_examples(library.danger_lines, {}, {})


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
