"""A copy of a list with its faults marked where they stand: red cells with a comment, or a last column `faults`."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from bot.errors import Fault
from bot.rules.typed import safe_cell
from bot.service.import_dialects import Sheet, dialect_of, read_text_list
from bot.service.import_table import ZIP, CellFault, columns_of, header_row, sheets_of

RED = PatternFill("solid", fgColor="FFFF9999")
MOST = 5_000  # comments; Excel grows slow with more
COLUMN = "faults"


@dataclass(frozen=True, slots=True)
class Marked:
    """The copy: its bytes, and the ending of its name."""

    data: bytes
    suffix: str


def mark(data: bytes, faults: Iterable[Fault]) -> Marked | None:
    """The marked copy of a list that was refused; None where no fault has a place in it."""
    placed = [fault for fault in faults if isinstance(fault, CellFault) and fault.row]
    if not placed:
        return None
    if data.startswith(ZIP):
        return Marked(_workbook(data, placed), ".xlsx")
    return Marked(_text_list(data, placed), ".csv")


def _workbook(data: bytes, faults: list[CellFault]) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(data))
    sheets = {sheet.name: sheet for sheet in sheets_of(data)}
    only = next((s for s in sheets.values() if (h := header_row(s)) is not None and len(columns_of(s, h)) > 1), None)
    told: dict[tuple[str, int, int], list[str]] = {}
    for fault in faults[:MOST]:
        sheet = sheets.get(fault.sheet) or only
        if sheet is not None:
            told.setdefault((sheet.name, fault.row, _index(sheet, fault.column)), []).append(fault.what)
    for (name, row, index), what in told.items():
        page = book[name]
        assert isinstance(page, Worksheet)
        cell = page.cell(row, index + 1)
        for merged in page.merged_cells.ranges:
            if cell.coordinate in merged:
                cell = page.cell(merged.min_row, merged.min_col)
                break
        cell.fill = RED
        cell.comment = Comment("\n".join(what), "Compagnon", height=120, width=300)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _index(sheet: Sheet, column: str) -> int:
    header = header_row(sheet)
    return columns_of(sheet, header).get(column, 0) if header is not None else 0


def _text_list(data: bytes, faults: list[CellFault]) -> bytes:
    dialect, sheet = dialect_of(data), read_text_list(data)
    header = header_row(sheet) or 0
    by_row: dict[int, list[str]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(f"{fault.column}: {fault.what}" if fault.column else fault.what)
    width = max(len(line) for line in sheet.lines)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.separator, lineterminator="\r\n")
    for number, line in enumerate(sheet.lines, start=1):
        last = COLUMN if number == header + 1 else " | ".join(by_row.get(number, ()))
        if number == header + 1 and number in by_row:
            last = f"{COLUMN}: {' | '.join(by_row[number])}"
        padded = line + [""] * (width - len(line)) if number > header else line
        writer.writerow([*padded, safe_cell(last)] if number > header else line)
    return out.getvalue().encode(dialect.encoding, errors="replace")
