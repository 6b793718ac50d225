"""When a message to oneself is given back: on the first hard day of the second half of a stay, once."""

from __future__ import annotations

from datetime import date

from bot.clock import Itinerary
from bot.rules.mood import HARD


def is_hard_day(value: int, day: date, trip: Itinerary) -> bool:
    """A day told as hard (1 or 2 of 5), from the middle of the stay on: the first half has its own dip, and the letter
    should still be there when home is farthest away."""
    middle = trip.arrival + (trip.return_ - trip.arrival) / 2
    return value <= HARD and middle <= day <= trip.return_
