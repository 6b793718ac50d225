"""What must hold of alerts: each reaches somebody or the loud end of its ladder, is taken once, and ends for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.flows.vocabulary import Words
from bot.rules.alert import Reason
from bot.store.tables import Alert, AlertEvent, MessageCopy, Outbox, Relay
from tests.simulation.judging_travel import Judge
from tests.simulation.people import HERE, Learner

MINUTE = timedelta(minutes=1)
LOUD = frozenset({"acknowledged", "resolved", "exhausted", "learner_answered"})
CALM = frozenset({"resolved", "taken_back", "learner_answered"})
FREES = {"lapsed", "became_red", "not_settled", "raised", "resolved", "withdrawn"}


def ladders(judge: Judge) -> None:
    """Every alert reaches a person or the loud end of its ladder, and none is forgotten."""
    for opened in judge.sim.ended_open:
        row = judge.alerts[opened["id"]]
        if row.incident_id is not None and not row.state.get("leads"):
            continue  # it rests behind the one that leads
        if opened["next_at"] is None or opened["next_at"] < judge.sim.cast.end:
            judge.blame(f"alert {row.id} is open and nobody will look at it again")
    by_alert: dict[int, list[Outbox]] = defaultdict(list)
    for o in judge.rows.values():
        if o.kind == "alert":
            by_alert[int((o.ref or ":0").split(":")[1])].append(o)
    news = {o.ref for o in judge.rows.values()}
    for row in judge.alerts.values():
        together = {one.id for one in chorus(judge, row)}
        since = row.raised_at - judge._slack(row.raised_at)  # a clock set back dates what follows before it
        events = sorted((e for one in together for e in judge.events[one] if e.at >= since), key=lambda e: e.id)
        _heard(judge, row, events)
        reached = any(one.accepted for alert in together for o in by_alert[alert] for one in judge.tries[o.id])
        learner_knows = f"news:{row.id}" in news
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


def words(judge: Judge) -> None:
    """What is written after a call for help goes to who was told, or the learner reads that it reaches nobody."""
    for alert_id, events in judge.events.items():
        learner = judge.by_placement[judge.alerts[alert_id].placement_id]
        for event in (e for e in events if e.what == "wrote"):
            at_once = [o for o in judge.rows.values() if o.created_at == event.at]
            passed = any(o.ref == f"relay:{learner.placement_id}:{learner.person_id}" for o in at_once)
            if not passed and not any("nobody_linked" in str(o.payload) for o in at_once):
                judge.blame(f"{learner.code} wrote about alert {alert_id} at {event.at}, and nobody got it or knew")
    letters = set(judge.session.scalars(select(Relay.words)))
    for number, at in judge.sim.processed.items():
        incoming = judge.sim.telegram.all_updates[number][1]
        if not isinstance(incoming.event, Words) or not incoming.event.text.startswith(HERE):
            continue
        for learner in judge.sim.cast.learners:
            mine = incoming.chat_id in learner.chats and learner.linked(incoming.chat_id, at)
            if mine and incoming.event.text not in letters:
                _was_passed_on(judge, learner, at)


def _was_passed_on(judge: Judge, learner: Learner, at: datetime) -> None:
    near = judge._slack(at) + MINUTE
    for row in judge.alerts.values():
        events = judge.events[row.id] if row.placement_id == learner.placement_id else []
        called = [e.at for e in events if e.what == "raised" and e.detail["reason"] == "asked_for_help"]
        last = max((one for one in called if at - 5 * MINUTE < one < at), default=None)
        if last is None or any(e.what in CALM and last - near <= e.at <= at + near for e in events):
            continue
        if not any(e.what == "wrote" and abs(e.at - at) <= near for e in events):
            judge.blame(f"{learner.code} wrote after a call for help at {at}, and it was passed on to nobody")


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
    said: dict[datetime, list[str | None]] = defaultdict(list)
    for o in judge.rows.values():
        if o.kind == "safety":
            said[o.created_at].append(o.ref)
    for row in judge.alerts.values():
        if row.resolved_at is None or is_drill(row):
            continue  # a drill says how it went in the morning
        clear = said[row.resolved_at]
        about = f"alert:{row.id}:" if row.incident_id is None else f"group:{row.incident_id}:"
        heard = {int(ref.split(":")[2]) for ref in clear if ref and ref.startswith(about)}
        for member in {int(m) for m in row.state.get("told", ())} - {row.resolved_by} - heard:
            if member in linked:
                judge.blame(f"alert {row.id} is over since {row.resolved_at}, and member {member} does not hear it")


def copies(judge: Judge) -> None:
    """Every copy of a cohort message has an end."""
    for copy in judge.session.scalars(select(MessageCopy).where(MessageCopy.state == "planned")):
        judge.blame(f"copy {copy.id} of message {copy.message_id} is still planned")
