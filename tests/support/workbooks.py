"""Excel workbooks for tests, from small descriptions: good ones by openpyxl, broken ones part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.desk import LEARNER


def learner(**changes: Any) -> dict[str, Any]:
    """A learner's row with real dates, as a workbook has them."""
    dates = {name: date.fromisoformat(LEARNER[name]) for name in ("birth_date", "arrival_date", "return_date")}
    return {**LEARNER, **dates, **changes}


def workbook(
    *rows: Mapping[str, Any], change: Callable[[Workbook, Worksheet], None] | None = None,
    headers: Mapping[str, str] | None = None, above: Sequence[Sequence[Any]] = (), title: str = "List",
) -> bytes:  # fmt: skip
    """One sheet; columns in the order first seen, called as `headers` say; `change` may do anything at the end."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    fill(sheet, rows, headers or {}, above)
    if change is not None:
        change(book, sheet)
    return saved(book)


def fill(
    sheet: Worksheet, rows: Iterable[Mapping[str, Any]], headers: Mapping[str, str], above: Sequence[Sequence[Any]] = ()
) -> None:  # fmt: skip
    """Write a list onto a sheet."""
    rows = list(rows)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    for line in above:
        sheet.append(list(line))
    sheet.append([headers.get(column, column) for column in columns])
    for row in rows:
        sheet.append([row.get(column) for column in columns])


def saved(book: Workbook) -> bytes:
    """Its bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def tampered(data: bytes, parts: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """The workbook with some of its parts put in place or changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            given = parts.get(name)
            new.writestr(
                name, old.read(name) if given is None else given if isinstance(given, bytes) else given(old.read(name))
            )
        for name, given in parts.items():
            if name not in old.namelist() and isinstance(given, bytes):
                new.writestr(name, given)
    return out.getvalue()


def serial(day: str) -> int:
    """How Excel counts a day."""
    return (datetime.fromisoformat(day) - datetime(1899, 12, 30)).days
