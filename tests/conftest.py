"""Read before any test: `bot` says how many threads numpy may have, and must say so before numpy is read.

And the databases that the tests of a process share.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

import bot  # noqa: F401
from tests.support.databases import Databases


def pytest_collection() -> None:
    """Nothing that is read now is garbage, and looking for some takes a third of the time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on there may be some, but not in what was read."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """A template of each kind for the whole session; a server starts when one is asked for."""
    found = Databases(tmp_path_factory.mktemp("databases"))
    yield found
    found.close()
