"""Lists as coordinators have them: encodings, separators, header names, and what is no list at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadInput, Faults
from bot.service.core import Core
from bot.service.import_file import import_cohort
from bot.service.import_rows import COLUMNS, REQUIRED
from bot.service.import_table import read_table
from tests.support.desk import CODE, NOW, cohort, listed

SAMPLE = Path("docs/samples/cohort.csv")


def read(data: bytes) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_table(data, COLUMNS, REQUIRED).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_with_every_separator_reads_the_same(encoding: str, separator: str) -> None:
    assert read(listed({}, separator=separator, encoding=encoding))[0]["first_name"] == "Léa"


def test_the_euro_sign_and_curly_quotes_of_windows_are_read() -> None:
    rows = read(listed({"accommodation": "30 € ‘chez Anne’"}, encoding="cp1252"))
    assert rows[0]["accommodation"] == "30 € ‘chez Anne’"


def test_header_names_may_have_capitals_spaces_and_any_order() -> None:
    head = b"Referent;Return Date;arrival-date;host_city;LANGUAGE;First_Name;CODE"
    data = head + b"\nclaire;28/03/2026;01/03/2026;lyon;fr;L\xe9a;L1"
    assert read(data)[0]["return_date"] == "28/03/2026"


def test_separators_and_line_breaks_in_quotation_marks_belong_to_the_cell() -> None:
    rows = read(listed({"accommodation": 'Chez "Ana";\n2e étage'}, {"code": "L02"}, separator=";"))
    assert rows[0]["accommodation"] == 'Chez "Ana";\n2e étage'
    assert len(rows) == 2


def test_empty_rows_are_left_out_and_rows_keep_their_numbers() -> None:
    head, first = listed({}).decode().splitlines()
    table = read_table(f"{head}\n\n,,,\n{first}\n".encode(), COLUMNS, REQUIRED)
    assert [row.number for row in table.rows] == [4]


def test_excels_line_naming_the_separator_is_understood() -> None:
    table = read_table(b"sep=;\r\n" + listed({}, separator=";"), COLUMNS, REQUIRED)
    assert [row.number for row in table.rows] == [3]


def test_unknown_columns_are_left_aside_and_named() -> None:
    assert read_table(listed({"shoe_size": "39"}), COLUMNS, REQUIRED).ignored == ("shoe_size",)


def test_a_misspelt_column_is_a_fault_with_the_right_name() -> None:
    with pytest.raises(Faults, match="did you mean birth_date"):
        read(listed({}).replace(b"birth_date", b"birthdate"))


@pytest.mark.parametrize("column", REQUIRED)
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(Faults, match=f"row 1, column {column}: is missing"):
        read(listed({}).replace(column.encode(), b"x"))


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(Faults, match="column code: stands 2 times"):
        read(b"code," + listed({}).replace(b"\nL01", b"\nL01,L01"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\r\n ;;; \r\n", "empty"),
        (b"PK\x03\x04rest", "cannot be read"),
        (b"\xd0\xcf\x11\xe0rest", "save it as .xlsx or CSV"),
        (b"code\x00,first_name", "no text file"),
        (b"\x81\x8d\x8f", "neither UTF-8 nor Windows-1252"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        read(data)
    assert len(str(caught.value).splitlines()) == 1


def test_a_header_without_learners_is_refused() -> None:
    with pytest.raises(BadInput, match="no learners"):
        read(",".join(REQUIRED).encode())


def test_an_open_quotation_mark_names_its_row() -> None:
    with pytest.raises(Faults, match="row 2: the quotation marks"):
        read(listed({}).replace(b"L\xc3\xa9a", b'"L\xc3\xa9a'))


def test_text_beyond_the_last_column_names_its_row() -> None:
    table = read_table(listed({}).replace(b"claire\r\n", b"claire,surplus\r\n"), COLUMNS, REQUIRED)
    assert [str(fault).split(":")[0] for fault in table.faults] == ["row 2"]
    assert "“surplus” stands beyond" in table.faults[0].what


def test_the_sample_out_of_french_excel_is_imported(core: Core) -> None:
    cohort(core)
    report = import_cohort(core, CODE, SAMPLE.read_bytes(), NOW)
    assert [code for code, _ in report.added] == ["L01", "L02", "L03", "L04", "L05", "L06"]
    assert ("L04", "Sami Échantillon") in report.added
