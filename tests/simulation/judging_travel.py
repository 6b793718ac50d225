"""What must hold of journeys there and back: asked about, never forgotten on the way, and no alarm before its time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select

from bot.flows.vocabulary import Tap
from bot.rules.travel_days import legs
from bot.rules.travel_terms import OVERDUE
from bot.store.tables import Alert, AlertEvent, CheckIn, Cohort, Outbox, Person, Placement, Travel
from tests.simulation.people import Learner
from tests.simulation.telegram import Try

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ENDS = {"arrived", "excused", "alerted"}
UNHEARD = 75 * SECOND


class Judge(Protocol):
    """What this needs of the judge at large."""

    sim: Simulation
    session: Any
    rows: dict[int, Outbox]
    tries: dict[int, list[Try]]
    alerts: dict[int, Alert]
    events: dict[int, list[AlertEvent]]
    by_placement: dict[int, Learner]
    cohort: Cohort
    check_ins: list[CheckIn]

    def blame(self, what: str) -> None: ...
    def _trouble(self, start: datetime, end: datetime | None) -> bool: ...
    def _slack(self, at: datetime) -> timedelta: ...
    def _late(self, planned: datetime, happened: datetime) -> timedelta: ...


def journeys(judge: Judge) -> None:
    """Every journey ends arrived, excused or alerted, and no alert of one is unfair."""
    found = {(row.placement_id, row.direction): row for row in judge.session.scalars(select(Travel))}
    for learner in judge.sim.cast.learners:
        _all_are_there(judge, learner, found)
    for row in found.values():
        learner = judge.by_placement.get(row.placement_id)
        if learner is not None:
            name = f"journey {row.id} of {learner.code} ({row.direction})"
            _has_an_end(judge, row, name)
            _was_told(judge, row, name)
            _is_fair(judge, row, learner, name)


def _all_are_there(judge: Judge, learner: Learner, found: dict[tuple[int, str], Travel]) -> None:
    since = judge.session.get_one(Person, learner.person_id).onboarded_at
    placement = judge.session.get_one(Placement, learner.placement_id)
    if since is None or learner.itinerary is None or placement.ended_on is not None:
        return
    for leg in legs(learner.itinerary, judge.sim.quiet):
        hours_left = leg.expected_at + OVERDUE - since
        if leg.expected_at > judge.sim.cast.end:
            continue  # the stay goes on when the world ends
        if hours_left > timedelta(days=1) and (learner.placement_id, leg.direction.value) not in found:
            judge.blame(f"{learner.code} travels on {leg.day} and nobody asks about it")


def _has_an_end(judge: Judge, row: Travel, name: str) -> None:
    end = judge.sim.clock.now
    if row.state == "closed":
        if not judge._trouble(row.ask_at or row.expected_at - 12 * HOUR, row.expected_at + timedelta(days=2)):
            judge.blame(f"{name} was closed in fine weather")
    elif row.state not in ENDS and row.deadline + 10 * MINUTE < end:
        judge.blame(f"{name} is still {row.state} at the end, and its deadline was {row.deadline}")
    elif row.state not in ENDS and row.wake_at is None:
        judge.blame(f"{name} is {row.state}, and nobody will look at it again")


def _was_told(judge: Judge, row: Travel, name: str) -> None:
    if row.alerted_at is None:
        return
    raised = [
        e for a in judge.alerts.values() if a.placement_id == row.placement_id
        for e in judge.events[a.id] if e.what == "raised" and e.at == row.alerted_at
    ]  # fmt: skip
    if not raised:
        judge.blame(f"{name} counts as alerted at {row.alerted_at}, and nobody was")


def _is_fair(judge: Judge, row: Travel, learner: Learner, name: str) -> None:
    at, slack = row.alerted_at, judge._slack(row.alerted_at or row.deadline)
    if at is None:
        return
    match row.alert_reason:
        case "not_arrived":
            _in_time(judge, row, learner, name, at, slack)
        case "could_not_ask":
            # A delay said afterwards has moved the hour that was expected then.
            if not judge._trouble(min(row.expected_at, row.first_expected_at) - 24 * HOUR, at):
                judge.blame(f"{name} is said to be unasked at {at}, in fine weather")
        case "blocked":
            if learner.person_id not in judge.sim.blockers:
                judge.blame(f"{name} is said to be blocked, and {learner.code} never blocked anybody")
        case "not_delivered":
            if learner.person_id not in judge.sim.relinked:
                judge.blame(f"{name} is said to be undelivered, and {learner.code} has a chat")


def _in_time(judge: Judge, row: Travel, learner: Learner, name: str, at: datetime, slack: timedelta) -> None:
    if row.state == "alerted" and at < row.expected_at + OVERDUE - slack:
        judge.blame(f"{name} alerts at {at}, too soon: they are expected at {row.expected_at}")
    if row.state == "alerted" and judge._late(row.deadline, at) > 3 * MINUTE + slack:
        judge.blame(f"{name} alerts at {at}, too late: the deadline was {row.deadline}")
    said = [
        (posted, u.event.data) for number, (posted, u) in judge.sim.telegram.all_updates.items()
        if isinstance(u.event, Tap) and u.chat_id in learner.chats and learner.heard(number, u.chat_id, posted)
        and u.event.data in (f"travel:arrived:{row.id}", f"travel:still:{row.id}")
    ]  # fmt: skip
    heard = [data for posted, data in said if posted < at - slack - UNHEARD]
    if heard and ":arrived:" in heard[-1]:
        judge.blame(f"{name} alerts at {at} though {learner.code} had said that they are there")
