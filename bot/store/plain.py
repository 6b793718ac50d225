"""Rows of a table as plain objects: for batches, where the session's bookkeeping costs more than all else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, TypeVar, cast

from sqlalchemy import Executable
from sqlalchemy.orm import Session

from bot.store.prepared import rows
from bot.store.tables import Base

Row = TypeVar("Row", bound=Base)


def plain(session: Session, kind: type[Row], statement: Executable, **values: Any) -> list[Row]:
    """What a statement on `kind.__table__` finds, as objects with the attributes of `kind`.

    The session knows nothing of them: whoever changes one writes it (`bot.store.writing.update_many`). What the
    session has not flushed is not seen.
    """
    found = rows(session, statement, **values)
    return cast(list[Row], [SimpleNamespace(**row._asdict()) for row in found])


def plain_row(kind: type[Row], **values: Any) -> Row:
    """A new row of `kind` as such an object: columns that are not named are empty."""
    empty: dict[str, Any] = dict.fromkeys(kind.__table__.columns.keys())
    return cast(Row, SimpleNamespace(**{**empty, **values}))


def columns_of(row: Base) -> dict[str, Any]:
    """Every column of such an object, to insert it."""
    return dict(vars(row))
