"""What the search and the second net under the danger words learn from, and whether `learned.npz` still knows it.

The file is made from the shipped content (`make learn`); phrases that it does not know yet, an organisation's own among
them, are searched one by one until it is made again, so that nothing an author writes is without effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from bot.content.kits import Chatter, DangerLines, Topic

LEARNED = Path(__file__).parent / "learned.npz"

Kind = Literal["crisis", "disclosure", "everyday"]
KINDS: tuple[Kind, ...] = ("everyday", "disclosure", "crisis")
# Phrases of these topics are told in the same words as what somebody confides, so they say nothing about danger.
HARD_TOPICS = frozenset(("harassment", "mental_health", "discrimination", "homesick"))
# Questions about these may well be asked in danger, so that being about them speaks for no calm.
URGENT_TOPICS = HARD_TOPICS | frozenset(
    (
        "emergency_numbers",
        "police",
        "hospital",
        "doctor",
        "workplace_accident",
        "sexual_health",
        "drink_and_drugs",
        "theft",
    )
)


class Example(NamedTuple):
    """A text, its language and what it is an example of: a topic, a kind of chatter, or a kind of danger."""

    label: str
    language: str
    text: str

    @property
    def key(self) -> int:
        """The same number for the same example on every machine."""
        return int.from_bytes(blake2b("\t".join(self).encode(), digest_size=8).digest(), "big")


def kit_examples(topics: Mapping[str, Topic], chatter: Mapping[str, Chatter]) -> Iterator[Example]:
    """Every phrase of every topic and kind of chatter."""
    sources: list[Topic | Chatter] = [*topics.values(), *chatter.values()]
    for source in sources:
        for language, phrases in source.phrases.items():
            yield from (Example(source.id, language, phrase) for phrase in phrases)


def danger_examples(
    lines: Mapping[str, DangerLines], topics: Mapping[str, Topic], chatter: Mapping[str, Chatter]
) -> Iterator[Example]:
    """Every danger line, and as everyday talk the phrases of the kits."""
    for language, found in lines.items():
        for kind in KINDS:
            yield from (Example(kind, language, text) for text in getattr(found, kind))
    for example in kit_examples(topics, chatter):
        if example.label not in HARD_TOPICS:
            yield example._replace(label="everyday")


def known_examples() -> frozenset[int]:
    """The keys of the phrases that the file was made from."""
    with np.load(LEARNED, allow_pickle=False) as stored:
        return frozenset(stored["known"].tolist())
