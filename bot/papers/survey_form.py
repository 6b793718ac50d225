"""A survey on paper: one A4 page for each copy, a box for each answer, no name; and the list it is typed into."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from bot.content.items import Survey
from bot.i18n import Text, say
from bot.papers.paper import GREY, Paper
from bot.rules.survey import HIGHEST, LOWEST
from bot.rules.typed import safe_cell

Words = Callable[[Text], str]
PAPER, REMARK = "paper", "remark"  # columns of the list beside the questions
MARGIN, WIDTH = 18.0, 174.0
BOX, GAP = 5.0, 9.0
LINES, LINE = 4, 8.0  # for a sentence of one's own
END = 262.0  # where the sentence at the foot begins
ANSWERS = MARGIN + WIDTH - GAP * HIGHEST


@dataclass(frozen=True, slots=True)
class Form:
    """A survey for a cohort, and the numbers of the copies."""

    item: Survey
    cohort: str
    numbers: tuple[str, ...]

    def text(self, field: str) -> Text:
        """A text of the survey."""
        return Text(f"{self.item.path}/{field}")


def survey_form(form: Form, words: Words, language: str) -> bytes:
    """The PDF, a page a copy."""
    title = words(form.text("title"))
    asked = [words(form.text(f"questions/{one.id}/text")) for one in form.item.questions]
    others = [words(say(f"survey_form/{name}")) for name in ("how", "scale", "no_name", "foot")]
    paper = Paper(
        [title, *asked, *others, words(form.text("remark")), form.cohort, *form.numbers], title, language=language
    )
    for number in form.numbers:
        _page(paper, form, words, number, asked)
    return paper.bytes()


def _page(paper: Paper, form: Form, words: Words, number: str, asked: list[str]) -> None:
    paper.page()
    paper.text(MARGIN + WIDTH - 40, MARGIN + 1, 40, number, 12, bold=True, align="R")
    y = paper.text(MARGIN, MARGIN, WIDTH - 44, words(form.text("title")), 17, bold=True) + 1
    y = paper.text(MARGIN, y, WIDTH, form.cohort, 11, colour=GREY) + 2
    y = paper.text(MARGIN, y, WIDTH, words(say("survey_form/how")), 10) + 1.5
    y = paper.text(MARGIN, y, WIDTH, words(say("survey_form/scale")), 10, bold=True) + 3
    for value in range(LOWEST, HIGHEST + 1):
        paper.text(ANSWERS + (value - 1) * GAP, y, GAP, str(value), 9, colour=GREY, align="C")
    y += 5
    for n, one in enumerate(asked, 1):
        below = paper.text(MARGIN, y, ANSWERS - MARGIN - 4, f"{n}.  {one}", 10)
        for value in range(LOWEST, HIGHEST + 1):
            paper.box(ANSWERS + (value - 1) * GAP + (GAP - BOX) / 2, y, BOX, BOX)
        y = max(below, y + BOX) + 2.5
        paper.rule(MARGIN, y - 1.2, WIDTH)
    y = paper.text(MARGIN, y + 2, WIDTH, words(form.text("remark")), 10) + 0.5
    y = paper.text(MARGIN, y, WIDTH, words(say("survey_form/no_name")), 8.5, colour=GREY)
    for line in range(1, LINES + 1):
        if y + line * LINE < END:
            paper.rule(MARGIN, y + line * LINE, WIDTH)
    paper.text(MARGIN, END + 4, WIDTH, words(say("survey_form/foot")), 8.5, colour=GREY, most=16)


def survey_list(form: Form, words: Words) -> bytes:
    """An .xlsx file with a row for each sheet, its number in it, and a column for each question."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    asked = [f"{n}. {words(form.text(f'questions/{one.id}/text'))}" for n, one in enumerate(form.item.questions, 1)]
    sheet.append([PAPER, *(safe_cell(one) for one in asked), REMARK])
    for number in form.numbers:
        sheet.append([number])
    for cell in sheet[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    last = len(form.numbers) + 1
    for column in range(1, len(asked) + 3):
        sheet.column_dimensions[get_column_letter(column)].width = 60 if column == len(asked) + 2 else 16
    allowed = DataValidation(type="whole", formula1=str(LOWEST), formula2=str(HIGHEST), allow_blank=True)
    allowed.add(f"B2:{get_column_letter(len(asked) + 1)}{last}")
    sheet.add_data_validation(allowed)
    sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
