"""Read before any test: `bot` says how many threads numpy may have, and must say so before numpy is read.

And the databases that the tests of a process share.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import bot  # noqa: F401
from tests.support.databases import Databases


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """A template of each kind for the whole session; a server starts when one is asked for."""
    found = Databases(tmp_path_factory.mktemp("databases"))
    yield found
    found.close()
