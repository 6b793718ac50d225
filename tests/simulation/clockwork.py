"""The one order of things: a heap of what happens when. Equal seeds give equal heaps."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

Step = Callable[[], None]


class Clockwork:
    """Virtual time; `at` and `after` plan a step, `run` carries steps out in order."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._heap: list[tuple[datetime, int, Step]] = []
        self._numbers = count()

    def at(self, when: datetime, step: Step) -> None:
        """Plan a step; what lies in the past happens next."""
        heapq.heappush(self._heap, (max(when, self.now), next(self._numbers), step))

    def after(self, seconds: float, step: Step) -> None:
        """Plan a step `seconds` from now."""
        self.at(self.now + timedelta(seconds=seconds), step)

    def run(self, until: datetime) -> None:
        """Everything up to `until`."""
        while self._heap and self._heap[0][0] <= until:
            self.turn()
        self.now = max(self.now, until)

    def turn(self) -> None:
        """The next step."""
        when, _, step = heapq.heappop(self._heap)
        self.now = max(self.now, when)
        step()

    def soon(self, within: timedelta) -> Step | None:
        """Take out the next step if it comes within that time: something overtakes what runs now."""
        if not self._heap or self._heap[0][0] > self.now + within:
            return None
        return heapq.heappop(self._heap)[2]
