"""Times in which we heard nothing from Telegram, or could send nothing: noticed once for all processes.

While it lasts, who looks after learners abroad is told through the second channels, once. When it is over and what
waited has been read, each of them reads once in the chat from when to when; learners read nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, literal_column, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import next_allowed
from bot.flows import second as talk
from bot.flows.vocabulary import Kind
from bot.rules.check_in import State
from bot.service import drafts, second_channel
from bot.service.core import Core
from bot.service.drafts import Draft, in_states
from bot.service.notices import quiet_hours_of
from bot.service.stays import itinerary_of, reader_zones
from bot.store.prepared import first
from bot.store.tables import Alert, CheckIn, Cohort, Heartbeat, Membership, Outage, Outbox, Person, Placement
from bot.store.writing import beat, insert_or_ignore

log = logging.getLogger(__name__)

GAP = timedelta(minutes=10)  # shorter ones happen with every restart, and nobody need know
STEADY = timedelta(minutes=1)  # between two turns of a schedule that never stopped
IN_TIME = timedelta(minutes=5)  # a question delivered later than that came late
_ONE_DAY = timedelta(days=1)
INTAKE, SENDING = "intake", "sending"


def heard(core: Core, now: datetime) -> None:
    """Telegram answered us, and all that had waited is read. Raises StorageTrouble."""
    with core.store.transaction() as session:
        last = session.get(Heartbeat, "intake")
        if last is not None and now - last.at > GAP:
            _ended(session, INTAKE, last.at, now)
        beat(session, "intake", now, {})


def _ended(session: Session, what: str, began_at: datetime, now: datetime) -> None:
    new = {"what": what, "began_at": began_at, "ended_at": now, "alarmed_at": None, "state": "ended"}
    if insert_or_ignore(session, Outage, [new]):
        log.warning("nothing was heard from Telegram from %s to %s", began_at.isoformat(), now.isoformat())
        return
    session.execute(
        update(Outage)
        .where(Outage.what == what, Outage.began_at == began_at, Outage.state == "open")
        .values(state="ended", ended_at=now)
        .execution_options(synchronize_session=False)
    )


def sent(core: Core, now: datetime) -> None:
    """Telegram took a message. Raises StorageTrouble."""
    with core.store.transaction() as session:
        beat(session, "sender", now, {})


_ANY_ENDED = select(Outage.id).where(Outage.state == literal_column("'ended'")).limit(1)


def watch(core: Core, now: datetime, limit: int) -> int:
    """Notice that Telegram is out of reach, or back, and tell those who must know. Returns how many were seen to."""
    with core.store.transaction() as session:
        ended: Sequence[Outage] = ()
        if first(session, _ANY_ENDED) is not None:
            ended = session.scalars(
                select(Outage).where(Outage.state == "ended").limit(limit).with_for_update(skip_locked=True)
            ).all()
        for outage in ended:
            _tell(core, session, outage, now)
        if core.channels:
            _look(core, session, now)
    return len(ended)


# --- while it lasts -----------------------------------------------------------------------------


def _look(core: Core, session: Session, now: datetime) -> None:
    names = ("intake", "scheduler", "sender")
    beats = {row.name: row for row in session.scalars(select(Heartbeat).where(Heartbeat.name.in_(names)))}
    intake, sender = beats.get("intake"), beats.get("sender")
    if intake is None:
        return  # never ran: there is nobody yet
    lasting = session.scalars(select(Outage).where(Outage.state == "open").with_for_update(skip_locked=True)).all()
    for outage in lasting:
        if outage.what == SENDING and sender is not None and sender.at > outage.began_at:
            outage.state, outage.ended_at = "ended", now
    if lasting or not _steady(beats.get("scheduler"), now):
        return
    if now - intake.at > GAP:
        _alarm(core, session, INTAKE, intake.at, now)
    elif sender is not None and now - sender.at > GAP and _stuck(session, now):
        _alarm(core, session, SENDING, sender.at, now)


def _steady(schedule: Heartbeat | None, now: datetime) -> bool:
    """Has the schedule turned for so long that a silent intake is not just a start after a night switched off?"""
    if schedule is None or now - schedule.at > STEADY:
        return False
    since = schedule.detail.get("since")
    return since is not None and now - datetime.fromisoformat(since) > GAP


def steady_since(last: Any, now: datetime) -> str:
    """Since when the schedule has turned without a pause, for the detail of its heartbeat; `last` has at and detail."""
    if last is not None and timedelta(0) <= now - last.at <= STEADY and "since" in last.detail:
        return str(last.detail["since"])
    return now.isoformat()


def _stuck(session: Session, now: datetime) -> bool:
    """Does safety wait that was tried in vain, for as long as that?"""
    found = session.scalar(
        select(Outbox.id)
        .where(in_states(Outbox, "queued"), Outbox.bulk.is_(False), Outbox.priority == 0)
        .where(Outbox.attempts > 0, Outbox.created_at <= now - GAP)
        .limit(1)
    )
    return found is not None


def _alarm(core: Core, session: Session, what: str, since: datetime, now: datetime) -> None:
    new = {"what": what, "began_at": since, "ended_at": None, "alarmed_at": now, "state": "open"}
    if not insert_or_ignore(session, Outage, [new]):
        return
    log.error("Telegram has been out of reach since %s (%s)", since.isoformat(), what)
    on_duty = _responsible(session, since, now)
    letters = {p.membership_id: talk.unreachable(what, since, len(p.placements), p.cohort) for p in on_duty.values()}
    facts = {"event": "telegram_unreachable", "raised_at": since.isoformat(), "ended_at": None}
    second_channel.news(core, session, f"outage:{what}:{since.isoformat()}:began", letters, facts, now)


# --- when it is over ----------------------------------------------------------------------------


def _tell(core: Core, session: Session, outage: Outage, now: datetime) -> None:
    began, ended = outage.began_at, outage.ended_at or now
    people = _responsible(session, began, ended)
    if outage.what == INTAKE:
        _say_where_we_were(session, outage, people, ended, now)
    if outage.alarmed_at is not None:
        letters = {p.membership_id: talk.back(began, ended, p.cohort) for p in people.values()}
        facts = {"event": "telegram_back", "raised_at": began.isoformat(), "ended_at": ended.isoformat()}
        second_channel.news(core, session, f"outage:{outage.what}:{began.isoformat()}:over", letters, facts, now)
    outage.state = "told"


def _say_where_we_were(
    session: Session, outage: Outage, people: Mapping[int, _Responsible], ended: datetime, now: datetime
) -> None:
    zones, hours = reader_zones(session, set(people), now), quiet_hours_of(session, set(people))
    late, dropped = _questions(session, {p for one in people.values() for p in one.placements}, outage.began_at, ended)
    notices = []
    for person_id, one in people.items():
        chat_id = drafts.chat_of(session, person_id)
        if chat_id is None:
            continue
        counts = len(one.placements & late), len(one.placements & dropped)
        # Whoever trusted in our silence must know at once; else it is no news for the night.
        urgent = any(counts)
        morning = next_allowed(now, zones.get(person_id, "UTC"), hours[person_id])
        shown = talk.away(outage.began_at, ended, *counts)
        kind, at = (Kind.SAFETY, now) if urgent else (Kind.NOTICE, morning)
        notices.append(Draft(chat_id, shown, kind, person_id, key=f"outage:{outage.id}:{person_id}", not_before=at))
    drafts.queue(session, notices, now)


def _questions(session: Session, placements: set[int], began: datetime, ended: datetime) -> tuple[set[int], set[int]]:
    """Placements whose check-in fell into the time and came late, and those whose check-in was not asked at all."""
    found = session.execute(
        select(CheckIn.placement_id, CheckIn.state, CheckIn.due_at, CheckIn.delivered_at, CheckIn.answered_at)
        .where(CheckIn.placement_id.in_(placements), CheckIn.due_at >= began, CheckIn.due_at <= ended)
        .where(CheckIn.state != State.EXCUSED.value)
    ).all()  # fmt: skip
    dropped = {row.placement_id for row in found if row.state == State.CLOSED.value}
    late = {
        row.placement_id
        for row in found
        if not (row.answered_at is not None and row.answered_at <= row.due_at)
        and not (row.delivered_at and row.delivered_at <= row.due_at + IN_TIME)
    }
    return late - dropped, dropped


# --- who ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Responsible:
    membership_id: int
    cohort: str
    placements: set[int] = field(default_factory=set)  # of learners abroad in the time


def _responsible(session: Session, began: datetime, ended: datetime) -> dict[int, _Responsible]:
    """Referents, backups and coordinators of learners who were abroad then or have an open alert, by person id."""
    stays = [stay for stay in _stays(session, began, ended) if _concerns(stay, began, ended)]
    alerted = select(Alert.placement_id).where(Alert.resolved_at.is_(None), Alert.next_at.is_not(None))
    known = {stay.id for stay in stays}
    stays += [stay for stay in session.scalars(select(Placement).where(Placement.id.in_(alerted)))
              if stay.id not in known]  # fmt: skip
    by_cohort: dict[int, set[int]] = {}
    by_member: dict[int, set[int]] = {}
    for stay in stays:
        by_cohort.setdefault(stay.cohort_id, set()).add(stay.id)
        for member in (stay.referent_id, stay.backup_id):
            if member is not None:
                by_member.setdefault(member, set()).add(stay.id)
    return _people(session, by_cohort, by_member)


def _stays(session: Session, began: datetime, ended: datetime) -> Sequence[Placement]:
    """Stays that may have gone on then, by their dates."""
    return session.scalars(
        select(Placement)
        .join(Person, Person.id == Placement.person_id)
        .where(Placement.arrival_date <= ended.date() + _ONE_DAY, Placement.return_date >= began.date() - _ONE_DAY)
        .where(Person.erased_at.is_(None))
    ).all()


def _concerns(stay: Placement, began: datetime, ended: datetime) -> bool:
    itinerary = itinerary_of(stay)
    return itinerary is not None and "during" in (itinerary.stage_at(began), itinerary.stage_at(ended))


def _people(
    session: Session, by_cohort: Mapping[int, set[int]], by_member: Mapping[int, set[int]]
) -> dict[int, _Responsible]:
    coordinates: ColumnElement[bool] = Membership.cohort_id.in_(by_cohort) & (Membership.role == "coordinator")
    found: dict[int, _Responsible] = {}
    for membership, cohort in session.execute(
        select(Membership, Cohort.code)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(or_(Membership.id.in_(by_member), coordinates), Membership.ended_at.is_(None))
        .order_by(Membership.id)
    ):
        one = found.setdefault(membership.person_id, _Responsible(membership.id, cohort))
        one.placements |= by_member.get(membership.id, set())
        if membership.role == "coordinator" and membership.cohort_id is not None:
            one.placements |= by_cohort.get(membership.cohort_id, set())
    return found
