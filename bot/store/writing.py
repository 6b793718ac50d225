"""Writes that both databases must spell differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, Connection, Date, Insert, Table, bindparam, insert, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.quick_json import dumps_text
from bot.store import straight
from bot.store.prepared import connection_of
from bot.store.tables import Base, Heartbeat
from bot.store.tables.base import UtcDateTime

_MANY = 4  # rows from which one statement is worth it
_CHUNK = 5000  # rows per statement batch, well below both databases' limits on parameters


def insert_or_ignore(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, leaving out those that a unique key already has; returns how many are new.

    The database refuses duplicates, so two processes may do this at once.
    """
    if not rows:
        return 0
    connection = connection_of(session)
    if _goes_at_once(connection, table, rows):
        return _insert_at_once(connection, table, rows)
    statement = _insert_or_ignore(connection.dialect.name, table)
    new = 0
    for start in range(0, len(rows), _CHUNK):
        chunk = list(rows[start : start + _CHUNK])
        # Without the option SQLAlchemy reports -1 for many rows on PostgreSQL.
        new += connection.execute(statement, chunk, execution_options={"preserve_rowcount": True}).rowcount
    return new


def _goes_at_once(connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> bool:
    """On SQLite one row, too, unless Python has values to add that its caller does not name."""
    if len(rows) >= _MANY:
        return True
    return connection.dialect.name == "sqlite" and all(not _defaults(table) - row.keys() for row in rows)


@cache
def _defaults(table: type[Base]) -> frozenset[str]:
    """Columns that SQLAlchemy fills where nothing is given."""
    return frozenset(column.name for column in table.__table__.columns if column.default is not None)


def _insert_at_once(connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Many rows past SQLAlchemy's work on each: to SQLite as the driver takes them, to PostgreSQL as one JSON value in
    one statement, for row by row each would cost it a round of its own."""
    columns = ", ".join(f'"{name}"' for name in rows[0])  # names of our own tables, no input
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" for _ in rows[0])
        order = f'INSERT INTO "{table.__tablename__}" ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING'
        return straight.order(connection, order, _for_driver(table, rows))
    statement = text(
        f'INSERT INTO "{table.__tablename__}" ({columns}) '
        f'SELECT {columns} FROM json_populate_recordset(NULL::"{table.__tablename__}", CAST(:rows AS json)) '
        "ON CONFLICT DO NOTHING"
    )
    return connection.execute(statement, {"rows": _as_json(rows)}).rowcount


def insert_many(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that no unique key can refuse."""
    if not rows:
        return
    connection = connection_of(session)
    if _goes_at_once(connection, table, rows):
        new = _insert_at_once(connection, table, rows)
        assert new == len(rows), f"{len(rows) - new} rows of {table.__tablename__} were there already"
        return
    assert isinstance(table.__table__, Table)
    connection.execute(insert(table.__table__), [dict(row) for row in rows])


def reserve_ids(session: Session, table: type[Base], many: int) -> list[int]:
    """Numbers for rows that will be inserted later in this transaction, in rising order."""
    name, connection = table.__tablename__, connection_of(session)  # a name of ours, no input
    if connection.dialect.name == "postgresql":
        order = f"SELECT nextval(pg_get_serial_sequence('{name}', 'id')) FROM generate_series(1, {int(many)})"
        return sorted(connection.exec_driver_sql(order).scalars())
    # SQLite has one writer: whoever is in a transaction is alone.
    last: int = connection.exec_driver_sql(f'SELECT coalesce(max(id), 0) FROM "{name}"').scalar_one()
    return list(range(last + 1, last + 1 + many))


def update_many(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows by their `id`; all of them name the same columns."""
    if not rows:
        return
    connection = connection_of(session)
    names = [name for name in rows[0] if name != "id"]
    if connection.dialect.name == "postgresql" and len(rows) >= _MANY:
        into = ", ".join(f'"{name}" = new."{name}"' for name in names)  # names of our own tables, no input
        statement = text(
            f'UPDATE "{table.__tablename__}" AS old SET {into} '
            f'FROM json_populate_recordset(NULL::"{table.__tablename__}", CAST(:rows AS json)) AS new '
            "WHERE old.id = new.id"
        )
        connection.execute(statement, {"rows": _as_json(rows)})
        return
    if connection.dialect.name == "sqlite":
        into = ", ".join(f'"{name}" = ?' for name in names)
        ordered = [{**{name: row[name] for name in names}, "id": row["id"]} for row in rows]
        order = f'UPDATE "{table.__tablename__}" SET {into} WHERE id = ?'
        straight.order(connection, order, _for_driver(table, ordered))
        return
    assert isinstance(table.__table__, Table)
    change = update(table.__table__).where(table.__table__.c.id == bindparam("number"))
    change = change.values({name: bindparam(f"new_{name}") for name in names})
    connection.execute(change, [{f"new_{n}": row[n] for n in names} | {"number": row["id"]} for row in rows])


def _for_driver(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows as Python's SQLite driver takes them, instants and JSON as `bot.store.tables` keeps them."""
    kinds = [table.__table__.columns[name].type for name in rows[0]]
    written: dict[int, str] = {}  # by identity: rows of one batch share their instants

    def plain(value: date) -> str:
        known = written.get(id(value))
        if known is None:
            known = _instant.process_bind_param(value, _SQLITE) if isinstance(value, datetime) else value.isoformat()
            written[id(value)] = known
        return known

    ways = [dumps_text if isinstance(kind, JSON) else plain if isinstance(kind, _TIMES) else None for kind in kinds]
    # By name, never by place: rows of one batch may have been put together in different orders.
    columns = list(zip(rows[0], ways, strict=True))
    return [
        tuple(row[name] if way is None or row[name] is None else way(row[name]) for name, way in columns)
        for row in rows
    ]


_instant, _SQLITE, _TIMES = UtcDateTime(), sqlite.dialect(), (UtcDateTime, Date)


def _as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return dumps_text([row if isinstance(row, dict) else dict(row) for row in rows])


@cache
def _insert_or_ignore(dialect: str, table: type[Base]) -> Insert:
    assert isinstance(table.__table__, Table)
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table.__table__).on_conflict_do_nothing()


def upsert(session: Session, table: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or set `values` on the one that has this primary key."""
    connection = connection_of(session)
    row = {**key, **values}
    if connection.dialect.name == "sqlite" and not _defaults(table) - row.keys():
        straight.order(connection, _upsert_order(table, tuple(key), tuple(values)), _for_driver(table, [row]))
        return
    connection.execute(_upsert(connection.dialect.name, table, tuple(key), tuple(values)), row)


@cache
def _upsert_order(table: type[Base], key: tuple[str, ...], values: tuple[str, ...]) -> str:
    names = [*key, *values]  # of our own tables, no input
    columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
    keys, change = ", ".join(f'"{n}"' for n in key), ", ".join(f'"{n}" = excluded."{n}"' for n in values)
    return (
        f'INSERT INTO "{table.__tablename__}" ({columns}) VALUES ({places}) '
        f"ON CONFLICT ({keys}) DO {'UPDATE SET ' + change if values else 'NOTHING'}"
    )


@cache
def _upsert(dialect: str, table: type[Base], key: tuple[str, ...], values: tuple[str, ...]) -> Insert:
    new = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table.__table__)  # type: ignore[arg-type]
    change = {name: new.excluded[name] for name in values}
    return new.on_conflict_do_update(index_elements=list(key), set_=change)


def beat(session: Session, name: str, now: datetime, detail: Mapping[str, Any]) -> None:
    """Write down that something really works now."""
    upsert(session, Heartbeat, {"name": name}, {"at": now, "detail": dict(detail)})
