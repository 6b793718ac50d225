"""What must hold of everybody around: drills reach all, who is away hears nothing, nor who is named, nor families."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.clock import local
from bot.flows.vocabulary import Tap
from bot.rules.duty import on_duty, parse_duty
from bot.store.tables import Absence, Alert, AlertEvent, Audit, Case, CaseEvent, Drill, Membership, SecondMessage
from tests.simulation.judging_alerts import is_drill
from tests.simulation.judging_travel import Judge
from tests.simulation.people import Helper

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LASTS = 30 * MINUTE
HOME = "Europe/Paris"
LADDER = ("claire", "marco", "ines", "olga")
Stretch = tuple[datetime, datetime]


# --- drills -------------------------------------------------------------------------------------


def drills(judge: Judge) -> None:
    """A drill is heard by everybody on duty and by nobody else, ends by itself, and never meets a real alert."""
    for row in judge.session.scalars(select(Drill).order_by(Drill.id)):
        name = f"drill {row.id}"
        if row.started_at is None:
            waits = row.state == "planned" and row.wake_at is not None and row.wake_at > judge.sim.cast.end
            if row.state != "cancelled" and not waits:
                judge.blame(f"{name} is {row.state} at the end and never began")
            continue
        ended = row.ended_at or judge.sim.clock.now
        if row.state != "done" or judge._late(row.started_at + LASTS, ended) > 5 * MINUTE + judge._slack(ended):
            judge.blame(f"{name} of {row.started_at} is {row.state} and ended at {row.ended_at}")
        _reaches_all(judge, row, name)
        if not row.announced:
            _out_of_hours(judge, row.started_at, name)
            _met_no_real_one(judge, row.started_at, name)
    _only_helpers_read_of_it(judge)


def _reaches_all(judge: Judge, row: Drill, name: str) -> None:
    told = {e.person_id for one in row.alerts for e in judge.events[one] if e.what == "told"}
    at = row.started_at
    assert at is not None
    for helper in judge.sim.cast.helpers:
        if helper.name in LADDER and _surely_there(judge, helper, at) and helper.person_id not in told:
            judge.blame(f"{name} of {at} did not reach {helper.name}")


def _surely_there(judge: Judge, helper: Helper, at: datetime) -> bool:
    """Linked, never blocked, not away and on duty around that instant, and not gone."""
    member = judge.session.get_one(Membership, helper.membership_id)
    around = judge._slack(at) + 2 * MINUTE
    gone = helper.left_at is not None and helper.left_at < at + HOUR
    absences = judge.session.scalars(select(Absence).where(Absence.person_id == helper.person_id))
    away = any(one.asked_at < at + around and one.until > at - around for one in absences)
    hours = parse_duty(member.duty)
    on = all(on_duty(hours, HOME, moment) for moment in (at - around, at, at + around))
    return helper.is_linked and on and not (helper.person_id in judge.sim.blockers or away or gone)


def _out_of_hours(judge: Judge, at: datetime, name: str) -> None:
    moments = (at, at - 3 * MINUTE - judge._slack(at))
    here = [local(moment, HOME) for moment in moments]
    if not any(judge.sim.quiet.contains(one.time()) or one.weekday() >= 5 for one in here):
        late = judge._late(at - HOUR, at) < HOUR  # trouble may have held it up, by less than an hour
        if not late:
            judge.blame(f"{name} was to be out of hours, and began at {here[0]:%a %H:%M}")


def _met_no_real_one(judge: Judge, at: datetime, name: str) -> None:
    slack = judge._slack(at) + MINUTE
    for alert in judge.alerts.values():
        events = judge.events[alert.id]
        raised = min((e.at for e in events if e.what == "raised"), default=at)
        ended = [e.at for e in events if e.what == "resolved"]
        if not is_drill(alert) and raised < at - slack and not any(raised <= one < at + slack for one in ended):
            judge.blame(f"{name} began at {at} while alert {alert.id} was open")


def _only_helpers_read_of_it(judge: Judge) -> None:
    helpers = {helper.chat_id for helper in judge.sim.cast.helpers}
    for chat_id, chat in judge.sim.telegram.chats.items():
        for got in chat.got if chat_id not in helpers else ():
            if "drill/" in str(got.screen.body):
                judge.blame(f"message {got.row_id} tells chat {chat_id} of a drill")


# --- who is away ----------------------------------------------------------------------------------


def absences(judge: Judge) -> None:
    """From an agreed absence on the alerts go to the substitute, and to who is away no more."""
    held = _held(judge)
    by_person = {helper.person_id: helper for helper in judge.sim.cast.helpers}
    for alert in judge.alerts.values():
        events = judge.events[alert.id]
        for event in events:
            helper = by_person.get(event.person_id or 0)
            if event.what == "told" and helper is not None and _away(judge, held, helper.person_id, event.at):
                _may_hear(judge, alert, events, event, held)
        if not alert.confided and not is_drill(alert) and alert.incident_id is None:
            _substitute_hears(judge, alert, events, by_person)


def stand_ins(judge: Judge) -> None:
    """Whoever stands in was asked and said yes; only what the desk has arranged holds without."""
    keys = {row.key for row in judge.rows.values()}
    by_member = {helper.membership_id: helper for helper in judge.sim.cast.helpers}
    for row in judge.session.scalars(select(Absence).where(Absence.agreed_at.is_not(None))):
        helper = by_member.get(row.substitute_id or 0)
        if helper is None or f"away:{row.id}:entered" in keys:
            continue
        said = (u.event for _, _, u in judge.said[helper.chat_id] if isinstance(u.event, Tap))
        if not any(tap.data == f"away:yes:{row.id}" for tap in said):
            judge.blame(f"{helper.name} stands in by absence {row.id} and was never asked")


def _held(judge: Judge) -> dict[int, list[Stretch]]:
    """When each person was surely away, from what the desk and the chat have agreed."""
    found: dict[int, list[Stretch]] = defaultdict(list)
    rows = list(judge.session.scalars(select(Absence).order_by(Absence.id)))
    backs: dict[int, list[datetime]] = defaultdict(list)
    for note in judge.session.scalars(select(Audit).where(Audit.action == "back")):
        backs[note.person_id or 0].append(note.at)
    for row in rows:
        if row.agreed_at is None:
            continue
        later = [one.asked_at for one in rows if one.person_id == row.person_id and one.id > row.id]
        later += [at for at in backs[row.person_id] if at >= row.agreed_at]
        found[row.person_id].append((row.agreed_at, min([row.until, *later])))
    for helper in judge.sim.cast.helpers:
        if helper.left_at is not None:
            found[helper.person_id] = [(a, min(b, helper.left_at)) for a, b in found[helper.person_id]]
    return found


def _away(judge: Judge, held: dict[int, list[Stretch]], person_id: int, at: datetime) -> bool:
    slack = judge._slack(at) + MINUTE
    return any(start + slack < at < end - slack for start, end in held[person_id])


def _may_hear(
    judge: Judge, alert: Alert, events: list[AlertEvent], event: AlertEvent, held: dict[int, list[Stretch]]
) -> None:
    """Only where nobody else is there, or its ladder is at its loud end, or they have it."""
    before = [e for e in events if e.id < event.id]
    loud = any(e.what == "exhausted" and (e in before or e.at == event.at) for e in events)
    theirs = any(e.what == "acknowledged" and e.person_id == event.person_id for e in before)
    others = {e.person_id for e in events if e.what == "told" and e.at == event.at} - {event.person_id}
    duty = {h.person_id: judge.session.get_one(Membership, h.membership_id).duty for h in judge.sim.cast.helpers}
    there = [one for one in others if one and not _away(judge, held, one, event.at) and not duty.get(one)]
    if there and not loud and not theirs:
        judge.blame(f"alert {alert.id} was told to person {event.person_id} at {event.at}, who is away")


def _substitute_hears(judge: Judge, alert: Alert, events: list[AlertEvent], by_person: dict[int, Helper]) -> None:
    first = next((e.at for e in events if e.what == "raised"), None)
    if first is None or _has_a_case(judge, alert.placement_id):
        return
    told = {e.person_id for e in events if e.what == "told" and e.at == first}
    for row in judge.session.scalars(select(Absence).where(Absence.agreed_at.is_not(None))):
        away = by_person.get(row.person_id)
        if away is None or away.name != "claire" or away.left_at is not None or row.substitute_id is None:
            continue
        stands_in = next((h for h in by_person.values() if h.membership_id == row.substitute_id), None)
        held = {row.person_id: [s for s in _held(judge)[row.person_id] if s[0] == row.agreed_at]}
        if not held[row.person_id] or not _away(judge, held, row.person_id, first):
            continue
        if stands_in is not None and _surely_there(judge, stands_in, first) and stands_in.person_id not in told:
            judge.blame(f"alert {alert.id} of {first} did not go to {stands_in.name}, who stands in for {away.name}")


def _has_a_case(judge: Judge, placement_id: int) -> bool:
    return judge.session.scalars(select(Case.id).where(Case.placement_id == placement_id)).first() is not None


# --- who is named ---------------------------------------------------------------------------------


def cases(judge: Judge) -> None:
    """Whoever a case names sees nothing of it, nor of its learner's alerts; somebody else does, and does not forget."""
    for case in judge.session.scalars(select(Case).order_by(Case.id)):
        name = f"case {case.id}"
        if (case.closed_at is None) is not (case.next_at is not None):
            judge.blame(f"{name} is closed at {case.closed_at} and looked at next at {case.next_at}")
        _somebody_knows(judge, case, name)
        _seen_by_those_who_may(judge, case, name)
        if case.named_id is not None:
            _kept_from(judge, case, case.named_id, name)


def _somebody_knows(judge: Judge, case: Case, name: str) -> None:
    able = [
        helper for helper in judge.sim.cast.helpers
        if helper.name in ("sam", "olga") and helper.person_id != case.named_id
        and _surely_there(judge, helper, case.opened_at)
    ]  # fmt: skip
    if able and not case.told:
        judge.blame(f"{name} of {case.opened_at} was told to nobody, and {able[0].name} was there")


def _seen_by_those_who_may(judge: Judge, case: Case, name: str) -> None:
    may = {helper.person_id for helper in judge.sim.cast.helpers if helper.name in ("sam", "olga")} - {case.named_id}
    for event in judge.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)):
        if event.what in ("told", "read", "taken", "closed") and event.person_id not in {*may, None}:
            judge.blame(f"{name} was {event.what} by or to person {event.person_id} at {event.at}")


def _kept_from(judge: Judge, case: Case, named: int, name: str) -> None:
    start, end = case.opened_at, case.closed_at or judge.sim.clock.now
    about = {
        alert.id for alert in judge.alerts.values() if alert.placement_id == case.placement_id and not is_drill(alert)
    }
    for alert_id in about:
        for event in judge.events[alert_id]:
            if event.what == "told" and event.person_id == named and start < event.at < end:
                judge.blame(f"alert {alert_id} was told at {event.at} to whom {name} names")
    for row in judge.rows.values():
        ref = (row.ref or "").split(":")
        told = ref[0] == "alert" and int(ref[1]) in about
        if row.person_id == named and start < row.created_at < end and told:
            judge.blame(f"message {row.id} of {row.created_at} tells whom {name} names of alert {ref[1]}")
        if row.person_id == named and (row.key or "").startswith(f"case:{case.id}:"):
            judge.blame(f"message {row.id} tells whom {name} names of it")
    letters = select(SecondMessage).where(SecondMessage.person_id == named, SecondMessage.alert_id.in_(about))
    for letter in judge.session.scalars(letters):
        if start < letter.created_at < end:
            judge.blame(f"{letter.channel} {letter.id} tells whom {name} names of alert {letter.alert_id}")


# --- families -------------------------------------------------------------------------------------


def families(judge: Judge) -> None:
    """A family's chat gets answers, what their child passes on, and the journey for families: nothing by itself."""
    chats = {parent.chat_id: parent for parent in judge.sim.cast.circle.parents}
    asked: dict[int, list[datetime]] = defaultdict(list)
    for number, at in judge.sim.processed.items():
        asked[judge.sim.telegram.all_updates[number][1].chat_id].append(at)
    for row in judge.rows.values():
        if row.chat_id not in chats:
            continue
        near = judge._slack(row.created_at) + 5 * timedelta(seconds=1)
        answers = any(abs(at - row.created_at) <= near for at in asked[row.chat_id])
        if row.kind not in ("answer", "relay", "prompt") and not (row.kind == "safety" and answers):
            judge.blame(f"message {row.id} ({row.kind}) came to {chats[row.chat_id].name} by itself")
        if row.kind != "answer" and (row.ref or "").startswith(("alert", "group", "news", "check_in", "travel")):
            judge.blame(f"message {row.id} tells {chats[row.chat_id].name} of {row.ref}")
