"""Migrations: bring a database to the newest schema, and say whether it is there.

Alembic is read when there is something to migrate, which is seldom: reading it takes a fifth of a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect

from bot.errors import StorageTrouble
from bot.store.engine import Store
from bot.store.guards import guard
from bot.store.tables import Base

if TYPE_CHECKING:
    from alembic.config import Config

_UPGRADING = 2_607_143_001  # any number that nobody else locks in this database
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(store: Store) -> None:
    """Migrate to the newest schema, in one transaction. Raises StorageTrouble for a schema this code never had."""
    with store.engine.connect() as connection, _tables_made_anew(connection, store), connection.begin():
        if not store.is_sqlite:
            # Processes that start together wait for each other, also to put the guards there.
            # A migration may take as long as it needs.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADING})")
        if _revision(connection) != newest():
            _migrate(connection)
            if store.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StorageTrouble("The database has rows that belong to nothing: restore a backup, then upgrade it.")
        guard(connection)


@contextmanager
def _tables_made_anew(connection: Connection, store: Store) -> Iterator[None]:
    """SQLite changes a table by making it anew; one that rows of others point to can only be dropped while nobody
    watches the keys, which can be switched outside of a transaction alone. They are looked at before the end of it."""
    if not store.is_sqlite:
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.util import CommandError

    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StorageTrouble("The database is newer than this program: install the version that made it.") from None


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def newest() -> str:
    """The revision that this version of the code expects: a file is named by its revision, which they count up."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def heads() -> list[str]:
    """The same as Alembic sees it, from what each migration says it follows; more than one if two follow the same."""
    from alembic.script import ScriptDirectory

    return list(ScriptDirectory.from_config(_config()).get_heads())


def current(store: Store) -> str | None:
    """The revision that the database is at; None when it is empty."""
    with store.engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def require_current(store: Store) -> None:
    """Raises StorageTrouble when the schema is not the one this code expects."""
    if current(store) != newest():
        raise StorageTrouble("The database has another version than this program: run `compagnon db upgrade`.")


def differences(store: Store) -> list[object]:
    """What the tables in the code have that the migrated database has not, or the other way round."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return list(compare_metadata(context, Base.metadata))
