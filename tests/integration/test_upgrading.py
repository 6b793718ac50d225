"""A database in use is brought to the newest schema with everything that is in it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, Table

from bot.store.engine import open_store
from bot.store.schema import MIGRATIONS, current, newest, upgrade

FIRST = "0010"  # the schema of the first version that was given out
CHAIN = ("organisation", "project", "cohort", "person", "placement", "consent", "outcome")


def row_of(table: Table) -> dict[str, object]:
    """A row with a value in every column that needs one; every key is 1, so that each row points to the one before."""
    made: dict[str, object] = {}
    for column in table.columns:
        if column.primary_key or column.foreign_keys:
            made[column.name] = 1 if column.primary_key or not column.nullable else None
        elif not column.nullable:
            kind = str(column.type)
            made[column.name] = "2026-01-01 00:00:00.000000" if kind in ("DATETIME", "TIMESTAMP") else "1"
    return made


def test_an_upgrade_on_sqlite_keeps_rows_that_others_point_to(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
    with store.engine.begin() as connection:
        old = MetaData()
        old.reflect(connection, only=CHAIN)
        for name in CHAIN:
            columns = row_of(old.tables[name])
            marks = ", ".join(f":{column}" for column in columns)
            names = ", ".join(f'"{column}"' for column in columns)
            connection.exec_driver_sql(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', columns)
    upgrade(store)
    assert current(store) == newest()
    with store.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() for name in CHAIN}
    store.close()
    assert found == dict.fromkeys(CHAIN, 1)
