"""Statements built once, at import, and run straight on the connection: for what every update does.

SQLAlchemy compiles such a statement once. Building the same read anew and loading it as objects costs five times as
much, and an update has a dozen of them. Values are `bindparam`s; rows are plain columns, never tracked by the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    String,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, UserDefinedType

from bot.quick_json import dumps_text
from bot.store.straight import execute


def connection_of(session: Session) -> Connection:
    """The connection that a session of ours is bound to; to ask the session itself costs as much as a statement."""
    assert isinstance(session.bind, Connection), "sessions come from Store.transaction"
    return session.bind


def rows(session: Session, statement: Executable, **values: Any) -> Sequence[Any]:
    """All rows of a prepared statement, in the session's transaction. What the session has not flushed is not seen."""
    connection = connection_of(session)
    found = execute(connection, statement, values)
    return connection.execute(statement, values).all() if found is None else found


def first(session: Session, statement: Executable, **values: Any) -> Any:
    """The first row of a prepared statement; None when there is none."""
    connection = connection_of(session)
    found = execute(connection, statement, values)
    return connection.execute(statement, values).first() if found is None else next(iter(found), None)


def run(session: Session, statement: Executable, **values: Any) -> None:
    """Carry out a prepared change."""
    connection = connection_of(session)
    if execute(connection, statement, values) is None:
        connection.execute(statement, values)


# --- many at once -------------------------------------------------------------------------------


class _Array(UserDefinedType[str]):
    """PostgreSQL's array as text. The cast that this writes gives the value its type before the statement is planned;
    one that is worked out from a text would be worked out for every row that it is compared with."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_more: Any) -> str:
        """Its name there."""
        return "BIGINT[]"


class _Numbers(TypeDecorator[Iterable[int]]):
    """Many row or chat numbers as one value: an array spelled out, which the driver would look at number by number, or
    on SQLite JSON."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else _Array())

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> Any:
        numbers = list(value or ())
        return dumps_text(numbers) if dialect.name == "sqlite" else f"{{{','.join(map(str, numbers))}}}"


class _Among(FunctionElement[bool]):  # no Boolean: SQLAlchemy would write `= 1` behind it, and SQLite use no index
    name = "among"
    inherit_cache = True


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, numbers = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, numbers = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{column} = ANY ({numbers})"


def among(column: Any, name: str) -> ColumnElement[bool]:
    """`column` is one of the numbers given as `name`: one statement of one wording, however many they are.

    A list spelled out is another statement every time, which neither database would know again, and a thousand numbers
    cost more to write out than all else about it.
    """
    return _Among(column, bindparam(name, type_=_Numbers()))
