"""Points: sums over the ledger, nothing else. Check-ins never earn any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from bot.content.items import Competence
from bot.content.schema import Step

COMPETENCES: tuple[str, ...] = get_args(Competence)


@dataclass(frozen=True)
class LedgerRow:
    """Points for one finished thing, negative in a correction; `competences` are those it serves."""

    points: int
    competences: tuple[str, ...] = ()


def earned(step: Step) -> LedgerRow:
    """What finishing a step is worth."""
    return LedgerRow(step.points, tuple(step.competences))


def total(rows: Iterable[LedgerRow]) -> int:
    """The sum of all points."""
    return sum(row.points for row in rows)


def by_competence(rows: Iterable[LedgerRow]) -> Mapping[str, int]:
    """Points per key competence, all eight in their usual order. A row counts in full for each competence it serves,
    so these do not add up to the total: they show where somebody has been active."""
    sums = dict.fromkeys(COMPETENCES, 0)
    for row in rows:
        for competence in row.competences:
            sums[competence] = sums.get(competence, 0) + row.points
    return sums
