"""Drills: a test alert up every ladder of a cohort, at once or unannounced, and who heard it.

A drill's alerts go the way of real ones, through every channel. Everybody who is told taps for themselves; it ends
by itself, and never meets a real alert: rows of its own, and an unannounced one waits while something real is open.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY, local_date, to_utc
from bot.errors import BadInput
from bot.flows import drill_screens as talk
from bot.rules.alert import Reason, Severity
from bot.rules.drill import SEEDS, instant
from bot.rules.durations import format_duration
from bot.service import alerts, notices
from bot.service.alerts import name_of
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.coverage import stays_in
from bot.service.open_cases import hidden_people
from bot.service.referents import spelled
from bot.service.stays import itinerary_of
from bot.store.tables import Alert, AlertEvent, Cohort, Drill, Membership, Placement, TelegramAccount

LASTS = timedelta(minutes=30)
WITHIN = timedelta(days=7)
NOTICE = timedelta(hours=1)  # not at once: whoever plans it should not know when
HOUR = timedelta(hours=1)
WAIT = timedelta(hours=6)  # while something real is open


# --- starting -----------------------------------------------------------------------------------


def start(core: Core, cohort_code: str, now: datetime) -> list[dict[str, Any]]:
    """A test alert up every ladder of the cohort, everybody on duty at once; learners hear nothing of it.

    Ladders that consist of the same people are tried once, with the first learner's name; one that reaches nobody
    leaves no alert behind. Returns `id`, `learner` (code) and `told` (names) of each. Raises BadInput while a
    drill is running or when there is no ladder.
    """
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        session.refresh(cohort, with_for_update=True)
        _refuse_second(session, cohort.id)
        row = _row(cohort.id, now, announced=True)
        session.add(row)
        session.flush()
        return _sound(core, session, row, cohort, now)


def plan(core: Core, cohort_code: str, within: timedelta, now: datetime, seed: int | None = None) -> datetime:
    """An unannounced drill, out of hours, some time `within`: returns until when it will have been.

    `seed` (0 to SEEDS) decides the instant; drawn when None. Raises BadInput when there is no hour out of hours in
    that time, no learner, or a drill waiting already.
    """
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        session.refresh(cohort, with_for_update=True)
        _refuse_second(session, cohort.id, planned=True)
        tried = ladders(session, cohort.id, now)
        if not tried:
            raise _no_ladder(cohort)
        _refuse_beyond_return(cohort, tried, within, now)
        drawn = secrets.randbelow(SEEDS) if seed is None else seed
        at = instant(drawn, now + NOTICE, now + within, cohort.home_zone, cohort.quiet_hours)
        if at is None:
            raise BadInput(
                f"There is no hour out of hours (quiet hours {cohort.quiet_hours}, weekends) within "
                f"{format_duration(within)}: give it longer, such as --within 7d."
            )
        row = _row(cohort.id, at, announced=False)
        row.state, row.seed, row.wake_at, row.before = "planned", drawn, at, now + within
        session.add(row)
        note(session, None, "drill_planned", None, now, cohort=cohort.code)
        return now + within


def _refuse_beyond_return(
    cohort: Cohort, tried: dict[LadderKey, list[Placement]], within: timedelta, now: datetime
) -> None:
    """After the last return there is no ladder to try. Who has no dates yet may still be abroad then."""
    trips = [itinerary_of(placement) for group in tried.values() for placement in group]
    last = max((trip.return_ for trip in trips if trip is not None), default=None)
    if last is None or None in trips or local_date(now + within, cohort.home_zone) <= last:
        return
    left = to_utc(last + ONE_DAY, time(0), cohort.home_zone) - now
    whole = left // ONE_DAY * ONE_DAY or left // HOUR * HOUR
    advice = f"give it at most --within {format_duration(whole)}" if whole > NOTICE else "it is too late for a drill"
    raise BadInput(
        f"The last learners of {cohort.code} return on {last}, less than {format_duration(within)} from now: {advice}."
    )


def cancel(core: Core, cohort_code: str, now: datetime) -> int:
    """Take back what is planned. Returns how many there were."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        planned = Drill.cohort_id == cohort.id, Drill.state == "planned"
        rows = session.scalars(select(Drill).where(*planned).with_for_update()).all()
        for row in rows:
            row.state, row.wake_at, row.ended_at = "cancelled", None, now
        return len(rows)


def _row(cohort_id: int, at: datetime, *, announced: bool) -> Drill:
    return Drill(cohort_id=cohort_id, state="running", announced=announced, planned_at=at, alerts=[])


def _refuse_second(session: Session, cohort_id: int, *, planned: bool = False) -> None:
    states = ("running", "planned") if planned else ("running",)
    row = session.scalars(select(Drill).where(Drill.cohort_id == cohort_id, Drill.state.in_(states))).first()
    if row is not None and row.state == "running":
        raise BadInput("A drill is open: it ends by itself within 30 minutes; then try again.")
    if row is not None:
        raise BadInput("An unannounced drill is waiting already: `compagnon cohort drill CODE --cancel` takes it back.")


def _no_ladder(cohort: Cohort) -> BadInput:
    return BadInput(f"{cohort.code} has no learners, so it has no ladder to try: import the list first.")


LadderKey = tuple[int | None, int | None, int | None]


def key_of(placement: Placement) -> LadderKey:
    """What makes two ladders of one cohort the same."""
    return placement.referent_id, placement.backup_id, placement.local_contact_id


def ladders(session: Session, cohort_id: int, now: datetime) -> dict[LadderKey, list[Placement]]:
    """The learners of each ladder of a cohort, without those who are back home."""
    found: dict[LadderKey, list[Placement]] = {}
    for placement in sorted(stays_in(session, cohort_id), key=lambda p: p.id):
        trip = itinerary_of(placement)
        if trip is None or trip.stage_at(now) != "after":
            found.setdefault(key_of(placement), []).append(placement)
    return found


def _sound(core: Core, session: Session, row: Drill, cohort: Cohort, now: datetime) -> list[dict[str, Any]]:
    tried = ladders(session, cohort.id, now)
    if not tried:
        raise _no_ladder(cohort)
    named = hidden_people(session, [placement.id for placements in tried.values() for placement in placements])
    # Whoever an open case names is left out of that learner's ladder, and is tried with another's.
    chosen = [next((p for p in placements if p.id not in named), placements[0]) for placements in tried.values()]
    found = [_try(core, session, placement, now) for placement in chosen]
    row.alerts = [one["id"] for one in found if one["id"] is not None]
    row.state, row.started_at, row.wake_at = "running", now, now + LASTS
    if not row.alerts:
        row.state, row.wake_at, row.ended_at = "done", None, now
    note(session, None, "drill", None, now, cohort=cohort.code)
    return found


def _try(core: Core, session: Session, placement: Placement, now: datetime) -> dict[str, Any]:
    """Drill one ladder: `learner` is whose it is, `told` who gets it. Where nobody does, no alert stays (`id` None)."""
    learner, attempt = placement.code, session.begin_nested()
    row = alerts.raise_alert(core, session, placement, Reason.DRILL, Severity.RED, now)
    session.flush()
    told = _reached(session, row)
    if told:
        found = {"id": row.id, "learner": learner, "told": told}
        attempt.commit()
        return found
    attempt.rollback()
    return {"id": None, "learner": learner, "told": []}


def _reached(session: Session, row: Alert) -> list[str]:
    """Who has a chat that takes the alert; the ladder also counts those it tried in vain."""
    tried = [int(member) for member in row.state.get("told", ())]
    reached = session.scalars(
        select(Membership.id)
        .join(TelegramAccount, TelegramAccount.person_id == Membership.person_id)
        .where(Membership.id.in_(tried), TelegramAccount.revoked_at.is_(None), TelegramAccount.blocked_at.is_(None))
        .order_by(Membership.id)
    )
    return [name_of(session, member) for member in reached]


# --- hearing ------------------------------------------------------------------------------------


def heard(session: Session, alert_id: int, membership_id: int, now: datetime) -> bool:
    """Somebody taps on a test alert: it counts for every ladder of the drill they are on. False when it is over."""
    row = alerts.lock(session, alert_id)
    if row.resolved_at is not None:
        return False
    person = alerts.person_of(session, membership_id)
    drill = _drill_of(session, alert_id, row.cohort_id)
    for one in _alerts_of(session, drill.alerts if drill is not None else [alert_id]):
        mine = [m for m in one.state.get("told", ()) if alerts.person_of(session, int(m)) == person]
        known = set(one.state.get("heard", ()))
        if one.resolved_at is None and mine and not known.issuperset(mine):
            session.add(AlertEvent(alert_id=one.id, at=now, what="acknowledged", person_id=person, detail={}))
            one.state = {**one.state, "heard": sorted(known.union(int(m) for m in mine))}
            if one.acknowledged_by is None:
                one.acknowledged_by, one.acknowledged_at = int(mine[0]), now
    session.flush()
    if drill is not None and drill.state == "running" and _all_heard(session, drill):
        drill.wake_at = now
    return True


def _drill_of(session: Session, alert_id: int, cohort_id: int) -> Drill | None:
    running = select(Drill).where(Drill.cohort_id == cohort_id, Drill.state == "running").with_for_update()
    return next((drill for drill in session.scalars(running) if alert_id in drill.alerts), None)


def _alerts_of(session: Session, ids: Iterable[int]) -> list[Alert]:
    return list(session.scalars(select(Alert).where(Alert.id.in_(list(ids))).order_by(Alert.id).with_for_update()))


def _all_heard(session: Session, drill: Drill) -> bool:
    return all(set(a.state.get("told", ())) <= set(a.state.get("heard", ())) for a in _alerts_of(session, drill.alerts))


# --- by the clock -------------------------------------------------------------------------------


def wake(core: Core, now: datetime, limit: int) -> int:
    """Start what is planned, end what has lasted long enough. Returns how many drills were looked at."""
    with core.store.transaction() as session:
        due = select(Drill).where(Drill.wake_at <= now).order_by(Drill.wake_at).limit(limit)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            if row.state == "planned":
                _begin(core, session, row, now)
            elif row.state == "running":
                _finish(session, row, now)
            else:
                row.wake_at = None
    return len(rows)


def _begin(core: Core, session: Session, row: Drill, now: datetime) -> None:
    cohort = session.get_one(Cohort, row.cohort_id)
    real = Alert.cohort_id == cohort.id, Alert.resolved_at.is_(None), Alert.reason != Reason.DRILL.value
    late = row.wake_at is not None and now - row.wake_at > NOTICE  # after an outage, maybe into somebody's lesson
    if late or session.scalar(select(Alert.id).where(*real).limit(1)) is not None:
        start_at, zone, quiet = now + WAIT, cohort.home_zone, cohort.quiet_hours
        row.planned_at = instant(row.seed or 0, start_at, start_at + WITHIN, zone, quiet) or start_at
        row.wake_at = row.planned_at
        return
    if not ladders(session, cohort.id, now):
        row.state, row.wake_at, row.ended_at = "cancelled", None, now
        return
    _sound(core, session, row, cohort, now)


def _finish(session: Session, row: Drill, now: datetime) -> None:
    """Close its alerts, keep who heard it, tell the coordinators, and in the morning who did not hear it."""
    cohort, found = session.get_one(Cohort, row.cohort_id), table(session, row)
    for alert in _alerts_of(session, row.alerts):
        if alert.resolved_at is None:
            alert.resolved_at, alert.outcome, alert.next_at = now, "other", None
            session.add(AlertEvent(alert_id=alert.id, at=now, what="resolved", person_id=None, detail={"drill": True}))
    row.state, row.ended_at, row.wake_at = "done", now, None
    at = row.started_at or row.planned_at
    for one in found:
        if one.told and one.heard_at is None:
            notices.notify(session, one.person_id, talk.missed(cohort.name, at), now=now)
    shown = talk.result(
        cohort.name, at, [(one.name, one.minutes or 0) for one in found if one.heard_at is not None],
        [one.name for one in found if one.told and one.heard_at is None],
        [one.name for one in found if not one.told],
    )  # fmt: skip
    for person in readers(session, cohort.id):
        notices.notify(session, person, shown, now=now)


def readers(session: Session, cohort_id: int) -> list[int]:
    """Person ids of the coordinators who have joined; where there are none, of the referents."""
    for role in ("coordinator", "referent"):
        found = session.scalars(
            select(Membership.person_id)
            .join(TelegramAccount, TelegramAccount.person_id == Membership.person_id)
            .where(Membership.cohort_id == cohort_id, Membership.role == role, Membership.ended_at.is_(None),
                   TelegramAccount.revoked_at.is_(None))
        )  # fmt: skip
        if people := sorted(set(found)):
            return people
    return []


# --- how it went --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """One person in a drill: `told` or passed over (`why`), and when they tapped."""

    person_id: int
    name: str
    code: str | None
    role: str
    told: bool
    why: str | None
    heard_at: datetime | None
    minutes: int | None

    def as_json(self) -> dict[str, Any]:
        """Plain data, without the person's number."""
        return {
            "name": self.name, "code": self.code, "role": self.role, "told": self.told, "why": self.why,
            "heard_at": self.heard_at.isoformat() if self.heard_at else None, "minutes": self.minutes,
        }  # fmt: skip


def table(session: Session, row: Drill) -> list[Heard]:
    """Everybody on the ladders that were tried, once each: reached or not, and after how many minutes they tapped."""
    told: dict[int, Membership] = {}
    for alert in _alerts_of(session, row.alerts):
        for member in session.scalars(select(Membership).where(Membership.id.in_(alert.state.get("told", ())))):
            told.setdefault(member.person_id, member)
    taps: dict[int, datetime] = {}
    passed: dict[int, str] = {}
    for event in session.scalars(select(AlertEvent).where(AlertEvent.alert_id.in_(row.alerts)).order_by(AlertEvent.id)):
        if event.what == "acknowledged" and event.person_id is not None:
            taps.setdefault(event.person_id, event.at)
        elif event.what == "skipped":
            passed |= {int(member): str(why) for member, why in event.detail.get("people", ())}
    begun = row.started_at or row.planned_at
    found = [_heard(session, member, None, taps.get(person), begun) for person, member in sorted(told.items())]
    for member in session.scalars(select(Membership).where(Membership.id.in_(passed)).order_by(Membership.id)):
        if member.person_id not in told:
            found.append(_heard(session, member, passed[member.id], None, begun))
    return found


def _heard(session: Session, member: Membership, why: str | None, at: datetime | None, begun: datetime) -> Heard:
    minutes = None if at is None else int((at - begun).total_seconds() // 60)
    name = name_of(session, member.id)
    return Heard(member.person_id, name, member.code, spelled(member.role), why is None, why, at, minutes)


def listing(core: Core, cohort_code: str) -> list[dict[str, Any]]:
    """The drills of a cohort, newest first, with who heard them. One that waits shows no instant."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        rows = session.scalars(select(Drill).where(Drill.cohort_id == cohort.id).order_by(Drill.id.desc()))
        return [as_json(session, row) for row in rows]


def newest(session: Session, cohort_id: int) -> dict[str, Any] | None:
    """The last drill that began, as plain data; None when there was none."""
    begun = select(Drill).where(Drill.cohort_id == cohort_id, Drill.started_at.is_not(None))
    row = session.scalars(begun.order_by(Drill.id.desc()).limit(1)).first()
    return as_json(session, row) if row is not None else None


def as_json(session: Session, row: Drill) -> dict[str, Any]:
    """A drill as plain data; who heard it comes from the trails of its alerts."""
    people = [one.as_json() for one in table(session, row)]
    return {
        "state": row.state, "announced": row.announced,
        "before": row.before.isoformat() if row.state == "planned" and row.before else None,
        "started_at": row.started_at.isoformat() if row.started_at else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None, "people": people,
    }  # fmt: skip
