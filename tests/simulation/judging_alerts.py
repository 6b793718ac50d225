"""What must hold of alerts: each reaches somebody or the loud end of its ladder, is taken once, and ends for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from bot.rules.alert import Reason
from bot.store.tables import Alert, AlertEvent, MessageCopy
from tests.simulation.judging_travel import Judge

MINUTE = timedelta(minutes=1)
LOUD = frozenset({"acknowledged", "resolved", "exhausted", "learner_answered"})
FREES = {"lapsed", "became_red", "not_settled", "raised", "resolved", "withdrawn"}


def ladders(judge: Judge) -> None:
    """Every alert reaches a person or the loud end of its ladder, and none is forgotten."""
    for opened in judge.sim.ended_open:
        row = judge.alerts[opened["id"]]
        if row.incident_id is not None and not row.state.get("leads"):
            continue  # it rests behind the one that leads
        if opened["next_at"] is None or opened["next_at"] < judge.sim.cast.end:
            judge.blame(f"alert {row.id} is open and nobody will look at it again")
    for row in judge.alerts.values():
        together = {one.id for one in chorus(judge, row)}
        since = row.raised_at - judge._slack(row.raised_at)  # a clock set back dates what follows before it
        events = sorted((e for one in together for e in judge.events[one] if e.at >= since), key=lambda e: e.id)
        _heard(judge, row, events)
        told = [o for o in judge.rows.values() if o.kind == "alert" and int((o.ref or ":0").split(":")[1]) in together]
        reached = any(one.accepted for o in told for one in judge.tries[o.id])
        learner_knows = any(o.ref == f"news:{row.id}" for o in judge.rows.values())
        ended = any(e.what in ("exhausted", "resolved") for e in events)
        if not reached and not ended and not learner_knows:
            judge.blame(f"alert {row.id} of {row.raised_at} reached nobody and never said so")


def _heard(judge: Judge, row: Alert, events: Sequence[AlertEvent]) -> None:
    """Somebody took it, or the ladder came to its loud end, in time; from then on, too, that it became worse."""
    rungs = 4 * timedelta(seconds=judge.cohort.escalate_after)
    begun = [(e.at, e.detail["reason"]) for e in judge.events[row.id] if e.what == "raised"]
    worse = next((one for one in begun if one[1] in ("asked_for_help", "crisis_words")), None)
    for at, reason in {(row.raised_at, begun[0][1]), *([worse] if worse else [])}:
        # A wish to talk is no emergency: it is asked about again and again, and rests at night.
        loud = LOUD | {"told"} if reason == "wants_to_talk" else LOUD
        since = at - judge._slack(at)
        until = next((e.at for e in events if e.what in loud and e.at >= since), judge.sim.clock.now)
        if judge._late(at, until) > rungs + 10 * MINUTE + judge._slack(at):
            judge.blame(f"alert {row.id} of {at} was silent until {until}")


def is_drill(row: Alert) -> bool:
    """Is it no real alert?"""
    return row.reason == Reason.DRILL.value


def chorus(judge: Judge, row: Alert) -> list[Alert]:
    """The alert, and those it rests behind or leads: most of a cohort silent at once is told as one."""
    if row.incident_id is None:
        return [row]
    return [one for one in judge.alerts.values() if one.incident_id == row.incident_id]


def trails(judge: Judge) -> None:
    """The first acknowledgement wins; it holds until it lapses."""
    for alert_id, events in judge.events.items():
        taken: AlertEvent | None = None
        if is_drill(judge.alerts[alert_id]):
            continue  # everybody taps for themselves
        for event in events:
            if event.what == "acknowledged":
                if taken is not None:
                    judge.blame(f"alert {alert_id} was taken twice: at {taken.at} and at {event.at}")
                taken = event
            elif event.what in FREES:
                taken = None


def all_clear(judge: Judge) -> None:
    """Everybody who was alerted hears how it ended."""
    linked = {helper.membership_id for helper in judge.sim.cast.helpers if helper.is_linked}
    for row in judge.alerts.values():
        if row.resolved_at is None or is_drill(row):
            continue  # a drill says how it went in the morning
        clear = [o.ref for o in judge.rows.values() if o.kind == "safety" and o.created_at == row.resolved_at]
        about = f"alert:{row.id}:" if row.incident_id is None else f"group:{row.incident_id}:"
        heard = {int(ref.split(":")[2]) for ref in clear if ref and ref.startswith(about)}
        for member in {int(m) for m in row.state.get("told", ())} - {row.resolved_by} - heard:
            if member in linked:
                judge.blame(f"alert {row.id} is over since {row.resolved_at}, and member {member} does not hear it")


def copies(judge: Judge) -> None:
    """Every copy of a cohort message has an end."""
    for copy in judge.session.scalars(select(MessageCopy).where(MessageCopy.state == "planned")):
        judge.blame(f"copy {copy.id} of message {copy.message_id} is still planned")
