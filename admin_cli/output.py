"""How the command line speaks: tables and sentences for people, JSON for programs; plain when piped."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.clock import local

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen, change nothing.")]

_PIPED_WIDTH = 1000  # a table in a file is not cut to a terminal's width


class _Piped(Console):
    """A console whose reader may leave: the command goes on to its end and keeps its own exit status."""

    def on_broken_pipe(self) -> None:
        stop_printing()


def stop_printing() -> None:
    """Whoever read our output has seen enough (`compagnon … | head`): what is left goes nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def flush() -> None:
    """Print what is buffered; a reader who left is no fault."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        stop_printing()


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        stop_printing()


def console(*, stderr: bool = False) -> Console:
    """The terminal as it is now; without colours and line breaks when piped."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPED_WIDTH
    return _Piped(file=stream, highlight=False, soft_wrap=True, width=width)


def say(sentence: str) -> None:
    """A line for a person, taken literally: foreign names cannot colour it."""
    console().print(plain(sentence), markup=False)


def warn(sentence: str) -> None:
    """A line on standard error."""
    console(stderr=True).print(plain(sentence), markup=False)


def heading(sentence: str) -> None:
    """A line that stands out on a terminal."""
    console().print(f"[bold]{escape(plain(sentence))}[/bold]")


def print_json(data: Any) -> None:
    """JSON in UTF-8, indented."""
    _write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def print_json_line(data: Any) -> None:
    """One JSON object on one line."""
    _write(json.dumps(data, ensure_ascii=False) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> None:
    """A table, or the sentence `empty` where there are no rows."""
    lines = [[cell(value) for value in row] for row in rows]
    if not lines:
        say(empty)
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        shown.add_column(name, overflow="fold")
    for line in lines:
        shown.add_row(*(escape(value) for value in line))
    console().print(shown)


def listed(rows: Sequence[Mapping[str, Any]], keys: Sequence[str], empty: str, json: bool) -> None:
    """Rows as JSON, or as a table of these keys with their names above."""
    if json:
        print_json(rows)
    else:
        table([key.upper() for key in keys], [[row[key] for key in keys] for row in rows], empty)


def facts(pairs: Mapping[str, Any]) -> None:
    """Names with their values, one a line; what is empty is left out."""
    shown = Table(box=None, pad_edge=False, show_header=False)
    shown.add_column(style="bold")
    shown.add_column(overflow="fold")
    for name, value in pairs.items():
        if value not in (None, "", []):
            shown.add_row(escape(name), escape(cell(value)))
    console().print(shown)


def cell(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    return plain(str(value))


def plain(text: str) -> str:
    """Without control characters: nothing typed by others steers the terminal."""
    return "".join(c for c in text if c == "\n" or c.isprintable() or c == "\u00a0")


def moment(instant: datetime | str | None, zone: str) -> str:
    """`Sun 1 Mar 2026 19:00 (Europe/Madrid, 18:00 UTC)`."""
    if instant is None:
        return ""
    aware = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    here, utc = local(aware, zone), local(aware, "UTC")
    day = f"{utc:%d %b} " if utc.date() != here.date() else ""
    return f"{here:%a} {here.day} {here:%b %Y %H:%M} ({zone}, {day}{utc:%H:%M} UTC)"


def short_moment(instant: str, zone: str) -> str:
    """`Sun 1 Mar 19:00`, by the clock of `zone`."""
    here = local(datetime.fromisoformat(instant), zone)
    return f"{here:%a} {here.day} {here:%b %H:%M}"


def some(values: Sequence[str], between: str = ", ", most: int = 12) -> str:
    """The first values of many, and how many more there are."""
    rest = len(values) - most
    return between.join(values[:most]) + (f" and {rest} more" if rest > 0 else "")


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 learner`, `3 learners`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
