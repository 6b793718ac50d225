"""Statements built once, at import, and run straight on the connection: for what every update does.

SQLAlchemy compiles such a statement once. Building the same read anew and loading it as objects costs five times as
much, and an update has a dozen of them. Values are `bindparam`s; rows are plain columns, never tracked by the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Connection, Executable, bindparam
from sqlalchemy.orm import Session


def connection_of(session: Session) -> Connection:
    """The connection that a session of ours is bound to; to ask the session itself costs as much as a statement."""
    assert isinstance(session.bind, Connection), "sessions come from Store.transaction"
    return session.bind


def rows(session: Session, statement: Executable, **values: Any) -> Sequence[Any]:
    """All rows of a prepared statement, in the session's transaction. What the session has not flushed is not seen."""
    return connection_of(session).execute(statement, values).all()


def first(session: Session, statement: Executable, **values: Any) -> Any:
    """The first row of a prepared statement; None when there is none."""
    return connection_of(session).execute(statement, values).first()


def run(session: Session, statement: Executable, **values: Any) -> None:
    """Carry out a prepared change."""
    connection_of(session).execute(statement, values)


def ids(name: str) -> BindParameter[Any]:
    """Many of our own row numbers in `column.in_(ids("placements"))`, spelled out in the statement.

    As parameters a few hundred would cost the driver more than all else about the statement.
    """
    return bindparam(name, expanding=True, literal_execute=True, type_=BigInteger())
