"""The figures of a report, worked out from what is known of each stay: counts, shares from 0 to 1, means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import fmean, median
from typing import Any

from bot.rules.disclosure import Group, in_fives, pooled, quiet, rows
from bot.rules.language_test import RANKS, Result, compare, wilson
from bot.rules.points import COMPETENCES
from bot.rules.survey import LEAST

TRAITS = ("country", "host", "length", "status", "fewer_opportunities")
DESTINATION = "destination"  # country and city, with a slash between
# What is asked for most is looked at first: what comes later is hidden where it would give somebody away.
_ORDER = ("country", "length", "status", "fewer_opportunities", DESTINATION, "host")
STAGES = ("before", "during", "after")
LONG = 31  # nights; longer stays walk the journey for long ones
HOURS = ("on_duty", "out_of_hours")


@dataclass(slots=True)
class Known:
    """What a report knows of one stay. `agreed`: to statistics; only then anything of the learning is here."""

    id: int
    cohort: int
    traits: dict[str, str]
    days: int = 0
    begun: bool = False
    agreed: bool = False
    asked: int = 0  # check-ins that were delivered
    in_time: int = 0
    late: int = 0
    alerted: int = 0
    trained: bool | None = None  # safety training passed; None: the journey has none
    steps: dict[str, tuple[int, int]] = field(default_factory=dict)  # by stage: offered, done
    challenges: tuple[int, int] = (0, 0)  # offered, done
    skills: dict[str, dict[str, float]] = field(default_factory=dict)  # before, then, after: mean by competence
    languages: list[tuple[Result, Result]] = field(default_factory=list)  # tests before and after, by language
    outcomes: tuple[int, int, int] = (0, 0, 0)  # agreed on, assessed at work at the end, validated


@dataclass(frozen=True, slots=True)
class Slots:
    """Stays of a cohort in the order in which they came to count, and which of them count now."""

    order: Sequence[int]
    live: frozenset[int]


@dataclass(frozen=True, slots=True)
class Counted:
    """Who is counted for one family of figures: all together, and by trait and value."""

    total: Group
    by: Mapping[str, Mapping[str, Group]]


def counted(known: Mapping[int, Known], slots: Mapping[int, Slots], *, divided: bool = True) -> Counted:
    """Whom a report over these cohorts counts, so that nobody can be worked out from it and those of its cohorts;
    `divided`: by trait as well."""
    totals = {cohort: in_fives(one.order, one.live) for cohort, one in slots.items()}
    if not divided:
        return Counted(frozenset(one for total in totals.values() for one in total), {})
    return _divided(known, totals, [trait for trait in _ORDER if trait != DESTINATION], fives=True)


def placed(known: Mapping[int, Known]) -> Counted:
    """The stays by trait and destination, all of those in a group that may be shown."""
    totals: dict[int, list[int]] = {}
    for one in known.values():
        totals.setdefault(one.cohort, []).append(one.id)
    return _divided(known, totals, _ORDER, fives=False)


def _divided(
    known: Mapping[int, Known], totals: Mapping[int, Sequence[int]], traits: Sequence[str], *, fives: bool
) -> Counted:  # fmt: skip
    cells: dict[int, list[dict[str, Group]]] = {
        cohort: rows(total, [_values(known, total, trait) for trait in traits], fives=fives)
        for cohort, total in totals.items()
    }
    everybody = frozenset(one for total in totals.values() for one in total)
    if len(totals) < 2:
        mine: list[dict[str, Group]] = next(iter(cells.values()), [{} for _ in traits])
        return Counted(everybody, dict(zip(traits, mine, strict=True)))
    shown = [frozenset(total) for total in totals.values() if total]
    shown += [group for cell in cells.values() for values in cell for group in values.values()]
    by: dict[str, Mapping[str, Group]] = {}
    for place, trait in enumerate(traits):
        rest: dict[str, list[int]] = {}
        for cohort, total in totals.items():
            for one in total:
                value = known[one].traits.get(trait)
                if value is not None and one not in cells[cohort][place].get(value, frozenset()):
                    rest.setdefault(value, []).append(one)
        by[trait] = pooled([cell[place] for cell in cells.values()], rest, shown, fives=fives)
    return Counted(everybody, by)


def _values(known: Mapping[int, Known], people: Iterable[int], trait: str) -> dict[int, str]:
    return {one: known[one].traits[trait] for one in people if trait in known[one].traits}


# --- families of figures ------------------------------------------------------------------------


def care(stays: Sequence[Known]) -> dict[str, Any]:
    """Check-ins of these stays: asked, answered in time and late, alerted."""
    asked, in_time, late = (sum(getattr(one, name) for one in stays) for name in ("asked", "in_time", "late"))
    return {
        "learners": len(stays), "asked": asked, "answered": in_time + late, "share": share(in_time + late, asked),
        "in_time": in_time, "in_time_share": share(in_time, asked), "late": late,
        "alerted": sum(one.alerted for one in stays),
    }  # fmt: skip


def training(stays: Sequence[Known]) -> dict[str, Any]:
    """Who has passed the safety training."""
    passed = sum(one.trained is True for one in stays)
    return {"learners": len(stays), "passed": passed, "share": share(passed, len(stays))}


def journey(stays: Sequence[Known]) -> dict[str, Any]:
    """Steps and challenges offered and done."""
    found: dict[str, Any] = {"learners": len(stays)}
    for stage in STAGES:
        found[stage] = _done(one.steps.get(stage, (0, 0)) for one in stays)
    return found | {"challenges": _done(one.challenges for one in stays)}


def _done(pairs: Iterable[tuple[int, int]]) -> dict[str, Any]:
    offered, done = (sum(column) for column in zip((0, 0), *pairs, strict=True))
    return {"offered": offered, "done": done, "share": share(done, offered)}


def skills(stays: Sequence[Known]) -> dict[str, Any]:
    """How they see themselves in each competence, from 1 to 4, before and after."""
    return {"learners": len(stays), "competences": {name: _skill(stays, name) for name in COMPETENCES}}


def _skill(stays: Sequence[Known], name: str) -> dict[str, float]:
    phases = [phase for phase in ("before", "then", "after") if all(phase in one.skills for one in stays)]
    return {phase: round(fmean(one.skills[phase][name] for one in stays), 1) for phase in phases}


def languages(stays: Sequence[Known]) -> dict[str, Any]:
    """Tests before and after. A level is higher or lower only where the answers leave no other reading; the interval
    is that of the share who are higher (eight of ten such intervals hold the true one)."""
    pairs = [one.languages[0] for one in stays]
    change = Counter(compare(before, after) for before, after in pairs)
    low, high = wilson(change["higher"], len(pairs))
    return {
        "learners": len(stays), **{name: change[name] for name in ("higher", "unclear", "lower")},
        "higher_share": share(change["higher"], len(pairs)), "interval": [round(low, 2), round(high, 2)],
        "levels": {
            phase: quiet({level: n for level in RANKS if (n := sum(pair[at].level == level for pair in pairs))})
            for at, phase in enumerate(("before", "after"))
        },
    }  # fmt: skip


def outcomes(stays: Sequence[Known]) -> dict[str, Any]:
    """Learning outcomes of the stays: agreed on, assessed at work, validated at home."""
    agreed, assessed, validated = (sum(column) for column in zip((0, 0, 0), *(s.outcomes for s in stays), strict=True))
    return {
        "learners": len(stays), "agreed": agreed, "assessed": assessed, "validated": validated,
        "share": share(validated, agreed),
    }  # fmt: skip


FAMILIES = {
    "check_ins": care, "safety_training": training, "journey_steps": journey, "competences": skills,
    "looked_back": skills, "language": languages, "outcomes": outcomes,
}  # fmt: skip


def figures(family: str, known: Mapping[int, Known], group: Group) -> dict[str, Any] | None:
    """The figures of a family over a group; None where it is empty, for too few would be in it."""
    return FAMILIES[family]([known[one] for one in sorted(group)]) if len(group) >= LEAST else None


# --- how fast alerts were taken -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reaction:
    """One alert: whose stay, when of the day (`on_duty`, `out_of_hours`), minutes until somebody took it."""

    stay: int
    hours: str
    minutes: float | None


def reactions(found: Sequence[Reaction]) -> dict[str, Any]:
    """By the hours of the contact person: how many alerts, the median and what nine of ten stayed below, in minutes.
    None where they concern fewer than five learners."""
    groups = {"all": found} | {hours: [one for one in found if one.hours == hours] for hours in HOURS}
    people = {name: len({one.stay for one in group}) for name, group in groups.items()}
    small = any(0 < people[hours] < LEAST for hours in HOURS)
    return {
        name: None if people[name] < LEAST or (small and name != "all") else _reaction(group)
        for name, group in groups.items()
    }


def _reaction(found: Sequence[Reaction]) -> dict[str, Any]:
    taken = sorted(one.minutes for one in found if one.minutes is not None)
    return {
        "alerts": len(found), "taken": len(taken), "median_minutes": round(median(taken)) if taken else None,
        "nine_of_ten_minutes": round(taken[ceil(0.9 * len(taken)) - 1]) if taken else None,
    }  # fmt: skip


def share(part: int, whole: int) -> float | None:
    """From 0 to 1, three decimals; None of nothing."""
    return round(part / whole, 3) if whole else None
