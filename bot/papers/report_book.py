"""A report as a workbook: a first sheet that explains, then a sheet for each theme, with real numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bot.i18n import Country, Text, say
from bot.papers.report import COUNT, NUMBER, SHARE, Table, Theme, explained
from bot.papers.report_pdf import header
from bot.papers.report_words import Words, split, written
from bot.rules.typed import safe_cell

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FORMATS = {COUNT: "#,##0", SHARE: "0%", NUMBER: "0.0"}
FIRST, OTHER = 46, 16  # widths of columns


def xlsx(found: Mapping[str, Any], themes: Sequence[Theme], words: Words, language: str) -> bytes:
    """The file. On each sheet the titles of its first table stay in sight."""
    from openpyxl import Workbook  # slow to read, and few commands write one

    book = Workbook()
    first = book.active
    assert first is not None
    _explain(first, found, themes, words)
    for theme in themes:
        sheet = book.create_sheet(_name(words(theme.title)))
        _fill(sheet, theme, words, language)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _name(title: str) -> str:
    """Excel takes 31 characters, and not all of them."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31]


def _explain(sheet: Any, found: Mapping[str, Any], themes: Sequence[Theme], words: Words) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = _name(words(say("report/explain/title")))
    lines = [words(say("report/title", name=found["name"])), words(header(found)), "", *map(words, explained()), ""]
    if not found.get("enough", True):
        lines.append(words(say("report/few" if found["learners"] else "report/no_learners")))
    for theme in themes:
        lines.append(words(theme.title) + (f": {words(theme.note)}" if theme.note else ""))
    for n, line in enumerate(lines, 1):
        cell = sheet.cell(n, 1, safe_cell(line))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 110


def _fill(sheet: Worksheet, theme: Theme, words: Words, language: str) -> None:
    """Table under table, each with its titles."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    row = 1
    for table in theme.tables:
        if len(theme.tables) > 1:
            sheet.cell(row, 1, safe_cell(words(table.title))).font = Font(bold=True, size=12)
            row += 1
        for n, column in enumerate(table.columns, 1):
            cell = sheet.cell(row, n, safe_cell(words(column.title)))
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFDCE6F1")
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if sheet.freeze_panes is None:
            sheet.freeze_panes = f"B{row + 1}"
        row = _rows(sheet, table, row + 1, words, language) + 1
    for n in range(1, max((len(table.columns) for table in theme.tables), default=1) + 1):
        sheet.column_dimensions[get_column_letter(n)].width = FIRST if n == 1 else OTHER


def _rows(sheet: Worksheet, table: Table, row: int, words: Words, language: str) -> int:
    from openpyxl.styles import Alignment

    for cells in table.rows:
        for n, (cell, column) in enumerate(zip(cells, table.columns, strict=True), 1):
            value, kind = split(cell, column)
            if isinstance(value, Text | Country | str):
                there = sheet.cell(row, n, safe_cell(written(value, kind, words, language)))
                there.alignment = Alignment(wrap_text=True, vertical="top")
            elif isinstance(value, date):
                sheet.cell(row, n, value).number_format = "yyyy-mm-dd"
            elif value is not None:
                sheet.cell(row, n, value).number_format = FORMATS.get(kind, "General")
        row += 1
    return row
