"""Backup and restore: everything equal again, on both databases and from one to the other; nothing lost by mistake."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Text, cast, select

from bot.service import alerts, broadcast_plan, leases
from bot.service.core import Core
from bot.store.backup import back_up, restore
from bot.store.engine import Store, open_store
from bot.store.tables import Base, Placement
from tests.support.cohort import Small
from tests.support.command_line import CommandLine
from tests.support.databases import Databases
from tests.support.desk import cohort
from tests.support.looking import change_stay, march


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table; JSON as text, so that nothing and `null` differ."""
    found = {}
    with store.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            columns = [cast(c, Text).label(c.name) if isinstance(c.type, JSON) else c for c in table.c]
            rows = connection.execute(select(*columns).order_by(*table.primary_key))
            found[table.name] = [dict(row._mapping) for row in rows]
    return found


@pytest.fixture
def busy(core: Core, abroad: Small) -> Core:
    """A cohort abroad with an alert, a planned message, and a pair that names each other."""
    change_stay(core, abroad, partner_id=abroad.placements["lea"])
    with core.store.transaction() as session:
        stay = session.get_one(Placement, abroad.placements["lea"])
        alerts.raise_alert(core, session, stay, alerts.Reason.NOT_ANSWERED, alerts.Severity.AMBER, abroad.world.now)
    request = broadcast_plan.Request("SPRING", "2026-03-03 18:00", "Ça va? 👋", {"de": "Wie geht’s?"})
    broadcast_plan.schedule(core, broadcast_plan.plan(core, request, abroad.world.now), abroad.world.now)
    return core


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_a_restored_database_equals_the_one_backed_up(
    busy: Core, databases: Databases, tmp_path: Path, into: str
) -> None:
    before, file = everything(busy.store), tmp_path / "all.backup"
    counts = back_up(busy.store, file)
    other = open_store(databases.fresh(into))
    try:
        assert restore(other, file) == counts
        assert everything(other) == before
        cohort(Core(other, busy.content, busy.search), "AFTERWARDS")  # new rows find free numbers
    finally:
        other.close()
    assert sum(counts.values()) == sum(map(len, before.values())) > 100


def test_the_command_line_backs_up_and_restores_and_asks_before_it_replaces(
    busy: Core, run: CommandLine, tmp_path: Path
) -> None:
    before = everything(busy.store)
    shown = run.good("db", "backup", "all.backup").out
    assert "3 people in 1 cohort" in shown
    assert stat.S_IMODE((tmp_path / "all.backup").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*all.backup*")] == ["all.backup"]
    assert "already" in run.refused("db", "backup", "all.backup")
    cohort(busy, "LATER")
    assert "add --yes" in run.refused("db", "restore", "all.backup")
    run.good("db", "restore", "all.backup", "--yes")
    assert everything(busy.store) == before


def test_what_goes_with_messages_comes_back_with_the_database(busy: Core, run: CommandLine, tmp_path: Path) -> None:
    picture = tmp_path / "data" / "messages" / "a1b2.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"\x89PNG")
    before = everything(busy.store)
    run.good("db", "backup", "all.backup")
    picture.unlink()
    run.good("db", "restore", "all.backup", "--yes")
    assert picture.read_bytes() == b"\x89PNG"
    assert everything(busy.store) == before


def test_nothing_is_replaced_under_a_running_service(busy: Core, run: CommandLine) -> None:
    run.good("db", "backup", "all.backup")
    leases.alive(busy, march(2, 11) + timedelta(days=9999))
    assert "stop it" in run.refused("db", "restore", "all.backup", "--yes")


def test_what_is_no_backup_is_refused_and_changes_nothing(busy: Core, run: CommandLine) -> None:
    before = everything(busy.store)
    for content in (b"", b"no database", b"SQLite format 3\x00" + b"x" * 4096):
        run.file("other.backup", content)
        assert "no backup of Compagnon" in run.refused("db", "restore", "other.backup", "--yes")
    assert "There is no file" in run.refused("db", "restore", "absent.backup", "--yes")
    assert everything(busy.store) == before
