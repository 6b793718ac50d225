"""The empty list: a workbook with explanations, comments and drop-downs, in the coordinator's language."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.i18n import Text, say
from bot.rules.column_names import header_in

Words = Callable[[Text], str]

ROWS = 2000  # that are formatted and have drop-downs
DATES = frozenset({"birth_date", "departure_date", "arrival_date", "return_date"})
WIDE = {"accommodation": 34, "host_organisation": 26, "email": 26, "tutor_email": 26, "guardian_email": 26, "duty": 28}
PEOPLE = ("code", "role", "first_name", "last_name", "language", "phone", "email", "duty", "timezone",
          "host_organisation", "learners")  # fmt: skip
EXAMPLES = {
    "code": "L01", "role": "learner", "first_name": "Léa", "last_name": "Exemple", "language": "fr",
    "birth_date": "2009-05-14", "status": "apprentice", "trade": "boulangerie",
    "fewer_opportunities": "", "phone": "+33 6 39 98 00 01",
    "email": "lea@exemple.example", "home_city": "Nantes", "home_country": "FR", "home_timezone": "Europe/Paris",
    "host_city": "Seville", "host_country": "ES", "host_timezone": "Europe/Madrid",
    "host_organisation": "Panadería Ejemplo", "host_phone": "+34 955 50 00 01", "tutor": "marta",
    "tutor_name": "Marta Ejemplo", "tutor_email": "marta@panaderia.example",
    "accommodation": "Calle Ficticia 3, Sevilla",
    "departure_date": "2027-03-01", "arrival_date": "2027-03-01", "return_date": "2027-03-28", "referent": "claire",
    "backup_referent": "paul", "local_contact": "ines", "partner": "L02", "group": "Train of 1 March",
    "telegram": "yes",
    "guardian_name": "Anne Exemple", "guardian_phone": "+33 6 39 98 00 11", "guardian_email": "anne@exemple.example",
    "guardian_language": "fr", "guardian_telegram": "yes", "emergency_contact_name": "Anne Exemple",
    "emergency_contact_phone": "+33 6 39 98 00 11", "duty": "mon-fri 07:00-22:00", "timezone": "Europe/Paris",
    "learners": "L01, L02",
}  # fmt: skip
_HEAD, _NEEDED = PatternFill("solid", fgColor="FFDCE6F1"), PatternFill("solid", fgColor="FFFFE699")
_LINE = Border(bottom=Side(style="thin", color="FF8EA9DB"))


@dataclass(frozen=True, slots=True)
class Choices:
    """What drop-downs offer; by column. Other values may be typed where `strict` does not name the column."""

    lists: Mapping[str, Sequence[str]]
    strict: frozenset[str] = frozenset()


def list_template(
    columns: Sequence[str], required: Sequence[str], choices: Choices, words: Words, language: str
) -> bytes:
    """An .xlsx file; `words` turns an interface text into the reader's language."""
    book = Workbook()
    learners = book.active
    assert isinstance(learners, Worksheet)
    learners.title = words(say("list/sheet/learners"))
    people = book.create_sheet(words(say("list/sheet/people")))
    _explain(book.create_sheet(words(say("list/sheet/explanations"))), columns, required, words, language)
    lists = _lists(book, choices)
    mine = [c for c in columns if c not in ("role", "duty", "timezone", "learners")] + ["role"]
    _head(learners, mine, required, words, language)
    _head(people, PEOPLE, ("role", "first_name", "language"), words, language)
    for sheet, names in ((learners, mine), (people, PEOPLE)):
        _format(sheet, names, choices, lists, others="role" if sheet is people else "role_travel")
    _codes_of(people, learners, mine)
    return _bytes(book)


def _head(
    sheet: Worksheet, columns: Sequence[str], required: Sequence[str], words: Words, language: str
) -> None:  # fmt: skip
    for index, column in enumerate(columns, start=1):
        cell = sheet.cell(1, index, header_in(column, language))
        cell.font = Font(bold=True)
        cell.fill = _NEEDED if column in required else _HEAD
        cell.border, cell.alignment = _LINE, Alignment(wrap_text=True, vertical="top")
        needed = f"[{words(say('list/needed'))}] " if column in required else ""
        comment = Comment(f"{needed}{words(say(f'list/column/{column}'))}\n{EXAMPLES[column]}", "Compagnon")
        comment.width, comment.height = 280, 110
        cell.comment = comment
        sheet.column_dimensions[get_column_letter(index)].width = WIDE.get(column, max(13, len(str(cell.value)) + 2))
    sheet.freeze_panes = "C2"
    sheet.row_dimensions[1].height = 32


def _format(
    sheet: Worksheet, columns: Sequence[str], choices: Choices, lists: Mapping[str, str], others: str
) -> None:  # fmt: skip
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        # As text: Excel would take the zero from a telephone number and make a date of a code such as 3-4.
        sheet.column_dimensions[letter].number_format = "yyyy-mm-dd" if column in DATES else "@"
        name = others if column == "role" else column
        if name in lists:
            sheet.add_data_validation(_drop_down(lists[name], f"{letter}2:{letter}{ROWS}", name in choices.strict))
        elif column in DATES:
            sheet.add_data_validation(_date(f"{letter}2:{letter}{ROWS}"))
    for row in sheet.iter_rows(min_row=2, max_row=200, max_col=len(columns)):
        for cell, column in zip(row, columns, strict=True):
            cell.number_format = "yyyy-mm-dd" if column in DATES else "@"


def _drop_down(source: str, where: str, strict: bool) -> DataValidation:
    found = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=strict)
    found.add(where)
    return found


def _date(where: str) -> DataValidation:
    found = DataValidation(type="date", operator="between", formula1="7306", formula2="73050", allow_blank=True)
    found.error, found.showErrorMessage, found.errorStyle = "2027-03-01", True, "warning"
    found.add(where)
    return found


def _codes_of(people: Worksheet, learners: Worksheet, columns: Sequence[str]) -> None:
    """Who is named in the learners' rows is offered from the other sheet."""
    source = f"'{people.title}'!$A$2:$A$200"
    for column in ("referent", "backup_referent", "local_contact", "tutor"):
        letter = get_column_letter(columns.index(column) + 1)
        learners.add_data_validation(_drop_down(source, f"{letter}2:{letter}{ROWS}", strict=False))


def _lists(book: Workbook, choices: Choices) -> dict[str, str]:
    sheet = book.create_sheet("lists")
    sheet.sheet_state = "hidden"
    found = {}
    for index, (column, values) in enumerate(choices.lists.items(), start=1):
        for row, value in enumerate(values, start=1):
            sheet.cell(row, index, value)
        letter = get_column_letter(index)
        found[column] = f"lists!${letter}$1:${letter}${len(values)}"
    return found


def _explain(
    sheet: Worksheet, columns: Sequence[str], required: Sequence[str], words: Words, language: str
) -> None:  # fmt: skip
    sheet["A1"], sheet["A2"] = words(say("list/intro")), words(say("list/people_intro", sheet=say("list/sheet/people")))
    for index, name in enumerate(("column", "needed", "holds", "example"), start=1):
        cell = sheet.cell(4, index, words(say(f"list/heading/{name}")))
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _LINE
    for row, column in enumerate(columns, start=5):
        needed = words(say("list/needed")) if column in required else ""
        cells = (header_in(column, language), needed, words(say(f"list/column/{column}")), EXAMPLES[column])
        for index, value in enumerate(cells, start=1):
            cell = sheet.cell(row, index, value)
            cell.alignment, cell.number_format = Alignment(wrap_text=True, vertical="top"), "@"
    for letter, width in zip("ABCD", (26, 12, 70, 30), strict=True):
        sheet.column_dimensions[letter].width = width


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
