"""How people see themselves in the eight key competences: statements answered from 1 to 4, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor

LOWEST, HIGHEST = 1, 4  # not yet, with help, on my own, I can show others
PHASES = ("before", "during", "after")


def competence_of(statement: str) -> str:
    """`literacy/explain` → `literacy`."""
    return statement.partition("/")[0]


def means(answers: Mapping[str, int]) -> dict[str, float]:
    """The mean of each competence with at least one answer, one decimal, in the order of the answers."""
    values: dict[str, list[int]] = {}
    for statement, value in answers.items():
        values.setdefault(competence_of(statement), []).append(value)
    return {competence: floor(10 * sum(given) / len(given) + 0.5) / 10 for competence, given in values.items()}


def minutes_left(answered: int, statements: int, minutes: int) -> int:
    """Whole minutes for what is left, at least one while anything is, of `minutes` for all of it."""
    left = max(0, statements - answered)
    return ceil(left * minutes / statements) if statements else 0
