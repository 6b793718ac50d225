"""How things stand, in numbers: for `/healthz`, `/metrics` and the dead man's switch. No names, no codes, no texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bot.service.alert_list import UNREACHED
from bot.service.core import Core
from bot.service.drafts import in_states
from bot.store.tables import Alert, CheckIn, Heartbeat, Lease, Outbox, SecondMessage

LISTENING = timedelta(seconds=60)  # an intake that long ago is still no reason for the dead man's switch to ring
DAYS = timedelta(days=1)  # check-ins of yesterday and today are counted


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; `name` without the prefix, labels are few and fixed."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


def ages(core: Core, now: datetime) -> dict[str, float]:
    """Seconds since each thing last really worked: intake, scheduler, sender. Raises StorageTrouble."""
    with core.store.transaction() as session:
        return _ages(session, now)


def _ages(session: Session, now: datetime) -> dict[str, float]:
    return {row.name: max(0.0, (now - row.at).total_seconds()) for row in session.scalars(select(Heartbeat))}


def listening(core: Core, now: datetime) -> bool:
    """Do updates reach us, whichever process takes them in? Raises StorageTrouble."""
    with core.store.transaction() as session:
        row = session.get(Heartbeat, "intake")
        return row is not None and now - row.at <= LISTENING


def figures(core: Core, now: datetime) -> list[Figure]:
    """Everything that the database knows; the same from every process. Raises StorageTrouble."""
    with core.store.transaction() as session:
        return [
            *(Figure("heartbeat_age_seconds", age, {"name": name}) for name, age in _ages(session, now).items()),
            *_leases(session, now), *_outbox(session, now), *_second(session), *_check_ins(session, now),
            *_alerts(session, now),
        ]  # fmt: skip


def _leases(session: Session, now: datetime) -> Iterator[Figure]:
    held = {name.split(":")[0]: 0 for name in ("poller", "sender")}
    for name in session.scalars(select(Lease.name).where(Lease.until > now)):
        held[name.split(":")[0]] = held.get(name.split(":")[0], 0) + 1
    return (Figure("leases_held", count, {"name": name}) for name, count in held.items())


def _outbox(session: Session, now: datetime) -> Iterator[Figure]:
    lane = case((Outbox.bulk, "unasked"), (Outbox.priority == 0, "safety"), else_="answers")
    found = session.execute(
        select(lane, func.count(), func.min(Outbox.not_before))
        .where(in_states(Outbox, "queued"), Outbox.not_before <= now)
        .group_by(lane)
    )
    waiting = {name: (count, oldest) for name, count, oldest in found}
    for name in ("safety", "answers", "unasked"):
        count, oldest = waiting.get(name, (0, None))
        yield Figure("outbox_waiting", count, {"lane": name})
        yield Figure("outbox_oldest_seconds", _since(oldest, now), {"lane": name})


def _second(session: Session) -> Iterator[Figure]:
    found = session.execute(
        select(SecondMessage.channel, func.count().label("n"))
        .where(in_states(SecondMessage, "queued"))
        .group_by(SecondMessage.channel)
    )
    waiting = {"mail": 0, "webhook": 0, **{row.channel: row.n for row in found}}
    return (Figure("second_waiting", count, {"channel": channel}) for channel, count in waiting.items())


def _check_ins(session: Session, now: datetime) -> Iterator[Figure]:
    found = session.execute(
        select(CheckIn.state, func.count())
        .where(CheckIn.day >= (now - DAYS).date(), CheckIn.day <= now.date(), CheckIn.roll_call == 0)
        .group_by(CheckIn.state)
    )  # fmt: skip
    return (Figure("check_ins", count, {"state": state}) for state, count in found)


def _alerts(session: Session, now: datetime) -> Iterator[Figure]:
    untaken = case((Alert.acknowledged_by.is_(None), Alert.raised_at), else_=None)
    found = session.execute(
        select(Alert.severity, func.count(), func.min(untaken))
        .where(Alert.resolved_at.is_(None), Alert.reason != "drill")
        .group_by(Alert.severity)
    )
    still_open = {severity: (count, oldest) for severity, count, oldest in found}
    for severity in ("amber", "red"):
        count, oldest = still_open.get(severity, (0, None))
        yield Figure("alerts_open", count, {"severity": severity})
        yield Figure("alert_oldest_untaken_seconds", _since(oldest, now), {"severity": severity})
    yield Figure("alerts_reaching_nobody", session.scalar(select(func.count()).where(*UNREACHED)) or 0)


def _since(instant: datetime | None, now: datetime) -> float:
    return max(0.0, (now - instant).total_seconds()) if instant is not None else 0.0
