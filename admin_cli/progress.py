"""How far something is: a bar on a terminal, now and then a line where standard error goes elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from admin_cli.output import console, warn
from bot.rules.telling import Tell

PATIENCE = 1.0  # seconds after which somebody wants to see that something happens
EVERY = 2.0  # seconds between two lines


@contextmanager
def progress(things: str) -> Iterator[Tell]:
    """Hands out a function to be told of steps; shows nothing of what is over within a second."""
    if sys.stderr.isatty():
        with _Bar(things) as bar:
            yield bar.tell
    else:
        yield _Lines(things).tell


class _Lines:
    def __init__(self, things: str) -> None:
        self._things, self._last = things, time.monotonic() - EVERY + PATIENCE

    def tell(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if now - self._last >= EVERY:
            self._last = now
            warn(f"{what} {done:,} of {of:,} {self._things}")


class _Bar:
    def __init__(self, things: str) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + things),
            TimeElapsedColumn(),
        )
        self._began = time.monotonic()
        self._bar = Progress(*columns, console=console(stderr=True), transient=True)
        self._tasks: dict[str, int] = {}
        self._shown = False

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._bar.stop()

    def tell(self, what: str, done: int, of: int) -> None:
        if not self._shown and time.monotonic() - self._began > PATIENCE:
            self._shown = True
            self._bar.start()
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=of)
        self._bar.update(self._tasks[what], completed=done, total=of)  # type: ignore[arg-type]
