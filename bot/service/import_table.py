"""A list as coordinators have it, from bytes to rows of text: encodings, separators, header names.

Comma, semicolon or tab; UTF-8 with or without BOM, UTF-16 with BOM (Excel's "Unicode text"), or Windows-1252.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.errors import BadInput, Fault, Faults
from bot.rules.typed import shown

LARGEST = 20_000_000  # bytes; 10,000 learners are about 3 MB
SEPARATORS = ";,\t"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
WORKBOOKS = {b"PK\x03\x04": "an Excel or LibreOffice workbook", b"\xd0\xcf\x11\xe0": "an old Excel workbook"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: its row number as a spreadsheet shows it, and its text by column, "" where empty."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A list that was read: the known columns it has, those left aside, and its rows without the empty ones."""

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()  # of rows with too many cells, which are read as far as there are columns


def read_table(data: bytes, known: Collection[str], required: Collection[str]) -> Table:
    """Read a file. Raises BadInput when it is no list at all, Faults for headers that do not fit."""
    text = _decode(data)
    lines = _split(text)
    header = next((n for n, cells in enumerate(lines) if any(cells)), None)
    if header is None:
        raise BadInput("The file is empty: its first row names the columns, each further row is one learner.")
    names = [_tidy(name) for name in lines[header]]
    faults = _header_faults(names, header + 1, known, required)
    if faults:
        raise Faults(faults)
    rows, faults = _rows(lines, header, names, known)
    if not rows and faults:
        raise Faults(faults)
    if not rows:
        raise BadInput("The file has a header but no learners: write one row for each below it.")
    columns = tuple(name for name in names if name in known)
    return Table(columns, tuple(name for name in names if name and name not in known), tuple(rows), tuple(faults))


def _decode(data: bytes) -> str:
    if len(data) > LARGEST:
        raise BadInput(
            f"The file is too large ({len(data) // 1_000_000} MB): import at most {LARGEST // 1_000_000} MB."
        )
    for magic, what in WORKBOOKS.items():
        if data.startswith(magic):
            raise BadInput(f"The file is {what}: save it as CSV (in Excel: Save as, “CSV UTF-8”) and import that.")
    try:
        if data.startswith(UTF16):
            return data.decode("utf-16")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            raise BadInput(
                f"The file is neither UTF-8 nor Windows-1252 (byte {error.start}): save it as “CSV UTF-8”."
            ) from None
    if "\0" in text:
        raise BadInput("The file is no text file: save the list as “CSV UTF-8” and import that.")
    return text


def _split(text: str) -> list[list[str]]:
    """All records as cells; empty ones stay, so that the index is the spreadsheet's row."""
    first, _, rest = text.partition("\n")
    separator = _separator(text)
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        separator, text, skipped = first.strip()[4], rest, 1
    found: list[list[str]] = [[] for _ in range(skipped)]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            found.append([cell.strip() for cell in cells])
    except csv.Error as error:
        where = f"row {len(found) + 1}"
        raise Faults([Fault(where, f'the quotation marks do not fit ({error}): each “"” needs its partner')]) from None
    return found


def _separator(text: str) -> str:
    """What the first written line has most of, outside quotation marks."""
    line = next((line for line in text.splitlines() if line.strip(SEPARATORS + " ")), "")
    outside = "".join(line.split('"')[::2])
    counts = Counter(c for c in outside if c in SEPARATORS)
    return max(SEPARATORS, key=lambda c: counts[c])


def _tidy(name: str) -> str:
    return "_".join(name.strip().lower().replace("-", " ").split())


def _header_faults(names: list[str], row: int, known: Collection[str], required: Collection[str]) -> list[Fault]:
    faults = []
    for name, count in Counter(name for name in names if name in known).items():
        if count > 1:
            faults.append(Fault(f"row {row}, column {name}", f"stands {count} times: keep one column of that name"))
    for name in required:
        if name not in names:
            faults.append(
                Fault(f"row {row}, column {name}", "is missing from the header: add it, every learner needs it")
            )
    absent = [name for name in known if name not in names]
    for name in names:
        close = get_close_matches(name, absent, n=1, cutoff=0.8) if name and name not in known else []
        if close:
            faults.append(Fault(f"row {row}, column {shown(name)}", f"is not known: did you mean {close[0]}?"))
    return faults


def _rows(
    lines: list[list[str]], header: int, names: list[str], known: Collection[str]
) -> tuple[list[Row], list[Fault]]:
    rows, faults = [], []
    for number, cells in enumerate(lines[header + 1 :], start=header + 2):
        if not any(cells):
            continue
        extra = [cell for cell in cells[len(names) :] if cell]
        if extra:
            what = f"“{shown(extra[0])}” stands beyond the last column: put text with separators in quotation marks"
            faults.append(Fault(f"row {number}", what))
        padded = cells + [""] * (len(names) - len(cells))
        rows.append(Row(number, {name: cell for name, cell in zip(names, padded, strict=False) if name in known}))
    return rows, faults
