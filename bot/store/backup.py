"""Backups: one file that holds everything, whichever database it came from, and that goes back into either. Pictures
and documents that go with messages are in it, too.

The file is an SQLite database with our tables. From SQLite it comes through SQLite's own backup, from PostgreSQL
through one snapshot of all tables; both while the service runs. It needs no program beside this one.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Insert,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import OperationalError

from bot.errors import BadInput, StorageTrouble
from bot.rules.telling import Tell, quietly
from bot.store.engine import Store, missing_file, open_store
from bot.store.schema import current, require_current, upgrade
from bot.store.tables import Base, Cohort, Lease, Person

_CHUNK = 1000  # rows that are in memory at once
_FILES = "kept_file"  # beside our tables: what goes with messages
_PROCESSES = Lease.name.between("process:", "process:\uffff")


def back_up(store: Store, file: Path, tell: Tell = quietly, *, files: Path | None = None) -> dict[str, int]:
    """Write everything into `file`, which appears only when it is whole, readable by nobody else; with it what lies in
    the folder `files`. Returns how many rows each table has. Raises StorageTrouble."""
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.unlink(missing_ok=True)
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if store.is_sqlite:
            _copy_file(_path_of(store), beside)
        else:
            require_current(store)
            _copy_rows_out(store, beside, tell)
        _make_single(beside)
        if files is not None:
            _pack(files, beside)
        counts = _checked(beside)
        beside.replace(file)
    except OSError as error:
        raise StorageTrouble(f"The file {file} cannot be written ({error.strerror}): choose another place.") from None
    except sqlite3.Error as error:
        raise StorageTrouble(f"The backup could not be written ({error}): nothing is in {file}.") from None
    finally:
        beside.unlink(missing_ok=True)
    return counts


def restore(store: Store, file: Path, tell: Tell = quietly, *, files: Path | None = None) -> dict[str, int]:
    """Put a backup in the place of all that is in the database, or leave all as it is; its files are added to the
    folder `files`. One of an older version is brought to the newest first. Returns how many rows each table has.
    Raises BadInput for what is no backup."""
    _require_backup(file)
    with tempfile.TemporaryDirectory(prefix="compagnon-") as folder:
        copy = Path(folder) / "backup.sqlite3"
        _copy_file(file, copy)
        _unpack(copy, files)
        with _opened(copy) as source:
            upgrade(source)
            if not store.is_sqlite:
                upgrade(store)
                _copy_rows_in(source, store, tell)
        counts = _checked(copy)
        if store.is_sqlite:
            _copy_file(copy, _path_of(store))
    return counts


def holds(store: Store) -> tuple[int, int]:
    """How many people and cohorts are in a database, which may be empty or of an older version."""
    if current(store) is None:
        return 0, 0
    with store.engine.connect() as connection:
        return tuple(connection.scalar(select(func.count()).select_from(t)) or 0 for t in (Person, Cohort))  # type: ignore[return-value]


def in_use(store: Store, now: datetime) -> bool:
    """Does a process of the service live on this database?"""
    if current(store) is None:
        return False
    with store.engine.connect() as connection:
        return connection.scalar(select(Lease.name).where(_PROCESSES, Lease.until > now).limit(1)) is not None


# --- SQLite ---------------------------------------------------------------------------------------


def _path_of(store: Store) -> Path:
    return Path(store.engine.url.database or "")


def _copy_file(source: Path, target: Path) -> None:
    """As one step: writers of the source wait for no more than that, and whoever reads the target sees the old or the
    new."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _make_single(file: Path) -> None:
    """One file, which nothing that SQLite keeps beside a database belongs to."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _checked(file: Path) -> dict[str, int]:
    """The rows of each table of a file that is whole. Raises StorageTrouble."""
    with closing(sqlite3.connect(file)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise StorageTrouble("The backup is damaged: check the disk, and make another.")
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = sorted(name for (name,) in found if name in Base.metadata.tables)  # names of ours
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def _pack(folder: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"CREATE TABLE {_FILES} (name TEXT PRIMARY KEY, content BLOB NOT NULL)")
        for one in sorted(folder.iterdir()) if folder.is_dir() else ():
            if one.is_file() and not one.name.startswith("."):
                connection.execute(f"INSERT INTO {_FILES} VALUES (?, ?)", (one.name, one.read_bytes()))


def _unpack(copy: Path, folder: Path | None) -> None:
    """Bring the files back and take them out of the copy, which becomes the database."""
    with closing(sqlite3.connect(copy)) as connection, connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_FILES,)).fetchone():
            return
        for name, content in connection.execute(f"SELECT name, content FROM {_FILES}") if folder else ():
            if Path(name).name != name:
                raise BadInput(f"The backup names a file {name!r} outside its folder: take another one.")
            _put(folder / name, content)
        connection.execute(f"DROP TABLE {_FILES}")


def _put(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.part")
        beside.write_bytes(content)
        beside.replace(file)
    except OSError as error:
        raise StorageTrouble(
            f"The file {file} cannot be written ({error.strerror}): mend that and try again."
        ) from None


def _require_backup(file: Path) -> None:
    if missing_file(f"sqlite:///{file}") is not None:
        raise BadInput(f"There is no file {file}: check the path.")
    wanted = {"alembic_version", "person", "cohort"}
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            whole = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except sqlite3.Error:
        found, whole = set(), False
    if not wanted <= found:
        raise BadInput(f"The file {file} is no backup of Compagnon: name one that `compagnon db backup` wrote.")
    if not whole:
        raise BadInput(f"The backup {file} is damaged: take another one.")


@contextmanager
def _opened(file: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{file}")
    try:
        yield store
    finally:
        store.close()


# --- PostgreSQL -----------------------------------------------------------------------------------


def _copy_rows_out(store: Store, file: Path, tell: Tell) -> None:
    with _opened(file) as target:
        upgrade(target)
        snapshot = store.engine.connect().execution_options(isolation_level="REPEATABLE READ")
        with snapshot as source, target.engine.begin() as connection:
            _copy_rows(source, connection, tell)


def _copy_rows_in(source: Store, store: Store, tell: Tell) -> None:
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)  # names of ours
    try:
        with source.engine.connect() as rows, store.engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {tables}")
            _copy_rows(rows, connection, tell)
            _count_on(connection)
    except OperationalError as error:
        raise StorageTrouble(f"The database cannot be written to ({str(error.orig).splitlines()[0]}).") from None


def _copy_rows(source: Connection, target: Connection, tell: Tell) -> None:
    """Every table, those that others refer to first; what refers to its own table is filled in afterwards."""
    tables = Base.metadata.sorted_tables
    total = sum(source.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    done = 0
    for table in tables:
        later = [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
        insertion = _insertion(table, target.dialect.name)
        kept: list[dict[str, Any]] = []
        for chunk in _chunks(source, table):
            kept += [{"key": row["id"], **{c.name: row[c.name] for c in later}} for row in chunk
                     if any(row[c.name] is not None for c in later)]  # fmt: skip
            target.execute(insertion, [row | {c.name: None for c in later} for row in chunk])
            done += len(chunk)
            tell("copied", done, total)
        if kept:
            statement = update(table).where(table.c.id == bindparam("key"))
            target.execute(statement.values({c.name: bindparam(c.name) for c in later}), kept)


def _chunks(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """JSON as its text: what is empty and what is `null` stay two things."""
    columns = [cast(c, Text).label(c.name) if isinstance(c.type, JSON) else c for c in table.c]
    order = list(table.primary_key)
    for part in source.execute(select(*columns).order_by(*order), execution_options={"yield_per": _CHUNK}).partitions():
        yield [dict(row._mapping) for row in part]


def _insertion(table: Table, dialect: str) -> Insert:
    def place(column: Column[Any]) -> Any:
        if not isinstance(column.type, JSON):
            return bindparam(column.name, type_=column.type)
        as_text = bindparam(column.name, type_=Text())
        return cast(as_text, JSON) if dialect == "postgresql" else as_text

    return insert(table).values({column.name: place(column) for column in table.c})


def _count_on(connection: Connection) -> None:
    """New rows get numbers after the last one."""
    for table in Base.metadata.sorted_tables:
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'}
        ) if "id" in table.c else None  # fmt: skip
        if sequence is not None:
            last = connection.scalar(select(func.max(table.c.id)))
            connection.execute(text("SELECT setval(:name, :last, :used)"),
                               {"name": sequence, "last": last or 1, "used": last is not None})  # fmt: skip
