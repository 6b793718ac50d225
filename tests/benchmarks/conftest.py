"""Fixtures of the benchmarks: databases, content, Telegram on the other core, and the report at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from bot.content.loader import Library, load_library
from bot.memory import settle
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.store.engine import open_store
from tests.benchmarks.machine import OTHER_CORE, Telegram
from tests.benchmarks.report import Report
from tests.support.databases import Databases

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session", autouse=True)
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """Printed and written when all is measured."""
    found = Report()
    yield found
    if found.lines:
        where = found.write()
        print(f"\n\n{found.table()}\n\nWritten to {where}")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """PostgreSQL starts on the core that the bot does not have, and waits for the disk, as everywhere."""
    before = os.sched_getaffinity(0)
    found = Databases(tmp_path_factory.mktemp("databases"), durable=True)
    os.sched_setaffinity(0, {OTHER_CORE})
    found.fresh("postgresql")
    os.sched_setaffinity(0, before)
    yield found
    found.close()


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped content, held as a running service holds it (`admin_cli.context`)."""
    found = load_library()
    settle()
    return found


@pytest.fixture
def core(request: pytest.FixtureRequest, databases: Databases, library: Library) -> Iterator[Core]:
    """A core on a fresh database of the kind the test names by `indirect` parameter."""
    store = open_store(databases.fresh(request.param))
    yield Core(store, library, KitSearch.of(library))
    store.close()


@pytest.fixture(scope="session")
def telegram() -> Iterator[Telegram]:
    """The stub of the Bot API."""
    found = Telegram()
    yield found
    found.close()
