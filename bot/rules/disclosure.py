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
from math import comb
from typing import Any, TypeVar

from bot.rules.survey import LEAST

Group = frozenset[int]
Name = TypeVar("Name")
MOST_ROWS = 40  # of a trait are shown: the largest; a hundred companies are no table
MOST_SETS = 300  # held against each other at once; beyond that nothing more comes in from what was too few
MOST_WAYS = 100_000  # sums of small atoms that are tried for one group; where there are more, it stays hidden


def in_fives(slots: Sequence[int], live: Collection[int]) -> tuple[int, ...]:
    """Of people in their order those who are counted: full fives in which nobody is missing from `live`."""
    found: list[int] = []
    for first in range(0, len(slots) - LEAST + 1, LEAST):
        five = slots[first : first + LEAST]
        if all(one in live for one in five):
            found += five
    return tuple(found)


def rows(
    counted: Sequence[int], traits: Sequence[Mapping[int, str]], *, fives: bool = True
) -> list[dict[str, Group]]:  # fmt: skip
    """For each trait who is shown under each of its values: full fives, or all, of those who are counted at all. What
    would let one to four be worked out, from whatever else is shown, is left out."""
    shown: list[Group] = [frozenset(counted)] if counted else []
    found: list[dict[str, Group]] = []
    for trait in traits:
        mine: dict[str, Group] = {}
        values = Counter(trait[one] for one in counted if one in trait)
        for value, _ in sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_ROWS]:
            group = _group([one for one in counted if trait.get(one) == value], fives)
            if safe(group, shown):
                shown.append(group)
                mine[value] = group
        found.append(dict(sorted(mine.items())))
    return found


def _group(members: Sequence[int], fives: bool) -> Group:
    return frozenset(members[: len(members) // LEAST * LEAST] if fives else members)


def pooled(
    cells: Iterable[Mapping[str, Group]], rest: Mapping[str, Sequence[int]], shown: list[Group], *, fives: bool = True
) -> dict[str, Group]:  # fmt: skip
    """One trait over many cohorts: what is shown of each, and what was too few in each, together. What comes in is
    added to `shown`."""
    found: dict[str, set[int]] = {}
    for cell in cells:
        for value, group in cell.items():
            found.setdefault(value, set()).update(group)
    for n, (value, members) in enumerate(sorted(rest.items(), key=lambda pair: (-len(pair[1]), pair[0]))):
        extra = _group(members, fives)
        if n < MOST_ROWS and len(shown) < MOST_SETS and safe(extra, shown):
            shown.append(extra)
            found.setdefault(value, set()).update(extra)
        elif not fives:
            found.pop(value, None)  # all of them or none: half a count would be a wrong one
    return {value: frozenset(group) for value, group in sorted(found.items())}


def safe(group: Group, shown: Sequence[Group]) -> bool:
    """May this group be shown beside those, so that no sum and difference of them tells of one to four people?"""
    if len(group) < LEAST:
        return False
    return group in shown or not isolates([*shown, group])


def isolates(groups: Sequence[Group]) -> bool:
    """Whether sums over these groups, added and subtracted at will, give that of one to four people.

    People who are in the same groups make an atom: no sum tells them apart. A set of atoms can be worked out where its
    indicator lies in the space that the groups span, that is, where projecting it there changes nothing."""
    import numpy as np  # a tenth of a second, and few commands count

    inside: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        for one in group:
            inside.setdefault(one, []).append(place)
    sizes = Counter(tuple(places) for places in inside.values())
    atoms = list(sizes)
    small = [n for n, atom in enumerate(atoms) if sizes[atom] < LEAST]
    if not small:
        return False
    matrix = np.zeros((len(atoms), len(groups)))
    for n, atom in enumerate(atoms):
        matrix[n, list(atom)] = 1.0
    left, strengths, _ = np.linalg.svd(matrix, full_matrices=False)
    basis = left[small][:, strengths > 1e-9]
    gram = basis @ basis.T
    weights = np.array([sizes[atoms[n]] for n in small])
    for many in range(1, LEAST):
        near = _near(gram, weights, many)
        if comb(len(near), many) > MOST_WAYS:
            return True
        sets = np.array(list(combinations(near, many)), dtype=int).reshape(-1, many)
        sets = sets[weights[sets].sum(axis=1) < LEAST]
        kept = sum(gram[sets[:, a], sets[:, b]] for a in range(many) for b in range(many))
        if len(sets) and (np.abs(kept - many) < 1e-6).any():
            return True
    return False


def _near(gram: Any, weights: Any, many: int) -> Any:
    """The atoms that can belong to a set of so many which projecting leaves as it is: what each has of itself there,
    and the most that so few others can add, come to one."""
    import numpy as np

    near = np.flatnonzero(weights <= LEAST - many)
    while len(near):
        part = gram[np.ix_(near, near)]
        own = np.diag(part).copy()
        others = part - np.diag(own)
        most = np.sort(np.clip(others, 0, None), axis=1)[:, -(many - 1) :].sum(axis=1) if many > 1 else 0 * own
        kept = near[own + most >= 1 - 1e-9]
        if len(kept) == len(near):
            break
        near = kept
    return near


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
