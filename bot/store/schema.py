"""Migrations: bring a database to the newest schema, and say whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from bot.errors import StorageTrouble
from bot.store.engine import Store
from bot.store.guards import guard
from bot.store.tables import Base

_UPGRADING = 2_607_143_001  # any number that nobody else locks in this database
MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade(store: Store) -> None:
    """Migrate to the newest schema, in one transaction. Raises StorageTrouble for a schema this code never had."""
    config = _config()
    try:
        with store.engine.begin() as connection:
            if not store.is_sqlite:
                # Processes that start together wait for each other, also to put the guards there.
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADING})")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            guard(connection)
    except CommandError:
        raise StorageTrouble("The database is newer than this program: install the version that made it.") from None


def newest() -> str | None:
    """The revision that this version of the code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(store: Store) -> str | None:
    """The revision that the database is at; None when it is empty."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current(store: Store) -> None:
    """Raises StorageTrouble when the schema is not the one this code expects."""
    if current(store) != newest():
        raise StorageTrouble("The database has another version than this program: run `compagnon db upgrade`.")


def differences(store: Store) -> list[object]:
    """What the tables in the code have that the migrated database has not, or the other way round."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return list(compare_metadata(context, Base.metadata))
