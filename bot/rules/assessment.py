"""How people see themselves in the eight key competences: statements answered from 1 to 4, before and after.

Who has learnt what a thing takes judges harder, and may seem to have lost. So once the statements are answered after
the stay they look back (`THEN`): where was I before I left, seen from today? One answer a competence, for all of them:
asked only where somebody seems to have lost, chance alone would turn into progress.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor

LOWEST, HIGHEST = 1, 4  # not yet, with help, on my own, I can show others
PHASES = ("before", "during", "after")
THEN = "then"  # before the stay, as seen after it
STEP = 0.5  # a difference from which on somebody sees themselves elsewhere: half a step of the scale


def competence_of(statement: str) -> str:
    """`literacy/explain` → `literacy`; a competence is its own."""
    return statement.partition("/")[0]


def means(answers: Mapping[str, int]) -> dict[str, float]:
    """The mean of each competence with at least one answer, one decimal, in the order of the answers."""
    values: dict[str, list[int]] = {}
    for statement, value in answers.items():
        values.setdefault(competence_of(statement), []).append(value)
    return {competence: floor(10 * sum(given) / len(given) + 0.5) / 10 for competence, given in values.items()}


def moved(first: Mapping[str, float], last: Mapping[str, float]) -> tuple[int, int]:
    """In how many competences somebody stands lower, and in how many higher, by half a step or more."""
    differences = [round(last[name] - value, 1) for name, value in first.items() if name in last]
    return sum(one <= -STEP for one in differences), sum(one >= STEP for one in differences)


def minutes_left(answered: int, statements: int, minutes: int) -> int:
    """Whole minutes for what is left, at least one while anything is, of `minutes` for all of it."""
    left = max(0, statements - answered)
    return ceil(left * minutes / statements) if statements else 0
