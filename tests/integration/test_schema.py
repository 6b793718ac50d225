"""Bringing the database up to date while others do the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.store.engine import Store, open_store
from bot.store.schema import upgrade


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_processes_that_start_together_do_not_stumble_over_each_other(store: Store, database_url: str) -> None:
    stores = [open_store(database_url) for _ in range(4)]
    try:
        for _ in range(5):
            with ThreadPoolExecutor(4) as starting:
                list(starting.map(upgrade, stores))
    finally:
        for one in stores:
            one.close()
