"""Thousands of learners on their stay, put straight into the tables: what a season of use leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, text, update

from bot.flows.vocabulary import Command, Incoming
from bot.service import intake
from bot.service.check_ins import new_row
from bot.service.core import Core
from bot.service.journeys import publish, script_of
from bot.store import tables as t
from tests.benchmarks.telegram import FIRST_CHAT

JOURNEY = "learner-short"
DONE, OFFERED, PLANNED = 8, 3, 3  # steps of each learner
CHUNK = 5_000


def settle(core: Core, learners: int, now: datetime, history: bool = True) -> None:
    """One cohort of adults in Seville, in the middle of their stay, joined and agreed; chats from FIRST_CHAT on.

    `history`: with the steps and check-ins behind and before them. Everything planned lies in the future.
    """
    version = _frame(core, now)
    for start in range(1, learners + 1, CHUNK):
        ids = range(start, min(start + CHUNK, learners + 1))
        with core.store.transaction() as session:
            for table, row in _rows(ids[0], version, now):
                session.execute(insert(table), [row | _own(table, n) for n in ids])
            if history:
                for table, rows in _history(core, session, version, now):
                    session.execute(insert(table), [row | {"placement_id": n} for n in ids for row in rows])
    _see_commands_once(core, now)
    _analyse(core)


def _frame(core: Core, now: datetime) -> int:
    with core.store.transaction() as session:
        session.add(t.Organisation(id=1, name="Bench"))
        session.flush()
        session.add(t.Project(id=1, organisation_id=1, code="BENCH", name="Bench"))
        session.flush()
        session.add(
            t.Cohort(id=1, project_id=1, code="BENCH", name="Bench", journey=JOURNEY, home_zone="Europe/Paris",
                     check_in_at="19:00", check_in_days="daily", answer_window=14400, reminder_after=3600, grace=7200,
                     escalate_after=1800, quiet_hours="22:00-07:00", created_at=now,
                     forget_at=now + timedelta(days=1))
        )  # fmt: skip
        session.flush()
        return publish(core, session, JOURNEY, now)


def _own(table: Any, n: int) -> dict[str, Any]:
    """What differs from learner to learner."""
    if table is t.Person:
        return {"id": n, "first_name": f"Lea {n}"}
    own: dict[str, Any] = {"person_id": n}
    if table is t.Placement:
        own |= {"id": n, "code": f"L{n}"}
    elif table is t.Membership:
        own |= {"code": f"L{n}"}
    elif table is t.TelegramAccount:
        own |= {"chat_id": FIRST_CHAT + n - 1}
    return own


def _rows(first: int, version: int, now: datetime) -> Iterator[tuple[Any, dict[str, Any]]]:
    joined, today = now - timedelta(days=30), now.date()
    yield t.Person, {"last_name": "Beispiel", "language": "en", "birth_date": today - timedelta(days=7000),
                     "created_at": joined, "onboarded_at": joined}  # fmt: skip
    yield t.TelegramAccount, {"linked_at": joined}
    yield t.Conversation, {"flow": "", "data": {}, "updated_at": joined}
    yield t.Membership, {"role": "learner", "cohort_id": 1, "created_at": joined}
    yield t.Consent, {"kind": "data", "version": "2026-11", "given": True, "given_by": "self", "at": joined}
    yield (
        t.Placement,
        {"cohort_id": 1, "status": "apprentice", "home_country": "FR", "home_zone": "Europe/Paris",
         "host_city": "seville", "kit": "seville", "host_country": "ES", "host_zone": "Europe/Madrid",
         "arrival_date": today - timedelta(days=5), "return_date": today + timedelta(days=16),
         "host_organisation": "Panadería", "created_at": joined, "joined_at": joined, "journey_version_id": version,
         "plan_at": now + timedelta(hours=12)},
    )  # fmt: skip


def _history(core: Core, session: Any, version: int, now: datetime) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    steps = iter(script_of(session, version).journey.steps)
    before, later = now - timedelta(days=3), now + timedelta(days=1)
    run = {"data": {}, "offered_at": before}
    yield t.StepRun, [
        *({**run, "step": step.id, "state": "done", "done_at": before} for step in islice(steps, DONE)),
        *({**run, "step": step.id, "state": "offered", "done_at": None} for step in islice(steps, OFFERED)),
    ]  # fmt: skip
    due = {"version_id": version, "planned_at": later, "due_at": later, "expires_at": later + timedelta(days=1)}
    yield t.DueStep, [{**due, "step": step.id, "state": "planned"} for step in islice(steps, PLANNED)]
    days = [later.date() + timedelta(days=n) for n in range(3)]
    yield t.CheckIn, [new_row(0, day, later + timedelta(days=n)) for n, day in enumerate(days)]


def _see_commands_once(core: Core, now: datetime) -> None:
    """A first update sets the command list of a chat; everybody's first update lies behind them."""
    intake.receive(core, Incoming(-1, FIRST_CHAT, Command("help")), now)
    with core.store.transaction() as session:
        seen = session.scalar(select(t.TelegramAccount.commands).where(t.TelegramAccount.chat_id == FIRST_CHAT))
        session.execute(update(t.TelegramAccount).values(commands=seen))
        session.execute(update(t.Outbox).values(state="sent"))


def _analyse(core: Core) -> None:
    with core.store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
