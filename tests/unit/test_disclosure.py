"""Nobody can be worked out: an adversary adds and subtracts whatever is shown, in every way there is."""

from __future__ import annotations

from itertools import combinations
from random import Random

import numpy as np
import pytest

from bot.rules.disclosure import in_fives, isolates, quiet, rows
from bot.rules.open_rows import ANY, Person, checked, grouped
from bot.rules.report import TRAITS, Counted, Known, Slots, counted, placed


def known(seed: int, cohorts: int, each: int) -> dict[int, Known]:
    dice = Random(seed)
    people = [(one, 1 + one % cohorts) for one in range(cohorts * each)]
    return {
        one: Known(one, cohort, {
            "country": dice.choice("EEEDDI"), "host": dice.choice("ABCDFG"), "length": dice.choice("SSSL"),
            "status": dice.choice("PA"), "destination": dice.choice("VWXYZ"),
            **({"fewer_opportunities": "yes"} if dice.random() < 0.5 else {}),
        })
        for one, cohort in people
    }  # fmt: skip


def shown(found: Counted) -> list[frozenset[int]]:
    return [group for group in (found.total, *(g for by in found.by.values() for g in by.values())) if group]


def worked_out(groups: list[frozenset[int]], people: int) -> list[tuple[int, ...]]:
    """Every set of one to three people, and of four who are told apart least, whose sum follows from the others'."""
    matrix = np.zeros((people, len(groups)))
    for n, group in enumerate(groups):
        matrix[list(group), n] = 1
    left, strengths, _ = np.linalg.svd(matrix, full_matrices=False)
    basis = left[:, strengths > 1e-9]
    found = []
    for many in (1, 2, 3):
        sets = np.array(list(combinations(range(people), many)))
        reach = basis[sets].sum(axis=1)
        found += [tuple(s) for s, n in zip(sets, (reach**2).sum(axis=1), strict=True) if abs(n - many) < 1e-6]
    return found


def slots(people: dict[int, Known], live: frozenset[int]) -> dict[int, Slots]:
    cohorts = {one.cohort for one in people.values()}
    return {c: Slots([one.id for one in people.values() if one.cohort == c], live) for c in cohorts}


@pytest.mark.parametrize("seed", range(3))
def test_no_sums_and_differences_of_rows_totals_cohorts_and_project_tell_of_few(seed: int) -> None:
    people = known(seed, 3, 14)
    live = frozenset(people)
    for project, alone in (
        (counted(people, slots(people, live)), [counted(people, {c: s}) for c, s in slots(people, live).items()]),
        (placed(people), [placed({i: p for i, p in people.items() if p.cohort == c}) for c in (1, 2, 3)]),
    ):
        groups = list(dict.fromkeys(g for found in (project, *alone) for g in shown(found)))
        assert len(groups) > 4
        assert worked_out(groups, len(people)) == []


@pytest.mark.parametrize("seed", range(4))
def test_two_reports_differ_by_nobody_or_by_five(seed: int) -> None:
    people = known(seed, 1, 40)
    order = list(people)
    before: set[int] = set()
    for n in range(len(order) + 1):
        now = set(in_fives(order[:n], people))
        assert len(now - before) in (0, 5)
        before = now
    for gone in order:  # whoever withdraws
        left = set(in_fives(order, set(people) - {gone}))
        assert len(before - left) == 5
        assert left <= before


def test_a_row_from_which_few_are_left_stays_hidden() -> None:
    country = dict.fromkeys(range(12), "ES")
    host = dict.fromkeys(range(8), "bakery")
    assert [list(found) for found in rows(range(12), [country, host], fives=False)] == [["ES"], []]
    assert [list(found) for found in rows(range(13), [country, host], fives=False)] == [[], ["bakery"]]


def test_three_groups_that_cut_across_each_other_are_seen_through() -> None:
    a, b = frozenset(range(10)), frozenset([*range(5), *range(10, 15)])
    c, d = frozenset(range(5, 16)), frozenset(range(5))
    assert not isolates([a, b, c])
    assert isolates([a, b, c, d])


def test_small_counts_hide_and_take_along_what_would_give_them_away() -> None:
    assert quiet({"a": 3, "b": 20, "c": 40}) == {"a": None, "b": None, "c": 40}
    assert quiet({"a": 3, "b": 4, "c": 40, "d": 0}) == {"a": None, "b": None, "c": 40, "d": 0}
    assert quiet({"a": 6, "b": 5}) == {"a": 6, "b": 5}
    assert len(TRAITS) == 5


@pytest.mark.parametrize("seed", range(4))
def test_open_rows_hold_everybody_once_and_never_few(seed: int) -> None:
    dice = Random(seed)
    people = [Person((dice.choice(["2026", "2027"]), *(dice.choice("AAAB") for _ in range(3))), (1.0,))
              for _ in range(120)]  # fmt: skip
    found = grouped(people, 4)
    assert checked(found) >= 5
    assert sum(len(there) for _, there in found) == 120
    assert any(ANY not in key for key, _ in found)
    for key, there in found:
        assert all(told in (ANY, own) for one in there for told, own in zip(key, one.traits, strict=True))
    assert grouped(people[:4], 4) == []
