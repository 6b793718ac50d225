"""Faults at the seams: a process dies, is overtaken, or loses its database, between any two statements or calls.

Every process of a simulation sees the one database through a `FaultyStore`; SQLAlchemy's own events are the points at
which something may happen. Nothing of the product knows about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.errors import StorageTrouble
from bot.store.engine import Store

Act = Callable[[str], None]


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
        self._ears = (("before_cursor_execute", self._before), ("after_cursor_execute", self._after))
        self._engine = engine
        for name, ear in self._ears:
            event.listen(engine, name, ear)

    def close(self) -> None:
        """Listen no more: the engine serves the next seed."""
        for name, ear in self._ears:
            event.remove(self._engine, name, ear)

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

    def _before(self, conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if self._active:
            raw = conn.connection.driver_connection
            self._used[id(raw)] = (raw, cursor)
            if not statement.startswith("BEGIN"):
                self.point("before", statement)

    def _after(self, _conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self._active and not statement.startswith("BEGIN"):
            self.point("after", statement)


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
