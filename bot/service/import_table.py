"""From sheets of cells to rows by column: which sheets are lists, which row names the columns, what each column means.

Headers are the contract's names, or what people call them in six languages. A workbook may have several lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.errors import BadInput, Fault, Faults
from bot.rules import column_names
from bot.rules.telling import Tell, quietly
from bot.rules.typed import shown
from bot.service.import_dialects import Sheet, read_text_list
from bot.service.import_workbook import Number, read_workbook

LARGEST = 20_000_000  # bytes; 10,000 learners are about 3 MB
ZIP = b"PK\x03\x04"
OTHERS = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook, or one with a password",
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document",
}
TITLES = 25  # rows above the header at most
DATES = ("birth_date", "departure_date", "arrival_date", "return_date")
EXPLANATIONS = frozenset({"explanations", "explications", "explicaciones", "spiegazioni", "erklärungen", "uitleg"})
LEARNERS_ONLY = frozenset({"learner", "staff"})


@dataclass(frozen=True, slots=True)
class CellFault(Fault):
    """A fault with its place as data, so that it can be marked in a copy of the file."""

    sheet: str = ""
    row: int = 0
    column: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: its row number as a spreadsheet shows it, and its text by column, "" where empty."""

    number: int
    cells: Mapping[str, str]
    sheet: str = ""  # its name where the workbook has several lists
    role: str = "learner"  # of rows that name none
    headers: Mapping[str, str] | None = None  # how the file calls its columns
    marks: Mapping[str, str] | None = None  # by column what is odd about the cell itself

    def where(self, column: str | None = None) -> str:
        """`row 3, column arrival_date`, with the sheet where there are several, and with the file's own header."""
        return place(self.sheet, self.number, column, (self.headers or {}).get(column or ""))

    def fault(self, column: str, what: str) -> CellFault:
        """A fault at a cell of this row."""
        return CellFault(self.where(column), what, self.sheet, self.number, column)


@dataclass(frozen=True, slots=True)
class Table:
    """A list that was read: the known columns it has, those left aside, and its rows without the empty ones."""

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()  # of rows with too many cells, which are read as far as there are columns
    notes: tuple[str, ...] = ()
    order: Mapping[str, int] | None = None  # sheets in the file's order


def place(sheet: str, row: int, column: str | None = None, header: str | None = None) -> str:
    """Where something stands, for a human."""
    found = f"sheet “{shown(sheet)}”, row {row}" if sheet else f"row {row}"
    if column is None:
        return found
    found += f", column {column}"
    return found if header is None or header == column else f"{found} (“{shown(header)}”)"


def read_table(
    data: bytes, known: Collection[str], required: Collection[str], tell: Tell = quietly
) -> Table:  # fmt: skip
    """Read a file. Raises BadInput when it is no list at all, Faults for headers that do not fit."""
    sheets = sheets_of(data, tell)
    lists = [(sheet, header) for sheet in sheets if (header := header_row(sheet)) is not None]
    if not lists:
        raise BadInput("The file is empty: its first row names the columns, each further row is one learner.")
    lists, aside = _real_lists(lists)
    several = len(lists) > 1
    tables = [_table(sheet, header, known, required, several) for sheet, header in lists]
    faults = [fault for table in tables for fault in table.faults]
    if any(not table.rows and not table.columns for table in tables):
        raise Faults(faults)  # headers that do not fit
    rows = tuple(row for table in tables for row in table.rows)
    if not rows and faults:
        raise Faults(faults)
    if not rows:
        raise BadInput("The file has a header but no learners: write one row for each below it.")
    return Table(
        tuple(dict.fromkeys(column for table in tables for column in table.columns)),
        tuple(dict.fromkeys(name for table in tables for name in table.ignored)), rows, tuple(faults),
        (*aside, *(note for table in tables for note in table.notes)),
        {(sheet.name if several else ""): n for n, (sheet, _) in enumerate(lists)},
    )  # fmt: skip


def sheets_of(data: bytes, tell: Tell = quietly) -> list[Sheet]:
    """The sheets of a file of any kind that is read; a text file is one. Raises BadInput."""
    if len(data) > LARGEST:
        raise BadInput(
            f"The file is too large ({len(data) // 1_000_000} MB): import at most {LARGEST // 1_000_000} MB."
        )
    if data.startswith(ZIP):
        return read_workbook(data, tell)
    for magic, what in OTHERS.items():
        if data.startswith(magic):
            raise BadInput(f"The file is {what}: save it as .xlsx or CSV (in Excel: Save as) and import that.")
    if data[:200].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise BadInput("The file is a web page or XML, no list: save it as .xlsx or CSV and import that.")
    return [read_text_list(data)]


@dataclass(frozen=True, slots=True)
class PlainList:
    """The first sheet with anything on it, read as one list whose first row names the columns: what each known column
    is called in the file, the names of others, the header's row as a spreadsheet shows it, and rows without the empty
    ones."""

    head: int
    headers: Mapping[str, str]
    ignored: tuple[str, ...]
    rows: tuple[Row, ...]

    def require(self, columns: Iterable[str], otherwise: str) -> None:
        """Raises BadInput where one of these is not there."""
        lacking = [column for column in columns if column not in self.headers]
        if lacking:
            raise BadInput(f"{place('', self.head)}: there is no column {', '.join(lacking)}{otherwise}")


def one_line(cell: str) -> str:
    """A cell without breaks and runs of blanks."""
    return " ".join(cell.split())


def plain_list(
    data: bytes, column_of: Callable[[str], str | None], tidy: Callable[[str], str], empty: str
) -> PlainList:  # fmt: skip
    """Of a column that is there twice the first counts. Raises BadInput with `empty` for a file without a cell."""
    sheet = next((one for one in sheets_of(data) if any(any(cells) for cells in one.lines)), None)
    if sheet is None:
        raise BadInput(empty)
    head = next(n for n, cells in enumerate(sheet.lines) if any(cells))
    columns: dict[str, int] = {}
    ignored = []
    for n, name in enumerate(sheet.lines[head]):
        column = column_of(name)
        if column is not None and column not in columns:
            columns[column] = n
        elif name.strip():
            ignored.append(name)
    headers = {column: sheet.lines[head][n] for column, n in columns.items()}
    rows = []
    for number, cells in enumerate(sheet.lines[head + 1 :], start=head + 2):
        got = {column: tidy(cells[n]) if n < len(cells) else "" for column, n in columns.items()}
        if any(got.values()):
            rows.append(Row(number, got, headers=headers))
    return PlainList(head + 1, headers, tuple(ignored), tuple(rows))


def header_row(sheet: Sheet) -> int | None:
    """The index of the row that names the columns; None for a sheet without cells. A title may stand above it."""
    written = [n for n, cells in enumerate(sheet.lines) if any(cells)][:TITLES]
    if not written:
        return None
    known = {n: len({c for cell in sheet.lines[n] if (c := column_names.column_of(cell))}) for n in written}
    best = max(written, key=lambda n: known[n])
    # The first row is the header, unless one below it clearly is and the first is not.
    return best if known[written[0]] < 2 and known[best] >= 3 else written[0]


def _real_lists(lists: list[tuple[Sheet, int]]) -> tuple[list[tuple[Sheet, int]], list[str]]:
    """Sheets that are lists; where at least one is, others are left aside, by name."""
    if len(lists) == 1:
        return lists, []
    real = [(sheet, header) for sheet, header in lists if _is_list(sheet, header)]
    if not real:
        return lists[:1], []
    with_rows = [(s, h) for s, h in real if any(any(cells) for cells in s.lines[h + 1 :])] or real[:1]
    aside = [s.name for s, header in lists if not _is_list(s, header) and s.name.casefold() not in EXPLANATIONS]
    note = [f"Sheets that are no list and are left aside: {', '.join(shown(name) for name in aside)}."] if aside else []
    return with_rows, note


def _is_list(sheet: Sheet, header: int) -> bool:
    names = {column_names.column_of(cell) for cell in sheet.lines[header]} - {None}
    return len(names) >= 3 and bool(names & {"code", "first_name"})


def _table(sheet: Sheet, header: int, known: Collection[str], required: Collection[str], several: bool) -> Table:
    typed = sheet.lines[header]
    columns = [_column(name, known) for name in typed]
    where = sheet.name if several else ""
    role = column_names.role_of(sheet.name) or "learner"
    needed = required if "role" not in columns and role in LEARNERS_ONLY else ("first_name",)
    faults = _header_faults(typed, columns, where, header + 1, known, needed)
    ignored = tuple(
        _tidy(name) for name, column in zip(typed, columns, strict=True) if name and not column and name != "faults"
    )
    if faults:
        return Table((), ignored, (), tuple(faults))
    rows, faults, notes = _rows(sheet, header, columns, where, role)
    if any(any(cells) for cells in sheet.lines[:header]):
        notes.insert(0, f"What stands above the header in {place(where, header + 1)} is left aside.")
    return Table(tuple(c for c in columns if c), ignored, tuple(rows), tuple(faults), tuple(sheet.notes + notes))


def _column(name: str, known: Collection[str]) -> str | None:
    tidy = _tidy(name)
    column = tidy if tidy in known else column_names.column_of(name)
    return column if column in known else None


def _tidy(name: str) -> str:
    return "_".join(name.strip().lower().replace("-", " ").split())


def columns_of(sheet: Sheet, header: int) -> dict[str, int]:
    """Where each known column stands, by the index of its cells."""
    found: dict[str, int] = {}
    for index, name in enumerate(sheet.lines[header]):
        column = column_names.column_of(name)
        if column:
            found.setdefault(column, index)
    return found


def _header_faults(
    typed: list[str], columns: list[str | None], sheet: str, row: int, known: Collection[str], required: Collection[str]
) -> list[Fault]:
    faults: list[Fault] = []

    def fault(column: str, what: str) -> None:
        faults.append(CellFault(place(sheet, row, column), what, sheet, row, column))

    twice = defaultdict(list)
    for name, column in zip(typed, columns, strict=True):
        if column:
            twice[column].append(name)
    for column, names in twice.items():
        if len(names) > 1:
            called = "" if len({_tidy(n) for n in names}) == 1 else f" (as {', '.join(f'“{shown(n)}”' for n in names)})"
            fault(column, f"stands {len(names)} times{called}: keep one column of that name")
    for name in required:
        if name not in columns:
            fault(name, "is missing from the header: add it, every learner needs it")
    absent = [name for name in known if name not in columns]
    for name, column in zip(typed, columns, strict=True):
        close = get_close_matches(_tidy(name), absent, n=1, cutoff=0.8) if name and column is None else []
        if close:
            fault(shown(_tidy(name)), f"is not known: did you mean {close[0]}?")
    return faults


def _rows(
    sheet: Sheet, header: int, columns: list[str | None], where: str, role: str
) -> tuple[list[Row], list[Fault], list[str]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    counted: list[str] = []
    headers = {column: typed for column, typed in zip(columns, sheet.lines[header], strict=True) if column}
    for number, cells in enumerate(sheet.lines[header + 1 :], start=header + 2):
        if not any(cells) and not any((number, index) in sheet.odd for index in range(len(cells))):
            continue
        extra = [cell for cell in cells[len(columns) :] if cell]
        if extra:
            what = f"“{shown(extra[0])}” stands beyond the last column: put text with separators in quotation marks"
            faults.append(CellFault(place(where, number), what, where, number))
        padded = cells + [""] * (len(columns) - len(cells))
        found, marks = {}, {}
        for index, (column, cell) in enumerate(zip(columns, padded, strict=False)):
            if column is None:
                continue
            if (number, index) in sheet.odd:
                marks[column] = sheet.odd[number, index]
            if column in DATES and isinstance(cell, Number) and cell.day is not None:
                # A number in a column of dates is how Excel keeps a date.
                counted.append(place(where, number, column))
                cell = cell.day.isoformat()
            found[column] = cell
        if not any(found.values()) and not marks:
            continue  # only columns that nobody knows
        rows.append(Row(number, found, where, role, headers, marks))
    notes = [f"{_first(counted)}: a number was read as the date that Excel shows it as."] if counted else []
    return rows, faults, notes


def _first(places: list[str]) -> str:
    return places[0] + (f" and {len(places) - 1} more" if len(places) > 1 else "")
