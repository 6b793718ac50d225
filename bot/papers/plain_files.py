"""Tables and data as files for other programs: CSV and JSON, bytes out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.rules.typed import safe_cell


def csv_file(rows: Iterable[Sequence[Any]], *, separator: str = ",", mark: bool = True) -> bytes:
    """Rows of a table, the header first; None is an empty cell, and no cell is a formula.

    `mark`: begins with a byte order mark, without which Excel takes it for another encoding than UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


def json_file(data: Any) -> bytes:
    """JSON in UTF-8, indented, with a line's end."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else value
