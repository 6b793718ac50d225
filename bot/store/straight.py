"""Prepared statements handed straight to the driver.

Of the time that a small statement takes through SQLAlchemy's `Connection.execute` four fifths are its preparing and
unpacking, the same every time. Here that is done once: what is left is to turn the values into what the driver takes,
and its rows into ours, by SQLAlchemy's own column types. Whatever is not plain enough goes the long way round.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]
STATEMENTS = 1024  # that are kept ready; each engine has its own


def execute(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> list[Any] | None:
    """The rows of a prepared statement, none for one that only changes; None where it must go the long way."""
    if _is_watched(connection):
        return None
    ready = _ready(statement, connection.dialect)
    return None if ready is None else ready.execute(connection, values)


def order(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """Carry out a change of our own wording once for each row of values, as SQLite's driver takes them. Returns how
    many rows changed."""
    if _is_watched(connection):
        return connection.exec_driver_sql(sql, list(rows)).rowcount
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(sql, rows)
        return int(cursor.rowcount)
    except Exception as error:
        raise meant(connection, cursor, sql, error) from error
    finally:
        cursor.close()


def _is_watched(connection: Connection) -> bool:
    """Does somebody want to see every statement?"""
    heard = connection.engine.dispatch
    return bool(heard.before_cursor_execute or heard.after_cursor_execute)


def meant(connection: Connection, cursor: Any, sql: str, error: Exception) -> BaseException:
    """A driver's error as SQLAlchemy has it; a connection that is lost is not used again."""
    dialect = connection.dialect
    driver = dialect.loaded_dbapi
    if not isinstance(error, driver.Error):
        return error
    lost = dialect.is_disconnect(error, connection.connection, cursor)
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql, None, error, driver.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )


class _Ready:
    """One statement for one database."""

    def __init__(self, statement: Select[Any] | Update | Insert, dialect: Dialect, compiled: Any) -> None:
        self._dialect, self._sql = dialect, compiled.string
        self._positional = bool(compiled.positional)
        given = compiled.construct_params(_check=False)
        order = compiled.positiontup if self._positional else list(given)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._binds = [self._bind(name, binds[name], given[name]) for name in order]
        columns = _columns(statement)
        self._types = [column.type for column in columns]
        self._make = _rows_of(tuple(column.name for column in columns)) if columns else None  # None: it only changes
        self._converts: list[tuple[int, Convert]] | None = None

    def _bind(self, name: str, bind: Any, given: Any) -> tuple[str, Convert | None, bool, Any]:
        convert = bind.type.dialect_impl(self._dialect).bind_processor(self._dialect)
        fixed = not bind.required
        return name, convert, fixed, convert(given) if fixed and convert is not None else given

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        params = [
            (
                name,
                known if fixed and name not in values else values[name] if convert is None else convert(values[name]),
            )
            for name, convert, fixed, known in self._binds
        ]
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._sql, tuple(value for _, value in params) if self._positional else dict(params))
            return [] if self._make is None else self._rows(self._make, cursor)
        except Exception as error:
            raise meant(connection, cursor, self._sql, error) from error
        finally:
            cursor.close()

    def _rows(self, make: Callable[[Sequence[Any]], Any], cursor: Any) -> list[Any]:
        converts, found = self._converts, cursor.fetchall()
        if converts is None:  # psycopg makes its description anew, an object a column, for whoever looks at it
            impls = [kind.dialect_impl(self._dialect) for kind in self._types]
            made = [i.result_processor(self._dialect, d[1]) for i, d in zip(impls, cursor.description, strict=True)]
            converts = self._converts = [(place, one) for place, one in enumerate(made) if one is not None]
        if not converts:
            return [make(row) for row in found]
        rows = []
        for row in found:
            changed = list(row)
            for place, convert in converts:
                changed[place] = convert(changed[place])
            rows.append(make(changed))
        return rows


@lru_cache(maxsize=STATEMENTS)
def _rows_of(names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    row: Any = namedtuple("Row", names)  # type: ignore[misc]  # the fields are known only here
    make: Callable[[Sequence[Any]], Any] = row._make
    return make


def _columns(statement: Select[Any] | Update | Insert) -> list[Any]:
    """What it gives back; nothing for a change that returns nothing."""
    if isinstance(statement, Select) or statement._returning:
        return list(statement.exported_columns)
    return []


@lru_cache(maxsize=STATEMENTS)
def _ready(statement: Executable, dialect: Dialect) -> _Ready | None:
    """None for what needs more than values: inserts that return nothing, lists spelled out, defaults, names that are
    there twice."""
    if not isinstance(statement, Select | Update | Insert):
        return None
    columns = _columns(statement)
    if isinstance(statement, Insert) and not columns:
        return None  # its columns may be named only with its values
    compiled: Any = statement.compile(dialect=dialect)
    spelled = any(bind.expanding or bind.literal_execute for bind in compiled.bind_names)
    names = [column.name for column in columns]
    plain = len(names) == len(set(names)) and all(name.isidentifier() and name[0] != "_" for name in names)
    if isinstance(statement, Select):
        plain = plain and bool(names)
    else:
        plain = plain and not compiled.update_prefetch and not compiled.insert_prefetch
    if spelled or not plain:
        return None
    return _Ready(statement, dialect, compiled)
