"""Surveys on paper: sheets without a name are printed, typed in once, and counted like answers from the chat."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from bot.errors import BadInput, Faults
from bot.rules import codes
from bot.rules.survey import Response
from bot.service import survey_desk, surveys
from bot.service.core import Core
from bot.store.tables import Audit, SurveyResponse
from tests.support.cohort import Small, add_learner
from tests.support.command_line import CommandLine
from tests.support.looking import march, rows

ASKED = 12
NUMBERS = [codes.code_of(n * len(codes.SIGNS) + survey_desk.mark("stay-learner"), survey_desk.LENGTH) for n in range(6)]
HEAD = ["paper", *map(str, range(1, ASKED + 1)), "remark"]


def listed(*lines: list[str], head: list[str] = HEAD) -> bytes:
    return "\n".join(";".join(line) for line in (head, *lines)).encode()


def sheet(number: str, answer: str = "4", remark: str = "") -> list[str]:
    return [number, *[answer] * ASKED, remark]


@pytest.fixture
def six(core: Core, small: Small) -> Small:
    for n in range(2, 7):
        add_learner(core, small, f"l{n}", "Tom", "Muster", f"L0{n}")
    return small


def test_sheets_are_printed_filled_in_typed_in_and_counted(core: Core, six: Small, run: CommandLine) -> None:
    said = run.good(
        "survey", "form", "SPRING", "stay-learner", "--copies", "6", "--to", "s.pdf", "--language", "fr"
    ).out
    assert "6 sheets" in said
    assert (run.folder / "s.pdf").read_bytes().startswith(b"%PDF")
    book = load_workbook(run.folder / "s.xlsx")
    table = book.worksheets[0]
    assert str(table["B1"].value).startswith("1. Avant de partir")
    for line in range(2, 7):  # the sixth sheet did not come back
        for column in range(2, ASKED + 2):
            table.cell(line, column).value = 5
        table.cell(line, 4).value = None
    table.cell(2, ASKED + 2).value = "More time"
    book.save(run.folder / "s.xlsx")
    planned = run.good("survey", "import", "SPRING", "stay-learner", "s.xlsx", "--dry-run").out
    assert "5 sheets would be kept" in planned
    assert rows(core, SurveyResponse) == []
    told = run.good("survey", "import", "SPRING", "stay-learner", "s.xlsx", "--json").json
    assert (len(told["kept"]), len(told["empty"])) == (5, 1)
    (found,) = surveys.of_cohort(core, "SPRING", march(30, 12))["surveys"]
    assert (found["answered"], found["questions"][0]["mean"], found["questions"][2]["mean"]) == (5, 5.0, None)
    assert found["remarks"] == ["More time"]
    assert {row.role for row in rows(core, SurveyResponse)} == {"learner"}
    (noted,) = rows(core, Audit, Audit.action == "survey_typed_in")
    assert (noted.person_id, noted.detail["sheets"]) == (None, 5)
    assert "is typed in already" in run("survey", "import", "SPRING", "stay-learner", "s.xlsx").err


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "The file is empty"),
        (listed(), "has a header but no sheets"),
        (listed(head=HEAD[:-3]), "row 1: there is no column 11, 12"),
        (listed(sheet("")), "row 2, column paper: is empty: type what stands at the top right"),
        (listed(sheet("22A")), "row 2, column paper: “22A” is no number of a sheet"),
        (listed(sheet(NUMBERS[0]), sheet(NUMBERS[0].lower())), f"sheet {NUMBERS[0]} stands in row 2 already"),
        (listed(sheet(NUMBERS[0], "6")), "row 2, column 1: “6” is no answer: write 1 to 5"),
        (listed(sheet(NUMBERS[0], "4", "x" * 501)), "row 2, column remark: has 501 characters; 500 fit"),
        (listed(*(sheet(number) for number in NUMBERS)), "has 6 sheets, 0 answers are kept already, and the co"),
    ],
)  # fmt: skip
def test_a_list_with_a_fault_names_its_place_and_keeps_nothing(
    core: Core, small: Small, data: bytes, told: str
) -> None:
    with pytest.raises((BadInput, Faults), match=told):
        survey_desk.type_in(core, "SPRING", "stay-learner", data, small.world.now)
    assert rows(core, SurveyResponse) == []


def test_the_list_of_another_survey_is_refused_and_one_that_lies_there_is_not_written_over(
    core: Core, six: Small, run: CommandLine
) -> None:
    run.good("survey", "form", "SPRING", "stay-tutor", "--copies", "1", "--to", "t.pdf")
    (run.folder / "s.csv").write_bytes(listed(sheet(NUMBERS[0])))
    refused = run("survey", "import", "SPRING", "stay-tutor", "s.csv").err
    assert "is of another survey than stay-tutor" in refused
    assert rows(core, SurveyResponse) == []
    before = (run.folder / "t.xlsx").read_bytes()
    assert "is there already" in run("survey", "form", "SPRING", "stay-tutor", "--to", "t.pdf").err
    assert (run.folder / "t.xlsx").read_bytes() == before
    said = run.good("survey", "import", "SPRING", "stay-learner", "s.csv").out
    assert "it shows 0, 1 wait until they are 5" in said


def test_an_unknown_survey_or_too_many_sheets_are_one_sentence(core: Core, small: Small, run: CommandLine) -> None:
    assert "stay-learner" in run("survey", "form", "SPRING", "stay", "--to", "s.pdf").err
    assert "ask for 1 to 100" in run("survey", "form", "SPRING", "stay-learner", "--to", "s.pdf", "--copies", "0").err
    assert "end it with .pdf" in run("survey", "form", "SPRING", "stay-learner", "--to", "s.doc").err


def test_no_row_tells_who_of_five_came_when(core: Core, small: Small) -> None:
    numbers = ["e", "a", "d", "b", "c"]
    with core.store.transaction() as session:
        for number in numbers:
            surveys.add(session, small.cohort_id, "learner", "stay-learner", [Response(0, {"safe": 3})], [number])
        place = "rowid" if session.get_bind().dialect.name == "sqlite" else "ctid"
        laid = session.scalars(text(f"SELECT number FROM survey_response ORDER BY {place}")).all()
    assert list(laid) == sorted(numbers)
