"""A text list as coordinators have it, from bytes to rows of cells: encodings, separators, quotation marks.

Comma, semicolon or tab; UTF-8 with or without BOM, UTF-16 with BOM (Excel's "Unicode text"), or Windows-1252.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field

from bot.errors import BadInput, Fault, Faults

SEPARATORS = ";,\t"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
MOST_ROWS = 100_000
MOST_CELLS = 4_000_000
LONGEST_CELL = 32_767  # what Excel holds, too


@dataclass(slots=True)
class Sheet:
    """Rows of cells as text; the index is the spreadsheet's row minus one. `name` is "" for a text file.

    `odd` are cells that cannot be taken as they stand, by (row, index of the column), with what is wrong."""

    name: str
    lines: list[list[str]]
    odd: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text list is written, so that a copy can be written alike."""

    encoding: str
    separator: str


def read_text_list(data: bytes) -> Sheet:
    """A CSV file's rows. Raises BadInput when it is no text, Faults for quotation marks that do not fit."""
    text, _ = _decode(data)
    return Sheet("", _split(text))


def dialect_of(data: bytes) -> Dialect:
    """How the bytes of a text list are written."""
    text, encoding = _decode(data)
    first = text.partition("\n")[0].strip()
    separator = first[4] if first.lower().startswith("sep=") and len(first) == 5 else _separator(text)
    return Dialect(encoding, separator)


def _decode(data: bytes) -> tuple[str, str]:
    try:
        if data.startswith(UTF16):
            return data.decode("utf-16"), "utf-16"
        text, encoding = data.decode("utf-8-sig"), "utf-8-sig"
    except UnicodeDecodeError:
        try:
            text, encoding = data.decode("cp1252"), "cp1252"
        except UnicodeDecodeError as error:
            raise BadInput(
                f"The file is neither UTF-8 nor Windows-1252 (byte {error.start}): save it as “CSV UTF-8”."
            ) from None
    if "\0" in text:
        raise BadInput("The file is no text file: save the list as “CSV UTF-8” and import that.")
    return text, encoding


def _split(text: str) -> list[list[str]]:
    """All records as cells; empty ones stay, so that the index is the spreadsheet's row."""
    first, _, rest = text.partition("\n")
    separator = _separator(text)
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        separator, text, skipped = first.strip()[4], rest, 1
    found: list[list[str]] = [[] for _ in range(skipped)]
    # Old Macs end a line with a bare carriage return; csv alone would take the whole file for one row.
    reader = csv.reader(io.StringIO(text, newline="" if "\n" in text else None), delimiter=separator, strict=True)
    cells_read = 0
    try:
        for cells in reader:
            found.append([cell.strip() for cell in cells])
            cells_read += len(cells)
            refuse_too_many(len(found), cells_read)
    except csv.Error as error:
        raise Faults([Fault(f"row {len(found) + 1}", _csv_trouble(str(error)))]) from None
    return found


def _csv_trouble(error: str) -> str:
    if "field larger" in error:
        return 'a cell is longer than a spreadsheet holds: is a quotation mark open? Each “"” needs its partner'
    return f'the quotation marks do not fit ({error}): each “"” needs its partner'


def refuse_too_many(rows: int, cells: int) -> None:
    """BadInput for a list that is larger than any cohort."""
    if rows > MOST_ROWS:
        raise BadInput(f"The list has more than {MOST_ROWS:,} rows: split it, or delete the empty rows below it.")
    if cells > MOST_CELLS:
        raise BadInput(f"The list has more than {MOST_CELLS:,} cells: delete the columns that are not needed.")


def _separator(text: str) -> str:
    """What the first written line has most of, outside quotation marks."""
    line = next((line for line in text.splitlines() if line.strip(SEPARATORS + " ")), "")
    outside = "".join(line.split('"')[::2])
    counts = Counter(c for c in outside if c in SEPARATORS)
    return max(SEPARATORS, key=lambda c: counts[c])
