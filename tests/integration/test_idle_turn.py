"""A turn with nothing due reads by index only: it costs the same with a hundred learners and with a hundred thousand.

SQLite says how it would read (`EXPLAIN QUERY PLAN`): `SEARCH` looks rows up, `SCAN` reads all of a table, or all of an
index. Only an index that holds nothing but waiting rows may be read as a whole: it is empty when all is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from bot.content.loader import Library
from bot.rules.kit_search import KitSearch
from bot.service import intake, outbox, upkeep
from bot.service.core import Core
from bot.store.engine import open_store
from scheduler.due import run_due
from tests.benchmarks.people import settle
from tests.support.databases import Databases

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
LEARNERS = 300

_WAITING_ONLY = re.compile(
    r"SCAN \w+ USING (?:COVERING )?INDEX ix_(?:due_step_waiting|walk_step_waiting|message_copy_waiting|outbox_queued)"
    r"|SCAN CONSTANT ROW"  # no table: the one row of a question without FROM
)

WORK: dict[str, Callable[[Core], object]] = {
    "a turn of the schedule": lambda core: run_due(core, NOW),
    "asking what comes next": lambda core: upkeep.next_due(core, NOW),
    "the sender's look for answers": lambda core: outbox.claim(core, NOW, 64, bulk=False),
    "the sender's look for the rest": lambda core: outbox.claim(core, NOW, 200, bulk=True),
    "taking back what the dead held": lambda core: outbox.release_expired(core, NOW),
}


@pytest.fixture(scope="module")
def peopled(databases: Databases, library: Library, search: KitSearch) -> Iterator[Core]:
    """Many learners in the middle of their stay, nothing due now."""
    store = open_store(databases.fresh("sqlite"))
    core = Core(store, library, search)
    settle(core, LEARNERS, NOW)
    intake.heard(core, NOW)
    yield core
    store.close()


@pytest.mark.parametrize("work", WORK)
def test_nothing_due_is_seen_by_index_alone(peopled: Core, work: str) -> None:
    engine, seen = peopled.store.engine, []

    def keep(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        seen.append((statement, values))

    event.listen(engine, "before_cursor_execute", keep)
    WORK[work](peopled)
    event.remove(engine, "before_cursor_execute", keep)
    with engine.connect() as connection:
        plans = {
            statement: [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in seen
            if not statement.startswith("BEGIN")
        }
    assert plans
    assert [
        (step, statement)
        for statement, steps in plans.items()
        for step in steps
        if step.startswith("SCAN") and not _WAITING_ONLY.match(step)
    ] == []
