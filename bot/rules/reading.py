"""Texts as numbers: what they mean, and how they are spelt.

*Meaning* is a sentence vector of a small multilingual encoder that runs on numpy alone; it knows what a long story is
about though none of its words stand in a phrase. *Spelling* is words, pairs and pieces of words, so that slang, typos
and single words are recognised. Together they find more than either (figures: docs/contributors.md).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.rules.encoder import Encoder, Floats
from bot.rules.fold import fold

MEANINGS = 512  # numbers of a sentence vector
SPELLINGS = 1 << 15  # places for pieces of words; two pieces rarely fall on one
READ_WORDS = 100
REMEMBERED = 2048  # texts whose meaning is kept, 2 KB each
SHORTEST, LONGEST = 2, 5  # letters of the pieces of a word, its borders included


@lru_cache(maxsize=256)
def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text, sentence ends left out."""
    return tuple([word for word in fold(text[: READ_WORDS * 12]).split() if word != "."][:READ_WORDS])


def meanings(texts: Sequence[str]) -> Floats:
    """One row a text, of length 1."""
    return _encoder().encode([_plain(text) for text in texts])


def meaning(text: str) -> Floats:
    """The sentence vector of one text; one message is asked about several times: danger, the kit."""
    found = _known.get(_plain(text))
    if found is None:
        found = meanings([text])[0]
        _remember({_plain(text): found})
    return found


def read_ahead(texts: Iterable[str]) -> None:
    """Find the meanings of several texts at once, which costs a fraction of finding each when it is asked for."""
    new = [plain for plain in dict.fromkeys(map(_plain, texts)) if plain not in _known]
    if new:
        _remember(dict(zip(new, _encoder().encode(new), strict=True)))


def _remember(found: Mapping[str, Floats]) -> None:
    if len(_known) + len(found) > REMEMBERED:
        _known.clear()
    _known.update(found)


def spelling(words: Sequence[str]) -> tuple[NDArray[np.int32], Floats]:
    """Places of the pieces of the words, and how much each counts before it is weighted."""
    single = itertools.chain.from_iterable(map(_spelling_of, words))
    counted = Counter(itertools.chain(single, map(_pair, words, words[1:])))
    places = np.fromiter(counted, np.int32, len(counted))
    return places, 1 + np.log(np.fromiter(counted.values(), np.float32, len(counted)))


@lru_cache(maxsize=1 << 13)  # people say much with few words
def _spelling_of(word: str) -> tuple[int, ...]:
    """Places of a word and of its pieces."""
    bordered = f"_{word[:40]}_"
    places = [_place(f"={word}")]
    for size in range(SHORTEST, LONGEST + 1):
        places.extend(_place(bordered[start : start + size]) for start in range(len(bordered) - size + 1))
    return tuple(places)


@lru_cache(maxsize=1 << 14)
def _pair(one: str, two: str) -> int:
    """Place of two words that stand side by side."""
    return _place(f"={one} {two}")


def _place(piece: str) -> int:
    return crc32(piece.encode()) % SPELLINGS


def _plain(text: str) -> str:
    return " ".join(text.split()[:READ_WORDS])[: READ_WORDS * 12].lower()


_known: dict[str, Floats] = {}


@lru_cache(maxsize=1)
def _encoder() -> Encoder:
    """Read when the first text comes: it takes half a second and 150 MB, which most commands do without."""
    return Encoder()
