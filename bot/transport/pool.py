"""The one hop from the asynchronous edge into the synchronous core."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Pool:
    """As many threads as the database takes writers (`store.writers`): one for SQLite, a few for PostgreSQL."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="core")

    async def run(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a use case in a thread; its result or its exception comes back here."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: use_case(*args, **kwargs))

    def close(self) -> None:
        """Wait for what runs, take nothing new."""
        self._threads.shutdown(wait=True)
