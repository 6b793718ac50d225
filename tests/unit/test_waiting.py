"""How often who asked for help hears that nobody has answered."""

from datetime import timedelta

from bot.rules import waiting

HALF = timedelta(minutes=30)


def test_it_is_said_every_half_hour_for_two_hours_and_then_every_two() -> None:
    turns = [waiting.turn(n * HALF) for n in range(17)]
    assert turns == [0, 1, 2, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7]


def test_after_two_hours_it_says_something_else_and_that_alone_is_news() -> None:
    assert [waiting.is_long(turn) for turn in (0, 3, 4, 5)] == [False, False, True, True]
    assert [waiting.is_news(turn) for turn in (0, 3, 4, 5)] == [True, True, True, False]
