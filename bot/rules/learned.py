"""The linear models of `learned.npz`: what a kit question is about, whether words tell of danger, which language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.content.learned import LEARNED, URGENT_TOPICS
from bot.rules.encoder import Floats
from bot.rules.reading import meaning, spelling, words_of

Arrays = Mapping[str, NDArray[np.generic]]
STEPS = 127.0  # weights of spelling are kept as whole numbers up to this
REMEMBERED = 256  # texts: one message is asked about several times, and many are read ahead
MODELS = ("topics", "danger", "tongues")  # tongues are told by spelling alone


@dataclass(frozen=True, slots=True)
class Spelt:
    """A text's spelling, weighted: rare pieces count more, and the whole has length 1."""

    places: NDArray[np.int32]
    weights: Floats


@dataclass(frozen=True, slots=True)
class Heard:
    """What the models make of a text: a score for every label, in their order."""

    meant: Floats
    spelt: Spelt
    topics: Floats
    danger: tuple[float, ...]
    tongues: Floats
    calm: float  # the best score of a topic that nobody asks about in danger


class Learned:
    """Everything the file holds. `knows` says whether an example was there when it was made.

    One row of weights a label; a text's score for a label is a sum over its meaning and its spelling. The rows of all
    models lie side by side, so that a text's pieces are looked up once.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        labels = [tuple(str(label) for label in arrays[f"{name}_labels"]) for name in MODELS]
        self.topics, self.dangers, self.tongues = labels
        self._ends = np.cumsum([len(names) for names in labels])[:2].tolist()
        # As floats from the start: to make them of some two hundred rows takes longer than all else about a text.
        self._spelling = np.asarray(_beside(arrays, "spelling"), np.float32)
        self._meaning = np.concatenate([arrays[f"{name}_meaning"] for name in MODELS[:2]], 1, dtype=np.float32)
        self._scale = np.asarray(_beside(arrays, "scale"), np.float32) / STEPS
        self._bias = np.asarray(_beside(arrays, "bias"), np.float32)
        self._rarity = np.asarray(arrays["rarity"], np.float32)
        self._known = frozenset(arrays["known"].tolist())
        self._calm = np.flatnonzero([name not in URGENT_TOPICS for name in self.topics])
        self._heard = lru_cache(maxsize=REMEMBERED)(self._hear)
        self._spelt = lru_cache(maxsize=REMEMBERED)(lambda words: weighted(words, self._rarity))
        self._scored = lru_cache(maxsize=REMEMBERED)(self._score)

    def heard(self, text: str) -> Heard:
        """What the models make of a text, worked out once."""
        return self._heard(" ".join(text.split()))

    def spelt(self, words: Sequence[str]) -> Spelt:
        """The spelling of folded words as these models read it."""
        return self._spelt(tuple(words))

    def tongues_of(self, words: Sequence[str]) -> Floats:
        """A score for every language: told by spelling alone, so without the meaning, which is dear."""
        return self._scored(tuple(words))[self._ends[1] :]

    def knows(self, key: int) -> bool:
        """Whether an example was learned."""
        return key in self._known

    def _hear(self, text: str) -> Heard:
        words, meant = words_of(text), meaning(text)
        scores = self._scored(words).copy()
        topics_end, dangers_end = self._ends
        scores[:dangers_end] += meant @ self._meaning
        topics, danger = scores[:topics_end], tuple(scores[topics_end:dangers_end].tolist())
        return Heard(meant, self.spelt(words), topics, danger, scores[dangers_end:], float(topics[self._calm].max()))

    def _score(self, words: tuple[str, ...]) -> Floats:
        """What the spelling of words says for every label."""
        spelt = self.spelt(words)
        scores: Floats = spelt.weights @ self._spelling.take(spelt.places, axis=0, mode="clip")
        return scores * self._scale + self._bias


def _beside(arrays: Arrays, part: str) -> NDArray[np.generic]:
    return np.concatenate([arrays[f"{name}_{part}"] for name in MODELS], axis=-1)


def weighted(words: Sequence[str], rarity: Floats) -> Spelt:
    """Spelling by rarity, of length 1."""
    places, weights = spelling(words)
    weights = weights * rarity[places]
    length = float(np.sqrt(weights @ weights))
    return Spelt(places, weights / length if length else weights)


def chances(scores: Floats, sharpness: float) -> Floats:
    """Scores as shares of one."""
    powers = np.exp(sharpness * (scores - scores.max()))
    shares: Floats = powers / powers.sum()
    return shares


@lru_cache(maxsize=1)
def learned() -> Learned:
    """The shipped models, read when first needed."""
    return Learned(LEARNED)
