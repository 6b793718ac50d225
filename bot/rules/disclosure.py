"""What may be shown about many without showing anybody: nothing of fewer than five, by no subtraction either.

People are counted in fives, in the order in which they came to have something to count. So a later report counts none
or at least five more, whoever goes takes their whole five along, and what is left between a total and its parts is
never one to four people. Sets that cut across each other (by country and by company) are held against each other before
they are shown: one from which few could be worked out stays hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

from bot.rules.survey import LEAST

Group = frozenset[int]
Name = TypeVar("Name")
MOST_SETS = 400  # held against each other at once; beyond that what is pooled stays hidden


def in_fives(slots: Sequence[int], live: Collection[int]) -> tuple[int, ...]:
    """Of people in their order those who are counted: full fives in which nobody is missing from `live`."""
    found: list[int] = []
    for first in range(0, len(slots) - LEAST + 1, LEAST):
        five = slots[first : first + LEAST]
        if all(one in live for one in five):
            found += five
    return tuple(found)


def rows(counted: Sequence[int], traits: Sequence[Mapping[int, str]]) -> list[dict[str, Group]]:
    """For each trait who is counted under each of its values: full fives of those who are counted at all. What would
    let one to four be worked out, from whatever else is shown, is left out."""
    shown: list[Group] = [frozenset(counted)] if counted else []
    found: list[dict[str, Group]] = []
    for trait in traits:
        mine: dict[str, Group] = {}
        values = Counter(trait[one] for one in counted if one in trait)
        for value, _ in sorted(values.items(), key=lambda pair: (-pair[1], pair[0])):
            members = [one for one in counted if trait.get(one) == value]
            group = frozenset(members[: len(members) // LEAST * LEAST])
            if group and safe(group, shown):
                shown.append(group)
                mine[value] = group
        found.append(dict(sorted(mine.items())))
    return found


def pooled(
    cells: Iterable[Mapping[str, Group]], rest: Mapping[str, Sequence[int]], shown: Sequence[Group]
) -> dict[str, Group]:
    """One trait over many cohorts: what is shown of each, and what was too few in each, together in full fives."""
    found: dict[str, set[int]] = {}
    for cell in cells:
        for value, group in cell.items():
            found.setdefault(value, set()).update(group)
    known = list(shown)
    for value, members in rest.items():
        extra = frozenset(members[: len(members) // LEAST * LEAST])
        if extra and len(known) < MOST_SETS and safe(extra, known):
            known.append(extra)
            found.setdefault(value, set()).update(extra)
    return {value: frozenset(group) for value, group in sorted(found.items())}


def safe(group: Group, shown: Sequence[Group]) -> bool:
    """May this group be shown beside those, so that no sum and difference of them tells of one to four people?"""
    if len(group) < LEAST:
        return False
    for other in shown:
        smaller, larger = sorted((group, other), key=len)
        if smaller < larger and len(larger - smaller) < LEAST:
            return False
    return group in shown or not isolates([*shown, group])


def isolates(groups: Sequence[Group]) -> bool:
    """Whether sums over these groups, added and subtracted at will, give that of one to four people."""
    import numpy as np  # a tenth of a second, and few commands count

    patterns: dict[tuple[int, ...], int] = {}
    inside: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        for one in group:
            inside.setdefault(one, []).append(place)
    for places in inside.values():
        patterns[tuple(places)] = patterns.get(tuple(places), 0) + 1
    atoms = list(patterns)
    small = [n for n, atom in enumerate(atoms) if patterns[atom] < LEAST]
    if not small:
        return False
    wanted = [{n} for n in small]
    wanted += [set(pair) for pair in combinations(small, 2) if sum(patterns[atoms[n]] for n in pair) < LEAST]
    matrix = np.zeros((len(atoms), len(groups)))
    for n, atom in enumerate(atoms):
        matrix[n, list(atom)] = 1.0
    targets = np.zeros((len(atoms), len(wanted)))
    for n, together in enumerate(wanted):
        targets[list(together), n] = 1.0
    answer, *_ = np.linalg.lstsq(matrix, targets, rcond=None)
    return bool((np.abs(matrix @ answer - targets).max(axis=0) < 1e-6).any())


def quiet(counts: Mapping[Name, int]) -> dict[Name, int | None]:
    """Counts that add up to a known sum: one to four become None, and with them as many of the smallest others as it
    takes for nobody to work them out."""
    hidden = {name for name, count in counts.items() if 0 < count < LEAST}
    for name, count in sorted(counts.items(), key=lambda pair: pair[1]):
        if not 0 < sum(counts[one] for one in hidden) < LEAST:
            break
        if count:
            hidden.add(name)
    return {name: None if name in hidden else count for name, count in counts.items()}


def folded(units: Iterable[Mapping[Name, int]]) -> tuple[dict[Name, int], int]:
    """Counts of people by value in one or more cohorts: what is shown by name, and how many are left. What too few
    have in a cohort counts under its name only where it is five or more in all such cohorts together."""
    shown: Counter[Name] = Counter()
    hidden: Counter[Name] = Counter()
    for counts in units:
        kept = quiet({value: count for value, count in counts.items() if count})
        for value, count in kept.items():
            (hidden if count is None else shown)[value] += counts[value]
    left = sum(hidden.values())
    for value, count in sorted(hidden.items(), key=lambda pair: (-pair[1], str(pair[0]))):
        if count >= LEAST and (left == count or left - count >= LEAST):
            shown[value] += count
            left -= count
    return dict(shown), left
