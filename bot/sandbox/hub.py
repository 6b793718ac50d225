"""Server-sent events to the pages that look on."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_BACKLOG = 2000


class EventHub:
    """Hands every event to every listening page; a page that can't keep up is cut off and reads the state anew."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[str | None]] = set()

    @property
    def listened(self) -> bool:
        """Whether anybody looks on (building an event for nobody costs time)."""
        return bool(self._queues)

    def publish(self, event: dict[str, Any]) -> None:
        """Sends one event, as it is now, to all."""
        if not self._queues:
            return
        line = json.dumps(event, ensure_ascii=False)
        for queue in list(self._queues):
            if queue.qsize() >= _BACKLOG:
                self._queues.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(line)

    def close(self) -> None:
        """Ends all streams."""
        for queue in self._queues:
            queue.put_nowait(None)
        self._queues.clear()

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[str | None]]:
        """A queue of JSON lines; None ends it."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)
