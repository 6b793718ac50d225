"""Fresh databases behind one engine: what an engine has compiled once serves all seeds of a test process."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, event, make_url

from bot.store.engine import Store, open_store
from tests.support.databases import Databases


class Stores:
    """`fresh()` puts a new, migrated database behind the one store of its kind; the one before is thrown away."""

    def __init__(self, databases: Databases, kind: str) -> None:
        self._databases, self._kind = databases, kind
        self._store: Store | None = None
        self.url: URL | None = None

    def fresh(self) -> Store:
        """The store, on a new database. Whatever is still connected to the one before loses its connection."""
        self._throw_away()
        self.url = make_url(self._databases.fresh(self._kind))
        if self._kind == "postgresql":
            # Who overtakes a transaction and meets its locks can't wait for it: it gives up and comes again.
            self._order(f"ALTER DATABASE {self.url.database} SET lock_timeout = '20ms'")
        if self._store is None:
            self._store = open_store(self.url.render_as_string(hide_password=False))
            event.listen(self._store.engine, "do_connect", self._lead)
            self._store.engine.dispose()
        return self._store

    def eye(self) -> Any:
        """A driver's own connection to the same database, which no fault ever meets."""
        assert self.url is not None, "first comes fresh()"
        if self._kind == "sqlite":
            return sqlite3.connect(self.url.database or "", isolation_level=None)
        return psycopg.connect(self._address(), autocommit=True)

    def close(self) -> None:
        """Let go of everything."""
        self._throw_away()
        if self._store is not None:
            self._store.close()

    def _lead(self, _dialect: Any, _record: Any, args: list[Any], options: dict[str, Any]) -> None:
        assert self.url is not None, "nobody connects before fresh()"
        if self._kind == "sqlite":
            args[0] = self.url.database
        else:
            options["dbname"] = self.url.database

    def _throw_away(self) -> None:
        if self._store is None or self.url is None:
            return
        self._store.engine.dispose()
        if self._kind == "sqlite" and self.url.database:
            for end in ("", "-wal", "-shm"):
                Path(self.url.database + end).unlink(missing_ok=True)

    def _order(self, statement: str) -> None:
        with psycopg.connect(self._address(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _address(self) -> str:
        assert self.url is not None, "first comes fresh()"
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)
