"""Faults at the seams: a process dies, is overtaken, or loses its database, between any two statements or calls.

Every process of a simulation sees the one database through a `FaultyStore`; the points at which something may happen
are those where a driver's cursor is given a statement, whichever way the product took there. Nothing of the product
knows about it: who listened to SQLAlchemy's events would send every prepared statement the long way round.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.errors import StorageTrouble
from bot.store.engine import Store

Act = Callable[[str], None]
_NO_POINT = ("BEGIN", "PRAGMA")  # before there is anything to lose


class Killed(BaseException):
    """The process is dead. Not an Exception: nothing in the product may catch it and go on."""


class Faults:
    """What may happen at the next points: armed by the simulation, counted for the report."""

    def __init__(self, engine: Engine) -> None:
        self.counts: Counter[str] = Counter()
        self.points = 0  # moments at which something could have happened
        self.away = False  # the database does not answer
        self._active = False
        self._left = 0
        self._act: Act | None = None
        self._used: dict[int, tuple[Any, Any]] = {}  # the driver's connections of the step that runs now, last cursors
        self._engine = engine
        event.listen(engine, "do_connect", self._lead)
        engine.dispose()  # whoever is connected already would not be watched

    def close(self) -> None:
        """Listen no more: the engine serves the next seed."""
        event.remove(self._engine, "do_connect", self._lead)
        self._engine.dispose()

    def _lead(self, dialect: Any, _record: Any, _args: list[Any], options: dict[str, Any]) -> None:
        """New connections have cursors that are watched."""
        if dialect.name == "sqlite":
            options["factory"] = _sqlite_connection(self)
        else:
            options["cursor_factory"] = _postgresql_cursor(self)

    @contextmanager
    def around(self, act: Act | None, after: int) -> Iterator[None]:
        """Run a step of a process; `act` happens at its point number `after`, if it gets that far."""
        before = (self._active, self._left, self._act, self._used)
        self._active, self._left, self._act, self._used = True, after, act, {}
        try:
            yield
        except BaseException:
            self._let_go()
            raise
        finally:
            self._active, self._left, self._act, self._used = before

    def _let_go(self) -> None:
        """A dead process's connections are closed by the system: its transaction is rolled back, its locks are free."""
        for raw, cursor in self._used.values():
            with suppress(Exception):
                cursor.close()  # SQLite rolls nothing back while a statement is under way
            with suppress(Exception):
                raw.rollback()

    @contextmanager
    def none(self) -> Iterator[None]:
        """The simulation itself looks into the database: nothing happens meanwhile."""
        before, self._active = self._active, False
        try:
            yield
        finally:
            self._active = before

    def point(self, when: str, what: str = "commit") -> None:
        """Something may happen here, `before` or `after` a statement or commit."""
        if not self._active:
            return
        self.points += 1
        if self._act is not None:
            if self._left <= 0:
                act, self._act = self._act, None
                act(f"{when} {_short(what)}")
            self._left -= 1
        if self.away and when == "before":
            raise _gone()

    def run(self, cursor: Any, statement: Any, call: Callable[[], Any]) -> Any:
        """A cursor carries out a statement by `call`; something may happen before or after it."""
        if not self._active or not isinstance(statement, str):  # psycopg's own are composed
            return call()
        self._used[id(cursor.connection)] = (cursor.connection, cursor)
        if statement.startswith(_NO_POINT):
            return call()
        self.point("before", statement)
        found = call()
        self.point("after", statement)
        return found


def _sqlite_connection(faults: Faults) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
            return faults.run(self, sql, lambda: super(Cursor, self).execute(sql, parameters))  # type: ignore[no-any-return]

        def executemany(self, sql: str, parameters: Any, /) -> Cursor:
            return faults.run(self, sql, lambda: super(Cursor, self).executemany(sql, parameters))  # type: ignore[no-any-return]

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    return Connection


def _postgresql_cursor(faults: Faults) -> type[psycopg.Cursor[Any]]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            return faults.run(self, query, lambda: super(Cursor, self).execute(query, params, **more))

        def executemany(self, query: Any, params_seq: Any, **more: Any) -> Any:
            return faults.run(self, query, lambda: super(Cursor, self).executemany(query, params_seq, **more))

    return Cursor


class FaultyStore(Store):
    """The same database, with points around the commit. A commit may be carried out and its answer still be lost."""

    def __init__(self, engine: Engine, faults: Faults) -> None:
        super().__init__(engine)
        self.faults = faults

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with super().transaction() as session:
            yield session
            self.faults.point("before")
        self.faults.point("after")


def lose_answer(where: str) -> None:
    """The connection breaks: after a commit nobody knows whether it was carried out."""
    raise StorageTrouble("The database cannot be reached (simulated).") if where == "after commit" else _gone()


def kill(where: str) -> None:
    """Die here."""
    raise Killed(where)


def _gone() -> OperationalError:
    return OperationalError("simulated", None, Exception("server closed the connection unexpectedly"))


def _short(statement: str) -> str:
    return " ".join(statement.split()[:3]).lower()
