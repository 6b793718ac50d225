"""Badges: one for each key competence, for doing things again and again. They are never lost and compare nobody."""

from __future__ import annotations

from collections.abc import Mapping

THINGS = (3, 8)  # things done for a competence: the badge, and the badge with a star


def level(things: int) -> int:
    """0 nothing yet, 1 the badge, 2 the badge with a star."""
    return sum(things >= wanted for wanted in THINGS)


def levels(counts: Mapping[str, int]) -> dict[str, int]:
    """The level of each competence that has a badge, by how many things were done for it."""
    return {competence: level(things) for competence, things in counts.items() if level(things)}


def is_new(things: int) -> bool:
    """Did just this thing bring a badge or its star?"""
    return things in THINGS
