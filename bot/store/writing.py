"""Writes that both databases must spell differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.store.tables import Base, Heartbeat

_CHUNK = 5000  # rows per statement batch, well below both databases' limits on parameters


def insert_or_ignore(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, leaving out those that a unique key already has; returns how many are new.

    The database refuses duplicates, so two processes may do this at once.
    """
    if not rows:
        return 0
    dialect = session.get_bind().dialect.name
    assert isinstance(table.__table__, Table)
    target = table.__table__
    new = 0
    for start in range(0, len(rows), _CHUNK):
        chunk = list(rows[start : start + _CHUNK])
        statement = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(target).on_conflict_do_nothing()
        result = session.execute(statement, chunk)
        new += max(result.rowcount, 0)  # type: ignore[attr-defined]
    return new


def upsert(session: Session, table: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or set `values` on the one that has this primary key."""
    dialect = session.get_bind().dialect.name
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table.__table__)  # type: ignore[arg-type]
    session.execute(insert.values({**key, **values}).on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def beat(session: Session, name: str, now: datetime, detail: Mapping[str, Any]) -> None:
    """Write down that something really works now."""
    upsert(session, Heartbeat, {"name": name}, {"at": now, "detail": dict(detail)})
