"""When most of a cohort is silent at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.rules.alert import Ladder, Responder, Rung, Severity
from bot.rules.incident import Grouping, grouping, is_incident, together

AMBER, RED = Severity.AMBER, Severity.RED


@pytest.mark.parametrize(
    ("missing", "others", "one"),
    [
        (25, 0, True),
        (13, 12, True),
        (12, 12, True),  # half of those asked
        (12, 13, False),
        (4, 0, True),
        (4, 4, True),
        (4, 5, False),
        (3, 0, False),  # a small group is told one by one
        (1, 24, False),
        (0, 0, False),
    ],
)
def test_most_of_a_cohort_is_half_of_it_and_at_least_four(missing: int, others: int, one: bool) -> None:
    assert is_incident(missing, others) is one


@pytest.mark.parametrize(
    ("severities", "missing", "others", "expected"),
    [
        ([AMBER] * 6, 6, 2, Grouping(amber=True)),
        ([AMBER] * 6, 6, 9, Grouping()),
        ([AMBER] * 6 + [RED], 7, 2, Grouping(amber=True)),  # a second miss in a row stands alone
        ([AMBER] * 3 + [RED] * 3, 6, 0, Grouping(amber=True)),  # too few for a group of their own
        ([AMBER] * 2 + [RED] * 6, 8, 0, Grouping(amber=True, red=True)),  # the whole cohort's second miss
        ([RED] * 6, 6, 7, Grouping()),
    ],
)
def test_a_second_miss_joins_only_when_it_is_the_cohorts(
    severities: list[Severity], missing: int, others: int, expected: Grouping
) -> None:
    assert grouping(severities, missing, others) == expected


def test_an_incident_that_is_red_already_takes_red_misses_in() -> None:
    assert grouping([RED], 6, 0, open_red=True) == Grouping(amber=True, red=True)


def ladder(*rungs: tuple[int, ...], minutes: int = 30, away: int | None = None) -> Ladder:
    people = {p for rung in rungs for p in rung}
    return Ladder(
        tuple(Rung(rung) for rung in rungs),
        {p: Responder(p, on_duty=p != away) for p in people},
        timedelta(minutes=minutes),
    )


def test_one_ladder_for_all_has_everybodys_first_rung_first_and_each_person_once() -> None:
    found = together([ladder((1,), (2,), (9,)), ladder((3,), (1,), (9,), minutes=10, away=3)])
    assert [rung.people for rung in found.rungs] == [(1, 3), (2,), (9,)]
    assert found.escalate_after == timedelta(minutes=10)
    assert not found.who(3).available


def test_no_ladders_make_an_empty_one() -> None:
    assert together([]).rungs == ()
