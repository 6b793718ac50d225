"""What a survey says about many together: nothing of fewer than five, and nothing about who came last.

Answers come into the report five at a time, so that nobody who looks before and after somebody answered knows what it
was; fewer than five that are left at the end never come in, for a report before and one after would tell them apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST = 5
LOWEST, HIGHEST = 1, 5  # not true at all, entirely true
CONTENT = 4  # from here on somebody finds it true


@dataclass(frozen=True, slots=True)
class Response:
    """One person's answers, 1 to 5 by question, and a sentence of their own. `batch`: five of one come in together."""

    batch: int
    answers: Mapping[str, int]
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one question: how many answered, the mean with two decimals, the share of 4 and 5, how many said 1 to 5."""

    answers: int
    mean: float
    content: float
    spread: tuple[int, ...]


def batch_of(before: int) -> int:
    """The batch of who answers after so many others."""
    return before // LEAST


def shown(responses: Sequence[Response]) -> Sequence[Response]:
    """What may be counted now; batches that are full."""
    full = {batch for batch, n in Counter(one.batch for one in responses).items() if n >= LEAST}
    return [one for one in responses if one.batch in full]


def figures(responses: Sequence[Response], question: str) -> Figures | None:
    """What they said to one question; None where fewer than five did."""
    values = [one.answers[question] for one in responses if question in one.answers]
    if len(values) < LEAST:
        return None
    content = sum(value >= CONTENT for value in values) / len(values)
    spread = tuple(values.count(value) for value in range(LOWEST, HIGHEST + 1))
    return Figures(len(values), round(sum(values) / len(values), 2), round(content, 3), spread)


def remarks(responses: Sequence[Response]) -> list[str]:
    """The sentences of their own, in the order of the alphabet, which is nobody's."""
    return sorted((one.remark for one in responses if one.remark), key=str.casefold)
