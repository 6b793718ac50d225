"""Ten thousand check-ins that fall due in one minute among a hundred thousand, against a loop that takes them singly.

The peer is healthchecks' `sendalerts`, statement by statement: pick one due check, change it where it is still as it
was, write its flip; pick one flip, mark it; on a connection of its own load whom to tell, write each notification, then
how it went. Django's own time, the pauses of its loop and the sending are left out. Ours writes more for each (the
trail, what the learner reads), and all of it is timed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine, func, insert, select, text, update

from bot.service import intake
from bot.service.core import Core
from bot.store import tables as t
from bot.store.writing import insert_many
from tests.benchmarks.machine import Schedulers, on_all_cores
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


def ours(core: Core, now: datetime, schedulers: Schedulers) -> float:
    """Seconds until all that is due is alerted: one turn of the schedule of each process."""
    began = time.perf_counter()
    done = schedulers.turn(now)
    took = time.perf_counter() - began
    assert sum(one["check_ins"] for one in done) == DUE
    return took


PEER = """
CREATE TABLE peer_check AS SELECT id, placement_id, state, wake_at FROM check_in;
ALTER TABLE peer_check ADD PRIMARY KEY (id); CREATE INDEX ON peer_check (wake_at);
CREATE TABLE peer_flip (id bigserial PRIMARY KEY, check_id bigint, created timestamptz, old_status text,
                        new_status text, processed timestamptz);
CREATE INDEX ON peer_flip (processed);
CREATE TABLE peer_nag (cohort_id bigint PRIMARY KEY, next_at timestamptz);
INSERT INTO peer_nag SELECT id, NULL FROM cohort;
CREATE TABLE peer_channel (id bigint PRIMARY KEY, last_notify timestamptz, last_error text);
INSERT INTO peer_channel SELECT chat_id, NULL, '' FROM telegram_account;
CREATE TABLE peer_notification (id bigserial PRIMARY KEY, check_id bigint, channel bigint, check_status text,
                                created timestamptz, error text)
"""


def singly(core: Core, now: datetime, many: int) -> float:
    """Seconds the peer takes for `many` of the same check-ins."""
    with core.store.engine.begin() as connection:
        connection.execute(text(PEER))
    # As Django has it: every statement is its own transaction, and whoever notified closes the connection.
    main = create_engine(core.store.engine.url, isolation_level="AUTOCOMMIT")
    each = create_engine(core.store.engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with main.connect() as connection:
        began = time.perf_counter()
        for _ in range(many):
            _going_down(connection, now)
            flip = _one_flip(connection, now)
            with each.connect() as own:
                _notify(own, flip, now)
        took = time.perf_counter() - began
        told = connection.scalar(text("SELECT count(*) FROM peer_notification WHERE error = ''"))
    main.dispose()
    with core.store.engine.begin() as connection:
        connection.execute(text("DROP TABLE peer_check, peer_flip, peer_nag, peer_channel, peer_notification"))
    assert told == many
    return took


def _going_down(connection: Connection, now: datetime) -> None:
    """`handle_going_down`: one check, its new status, its flip."""
    found = connection.execute(
        text("SELECT * FROM peer_check WHERE wake_at < :now AND state <> 'down' ORDER BY wake_at LIMIT 1"),
        {"now": now},
    ).one()
    changed = connection.execute(
        text("UPDATE peer_check SET state = 'down', wake_at = NULL WHERE id = :id AND state = :state"),
        {"id": found.id, "state": found.state},
    ).rowcount
    assert changed == 1
    connection.execute(
        text("INSERT INTO peer_flip (check_id, created, old_status, new_status) VALUES (:id, :now, :state, 'down')"),
        {"id": found.id, "state": found.state, "now": now},
    )


def _one_flip(connection: Connection, now: datetime) -> int:
    """`process_one_flip`: marked as processed before anybody is told."""
    flip: int = connection.execute(
        text("SELECT * FROM peer_flip WHERE processed IS NULL ORDER BY id LIMIT 1")
    ).one().id  # fmt: skip
    connection.execute(
        text("UPDATE peer_flip SET processed = :now WHERE id = :id AND processed IS NULL"), {"now": now, "id": flip}
    )
    return flip


def _notify(connection: Connection, flip_id: int, now: datetime) -> None:
    """`notify` and `Channel.notify`, without the sending."""
    flip = connection.execute(text("SELECT * FROM peer_flip WHERE id = :id"), {"id": flip_id}).one()
    check = connection.execute(text("SELECT * FROM peer_check WHERE id = :id"), {"id": flip.check_id}).one()
    stay = connection.execute(text("SELECT * FROM placement WHERE id = :id"), {"id": check.placement_id}).one()
    connection.execute(text("SELECT * FROM cohort WHERE id = :id"), {"id": stay.cohort_id}).one()
    connection.execute(
        text("UPDATE peer_nag SET next_at = :now WHERE cohort_id = :id AND next_at IS NULL"),
        {"now": now, "id": stay.cohort_id},
    )
    channels = connection.execute(
        text(
            "SELECT a.chat_id FROM membership m JOIN telegram_account a ON a.person_id = m.person_id WHERE m.id = :id"
        ),
        {"id": stay.referent_id},
    ).all()
    for channel in channels:
        number = connection.scalar(
            text("INSERT INTO peer_notification (check_id, channel, check_status, created, error)"
                 " VALUES (:check, :channel, 'down', :now, 'Sending') RETURNING id"),
            {"check": check.id, "channel": channel.chat_id, "now": now},
        )  # fmt: skip
        connection.execute(text("UPDATE peer_notification SET error = '' WHERE id = :id"), {"id": number})
        connection.execute(
            text("UPDATE peer_channel SET last_notify = :now, last_error = '' WHERE id = :id"),
            {"now": now, "id": channel.chat_id},
        )


@pytest.mark.parametrize("many", [1, 2], ids=["one scheduler", "two schedulers"])
@pytest.mark.parametrize("core", ["postgresql"], indirect=True)
def test_ten_thousand_silent_learners_are_alerted_at_once(core: Core, report: Report, many: int) -> None:
    """One scheduler has a core and PostgreSQL the other; two, as compose.yaml starts them, share both with it."""
    now = datetime.now(UTC)
    settle(core, LEARNERS, now, history=False)
    wait_for_answers(core, now)
    intake.heard(core, now)
    with core.store.engine.connect() as connection:
        backend = connection.scalar(text("SELECT pg_backend_pid()"))
    with on_all_cores(backend) if many > 1 else nullcontext():
        url = core.store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        schedulers = Schedulers(many, {"COMPAGNON_DATABASE_URL": url, "COMPAGNON_LOG_LEVEL": "WARNING"})
        with durable(core):
            peer = SINGLY / singly(core, now, SINGLY)
            took = ours(core, now, schedulers)
        schedulers.close()
    with core.store.transaction() as session:
        alerted = session.scalar(select(func.count()).select_from(t.Alert)) or 0
        told = session.scalar(select(func.count()).select_from(t.Outbox).where(t.Outbox.kind == "alert")) or 0
    rate, ratio = alerted / took, alerted / took / peer
    note = f"{DUE:,} of {LEARNERS:,} in {took:.1f} s, {told:,} notifications queued for contact persons"
    what = f"alerts with notifications, {'one scheduler' if many == 1 else f'{many} schedulers'}"
    report.add(Line(what, core.store.engine.dialect.name, rate, "/s", peer, ratio,
                    f"≥ {RATE:,}/s, ≥ {RATIO}×", rate >= RATE and ratio >= RATIO, note))  # fmt: skip
    assert (alerted, told) == (DUE, DUE)
