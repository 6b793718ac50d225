"""`make learn`: makes `learned.npz` anew from the shipped phrases and danger lines.

Needs scikit-learn (the development extra); nothing else does. The same content gives the same file.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.svm import LinearSVC

from bot.content.learned import KINDS, LEARNED, danger_examples, kit_examples
from bot.content.loader import Library, load_library
from bot.rules.encoder import Floats
from bot.rules.learned import STEPS, weighted
from bot.rules.reading import SPELLINGS, meanings, spelling, words_of

STRICTNESS = {"topics": 0.3, "danger": 0.25, "tongues": 0.3}  # the C of the support vector machine
# How much a danger line counts against a phrase of the kits, of which there are ten for each: what is written to tell
# danger from everyday talk says more, and to pass danger over is the worse mistake.
LINE_COUNTS = {"crisis": 4.0, "disclosure": 3.0, "everyday": 3.0}
MIXED = ("bs", "cnr")  # told from Serbian by nothing that matters here
MEANING_COUNTS = 1.0  # against the spelling


def learn(library: Library, path: Path) -> int:
    """Learn from the library and write the file. Returns the number of examples."""
    kit = list(kit_examples(library.topics, library.chatter))
    danger = list(danger_examples(library.danger_lines, library.topics, library.chatter))
    texts = list(dict.fromkeys(example.text for example in (*kit, *danger)))
    place = {text: number for number, text in enumerate(texts)}
    words = [words_of(text) for text in texts]
    rarity = _rarity(words)
    spelt, meant = _spelt(words, rarity), meanings(texts)
    arrays: dict[str, NDArray[np.generic]] = {"rarity": rarity.astype(np.float16)}
    lines = [example for example in danger if example.language not in MIXED]
    phrases = {(example.language, example.text) for example in kit}
    counts = [1.0 if example[1:] in phrases else LINE_COUNTS[example.label] for example in danger]
    for name, examples, labels, weights in (
        ("topics", kit, [example.label for example in kit], None),
        ("danger", danger, [example.label for example in danger], counts),
        ("tongues", lines, [example.language for example in lines], None),
    ):
        rows = [place[example.text] for example in examples]
        arrays |= _fitted(name, labels, spelt[rows], meant[rows] if name != "tongues" else None, weights)
    arrays["known"] = np.array(sorted(example.key for example in kit), np.uint64)
    np.savez_compressed(path, allow_pickle=False, **arrays)
    return len(kit) + len(danger)


def _rarity(words: Sequence[Sequence[str]]) -> Floats:
    numbers = np.zeros(SPELLINGS)
    for some in words:
        numbers[spelling(some)[0]] += 1
    return np.float32(np.log((1 + len(words)) / (1 + numbers)) + 1)  # type: ignore[return-value]


def _spelt(words: Sequence[Sequence[str]], rarity: Floats) -> sparse.csr_matrix:
    found = [weighted(some, rarity) for some in words]
    starts = np.concatenate([[0], np.cumsum([len(one.places) for one in found])])
    places = np.concatenate([one.places for one in found])
    weights = np.concatenate([one.weights for one in found])
    return sparse.csr_matrix((weights, places, starts), shape=(len(words), SPELLINGS))


def _fitted(
    name: str, labels: list[str], spelt: sparse.csr_matrix, meant: Floats | None, counts: list[float] | None
) -> dict[str, NDArray[np.generic]]:
    parts = [spelt] if meant is None else [sparse.csr_matrix(meant * MEANING_COUNTS), spelt]
    machine = LinearSVC(C=STRICTNESS[name], max_iter=100, tol=1e-2, random_state=0)
    machine.fit(sparse.hstack(parts).tocsr(), labels, sample_weight=counts)
    width = 0 if meant is None else meant.shape[1]
    weights = machine.coef_.T
    order = list(machine.classes_)
    if name == "danger":
        order, weights = list(KINDS), weights[:, [order.index(kind) for kind in KINDS]]
    bias = machine.intercept_[[list(machine.classes_).index(label) for label in order]]
    scale = np.abs(weights[width:]).max(axis=0)
    return {
        f"{name}_labels": np.array(order),
        f"{name}_meaning": (weights[:width] * MEANING_COUNTS).astype(np.float32),
        f"{name}_spelling": np.round(weights[width:] / scale * STEPS).astype(np.int8),
        f"{name}_scale": scale.astype(np.float32),
        f"{name}_bias": bias.astype(np.float32),
    }


if __name__ == "__main__":
    number = learn(load_library(), LEARNED)
    sys.stdout.write(f"Learned from {number} examples: {LEARNED.stat().st_size // 1024} KB.\n")
