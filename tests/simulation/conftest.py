"""What all seeds share: the shipped content, and fresh databases kept in memory where the system has such a folder."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content.loader import load_library
from bot.rules.kit_search import KitSearch
from tests.simulation.simulation import Setting
from tests.simulation.stores import Stores
from tests.support.databases import Databases

IN_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """One template of each kind for the whole session."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        found = Databases(Path(folder))
        yield found
        found.close()


@pytest.fixture(scope="session")
def on_sqlite(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """Seeds on SQLite."""
    library = load_library()
    search = KitSearch.of(library)
    gc.collect()
    gc.freeze()  # dead processes are buried by collecting: that must not look at the content each time
    stores = Stores(databases, "sqlite")
    yield Setting(library, search, tmp_path_factory.mktemp("data"), stores)
    stores.close()


@pytest.fixture(scope="session")
def on_postgresql(on_sqlite: Setting, databases: Databases) -> Iterator[Setting]:
    """Seeds on PostgreSQL, where processes overtake each other within a transaction."""
    stores = Stores(databases, "postgresql")
    yield Setting(on_sqlite.content, on_sqlite.search, on_sqlite.folder, stores)
    stores.close()
