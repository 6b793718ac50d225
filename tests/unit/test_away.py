"""Until when somebody is away: buttons and typed days; the hour of an unannounced drill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.away import choices, fits, parse_until
from bot.rules.drill import SEEDS, instant, out_of_hours

PARIS = "Europe/Paris"
NOW = datetime(2026, 3, 4, 11, tzinfo=UTC)  # a Wednesday


def test_the_usual_answers_by_ones_own_clock() -> None:
    assert dict(choices(NOW, PARIS)) == {
        "tonight": datetime(2026, 3, 4, 19, tzinfo=UTC),
        "tomorrow": datetime(2026, 3, 5, 7, tzinfo=UTC),
        "week": datetime(2026, 3, 8, 19, tzinfo=UTC),
    }


def test_in_the_evening_tonight_is_no_answer_any_more() -> None:
    assert "tonight" not in choices(NOW + timedelta(hours=8), PARIS)


def test_on_a_saturday_the_end_of_the_week_is_the_next_one() -> None:
    assert choices(datetime(2026, 3, 7, 11, tzinfo=UTC), PARIS)["week"] == datetime(2026, 3, 15, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("6/3", datetime(2026, 3, 7, 7, tzinfo=UTC)),
        ("6.3.", datetime(2026, 3, 7, 7, tzinfo=UTC)),
        ("06/03/2026 18:00", datetime(2026, 3, 6, 17, tzinfo=UTC)),
        ("6/3 18h", datetime(2026, 3, 6, 17, tzinfo=UTC)),
        ("6/3 à 18h30", datetime(2026, 3, 6, 17, 30, tzinfo=UTC)),
        ("2026-03-06", datetime(2026, 3, 7, 7, tzinfo=UTC)),
        ("1/2", datetime(2027, 2, 2, 7, tzinfo=UTC)),
        ("28/3 2:30", datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
        ("29/3 02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("31/2", None),
        ("next week", None),
        ("12", None),
        ("", None),
    ],
)
def test_a_day_as_people_type_it(words: str, then: datetime | None) -> None:
    assert parse_until(words, NOW, PARIS) == then


def test_neither_over_nor_far_off() -> None:
    assert [fits(NOW + timedelta(days=d), NOW) for d in (-1, 1, 89, 91)] == [False, True, True, False]


@pytest.mark.parametrize("seed", [0, 1, SEEDS // 2, SEEDS - 1])
@pytest.mark.parametrize("quiet", ["22:00-07:00", "none"])
def test_an_unannounced_drill_is_at_night_or_at_a_weekend_whatever_the_number(seed: int, quiet: str) -> None:
    end = NOW + timedelta(days=7)
    at = instant(seed, NOW, end, PARIS, quiet)
    assert at is not None
    assert any(first <= at < last for first, last in out_of_hours(NOW, end, PARIS, quiet))
    assert at == instant(seed, NOW, end, PARIS, quiet)


def test_in_the_middle_of_the_day_there_is_no_such_hour() -> None:
    assert instant(5, NOW, NOW + timedelta(hours=2), PARIS, "22:00-07:00") is None
