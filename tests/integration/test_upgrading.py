"""A database in use is brought to the newest schema with everything that is in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, Table, select, text

from bot.store.engine import Store, open_store
from bot.store.schema import MIGRATIONS, current, newest, upgrade
from bot.store.tables import CheckIn, OutcomeDraft, OutcomeGrade, OutcomeGrid
from tests.support.databases import Databases

FIRST = "0010"  # the schema of the first version that was given out
BEGUN = "2026-01-01T00:00:00.000000+00:00"
CHAIN = ("organisation", "project", "cohort", "person", "placement", "consent", "outcome")


def row_of(table: Table) -> dict[str, object]:
    """A row with a value in every column that needs one; every key is 1, so that each row points to the one before."""
    made: dict[str, object] = {}
    for column in table.columns:
        if column.primary_key or column.foreign_keys:
            made[column.name] = 1 if column.primary_key or not column.nullable else None
        elif not column.nullable:
            kind = str(column.type)
            instant = "2026-01-01" if kind == "DATE" else "2026-01-01 00:00:00.000000"
            made[column.name] = instant if kind in ("DATE", "DATETIME", "TIMESTAMP") else "1"
    return made


def filled(store: Store, tables: Sequence[str], **more: object) -> None:
    """The first schema, with a row in each of these tables; `more` are further values of the last one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    there = current(store)
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        if there:
            command.downgrade(config, "base")
        command.upgrade(config, FIRST)
    with store.engine.begin() as connection:
        old = MetaData()
        old.reflect(connection, only=tables)
        for name in tables:
            columns = row_of(old.tables[name]) | (more if name == tables[-1] else {})
            marks = ", ".join(f":{column}" for column in columns)
            names = ", ".join(f'"{column}"' for column in columns)
            connection.execute(text(f'INSERT INTO "{name}" ({names}) VALUES ({marks})'), columns)


def test_an_upgrade_on_sqlite_keeps_rows_that_others_point_to(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    filled(store, CHAIN)
    upgrade(store)
    assert current(store) == newest()
    with store.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() for name in CHAIN}
    store.close()
    assert found == dict.fromkeys(CHAIN, 1)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_assessments_that_were_begun_become_drafts_and_check_ins_daily_ones(databases: Databases, kind: str) -> None:
    store = open_store(databases.fresh(kind))
    filled(
        store,
        (*CHAIN[:5], "check_in", "outcome_grade", "outcome_grid"),
        by_person_id=1,
        comment="So far",
        begun_at=BEGUN,
    )
    upgrade(store)
    with store.transaction() as session:
        (draft,) = session.scalars(select(OutcomeDraft)).all()
        assert (draft.placement_id, draft.by_person_id, draft.grades, draft.comment) == (1, 1, {"1": 1}, "So far")
        assert session.execute(select(CheckIn.placement_id, CheckIn.roll_call)).all() == [(1, 0)]
        assert session.scalars(select(OutcomeGrade)).all() == session.scalars(select(OutcomeGrid)).all() == []
    store.close()
