"""Fixtures on real databases: `store` runs a test on SQLite and on PostgreSQL, `core` adds the shipped content."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.content.loader import Library, load_library
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.store.engine import Store
from tests.support.cohort import Small, small_cohort
from tests.support.command_line import CommandLine
from tests.support.databases import Databases
from tests.support.looking import march


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, databases: Databases) -> Store:
    """An open, empty, migrated database."""
    return databases.empty(request.param)


@pytest.fixture
def database_url(store: Store) -> str:
    """Its address."""
    return store.engine.url.set(drivername=store.engine.dialect.name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped content."""
    return load_library()


@pytest.fixture(scope="session")
def search(library: Library) -> KitSearch:
    """The kit search over the shipped topics."""
    return KitSearch.of(library)


@pytest.fixture
def core(store: Store, library: Library, search: KitSearch, tmp_path: Path) -> Core:
    """What use cases need, on a fresh database."""
    return Core(store, library, search, tmp_path)


@pytest.fixture
def small(core: Core) -> Small:
    """The cohort SPRING a month before it leaves; nobody has joined."""
    return small_cohort(core)


@pytest.fixture(scope="session")
def arrived() -> dict[str, Small]:
    """Cohorts that went abroad once already, by kind of database."""
    return {}


@pytest.fixture
def abroad(core: Core, databases: Databases, arrived: dict[str, Small]) -> Small:
    """The same cohort on its second day abroad, at noon: both referents and Lea have joined.

    They went there once; for every further test the rows and the chats of that are put back.
    """
    kind = core.store.engine.dialect.name
    if databases.bring(kind, "abroad"):
        return arrived[kind].twin(core)
    found = small_cohort(core, start=march(2, 11))
    found.join_staff()
    found.join()
    found.world.turn()
    databases.keep(kind, "abroad")
    arrived[kind] = found.twin(core)
    return found


@pytest.fixture
def run(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """`compagnon` in an empty folder, on a fresh database, with nobody at the keyboard."""
    for name in [name for name in os.environ if name.startswith("COMPAGNON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COMPAGNON_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path, capsys)
