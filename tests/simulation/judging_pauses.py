"""What must hold of planned silence and of roll calls: only what was agreed to is silent, and who is asked is kept."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from bot.clock import ONE_DAY, local_date
from bot.store.tables import CheckIn, Pause, Person
from tests.simulation.judging_travel import Judge
from tests.simulation.people import Learner

MINUTE = timedelta(minutes=1)
ADULT = 18


def pauses(judge: Judge) -> None:
    """A minor's silence has somebody's yes; no request is left without an answer; within it nobody is asked."""
    rows = {(row.placement_id, row.day): row for row in judge.check_ins if not row.roll_call}
    for pause in judge.session.scalars(select(Pause).order_by(Pause.id)):
        learner = judge.by_placement.get(pause.placement_id)
        if learner is None:
            continue
        name = f"pause {pause.id} of {learner.code}"
        if pause.state == "asked" and (pause.wake_at is None or pause.wake_at < judge.sim.clock.now - 10 * MINUTE):
            judge.blame(f"{name} was asked for at {pause.asked_at}, and nobody ever said what became of it")
        if pause.state == "on":
            _agreed(judge, pause, learner, name)
            _silent(judge, pause, rows, name)


def _agreed(judge: Judge, pause: Pause, learner: Learner, name: str) -> None:
    born = judge.session.get_one(Person, learner.person_id).birth_date
    minor = born is None or pause.asked_at.date() < date(born.year + ADULT, born.month, born.day)
    if not minor:
        return
    helpers = {helper.person_id: helper for helper in judge.sim.cast.helpers}
    by = helpers.get(pause.decided_by or 0)
    if by is None:
        judge.blame(f"{name}, a minor, holds, and person {pause.decided_by} agreed to it")
    elif (
        by.left_at is not None
        and pause.decided_at is not None
        and by.left_at < pause.decided_at - judge._slack(by.left_at)
    ):
        judge.blame(f"{name} was agreed to at {pause.decided_at} by {by.name}, who had left")


def _silent(judge: Judge, pause: Pause, rows: dict[tuple[int, date], CheckIn], name: str) -> None:
    since = pause.decided_at or pause.asked_at
    last = pause.last_day if pause.back_on is None else min(pause.last_day, pause.back_on - ONE_DAY)
    stay = judge.by_placement[pause.placement_id].itinerary
    day = pause.first_day
    while day <= last:
        row = rows.get((pause.placement_id, day))
        travels = stay is None or not stay.arrival < day < stay.return_
        over = row is not None and pause.ended_at is not None and row.due_at > pause.ended_at - judge._slack(row.due_at)
        ahead = row is not None and row.due_at > since + judge._slack(since) + MINUTE
        if row is not None and ahead and not over and not travels and row.asked_at is not None:
            judge.blame(f"{name} holds since {since}, and check-in {row.id} of {day} was asked at {row.asked_at}")
        day += ONE_DAY


def roll_calls(judge: Judge) -> None:
    """Whoever a roll call says it asks has a question of it, which ends like every other."""
    by_code = {learner.code: learner for learner in judge.sim.cast.learners}
    days = {(row.placement_id, row.day) for row in judge.check_ins if row.roll_call}
    for at, listed in judge.sim.roll_calls:
        for one in listed:
            learner = by_code[one["code"]]
            if one["state"] == "not joined" or learner.itinerary is None:
                continue
            day = local_date(at, learner.itinerary.zone_at(at))
            waits = one["state"] in ("waiting", "alerted")  # for the answer to one of the evening before, perhaps
            near = {day - ONE_DAY, day, day + ONE_DAY} if waits or judge._slack(at) > MINUTE else {day}
            if not any((learner.placement_id, one_day) in days for one_day in near):
                judge.blame(f"the roll call of {at} says {one['state']} of {learner.code}, and there is no question")
