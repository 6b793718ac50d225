"""Opening what a command needs: settings, database, content, the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from bot.clock import SystemClock
from bot.content.loader import Library, load_library
from bot.errors import StorageTrouble
from bot.memory import settle
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.settings import Settings, load_settings
from bot.store.engine import Store, missing_file, open_store
from bot.store.schema import current, require_current, upgrade


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies ready for a command; `now` is the instant it was called, aware UTC."""

    settings: Settings
    core: Core
    now: datetime


@contextmanager
def desk(*, first: bool = False) -> Iterator[Desk]:
    """Settings, database and content; `first` for what one may begin with in an empty database.

    Raises BadSetting, StorageTrouble or Faults, one clear message each."""
    settings = load_settings()
    library = content(settings)
    store = database(settings, first=first)
    try:
        # Nobody asks the kit from the desk, and building its search would take longer than most commands.
        core = Core(store, library, KitSearch.build({}, {}, {}), settings.data_dir, settings.channels(),
                    settings.messages_per_second)  # fmt: skip
        yield Desk(settings, core, SystemClock().now())
    finally:
        store.close()


def content(settings: Settings) -> Library:
    """The shipped content with the organisation's own laid over it."""
    return _library(settings.content_dir)


@cache
def _library(folder: Path | None) -> Library:
    found = load_library(folder)
    settle()
    return found


def database(settings: Settings, *, first: bool = False) -> Store:
    """The database at the newest schema. The embedded one is made when it does not exist yet, one named by a setting
    only in a folder that is there and for a `first` command, so that a slip in the address makes nothing.
    An older one, or one on a server, is never changed silently: StorageTrouble names the command that does it."""
    _require_file(settings, first)
    store = open_store(settings.database())
    try:
        if store.is_sqlite and current(store) is None:
            upgrade(store)
        require_current(store)
    except BaseException:
        store.close()
        raise
    return store


def _require_file(settings: Settings, first: bool) -> None:
    missing = missing_file(settings.database()) if settings.database_url else None
    if missing is None:
        return
    if not missing.parent.is_dir():
        raise StorageTrouble(
            f"There is no folder {missing.parent} for the database: check COMPAGNON_DATABASE_URL, "
            "or make folder and database with `compagnon db upgrade`."
        )
    if not first:
        raise StorageTrouble(
            f"There is no database {missing}: check COMPAGNON_DATABASE_URL, or make it with `compagnon db upgrade`."
        )


def database_for_service(settings: Settings) -> Store:
    """The database, brought to the newest schema: the service may do on its start what commands may not."""
    store = open_store(settings.database())
    try:
        upgrade(store)
    except BaseException:
        store.close()
        raise
    return store
