"""What must happen by the clock and belongs to nobody's conversation: forgetting, expiring, saying "I'm alive"."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, delete, func, literal_column, select, update
from sqlalchemy.orm import Session

from bot.service import outages, outbox
from bot.service.core import Core
from bot.service.drafts import PLACE, chat_of, in_states
from bot.store.prepared import first
from bot.store.tables import (
    Absence,
    Alert,
    Case,
    CheckIn,
    Cohort,
    Drill,
    DueStep,
    Heartbeat,
    Membership,
    MessageCopy,
    Outbox,
    Pause,
    Person,
    Placement,
    Question,
    SharedPlace,
    Travel,
    Walk,
    WalkStep,
)
from bot.store.writing import beat

UNSEEN = frozenset({"plan", "send", "absence", "drill", "readiness", "case", "digest", "retention"})


def tidy(core: Core, now: datetime) -> None:
    """Locations vanish, messages too late to matter are dropped, the scheduler's heartbeat is written."""
    with core.store.transaction() as session:
        look = first(session, _UNTIDY, now=now)
        if look.places:
            _forget_places(session, now)
        if look.expired:
            outbox.expire(session, now)
        since = outages.steady_since(first(session, _TURNED), now)
        beat(session, "scheduler", now, {"since": since})


_NOW = bindparam("now", type_=Alert.next_at.type)
_UNTIDY = select(
    select(literal_column("1")).where(SharedPlace.expires_at <= _NOW).exists().label("places"),
    select(literal_column("1")).where(in_states(Outbox, "queued"), Outbox.expires_at <= _NOW).exists().label("expired"),
)
_TURNED = select(Heartbeat.at, Heartbeat.detail).where(Heartbeat.name == literal_column("'scheduler'"))


def _forget_places(session: Session, now: datetime) -> None:
    """Locations go after a day, from the messages that showed them, too."""
    gone = session.scalars(
        delete(SharedPlace)
        .where(SharedPlace.expires_at <= now)
        .returning(SharedPlace.at)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        too_late = case((Outbox.state == "queued", "expired"), else_=Outbox.state)
        session.execute(
            update(Outbox)
            .where(Outbox.ref == PLACE, Outbox.created_at <= max(gone))
            .values(payload={"body": []}, ref=None, state=too_late)
            .execution_options(synchronize_session=False)
        )


_MOMENTS = {
    "absences": Absence.wake_at <= _NOW, "drills": Drill.wake_at <= _NOW, "alerts": Alert.next_at <= _NOW,
    "cases": Case.next_at <= _NOW, "pauses": Pause.wake_at <= _NOW, "plan": Placement.plan_at <= _NOW,
    "check_ins": CheckIn.wake_at <= _NOW, "travel": Travel.wake_at <= _NOW, "readiness": Cohort.look_at <= _NOW,
    "steps": (DueStep.due_at <= _NOW) & (DueStep.state == literal_column("'planned'")),
    "walks_begin": Cohort.walks_at <= _NOW, "walks_plan": Walk.plan_at <= _NOW,
    "walks": (WalkStep.due_at <= _NOW) & (WalkStep.state == literal_column("'planned'")),
    "messages": (MessageCopy.due_at <= _NOW) & (MessageCopy.state == literal_column("'planned'")),
    "digests": Membership.digest_next <= _NOW, "retention": Cohort.forget_at <= _NOW,
    "questions": Question.wake_at <= _NOW,
}  # fmt: skip
_WAITING = select(*(select(literal_column("1")).where(due).exists().label(job) for job, due in _MOMENTS.items()))


def without_work(core: Core, now: datetime) -> frozenset[str]:
    """The jobs of the schedule for which no row's moment has come: one statement instead of a transaction for each."""
    with core.store.transaction() as session:
        found = first(session, _WAITING, now=now)
    return frozenset(job for job in _MOMENTS if not getattr(found, job))


_AFTER = bindparam("after", type_=Outbox.not_before.type)
_PLANNED: ColumnElement[str] = literal_column("'planned'")
_INSTANTS = (
    ("step", DueStep.due_at, DueStep.state == _PLANNED),
    ("check_in", CheckIn.wake_at, CheckIn.wake_at.is_not(None)),
    ("travel", Travel.wake_at, Travel.wake_at.is_not(None)),
    ("pause", Pause.wake_at, Pause.wake_at.is_not(None)),
    ("absence", Absence.wake_at, Absence.wake_at.is_not(None)),
    ("readiness", Cohort.look_at, Cohort.look_at.is_not(None)),
    ("step", WalkStep.due_at, WalkStep.state == _PLANNED),
    ("plan", Walk.plan_at, Walk.plan_at.is_not(None)),
    ("plan", Cohort.walks_at, Cohort.walks_at.is_not(None)),
    ("case", Case.next_at, Case.next_at.is_not(None)),
    ("retention", Cohort.forget_at, Cohort.forget_at.is_not(None)),
    ("question", Question.wake_at, Question.wake_at.is_not(None)),
    ("drill", Drill.wake_at, Drill.wake_at.is_not(None)),
    ("alert", Alert.next_at, Alert.next_at.is_not(None)),
    ("digest", Membership.digest_next, Membership.digest_next.is_not(None)),
    ("message", MessageCopy.due_at, MessageCopy.state == _PLANNED),
    ("plan", Placement.plan_at, Placement.plan_at.is_not(None)),
    ("send", Outbox.not_before, in_states(Outbox, "queued") & (Outbox.not_before > _AFTER)),
)
_COMING = select(
    *(
        select(func.min(instant)).where(waits).scalar_subquery().label(f"look{number}")
        for number, (_, instant, waits) in enumerate(_INSTANTS)
    )
)


def next_due(core: Core, after: datetime, *, visible: bool = False) -> tuple[datetime, str] | None:
    """The next instant at which something is to happen, and what; None when nothing is planned.

    `visible` leaves out what nobody sees, or is to foresee: planning, another try of a message, a drill, who is back.
    """
    with core.store.transaction() as session:
        coming = first(session, _COMING, after=after)
    found = [
        (instant, what)
        for (what, _, _), instant in zip(_INSTANTS, coming, strict=True)
        if instant is not None and not (visible and what in UNSEEN)
    ]
    return min(found, default=None)


def untaken(core: Core, raised_until: datetime) -> str | None:
    """The first name of a learner whose urgent alert reached a chat by then and is still nobody's."""
    query = (
        select(Alert, Person.first_name)
        .join(Placement, Placement.id == Alert.placement_id)
        .join(Person, Person.id == Placement.person_id)
        .where(Alert.resolved_at.is_(None), Alert.acknowledged_at.is_(None), Alert.raised_at <= raised_until)
        .where(Alert.severity == "red")
        .order_by(Alert.id)
    )
    with core.store.transaction() as session:
        return next((name for alert, name in session.execute(query) if _reached(session, alert)), None)


def _reached(session: Session, alert: Alert) -> bool:
    told = (session.get_one(Membership, int(one)) for one in alert.state.get("told", ()))
    return any(chat_of(session, member.person_id) is not None for member in told)


def sent_so_far(core: Core) -> int:
    """The newest message that went out, as a number that only grows."""
    with core.store.transaction() as session:
        return session.scalar(select(func.max(Outbox.id)).where(Outbox.state == "sent")) or 0


def last_heartbeat(core: Core, name: str) -> datetime | None:
    """When something last really worked."""
    with core.store.transaction() as session:
        row = session.get(Heartbeat, name)
        return row.at if row else None
