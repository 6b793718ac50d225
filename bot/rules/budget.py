"""The message budget: at most one unasked message a day besides the check-in, two in the first week after arrival.

A step that finds its day full waits for the next local day at the same hour, as long as it is worth sending. Placing
is deterministic, so that planning again with the same facts changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.clock import ensure_utc, local, to_utc
from bot.content.schema import Journey
from bot.rules.calendar import DueStep, LearnerFacts, calendar, in_stage

USUAL_DAY = 1
FIRST_WEEK_DAY = 2
FIRST_WEEK = timedelta(days=7)
APART = timedelta(hours=1)  # two prompts never come closer than this


@dataclass(frozen=True)
class Placement:
    """Where a step ends up: `at` in UTC with its local time and zone, or `at` None and the `reason` it is dropped."""

    due: DueStep
    at: datetime | None
    local: datetime
    zone: str
    reason: str = ""

    @property
    def moved(self) -> bool:
        """Whether it comes on a later day than written."""
        return self.at is not None and self.at != self.due.due_at


def allowance(day: date, facts: LearnerFacts) -> int:
    """How many unasked messages a local day may bring, the check-in not counted."""
    stay = facts.itinerary
    first_week = stay is not None and stay.arrival <= day < stay.arrival + FIRST_WEEK
    return FIRST_WEEK_DAY if first_week else USUAL_DAY


def place(
    candidates: Sequence[DueStep], already_sent_local_days: Mapping[date, int], facts: LearnerFacts
) -> list[Placement]:
    """Give every candidate its day. Required steps go first, then what has waited longest, then by hour.

    `already_sent_local_days` counts the unasked messages that a local day has brought or is bound to bring.
    Returns one placement per candidate, in the order of sending; the dropped ones stand where they gave up.
    """
    waiting = dict(enumerate(candidates))  # by position in `candidates`, as it stands after waiting
    taken: Counter[date] = Counter(already_sent_local_days)
    placed: list[Placement] = []
    while waiting:
        day = min(item.local.date() for item in waiting.values())
        today = [at for at, item in waiting.items() if item.local.date() == day]
        hours: list[datetime] = []
        for at in sorted(today, key=lambda at: (not candidates[at].step.required, candidates[at].due_at)):
            written, item = candidates[at], waiting.pop(at)
            if taken[day] < allowance(day, facts) and all(abs(item.local - hour) >= APART for hour in hours):
                taken[day] += 1
                hours.append(item.local)
                placed.append(Placement(written, item.due_at, item.local, item.zone))
            elif _still_good(later := _tomorrow(item, facts), facts):
                waiting[at] = later
            else:
                reason = f"no room on {day.isoformat()} and a day later is too late for it"
                placed.append(Placement(written, None, item.local, item.zone, reason))
    return sorted(placed, key=lambda item: item.at or item.local)


def _still_good(item: DueStep, facts: LearnerFacts) -> bool:
    """Whether a step that waited is still worth sending and has not slipped out of its stage."""
    stay = facts.itinerary
    return item.due_at < item.expires_at and (stay is None or in_stage(item.step.stage, item.local.date(), stay))


def _tomorrow(item: DueStep, facts: LearnerFacts) -> DueStep:
    # From the written hour and not from the last try, which a change of clocks may have moved.
    day = item.local.date() + timedelta(days=1)
    zone = facts.itinerary.zone_on(day) if facts.itinerary else item.zone
    instant = to_utc(day, item.step.when.at, zone)
    return replace(item, due_at=instant, local=local(instant, zone), zone=zone)


# --- joining late -----------------------------------------------------------------------------------


def missed(journey: Journey, facts: LearnerFacts, joined_at: datetime) -> list[DueStep]:
    """What a late joiner gets to choose from in one summary: steps already due that still matter, which are those not
    yet expired and the required ones, unless the stay they prepare for is over. Others are skipped for good."""
    return _missed(calendar(journey, facts), facts, ensure_utc(joined_at))


def _missed(due: Sequence[DueStep], facts: LearnerFacts, joined: datetime) -> list[DueStep]:
    past = [item for item in due if item.due_at < joined]
    over = facts.itinerary is not None and facts.itinerary.stage_at(joined) == "after"

    def matters(item: DueStep) -> bool:
        return item.expires_at > joined or (item.step.required and (item.step.stage == "after" or not over))

    return [item for item in past if matters(item)]


# --- simulation -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SimulatedMessage:
    """One line of a preview. `kind` is the step's kind or `summary`; `step_id` is empty for the summary; `what` says
    what happens: sent, waits, dropped, skipped, in the summary. `sent` tells whether a message goes out."""

    local: datetime
    utc: datetime
    zone: str
    stage: str
    step_id: str
    kind: str
    what: str
    sent: bool = True


def simulate(
    journey: Journey, facts: LearnerFacts, joined_at: datetime, beside: Sequence[DueStep] = ()
) -> list[SimulatedMessage]:
    """Every message of a journey as this learner would get it, with what is left out and why, by time. `beside`: what
    comes besides the journey and shares its budget."""
    joined = ensure_utc(joined_at)
    due = calendar(journey, facts)
    summary = _missed(due, facts, joined)
    lines = [_past(item, item in summary) for item in due if item.due_at < joined]
    if summary and facts.itinerary:
        zone = facts.itinerary.zone_at(joined)
        what = "one summary of what came before: " + ", ".join(item.step.id for item in summary)
        stage = facts.itinerary.stage_at(joined)
        lines.append(SimulatedMessage(local(joined, zone), joined, zone, stage, "", "summary", what))
    placements = place([item for item in (*due, *beside) if item.due_at >= joined], {}, facts)
    lines.extend(_line(placement) for placement in placements)
    return sorted(lines, key=lambda line: line.utc)


def _past(item: DueStep, kept: bool) -> SimulatedMessage:
    what = "in the summary: was due before joining" if kept else "skipped: was due before joining and is over"
    step = item.step
    return SimulatedMessage(item.local, item.due_at, item.zone, step.stage, step.id, step.kind, what, sent=False)


def _line(placement: Placement) -> SimulatedMessage:
    step = placement.due.step
    if placement.at is None:
        what = f"dropped: {placement.reason}"
    elif placement.moved:
        what = f"sent, after waiting since {placement.due.local:%Y-%m-%d %H:%M} (the day was full)"
    else:
        what = "sent"
    utc = placement.at or ensure_utc(placement.local)
    return SimulatedMessage(
        placement.local, utc, placement.zone, step.stage, step.id, step.kind, what, sent=placement.at is not None
    )
