"""Ten thousand check-ins that fall due in one minute among a hundred thousand, against a loop that takes them singly.

The peer is healthchecks' `sendalerts`: pick one due row, change it where it is still as it was, commit, load whom to
tell, write the notifications, commit. Ours writes more for each (the trail, what the learner reads), and all of it
is timed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update

from bot.service import check_ins, intake
from bot.service.core import Core
from bot.store import tables as t
from bot.store.writing import insert_many
from scheduler.due import BATCH
from tests.benchmarks.people import CHUNK, settle
from tests.benchmarks.report import Line, Report

pytestmark = pytest.mark.bench

LEARNERS, DUE = 100_000, 10_000
COHORTS = 50  # so that no cohort is silent as a whole
SINGLY = 500  # rows for the peer
RATE, RATIO = 2_000, 20


STAFF = 500_000  # ids of those who look after learners


def wait_for_answers(core: Core, now: datetime) -> None:
    """Everybody was asked; every tenth learner's time is up within this minute, the others' a little later."""
    people = range(1, 2 * COHORTS + 1)
    with core.store.transaction() as session:
        frame = session.get_one(t.Cohort, 1)
        own = {c.key: getattr(frame, c.key) for c in t.Cohort.__table__.columns if c.key not in ("id", "code")}
        session.execute(insert(t.Cohort), [{**own, "id": n, "code": f"B{n}"} for n in range(2, COHORTS + 1)])
        session.execute(insert(t.Person), [_person(n, now) for n in people])
        session.execute(insert(t.TelegramAccount), [_account(n, now) for n in people])
        session.execute(insert(t.Membership), [_member(n, now) for n in people])
        cohort = (t.Placement.id % COHORTS) + 1
        session.execute(
            update(t.Placement).values(cohort_id=cohort, referent_id=STAFF + cohort, backup_id=STAFF + COHORTS + cohort)
        )
        for start in range(1, LEARNERS + 1, CHUNK):
            insert_many(session, t.CheckIn, [_check_in(n, now) for n in range(start, start + CHUNK)])
    with core.store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _person(n: int, now: datetime) -> dict[str, Any]:
    return {"id": STAFF + n, "first_name": f"Claire {n}", "last_name": "Exemple", "language": "en",
            "phone": "+33 1 99 00 00 01", "created_at": now}  # fmt: skip


def _account(n: int, now: datetime) -> dict[str, Any]:
    return {"person_id": STAFF + n, "chat_id": STAFF + n, "linked_at": now}


def _member(n: int, now: datetime) -> dict[str, Any]:
    return {"id": STAFF + n, "person_id": STAFF + n, "role": "referent", "code": f"R{n}",
            "cohort_id": (n - 1) % COHORTS + 1, "created_at": now}  # fmt: skip


def _check_in(n: int, now: datetime) -> dict[str, Any]:
    # The first tenth of the learners, spread over the cohorts, within the last minute; the rest in half an hour.
    deadline = now - timedelta(seconds=n % 60) if n <= DUE else now + timedelta(minutes=20, seconds=n % 600)
    asked = deadline - timedelta(hours=2)
    return {
        "placement_id": n, "day": now.date(), "state": "reminded", "due_at": asked, "asked_at": asked,
        "delivered_at": asked, "remind_at": asked + timedelta(hours=1), "reminded_at": asked + timedelta(hours=1),
        "reminder_delivered_at": asked + timedelta(hours=1), "deadline": deadline, "extended": 0, "wake_at": deadline,
    }  # fmt: skip


@contextmanager
def durable(core: Core) -> Iterator[None]:
    """Commits reach the disk, as where it matters; tests do without."""
    for value in ("on", "off"):
        with core.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"ALTER SYSTEM SET fsync = {value}"))
            connection.execute(text("SELECT pg_reload_conf()"))
        if value == "on":
            yield


def ours(core: Core, now: datetime) -> float:
    """Seconds until all that is due is alerted."""
    began = time.perf_counter()
    while check_ins.wake(core, now, BATCH) == BATCH:
        pass
    return time.perf_counter() - began


def singly(core: Core, now: datetime, many: int) -> float:
    """Seconds the peer takes for `many` of the same check-ins, on the same connection pool."""
    with core.store.engine.begin() as connection:
        connection.execute(text(
            "CREATE TABLE peer_check AS SELECT id, placement_id, state, wake_at FROM check_in;"
            "ALTER TABLE peer_check ADD PRIMARY KEY (id); CREATE INDEX ON peer_check (wake_at);"
            "CREATE TABLE peer_notification (id bigserial PRIMARY KEY, check_id bigint, channel bigint,"
            " check_status text, created timestamptz)"
        ))  # fmt: skip
    began = time.perf_counter()
    done = sum(_one(core, now) for _ in range(many))
    took = time.perf_counter() - began
    assert done == many
    with core.store.engine.begin() as connection:
        connection.execute(text("DROP TABLE peer_check, peer_notification"))
    return took


def _one(core: Core, now: datetime) -> int:
    """`handle_going_down` and what follows it, a connection and a transaction for each, as there."""
    with core.store.engine.connect() as connection:
        found = connection.execute(
            text("SELECT id, placement_id, state FROM peer_check WHERE wake_at <= :now ORDER BY wake_at LIMIT 1"),
            {"now": now},
        ).one()
        changed = connection.execute(
            text("UPDATE peer_check SET state = 'down', wake_at = NULL WHERE id = :id AND state = :state"),
            {"id": found.id, "state": found.state},
        ).rowcount
        connection.commit()
        channels = connection.execute(
            text("SELECT a.chat_id FROM placement p JOIN membership m ON m.id = p.referent_id"
                 " JOIN telegram_account a ON a.person_id = m.person_id WHERE p.id = :placement"),
            {"placement": found.placement_id},
        ).all()  # fmt: skip
        for channel in channels:
            connection.execute(
                text("INSERT INTO peer_notification (check_id, channel, check_status, created)"
                     " VALUES (:check, :channel, 'down', :now)"),
                {"check": found.id, "channel": channel.chat_id, "now": now},
            )  # fmt: skip
            connection.commit()
        return changed


@pytest.mark.parametrize("core", ["postgresql"], indirect=True)
def test_ten_thousand_silent_learners_are_alerted_at_once(core: Core, report: Report) -> None:
    now = datetime.now(UTC)
    settle(core, LEARNERS, now, history=False)
    wait_for_answers(core, now)
    intake.heard(core, now)
    with durable(core):
        peer = SINGLY / singly(core, now, SINGLY)
        took = ours(core, now)
    with core.store.transaction() as session:
        alerted = session.scalar(select(func.count()).select_from(t.Alert)) or 0
        told = session.scalar(select(func.count()).select_from(t.Outbox).where(t.Outbox.kind == "alert")) or 0
    rate, ratio = alerted / took, alerted / took / peer
    note = f"{DUE:,} of {LEARNERS:,} in {took:.1f} s, {told:,} notifications queued for contact persons"
    report.add(Line("alerts with queued notifications", core.store.engine.dialect.name, rate, "/s", peer, ratio,
                    f"≥ {RATE:,}/s, ≥ {RATIO}×", rate >= RATE and ratio >= RATIO, note))  # fmt: skip
    assert (alerted, told) == (DUE, DUE)
