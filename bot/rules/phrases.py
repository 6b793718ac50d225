"""Phrases that are newer than what was learned: an organisation's own, or written since. Compared one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.content.learned import Example
from bot.rules.encoder import Floats
from bot.rules.learned import Spelt, learned
from bot.rules.reading import SPELLINGS, meanings, words_of

LIKE = 0.6  # likeness from which a phrase says something
PULL = 4.0  # how far a phrase that is just what was asked lifts its topic above the best other
_NONE = np.zeros(0, np.intp)


class _Newer(NamedTuple):
    """The phrases that were not learned. Their spellings stand one after the other, each beginning at its `start`."""

    labels: list[str]
    meanings: Floats
    spellings: Spelt
    starts: NDArray[np.intp]


class Phrases:
    """All phrases of the content; only those that were not learned are looked at, when the first question comes."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = examples

    @property
    def any(self) -> bool:
        """Are there phrases that were not learned?"""
        return bool(self._newer.labels)

    def scores(self, meant: Floats, spelt: Spelt, learned_scores: Mapping[str, float]) -> dict[str, float]:
        """Better scores for the topics of phrases that are like the question."""
        newer = self._newer
        if not newer.labels:
            return {}
        asked = np.zeros(SPELLINGS, np.float32)
        asked[spelt.places] = spelt.weights
        shared = np.add.reduceat(newer.spellings.weights * asked[newer.spellings.places], newer.starts)
        likeness = 0.5 * (newer.meanings @ meant) + 0.5 * shared
        top = max(learned_scores.values(), default=-1.0)
        lifted: dict[str, float] = {}
        for number in np.flatnonzero(likeness >= LIKE):
            label = newer.labels[number]
            score = top + PULL * float(likeness[number] - LIKE)
            lifted[label] = max(score, lifted.get(label, score), learned_scores.get(label, score))
        return lifted

    @cached_property
    def _newer(self) -> _Newer:
        models = learned()
        unknown = [example for example in self._examples if not models.knows(example.key)]
        found = [example for example in unknown if words_of(example.text)]
        if not found:
            return _Newer(
                [], np.zeros((0, 0), np.float32), Spelt(np.zeros(0, np.int32), np.zeros(0, np.float32)), _NONE
            )
        spelt = [models.spelt(words_of(example.text)) for example in found]
        starts = np.cumsum([0, *(len(one.places) for one in spelt[:-1])])
        joined = Spelt(np.concatenate([s.places for s in spelt]), np.concatenate([s.weights for s in spelt]))
        return _Newer([example.label for example in found], meanings([e.text for e in found]), joined, starts)
