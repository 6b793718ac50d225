"""Read before any test: `bot` says how many threads numpy may have, and must say so before numpy is read.

And the databases that the tests of a process share.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import islice

import pytest

import bot  # noqa: F401
from tests.support.databases import Databases

WAITING = ("tests/e2e/", "test_real_faults", "among_two_hundred")  # the longest, too


def pytest_collection() -> None:
    """Nothing that is read now is garbage, and looking for some takes a third of the time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on there may be some, but not in what was read."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What waits for processes comes first in every worker's share: a run that ends with it leaves the cores idle for
    minutes. The shares are those of pytest-xdist's `worksteal`: one stretch each, as even as they can be."""
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    slow = [item for item in items if any(words in item.nodeid for words in WAITING)]
    others = iter([item for item in items if not any(words in item.nodeid for words in WAITING)])
    left, ordered = len(items), []
    for worker in range(workers):
        size = left // (workers - worker)
        mine = slow[worker::workers]
        ordered += [*mine, *islice(others, max(size - len(mine), 0))]
        left -= size
    items[:] = [*ordered, *others]


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """A template of each kind for the whole session; a server starts when one is asked for."""
    found = Databases(tmp_path_factory.mktemp("databases"))
    yield found
    found.close()
