"""A cohort message through the whole pipeline: fire → outbox → claim → attempt → send → finish, on one core."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.service.core import Core
from bot.store.tables import CohortMessage, MessageCopy
from tests.benchmarks.conftest import DATABASES
from tests.benchmarks.machine import BOT_CORE, Telegram, settings_env, spawn
from tests.benchmarks.people import settle
from tests.benchmarks.report import Line, Report

pytestmark = pytest.mark.bench

PEOPLE, TARGET = 5_000, 1_000
CEILING, PACED_PEOPLE, SHARE = 25, 600, 0.98


def schedule(core: Core, people: int) -> None:
    """A message to everybody, due a moment ago."""
    now = datetime.now(UTC)
    settle(core, people, now, history=False)
    with core.store.transaction() as session:
        session.add(
            CohortMessage(id=1, cohort_id=1, words="Tomorrow at nine: we meet at the station.", translations={},
                          audience="learners", zone_of="recipient", urgent=True, created_at=now)
        )  # fmt: skip
        session.flush()
        due = {"message_id": 1, "due_at": now - timedelta(seconds=1), "state": "planned"}
        session.execute(insert(MessageCopy), [due | {"person_id": n} for n in range(1, people + 1)])


def send(telegram: Telegram, core: Core, ceiling: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the sender says of it, and what Telegram saw."""
    telegram.order(count="start", strict=ceiling is not None)
    url = core.store.engine.url.set(drivername=core.store.engine.url.get_backend_name())
    env = settings_env(telegram, url.render_as_string(hide_password=False))
    env |= {"BENCH_CEILING": str(ceiling)} if ceiling else {}
    process = spawn("our_sender", BOT_CORE, env, stdout=subprocess.PIPE)
    out, _ = process.communicate(timeout=300)
    return json.loads(out.splitlines()[-1]), telegram.order(count="stop")


@pytest.mark.parametrize("core", DATABASES, indirect=True)
def test_a_message_to_five_thousand_people_is_sent(core: Core, telegram: Telegram, report: Report) -> None:
    schedule(core, PEOPLE)
    mine, seen = send(telegram, core, None)
    rate = mine["sent"] / mine["seconds"]
    note = f"cpu {1e6 * mine['cpu'] / PEOPLE:,.0f} µs each"
    report.add(Line("message to 5,000, ceiling lifted", core.store.engine.dialect.name, rate, "/s", None, None,
                    f"≥ {TARGET:,}/s", rate >= TARGET, note))  # fmt: skip
    assert mine["sent"] == seen["messages"] == PEOPLE


@pytest.mark.parametrize("core", DATABASES[:1], indirect=True)
def test_the_ceiling_is_used_and_never_passed(core: Core, telegram: Telegram, report: Report) -> None:
    schedule(core, PACED_PEOPLE)
    _, seen = send(telegram, core, CEILING)
    share = (seen["messages"] - 1) / seen["seconds"] / CEILING
    note = f"over {seen['seconds']:.0f} s, refused with 429: {seen['refused']}"
    report.add(Line("of a ceiling of 25 a second", core.store.engine.dialect.name, share, "", None, None,
                    f"≥ {SHARE}", share >= SHARE and seen["refused"] == 0, note))  # fmt: skip
    assert seen["messages"] == PACED_PEOPLE
