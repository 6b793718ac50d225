"""Rows for anybody to use: each stands for at least five people, and so does whatever lies between two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.rules.survey import LEAST

ANY = "any"  # what a column says where telling more would be of too few
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """The traits of one stay from the most to the least telling column, and what is counted of it."""

    traits: Key
    figures: tuple[float, ...]


def grouped(people: Iterable[Person], columns: int) -> list[tuple[Key, list[Person]]]:
    """Everybody in exactly one row. A row of fewer than five gives up its last column and joins the others that did;
    where that is still too few, it takes the smallest row beside it along. Empty where there are not even five people.
    Rows do not overlap, so sums of them are sums over at least five."""
    rows: dict[Key, list[Person]] = {}
    for one in people:
        rows.setdefault(one.traits, []).append(one)
    for kept in range(columns - 1, -1, -1):
        rows = _widened(rows, kept, columns)
    return sorted(row for row in rows.items() if len(row[1]) >= LEAST)


def _widened(rows: dict[Key, list[Person]], kept: int, columns: int) -> dict[Key, list[Person]]:
    """Of each group with the same first `kept` traits: its small rows become one."""
    found = {key: list(there) for key, there in rows.items()}
    for begin in {key[:kept] for key in rows}:
        mine = [key for key in found if key[:kept] == begin and key[kept:] != (ANY,) * (columns - kept)]
        rest = (*begin, *(ANY,) * (columns - kept))
        small = [key for key in mine if len(found[key]) < LEAST]
        pool = [one for key in small for one in found.pop(key)] + found.pop(rest, [])
        if pool and len(pool) < LEAST and (others := [key for key in mine if key in found]):
            pool += found.pop(min(others, key=lambda key: (len(found[key]), key)))
        if pool:
            found[rest] = pool
    return found


def checked(rows: Sequence[tuple[Key, list[Person]]]) -> int:
    """How few people the smallest row has; 0 for no rows. AssertionError where one could be worked out."""
    smallest = min((len(there) for _, there in rows), default=0)
    assert not rows or smallest >= LEAST, "a row of open data has too few people"
    assert max(Counter(key for key, _ in rows).values(), default=1) == 1, "a row of open data stands there twice"
    return smallest
