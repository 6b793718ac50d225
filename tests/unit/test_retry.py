"""Waits between attempts."""

from datetime import timedelta

import pytest

from bot.rules.retry import backoff


@pytest.mark.parametrize(
    "attempt, seconds", [(1, 1), (2, 2), (3, 4), (8, 128), (9, 256), (10, 300), (11, 300), (10**9, 300)]
)
def test_each_wait_is_twice_the_last_up_to_five_minutes(attempt: int, seconds: int) -> None:
    assert backoff(attempt) == timedelta(seconds=seconds)


def test_base_and_cap_can_be_chosen() -> None:
    waits = [backoff(n, base=timedelta(seconds=3), cap=timedelta(seconds=10)) for n in (1, 2, 3, 4)]
    assert waits == [timedelta(seconds=s) for s in (3, 6, 10, 10)]


def test_a_cap_below_the_base_is_kept() -> None:
    assert backoff(1, base=timedelta(seconds=30), cap=timedelta(seconds=10)) == timedelta(seconds=10)


@pytest.mark.parametrize("attempt, base", [(0, 1), (-1, 1), (1, 0)])
def test_nonsense_is_refused(attempt: int, base: int) -> None:
    with pytest.raises(ValueError, match="backoff needs"):
        backoff(attempt, base=timedelta(seconds=base))
