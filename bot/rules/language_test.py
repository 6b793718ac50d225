"""The language test: which item comes next, which level the answers show, and how sure that is.

It begins at A2 and asks five items of a level. Four right or more: one level up; two or fewer: one level down; three:
five more of the same level, then seven of the ten count. It ends between the highest level that was managed and the
next one, after twenty items at most. Nothing is calibrated: no item has been tried with people whose level is known, so
results come with the interval that so few answers leave open (Wilson's).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from math import sqrt

from bot.content.language_tests import LEVELS, SKILLS, LanguageTest, TestItem

BELOW = "below"  # not yet A1
RANKS = (BELOW, *LEVELS)
START = "A2"
BLOCK = 5  # items of a level that are asked at once
MOST = 20  # items in all
ENOUGH = {BLOCK: 4, 2 * BLOCK: 7}  # right answers with which a level counts as managed
UNDECIDED = 3  # right answers of the first five that ask for five more
MANAGED = 0.65  # the share between those: what somebody of the level would get right in the long run
Z = 1.2816  # eight of ten such intervals hold the true share
UNSURE = -1  # the answer "I don't know"
RIGHT = 0  # the place of the right answer among those of an item
ANSWERS = range(UNSURE, 4)  # "I don't know", the right one, and the three wrong ones

Given = Sequence[tuple[str, int]]  # the items answered so far, in order, with the answer of each


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items of a level were asked, and how many answers were right."""

    right: int = 0
    asked: int = 0

    @property
    def managed(self) -> bool | None:
        """Whether it shows the level; None while more is to be asked."""
        if self.asked == BLOCK and self.right == UNDECIDED:
            return None
        return self.right >= ENOUGH[self.asked] if self.asked in ENOUGH else None

    @property
    def share(self) -> tuple[float, float]:
        """Between which shares, 0 to 1, the answers leave the true one."""
        return wilson(self.right, self.asked)


@dataclass(frozen=True, slots=True)
class Result:
    """A level (`below`, `A1` … `B2`), and the lowest and highest that the answers leave possible."""

    level: str
    lowest: str
    highest: str
    tallies: Mapping[str, Tally]

    @property
    def asked(self) -> int:
        """How many items it rests on."""
        return sum(tally.asked for tally in self.tallies.values())


def wilson(right: int, asked: int, z: float = Z) -> tuple[float, float]:
    """Wilson's interval of a share, 0 to 1; all of it where nothing was asked."""
    if asked == 0:
        return 0.0, 1.0
    share, scale = right / asked, 1 + z * z / asked
    middle = (share + z * z / (2 * asked)) / scale
    half = z / scale * sqrt(share * (1 - share) / asked + z * z / (4 * asked * asked))
    return max(0.0, middle - half), min(1.0, middle + half)


# --- which item comes next ----------------------------------------------------------------------


def next_item(test: LanguageTest, given: Given, seed: str, attempt: int = 1) -> TestItem | None:
    """The item to ask now; None when the test is over. The same answers and seed give the same item, none twice."""
    level = _level_to_ask(tallies(test, given))
    if level is None:
        return None
    done = {item_id for item_id, _ in given}
    return next((item for item in in_order(test, level, seed, attempt) if item.id not in done), None)


def in_order(test: LanguageTest, level: str, seed: str, attempt: int = 1) -> list[TestItem]:
    """The items of a level in the order for one person: every five of them hold every skill. Who takes the test a
    second time begins with the five that came last."""
    cells = tuple((item.id, item.skill) for item in test.of(level))
    found = [test.by_id[item_id] for item_id in _mixed(cells, seed)]
    return found if attempt % 2 else [*found[BLOCK:], *found[:BLOCK]]


@lru_cache(maxsize=256)
def _mixed(cells: tuple[tuple[str, str], ...], seed: str) -> tuple[str, ...]:
    """Ids of items, given with their skills: rounds of one of each skill and one more of which most are left."""
    shuffled = sorted(cells, key=lambda cell: _key(seed, cell[0]))
    pools = {skill: [item_id for item_id, its in shuffled if its == skill] for skill in SKILLS}
    tie = {skill: _key(seed, skill) for skill in SKILLS}
    found: list[str] = []
    while any(pools.values()):
        found += [pools[skill].pop() for skill in SKILLS if pools[skill]]
        richest = max(SKILLS, key=lambda skill: (len(pools[skill]), tie[skill]))
        if pools[richest]:
            found.append(pools[richest].pop())
    return tuple(found)


def options(item: TestItem, test: str) -> tuple[int, ...]:
    """The order in which the answers of an item of a test (`fr-a`) are shown, as their places; 0 is the right one."""
    places = range(len(item.options))
    return tuple(sorted(places, key=lambda place: _key(test, item.id, str(place))))


def _key(*parts: str) -> bytes:
    return blake2b("/".join(parts).encode(), digest_size=8).digest()


def _level_to_ask(known: Mapping[str, Tally]) -> str | None:
    if sum(tally.asked for tally in known.values()) >= MOST:
        return None
    rank, step = LEVELS.index(START), 0
    while 0 <= rank < len(LEVELS):
        managed = known[LEVELS[rank]].managed
        if managed is None:
            return LEVELS[rank]
        if step and managed != (step > 0):
            return None  # the level above was not managed, or the one below was
        step = 1 if managed else -1
        rank += step
    return None


# --- what it shows --------------------------------------------------------------------------------


def tallies(test: LanguageTest, given: Given) -> dict[str, Tally]:
    """Each level's answers. Items that the test no longer has do not count."""
    known = [(test.by_id[item_id].level, answer) for item_id, answer in given if item_id in test.by_id]
    asked = Counter(level for level, _ in known)
    right = Counter(level for level, answer in known if answer == RIGHT)
    return {level: Tally(right[level], asked[level]) for level in LEVELS}


def result_of(known: Mapping[str, Tally]) -> Result:
    """The highest level managed with all that were asked below it. Whoever managed none is below the lowest asked."""
    asked = [level for level in LEVELS if known[level].asked]
    rank = RANKS.index(asked[0]) - 1 if asked else 0
    for level in asked:
        tally = known[level]
        managed = tally.managed if tally.managed is not None else tally.right >= MANAGED * tally.asked
        if not managed:
            break
        rank = RANKS.index(level)
    low, high = _possible(known, rank)
    return Result(RANKS[rank], RANKS[low], RANKS[high], dict(known))


def _possible(known: Mapping[str, Tally], rank: int) -> tuple[int, int]:
    """The levels around a result that the answers do not rule out: one down, one up. Whoever does not manage a level
    manages no harder one, unless half of a harder one was right: then the answers do not fit together, and it is
    possible, too."""
    low = rank - 1 if rank > 0 and known[RANKS[rank]].share[0] < MANAGED else rank
    high = rank
    for above in range(rank + 1, len(RANKS)):
        tally = known[RANKS[above]]
        fits = above == rank + 1 or (tally.asked and 2 * tally.right >= tally.asked)
        if fits and tally.share[1] >= MANAGED:
            high = above
    return low, high


def compare(before: Result, after: Result) -> str:
    """`higher` or `lower` where no level is possible both times, else `unclear`."""
    if RANKS.index(after.lowest) > RANKS.index(before.highest):
        return "higher"
    if RANKS.index(after.highest) < RANKS.index(before.lowest):
        return "lower"
    return "unclear"
