"""The linear models of `learned.npz`: what a kit question is about, whether words tell of danger, which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.content.learned import LEARNED
from bot.rules.reading import Floats, spelling

Arrays = Mapping[str, NDArray[np.generic]]
STEPS = 127.0  # weights of spelling are kept as whole numbers up to this


@dataclass(frozen=True, slots=True)
class Spelt:
    """A text's spelling, weighted: rare pieces count more, and the whole has length 1."""

    places: NDArray[np.int32]
    weights: Floats


class Linear:
    """One row of weights a label; a text's score for a label is a sum over its meaning and its spelling."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        self.labels: tuple[str, ...] = tuple(str(label) for label in arrays[f"{name}_labels"])
        self._meaning = np.asarray(arrays[f"{name}_meaning"], np.float32)
        self._spelling = arrays[f"{name}_spelling"]
        self._scale = np.asarray(arrays[f"{name}_scale"], np.float32) / STEPS
        self._bias = np.asarray(arrays[f"{name}_bias"], np.float32)

    def scores(self, meaning: Floats | None, spelt: Spelt) -> Floats:
        """The score of every label, in the order of `labels`. Without a meaning only the spelling counts."""
        chosen: Floats = self._spelling[spelt.places].astype(np.float32)
        scores = self._bias + (spelt.weights @ chosen) * self._scale
        return scores if meaning is None else scores + meaning @ self._meaning


class Learned:
    """Everything the file holds. `knows` says whether an example was there when it was made."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        self.topics = Linear(arrays, "topics")
        self.danger = Linear(arrays, "danger")
        self.tongues = Linear(arrays, "tongues")
        self._rarity = np.asarray(arrays["rarity"], np.float32)
        self._known = frozenset(arrays["known"].tolist())

    def spelt(self, words: list[str]) -> Spelt:
        """The spelling of folded words as these models read it."""
        return weighted(words, self._rarity)

    def knows(self, key: int) -> bool:
        """Whether an example was learned."""
        return key in self._known


def weighted(words: list[str], rarity: Floats) -> Spelt:
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
