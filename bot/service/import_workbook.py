"""An Excel workbook as coordinators have it, from bytes to rows of cells, believing nothing.

Dates become ISO text, numbers their plain digits, formulas the value that Excel last showed; a formula without a saved
value, an error such as #REF! and cells merged across columns are told with their place. Cells merged downwards count
for each of their rows. What unpacks to more than a list can need is refused before it is unpacked.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple, get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900, from_excel
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import WorkSheetParser

from bot.errors import BadInput
from bot.rules.telling import Tell, quietly
from bot.service.import_dialects import Sheet, refuse_too_many

UNPACKED = 80_000_000  # bytes; 10,000 learners are about 15 MB of XML
PART = 60_000_000
PARTS = 3_000
RATIO = 300  # of one part over 5 MB; real lists pack 5 to 30 times
WIDEST = 300  # columns
_EVERY = 250  # rows between two words on how far it is
_DAYS = range(3_654, 73_415)  # Excel's numbers of the days from 1910 to 2100
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TEXT = f"{_MAIN}t"
_BROKEN = (
    "The workbook cannot be read ({}): open it in Excel or LibreOffice, save it as .xlsx or as CSV and import that."
)


class Number(str):
    """A number in a cell, as text; `day` is the date that Excel would show it as, if it may be one."""

    __slots__ = ("day",)
    day: date | None


def read_workbook(data: bytes, tell: Tell = quietly) -> list[Sheet]:
    """The visible sheets of an .xlsx file. Raises BadInput for what is none, is broken or would burst."""
    _refuse_bomb(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(data, tell)
    except BadInput:
        raise
    except (InvalidFileException, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, EOFError,
            ParseError, zipfile.BadZipFile, NotImplementedError, SyntaxError) as error:  # fmt: skip
        if isinstance(error.__cause__ or error, DefusedXmlException):
            raise BadInput(
                "The workbook holds XML entities, which no spreadsheet needs: save it as .xlsx from Excel once more."
            ) from None
        raise BadInput(_BROKEN.format(_why(error))) from None


def _why(error: Exception) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__


def _refuse_bomb(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, EOFError) as error:
        raise BadInput(_BROKEN.format(_why(error))) from None
    names = {part.filename for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        raise BadInput("The workbook is encrypted: save it without a password and import that.")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        what = "a LibreOffice file" if "content.xml" in names else "a ZIP archive, but no Excel workbook"
        raise BadInput(f"The file is {what}: save the list as .xlsx or CSV and import that.")
    if "xl/workbook.bin" in names:
        raise BadInput("The file is a binary workbook (.xlsb): save it as .xlsx and import that.")
    size = sum(part.file_size for part in parts)
    tight = any(p.file_size > 5_000_000 and p.file_size > RATIO * max(p.compress_size, 1) for p in parts)
    if size > UNPACKED or len(parts) > PARTS or tight or any(part.file_size > PART for part in parts):
        raise BadInput(
            f"The workbook unpacks to {size // 1_000_000:,} MB in {len(parts):,} parts, far more than a list needs: it "
            "is not opened. Copy the list into a new workbook and import that."
        )


def _read(data: bytes, tell: Tell) -> list[Sheet]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        # A sheet that is only a chart has no rows; what is hidden is nobody's list.
        shown = [one for one in book.worksheets if one.sheet_state == "visible" and hasattr(one, "reset_dimensions")]
        sheets = [_sheet(data, one, book, tell) for one in shown]
    finally:
        book.close()
    if not sheets:
        raise BadInput("The workbook has no visible sheet with cells: put the list on one.")
    return sheets


class _Reader(WorkSheetParser):
    """openpyxl's own, but quick with text that stands in its cell, as many programs write it: a dozen objects less for
    each of a hundred thousand cells."""

    def parse_cell(self, element: Any) -> Any:
        if element.get("t") != "inlineStr" or len(element) != 1 or len(element[0]) != 1 or element[0][0].tag != _TEXT:
            return super().parse_cell(element)
        reference = element.get("r")
        _, self.col_counter = coordinate_to_tuple(reference) if reference else (0, self.col_counter + 1)
        return {"column": self.col_counter, "value": element[0][0].text, "data_type": "s"}


def _sheet(data: bytes, shown: Any, book: Any, tell: Tell) -> Sheet:
    found = Sheet(shown.title, [])
    announced = shown.max_row or 0  # as the file says, which need not be true
    path = getattr(shown, "_worksheet_path", None)
    cells_read = 0
    with shown._get_source() as source:
        reader = _Reader(
            source, shown._shared_strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for number, row in reader.parse():
            cells = _trimmed(_cells(row, found, number, book.epoch))
            if not cells or number <= len(found.lines):
                continue  # Excel may have formatted a million empty rows; no row comes twice
            cells_read += len(cells)
            refuse_too_many(number, cells_read)
            found.lines += [[] for _ in range(number - 1 - len(found.lines))]
            found.lines.append(cells)
            if number % _EVERY == 0:
                tell("read", number, max(number, announced))
    _unsaved_formulas(found, _formulas(data, path))
    _spread(found, list(_merged(data, path)) if path else [])
    return found


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cells(row: list[dict[str, Any]], sheet: Sheet, number: int, epoch: Any) -> list[str]:
    """The cells of a row as text, "" where the file leaves one out."""
    found = [""] * min(WIDEST, max((cell["column"] for cell in row), default=0))
    for cell in row:
        index = cell["column"] - 1
        if 0 <= index < WIDEST:
            found[index] = _cell(cell["value"], cell["data_type"], sheet, number, index, epoch)
    return found


def _cell(value: object, kind: str, sheet: Sheet, row: int, index: int, epoch: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and kind != "e":
        return value.strip()
    if kind == "e":
        sheet.odd[row, index] = f"holds the error {value}: mend the formula, or write the value"
        return str(value)
    return _text(value, epoch)


def _text(value: object, epoch: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        # Excel keeps times as fractions: midnight may come out a microsecond late.
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return str(value.isoformat("minutes"))
    if isinstance(value, int | float):
        return _number(value, epoch)
    return str(value)


def _number(value: float, epoch: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    found = Number(str(value))
    found.day = None
    if isinstance(value, int) and value in _DAYS:
        moment = from_excel(value, epoch or CALENDAR_WINDOWS_1900)
        found.day = moment.date() if isinstance(moment, datetime) else None
    return found


# --- formulas -----------------------------------------------------------------------------------


def _formulas(data: bytes, path: str | None) -> Iterator[tuple[int, int]]:
    """Places (row, index) of formulas whose value was never saved: Excel's `<f>` without a `<v>`."""
    if path is None:
        return
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        name = path.lstrip("/")
        if b"<f" not in packed.read(name):
            return
        with packed.open(name) as part:
            for _, element in iterparse(part, events=("end",)):
                if element.tag == f"{_MAIN}c":
                    value = element.find(f"{_MAIN}v")
                    bare = value is None or not (value.text or "").strip()
                    # An empty text as the result of a formula is a value, too.
                    if element.find(f"{_MAIN}f") is not None and bare and element.get("t") != "str":
                        column, row, _, _ = range_boundaries(element.get("r", "A1"))
                        yield row or 1, (column or 1) - 1
                elif element.tag == f"{_MAIN}row":
                    element.clear()


def _unsaved_formulas(sheet: Sheet, places: Iterator[tuple[int, int]]) -> None:
    for row, index in places:
        sheet.odd[row, index] = "is a formula whose value was never saved: open the file in Excel, save it, try again"
        while len(sheet.lines) < row:
            sheet.lines.append([])
        line = sheet.lines[row - 1]
        line += [""] * (index + 1 - len(line))


# --- merged cells -------------------------------------------------------------------------------


def _merged(data: bytes, path: str) -> Iterator[tuple[int, int, int, int]]:
    """Merged ranges as (first column, first row, last column, last row), counted from 1."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        name = path.lstrip("/")
        if b"<mergeCell " not in packed.read(name):
            return
        with packed.open(name) as part:
            for _, element in iterparse(part, events=("end",)):
                if element.tag == f"{_MAIN}mergeCell":
                    columns = range_boundaries(element.get("ref", "A1"))
                    yield columns[0] or 1, columns[1] or 1, columns[2] or 1, columns[3] or 1
                elif element.tag == f"{_MAIN}row":
                    element.clear()


def _spread(sheet: Sheet, merged: list[tuple[int, int, int, int]]) -> None:
    """What is merged downwards holds for each row; what is merged across columns is odd."""
    for first, top, last, bottom in merged:
        line = sheet.lines[top - 1] if top <= len(sheet.lines) else []
        value = line[first - 1] if first <= len(line) else ""
        if not value:
            continue
        if last > first:
            ends = f"{get_column_letter(first)} to {get_column_letter(last)}"
            sheet.odd.setdefault(
                (top, first - 1), f"is merged across columns {ends}: write each value into its own cell"
            )
        for row in range(top + 1, min(bottom, len(sheet.lines)) + 1):
            below = sheet.lines[row - 1]
            if not any(below):
                continue  # merged down into an empty row: nobody stands there
            below += [""] * (first - len(below))
            below[first - 1] = value
            if last > first:
                sheet.odd.setdefault((row, first - 1), sheet.odd[top, first - 1])
