"""Where a learner may be whose stays touch: one is left on the day on which the next begins, or lies within it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.flows.scene import Stay


def matters(stay: Stay) -> tuple[bool, int, float, float]:
    """Sorts stays, the one that matters now first: where they said last that they are, then what the dates say."""
    order = {"during": 0, "before": 1, "after": 2}
    arrival = stay.itinerary.arrival.toordinal() if stay.itinerary else 0
    said = stay.arrived_at.timestamp() if stay.arrived_at is not None and stay.going_on else 0
    # Of past stays the last one matters, of coming stays the next one.
    return stay.ended, 0 if said else order[stay.stage], -said, -arrival if stay.stage == "after" else arrival


def elsewhere(stays: Sequence[Stay]) -> tuple[Stay, ...]:
    """Where else they may be, when the first of sorted `stays` is not certain: nobody said that they arrived at the
    latest of those that go on. A call for help is for the people of all of them."""
    if len(stays) < 2 or not stays[0].going_on or stays[0].ended:
        return ()
    first, *others = stays
    return tuple(stay for stay in others if stay.going_on and not stay.ended and not _left(stay, first))


def _left(stay: Stay, first: Stay) -> bool:
    """Did they go on from there to the first, as they said themselves?"""
    if first.arrived_at is None or first.itinerary is None or stay.itinerary is None:
        return False
    return stay.arrived_at is not None or stay.itinerary.arrival <= first.itinerary.arrival
