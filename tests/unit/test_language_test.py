"""The language test: items in turn, levels, intervals, and what simulated takers of known level get."""

from __future__ import annotations

import math
import random
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import cast

import pytest

from bot.content.language_tests import LEVELS, PER_LEVEL, Level
from bot.rules.language_test import (
    BELOW,
    BLOCK,
    MOST,
    RANKS,
    RIGHT,
    START,
    UNSURE,
    Result,
    Tally,
    compare,
    in_order,
    next_item,
    options,
    result_of,
    tallies,
    wilson,
)
from tests.support.language_tests import made_up

TEST = made_up()


def play(right: dict[str, int], seed: str = "s") -> tuple[list[str], Result]:
    """The levels asked in turn, by somebody who gets the first so many items of each level right."""
    given: list[tuple[str, int]] = []
    levels: list[str] = []
    while (item := next_item(TEST, given, seed)) is not None:
        given.append((item.id, RIGHT if levels.count(item.level) < right.get(item.level, 0) else 1))
        levels.append(item.level)
    return levels, result_of(tallies(TEST, given))


# --- which item comes next ----------------------------------------------------------------------


def test_somebody_who_knows_all_goes_from_a2_to_b2_in_fifteen_items() -> None:
    levels, result = play(dict.fromkeys(LEVELS, 10))

    assert levels == ["A2"] * 5 + ["B1"] * 5 + ["B2"] * 5
    assert (result.level, result.highest) == ("B2", "B2")


def test_somebody_who_knows_nothing_is_asked_a2_and_a1_and_is_below_a1() -> None:
    levels, result = play({})

    assert levels == ["A2"] * 5 + ["A1"] * 5
    assert (result.level, result.lowest) == (BELOW, BELOW)


def test_three_of_five_right_asks_five_more_of_the_same_level() -> None:
    levels, result = play({"A2": 3, "A1": 10})

    assert levels[:10] == ["A2"] * 10
    assert result.level == "A1"


def test_no_more_than_twenty_items_come_and_what_was_not_asked_stays_possible() -> None:
    given: list[tuple[str, int]] = []
    while (item := next_item(TEST, given, "s")) is not None:
        place = sum(item_id.startswith(item.level.lower()) for item_id, _ in given)
        given.append((item.id, 1 if place in (0, 1) else RIGHT))  # three of five, then eight of ten
    result = result_of(tallies(TEST, given))

    assert len(given) == MOST
    assert (result.level, result.highest) == ("B1", "B2")


def test_no_item_comes_twice_and_leaving_in_between_changes_nothing() -> None:
    given: list[tuple[str, int]] = []
    while (item := next_item(TEST, given, "7/a/1")) is not None:
        assert next_item(TEST, list(given), "7/a/1") == item
        assert item.id not in dict(given)
        given.append((item.id, len(given) % 2))


@pytest.mark.parametrize("level", LEVELS)
def test_every_five_items_hold_every_skill(level: str) -> None:
    for seed in ("a", "b", "c"):
        order = in_order(TEST, level, seed)
        assert sorted(item.id for item in order) == sorted(item.id for item in TEST.of(level))
        assert {item.skill for item in order[:BLOCK]} == {item.skill for item in order[BLOCK:]} == set(PER_LEVEL)


def test_the_order_is_another_one_for_another_person_or_attempt() -> None:
    orders = {tuple(item.id for item in in_order(TEST, START, f"{person}/a/1")) for person in range(20)}

    assert len(orders) > 10


def test_the_right_answer_stands_in_each_place_about_equally_often() -> None:
    places = Counter(options(item, "fr-a").index(RIGHT) for item in TEST.items)

    assert set(places) == {0, 1, 2, 3}
    assert max(places.values()) < len(TEST.items) / 2


def test_an_answer_to_an_item_that_is_no_longer_there_does_not_count() -> None:
    assert tallies(TEST, [("a2-use-99", RIGHT), ("a2-use-1", RIGHT)])["A2"] == Tally(1, 1)


# --- intervals ----------------------------------------------------------------------------------


def test_the_interval_is_wilson_s() -> None:
    assert [round(bound, 3) for bound in wilson(8, 10, 1.96)] == [0.490, 0.943]
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(5, 5)[1] == pytest.approx(1)


def test_four_of_five_leave_the_level_below_possible_and_ten_of_ten_do_not() -> None:
    none = {level: Tally() for level in LEVELS}
    weak = result_of({**none, "A2": Tally(4, 5), "B1": Tally(0, 5)})
    firm = result_of({**none, "A2": Tally(10, 10), "B1": Tally(0, 5)})

    assert (weak.lowest, weak.level, weak.highest) == ("A1", "A2", "A2")
    assert (firm.lowest, firm.level, firm.highest) == ("A2", "A2", "A2")


def test_answers_that_do_not_fit_together_leave_the_harder_level_possible() -> None:
    none = {level: Tally() for level in LEVELS}
    torn = result_of({**none, "A1": Tally(1, 5), "A2": Tally(5, 10)})
    weak = result_of({**none, "A1": Tally(1, 5), "A2": Tally(2, 5)})
    assert (torn.level, torn.highest) == (BELOW, "A2")
    assert weak.highest == BELOW


def test_before_and_after_differ_only_where_no_level_is_possible_both_times() -> None:
    low = Result("A2", "A1", "A2", {})
    near = Result("B1", "A2", "B1", {})
    far = Result("B2", "B1", "B2", {})

    assert [compare(low, near), compare(low, far), compare(far, low)] == ["unclear", "higher", "lower"]


# --- simulated takers ---------------------------------------------------------------------------

STEP = 2.2  # logits between levels; the items of a level vary by half a logit around it
OWN = 1.39  # somebody in the middle of a level gets 80 % of its items right without guessing, 31 % of the next
TAKERS = 200


def _take(theta: float, guesses: bool, rng: random.Random) -> tuple[Result, int]:
    hard = {item.id: LEVELS.index(cast(Level, item.level)) * STEP + rng.gauss(0, 0.5) for item in TEST.items}
    given: list[tuple[str, int]] = []
    while (item := next_item(TEST, given, "sim")) is not None:
        knows = rng.random() < 1 / (1 + math.exp(hard[item.id] - theta))
        given.append((item.id, RIGHT if knows or (guesses and rng.random() < 0.25) else UNSURE))
    return result_of(tallies(TEST, given)), len(given)


@cache
def simulate(guesses: bool) -> dict[str, list[tuple[Result, int]]]:
    """By true level, what so many takers got, and after how many items."""
    found = {}
    for rank, level in enumerate(RANKS):
        rng = random.Random(f"{level} {guesses}")
        found[level] = [_take((rank - 1) * STEP + OWN, guesses, rng) for _ in range(TAKERS)]
    return found


def _compared(some: list[tuple[Result, int]], others: list[tuple[Result, int]]) -> Counter[str]:
    return Counter(compare(one, other) for (one, _), (other, _) in zip(some, others, strict=False))


@pytest.mark.parametrize("guesses", [False, True])
def test_simulated_takers_get_their_level_or_the_next_and_the_possible_levels_hold_the_true_one(guesses: bool) -> None:
    for rank, level in enumerate(RANKS):
        taken = simulate(guesses)[level]
        results = Counter(result.level for result, _ in taken)
        near = sum(results[RANKS[other]] for other in (rank - 1, rank, rank + 1) if 0 <= other < len(RANKS))
        held = sum(RANKS.index(r.lowest) <= rank <= RANKS.index(r.highest) for r, _ in taken)
        items = sum(n for _, n in taken) / TAKERS
        print(level, [results[name] for name in RANKS], f"{items:.1f} items, held {held / TAKERS:.2f}")
        assert results[level] >= (0.68 if guesses else 0.78) * TAKERS
        assert near >= 0.95 * TAKERS
        assert held >= 0.9 * TAKERS
        assert items <= MOST


def test_takers_who_know_more_get_higher_results() -> None:
    found = simulate(guesses=True)
    means = [sum(RANKS.index(result.level) for result, _ in found[level]) / TAKERS for level in RANKS]

    assert all(low + 0.5 < high for low, high in pairwise(means))


@pytest.mark.parametrize("guesses", [False, True])
def test_who_stays_where_they_are_is_seldom_told_of_a_difference_and_who_gains_two_levels_mostly_is(
    guesses: bool,
) -> None:
    found = simulate(guesses)
    for rank, level in enumerate(RANKS):
        again = _compared(found[level], found[level][1:])
        gained = [_compared(found[level], found[RANKS[r]])["higher"] for r in (rank + 1, rank + 2) if r < len(RANKS)]
        print(level, "again", dict(again), "one level and two levels on: higher", gained)
        assert again["unclear"] >= 0.94 * TAKERS
        assert len(gained) < 2 or gained[1] > 0.4 * TAKERS
