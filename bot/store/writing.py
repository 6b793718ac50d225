"""Writes that both databases must spell differently."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.store.tables import Base, Heartbeat

_MANY = 20  # rows from which one statement is worth it
_CHUNK = 5000  # rows per statement batch, well below both databases' limits on parameters


def insert_or_ignore(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, leaving out those that a unique key already has; returns how many are new.

    The database refuses duplicates, so two processes may do this at once.
    """
    if not rows:
        return 0
    connection = session.connection()
    if connection.dialect.name == "postgresql" and len(rows) >= _MANY:
        return _insert_at_once(connection, table, rows)
    statement = _insert_or_ignore(connection.dialect.name, table)
    new = 0
    for start in range(0, len(rows), _CHUNK):
        chunk = list(rows[start : start + _CHUNK])
        # Without the option SQLAlchemy reports -1 for many rows on PostgreSQL.
        new += connection.execute(statement, chunk, execution_options={"preserve_rowcount": True}).rowcount
    return new


def _insert_at_once(connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Many rows as one JSON value in one statement: row by row, each would cost PostgreSQL a round of its own."""
    columns = ", ".join(f'"{name}"' for name in rows[0])  # names of our own tables, no input
    statement = text(
        f'INSERT INTO "{table.__tablename__}" ({columns}) '
        f'SELECT {columns} FROM jsonb_populate_recordset(NULL::"{table.__tablename__}", CAST(:rows AS jsonb)) '
        "ON CONFLICT DO NOTHING"
    )
    return connection.execute(statement, {"rows": json.dumps([dict(row) for row in rows], default=_plain)}).rowcount


def _plain(value: Any) -> str:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


@cache
def _insert_or_ignore(dialect: str, table: type[Base]) -> Insert:
    assert isinstance(table.__table__, Table)
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table.__table__).on_conflict_do_nothing()


def upsert(session: Session, table: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or set `values` on the one that has this primary key."""
    dialect = session.get_bind().dialect.name
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table.__table__)  # type: ignore[arg-type]
    session.execute(insert.values({**key, **values}).on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def beat(session: Session, name: str, now: datetime, detail: Mapping[str, Any]) -> None:
    """Write down that something really works now."""
    upsert(session, Heartbeat, {"name": name}, {"at": now, "detail": dict(detail)})
