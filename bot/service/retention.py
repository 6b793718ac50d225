"""What goes by itself: people a set time after their last stay, details of closed alerts, words of old messages.

Each cohort is looked at once a day, before dawn by its own clock; whoever's data go was told two weeks before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY, local_date, to_utc
from bot.flows import kept as talk
from bot.rules.alert import Reason
from bot.rules.retention import ALERTS, MESSAGES, UNNAMED, Todo, judge
from bot.service import ambassadors, asking, coming_of_age, erasing, notices
from bot.service.core import Core
from bot.service.delivered import FAREWELL
from bot.service.stays import itinerary_of, reader_zones
from bot.store.tables import (
    Alert,
    Cohort,
    Feedback,
    Heartbeat,
    KitQuestion,
    Membership,
    Outbox,
    ParkedUpdate,
    Person,
    Placement,
    SecondMessage,
)
from bot.store.writing import beat

AT = time(3)
DAILY = timedelta(hours=20)  # what belongs to no cohort is tidied once a day
_TIDIED = "forgetting"  # the heartbeat that says when
_FINISHED = ("sent", "failed", "expired", "cancelled", "repeated", "unknown")


def wake(core: Core, now: datetime, limit: int) -> int:
    """Look at the cohorts whose turn it is. Returns how many."""
    going: list[int] = []
    with core.store.transaction() as session:
        due = select(Cohort).where(Cohort.forget_at <= now).order_by(Cohort.forget_at).limit(limit)
        cohorts = session.scalars(due.with_for_update(skip_locked=True)).all()
        for cohort in cohorts:
            going += _look_at(core, session, cohort, now)
            cohort.forget_at = to_utc(local_date(now, cohort.home_zone) + ONE_DAY, AT, cohort.home_zone)
    for person_id in dict.fromkeys(going):  # one by one, so that nothing is locked for long
        with core.store.transaction() as session:
            _erase(core, session, person_id, now)
    if cohorts:
        _tidy(core, now)
    return len(cohorts)


def _look_at(core: Core, session: Session, cohort: Cohort, now: datetime) -> list[int]:
    """Tell who is to be told; returns who is to go."""
    coming_of_age.look(session, cohort.id, now)
    asking.look(core, session, cohort.id, now)
    _edit_down(session, cohort.id, now)
    people = _people(session, cohort.id)
    ties = ties_of(session, people)
    going = []
    for person_id, person in people.items():
        found = judge(ties[person_id], person.erasure_told_at, now)
        if found.todo is Todo.ERASE:
            going.append(person_id)
        elif found.todo is Todo.UNTELL:
            person.erasure_told_at = None
        elif found.todo is Todo.TELL and found.at is not None:
            person.erasure_told_at = now
            _tell(session, person_id, found.at, now)
    return going


def _people(session: Session, cohort_id: int) -> dict[int, Person]:
    staying = select(Placement.person_id).where(Placement.cohort_id == cohort_id)
    serving = select(Membership.person_id).where(Membership.cohort_id == cohort_id)
    mine = or_(Person.id.in_(staying), Person.id.in_(serving))
    found = session.scalars(select(Person).where(mine, Person.erased_at.is_(None)).order_by(Person.id))
    return {person.id: person for person in found}


def ties_of(session: Session, people: Iterable[int]) -> dict[int, list[datetime | None]]:
    """Until when each stay and each role keeps its people; None: as long as it lasts."""
    ties: dict[int, list[datetime | None]] = {person_id: [] for person_id in people}
    stays = session.execute(
        select(Placement, Cohort).join(Cohort, Cohort.id == Placement.cohort_id).where(Placement.person_id.in_(ties))
    ).all()
    members = session.execute(
        select(Membership, Cohort)
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .where(Membership.person_id.in_(ties), Membership.role.not_in(("learner", "staff")))
    ).all()
    ends = _ends(session, {c.id: c for _, c in [*stays, *members] if c is not None})
    for placement, cohort in stays:
        over = _over(placement)
        ties[placement.person_id].append(over + _kept(cohort) if over is not None else ends[cohort.id])
    for person_id, until in ambassadors.agreed_until(session, ties).items():
        ties[person_id].append(until)  # who is asked stays as long as their yes counts
    lasts: datetime | None
    for member, cohort in members:
        if member.ended_at is not None:
            lasts = member.ended_at + (_kept(cohort) if cohort is not None else timedelta())
        else:
            lasts = ends[cohort.id] if cohort is not None else None  # of a project or an organisation: while they serve
        ties[member.person_id].append(lasts)
    return ties


def _kept(cohort: Cohort) -> timedelta:
    return timedelta(seconds=cohort.erase_after)


def _over(placement: Placement) -> datetime | None:
    """When a stay is over: midnight after the return, at home."""
    trip = itinerary_of(placement)
    return to_utc(trip.return_ + ONE_DAY, time(0), trip.home_zone) if trip is not None else None


def _ends(session: Session, cohorts: Mapping[int, Cohort]) -> dict[int, datetime | None]:
    """Until when a cohort keeps those who accompany it; None while nobody's dates are known, or an alert is open."""
    found: dict[int, list[datetime]] = {cohort_id: [] for cohort_id in cohorts}
    for placement in session.scalars(select(Placement).where(Placement.cohort_id.in_(found))):
        over = _over(placement)
        if over is not None:
            found[placement.cohort_id].append(over)
    open_alerts = select(Alert.cohort_id).where(
        Alert.cohort_id.in_(found), Alert.resolved_at.is_(None), Alert.reason != Reason.DRILL.value
    )
    held = set(session.scalars(open_alerts))
    return {
        cohort_id: max(days) + _kept(cohorts[cohort_id]) if days and cohort_id not in held else None
        for cohort_id, days in found.items()
    }


def _tell(session: Session, person_id: int, at: datetime, now: datetime) -> None:
    stays = session.scalar(select(func.count(Placement.id)).where(Placement.person_id == person_id))
    zone = reader_zones(session, {person_id}, now).get(person_id, "UTC")
    shown = talk.soon(local_date(at, zone), learner=bool(stays))
    notices.notify(session, person_id, shown, now=now, key=f"erasure:{person_id}:{now.date()}")


def _erase(core: Core, session: Session, person_id: int, now: datetime) -> None:
    """Unless something holds it: then it is tried again the next day."""
    person = session.get_one(Person, person_id)
    if person.erased_at is None and not erasing.open_case(session, person_id):
        erasing.erase(core, session, person_id, now, None, by="time")


# --- what goes from those who stay --------------------------------------------------------------


def _edit_down(session: Session, cohort_id: int, now: datetime) -> None:
    """Alerts that were closed long ago keep who was told and when, no more; so do their messages."""
    old = select(Alert).where(
        Alert.cohort_id == cohort_id, Alert.resolved_at <= now - ALERTS, Alert.reason != Reason.DRILL.value
    )
    rows = [row for row in session.scalars(old) if not row.state.keys() <= erasing.ALERT_KEEPS]
    for row in rows:
        row.state = {key: value for key, value in row.state.items() if key in erasing.ALERT_KEEPS}
    erasing.edit_messages(session, [row.id for row in rows], now)


def _tidy(core: Core, now: datetime) -> None:
    """Once a day: words of messages that went out long ago, updates put aside, what was kept for authors."""
    with core.store.transaction() as session:
        last = session.get(Heartbeat, _TIDIED)
        if last is not None and now - last.at < DAILY:
            return
        beat(session, _TIDIED, now, {})
        old = Outbox.state.in_(_FINISHED) & (Outbox.finished_at <= now - MESSAGES)
        _run(session, update(Outbox).where(old).values(payload={"body": []}))
        _run(session, update(Outbox).where(Outbox.ref == FAREWELL, Outbox.state.in_(_FINISHED)).values(chat_id=0))
        second = SecondMessage.finished_at <= now - MESSAGES
        _run(session, update(SecondMessage).where(second).values(payload={}, address=""))
        _run(session, delete(ParkedUpdate).where(ParkedUpdate.parked_at <= now - MESSAGES))
        asking.forget_old(session, now)
        unnamed = now.date() - UNNAMED
        _run(session, delete(KitQuestion).where(KitQuestion.asked_on <= unnamed))
        _run(session, delete(Feedback).where(Feedback.written_on <= unnamed))
    core.store.scrub()


def _run(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False))


# --- for coordinators ---------------------------------------------------------------------------


def announced(session: Session, cohort_id: int, now: datetime) -> Sequence[Person]:
    """Who was told since yesterday morning that their data will go: news for the digest."""
    people = _people(session, cohort_id)
    return [p for p in people.values() if p.erasure_told_at is not None and now - p.erasure_told_at < ONE_DAY]
