"""Saying how far something is, to whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str, int, int], None]  # what was done, how many, of how many


def quietly(what: str, done: int, of: int) -> None:
    """Nobody watches."""
