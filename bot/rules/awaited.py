"""Which steps of a journey wait for an arrival: nobody is welcomed to a town while their train stands still."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import ONE_DAY, Stage, local, local_date, to_utc
from bot.rules.travel_days import Direction
from bot.rules.travel_terms import State

AT_LEAST = timedelta(minutes=30)  # while a deadline is being judged
GIVEN_UP = timedelta(days=2)  # after the deadline: by then people have found out, whatever was tapped
_STAGES = {"during": Direction.OUT, "after": Direction.BACK}
_ON_THE_WAY = frozenset({State.PLANNED, State.ASKED, State.LEFT, State.DELAYED})


def awaits(stage: Stage) -> Direction | None:
    """The journey that must be over first: the one there for steps of the stay, the one home for those after it."""
    return _STAGES.get(stage)


def not_there_until(state: State, deadline: datetime, now: datetime, *, looked_after: bool) -> datetime | None:
    """Until when a step waits at most; None when the learner is there, as far as anybody knows.

    Whoever arrives, or is looked after, is not waited for any longer: that is seen at once, not here.
    `looked_after`: the alert about the missing arrival is closed, so that a person knows where they are.
    """
    if state in _ON_THE_WAY:
        return max(deadline, now + AT_LEAST)
    waiting = state is State.ALERTED and not looked_after and now < deadline + GIVEN_UP
    return deadline + GIVEN_UP if waiting else None


def comes_at(planned_at: datetime, worth: timedelta, zone: str, now: datetime) -> datetime:
    """When a step that waited comes: at once while it would have been worth sending without waiting, else when its own
    hour comes round again in `zone`: what is meant for an evening is no good in the morning."""
    if now < planned_at + worth:
        return max(now, planned_at)
    hour, today = local(planned_at, zone).time(), local_date(now, zone)
    return next(at for days in (0, 1, 2) if (at := to_utc(today + days * ONE_DAY, hour, zone)) >= now)
