"""Opening the database: one write at a time on SQLite, row locks on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from bot.errors import BadSetting, StorageTrouble
from bot.quick_json import dumps_text, loads
from bot.store.straight import meant

_SESSION: dict[str, Any] = {"expire_on_commit": False, "autoflush": False}
_JSON: dict[str, Any] = {"json_serializer": dumps_text, "json_deserializer": loads}
PG_WRITERS = 8  # half as many answer a quarter fewer updates
# Nothing that we ask takes so long. What does all the same, because a plan went wrong or a process was frozen in the
# middle of a transaction, is ended and said, instead of holding up everybody without a word.
PG_LIMITS = {"timezone": "UTC", "statement_timeout": "120s", "idle_in_transaction_session_timeout": "120s"}
BEGIN = "BEGIN IMMEDIATE"
BUSY_SECONDS = 10  # how long a SQLite writer waits for another process


class Store:
    """The database as the use cases see it: short transactions on a Session."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def writers(self) -> int:
        """How many threads may write at once: one on SQLite; on PostgreSQL as many as hide its waiting for the disk."""
        return 1 if self.is_sqlite else PG_WRITERS

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any exception.

        Raises StorageTrouble when the database is locked, read-only, full or away.
        """
        try:
            # The connection is begun first: a session that fetches its own costs half as much as a whole update reads.
            with self.engine.begin() as connection, Session(connection, **_SESSION) as session:
                yield session
                session.flush()
        except OperationalError as error:
            raise StorageTrouble(_sentence(error)) from error

    def scrub(self) -> None:
        """After erasing: no old page of an SQLite file keeps what was deleted. The file itself overwrites what is
        deleted (`secure_delete`); here its write-ahead log is emptied, unless somebody reads right now."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Connect to `sqlite:///…` or `postgresql://…`. Raises BadSetting or StorageTrouble, one sentence each."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _open_sqlite(parsed)
    else:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_size=PG_WRITERS + 4, max_overflow=4,
            connect_args={"connect_timeout": 5, "options": " ".join(f"-c {k}={v}" for k, v in PG_LIMITS.items())},
            **_JSON,
        )  # fmt: skip
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError as error:
        engine.dispose()
        raise StorageTrouble(_sentence(error)) from error
    return Store(engine)


def missing_file(url: str) -> Path | None:
    """The file of an SQLite address that does not exist yet; None where there is one, or for a server."""
    parsed = _parse(url)
    name = parsed.database
    if parsed.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return None if Path(name).exists() else Path(name)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise BadSetting(
            "COMPAGNON_DATABASE_URL is not a database address like sqlite:///file or postgresql://…"
        ) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise BadSetting("COMPAGNON_DATABASE_URL: only sqlite and postgresql are supported.")
    return parsed


def _open_sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageTrouble(f"The data folder {folder} cannot be made: {error.strerror}.") from None
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **_JSON)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling would begin too late (deferred) for one-writer safety.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON", "cache_size=-16000",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    # Straight to the driver: through SQLAlchemy it cost as much as a small transaction does in all.
    raw = connection.connection.driver_connection
    try:
        raw.execute(BEGIN)
    except raw.Error as error:
        raise meant(connection, None, BEGIN, error) from error


def _sentence(error: DBAPIError) -> str:
    reason = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    lowered = reason.lower()
    if "locked" in lowered:
        return "The database is locked by another program: stop it, or wait until it is done, and try again."
    if "readonly" in lowered or "read-only" in lowered:
        return "The database cannot be written to: check the permissions of the file and its folder."
    if "full" in lowered:
        return "The disk is full: free some space; nothing was half-written."
    if "unable to open" in lowered:
        return "The database file cannot be opened: check COMPAGNON_DATABASE_URL or COMPAGNON_DATA_DIR."
    if "no such table" in lowered or "does not exist" in lowered:
        return "The database has no tables yet, or old ones: run `compagnon db upgrade`."
    return f"The database cannot be reached ({reason})."
