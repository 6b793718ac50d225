"""Fixtures on real databases: `store` runs a test on SQLite and on PostgreSQL, `core` adds the shipped content."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.loader import Library, load_library
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.store.engine import Store
from tests.support.cohort import Begin, Small, abroad_cohort, small_cohort
from tests.support.command_line import CommandLine
from tests.support.databases import Databases


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
def begun() -> dict[tuple[str, str], Small]:
    """Cohorts of beginnings that were played already, by kind of database and name."""
    return {}


@pytest.fixture
def begin(core: Core, databases: Databases, begun: dict[tuple[str, str], Small]) -> Begin:
    """Plays the beginning of a story on an empty database, once; for every further test the rows and the chats of that
    are put back. What it leaves in files is not."""
    kind = core.store.engine.dialect.name

    def play(beginning: Callable[[Core], Small]) -> Small:
        name = f"{beginning.__module__}_{beginning.__name__}".replace(".", "_").lstrip("_")
        if databases.bring(kind, name):
            return begun[kind, name].twin(core)
        found = beginning(core)
        databases.keep(kind, name)
        begun[kind, name] = found.twin(core)
        return found

    return play


@pytest.fixture
def abroad(begin: Begin) -> Small:
    """The same cohort on its second day abroad, at noon: both referents and Lea have joined."""
    return begin(abroad_cohort)


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
