"""How often who asked for help hears that nobody has answered yet, and from when on it says something else."""

from datetime import timedelta

OFTEN = timedelta(minutes=30)
OFTEN_FOR = timedelta(hours=2)
THEN_EVERY = timedelta(hours=2)
_LONG = OFTEN_FOR // OFTEN  # the turn from which on it has been long


def turn(waited: timedelta) -> int:
    """Which of the messages this is the time of, counted from 0: every half hour for two hours, then every two."""
    return waited // OFTEN if waited < OFTEN_FOR else _LONG + (waited - OFTEN_FOR) // THEN_EVERY


def is_long(number: int) -> bool:
    """Has nobody answered for so long that the learner should hear whom else to call, and that it goes on?"""
    return number >= _LONG


def is_news(number: int) -> bool:
    """Does this turn say something that those before it did not, or so early that it must be heard at night?"""
    return number <= _LONG
