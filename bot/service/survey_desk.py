"""Surveys on paper: numbered sheets without a name, and the list into which they are typed. All rows or none."""

from __future__ import annotations

import hashlib
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.content.items import Survey
from bot.errors import BadInput, Fault, Faults
from bot.flows.survey import LONGEST
from bot.i18n import utf16_length
from bot.papers.survey_form import PAPER, REMARK, Form
from bot.rules import codes
from bot.rules.fold import fold
from bot.rules.survey import HIGHEST, LEAST, LOWEST, Response
from bot.rules.typed import parse_choice, parse_text, shown
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.import_table import Row, plain_list
from bot.service.surveys import add, kept_of
from bot.store.tables import Placement, SurveyResponse

LENGTH = 4  # signs of a sheet's number before the check sign
MOST = 100  # sheets at once
PASSED_OVER = frozenset({"", "-", "–", "x", "0"})


@dataclass(frozen=True, slots=True)
class TypedIn:
    """What an import kept, or would keep: numbers of the sheets, and of those that came back with nothing on them; and
    how many answers to the survey a report shows then, and how many wait until there are five of them."""

    cohort: str
    survey: str
    dry_run: bool
    kept: tuple[str, ...]
    empty: tuple[str, ...]
    shown: int
    waiting: int


def forms(core: Core, cohort: str, survey: str, copies: int) -> Form:
    """So many sheets of a survey for a cohort, each with a number of its own. Raises NotFound, BadInput."""
    if not 1 <= copies <= MOST:
        raise BadInput(f"{copies} sheets cannot be made at once: ask for 1 to {MOST}.")
    item = _survey(core, survey)
    with core.store.transaction() as session:
        name = find(session, cohort).name
    numbers: set[str] = set()
    while len(numbers) < copies:
        drawn = secrets.randbelow(len(codes.SIGNS) ** (LENGTH - 1))
        numbers.add(codes.code_of(drawn * len(codes.SIGNS) + mark(survey), LENGTH))
    return Form(item, name, tuple(sorted(numbers)))


def type_in(
    core: Core, cohort: str, survey: str, data: bytes, now: datetime, *, dry_run: bool = False
) -> TypedIn:  # fmt: skip
    """Keep what stands on sheets of paper, without a name, like answers from the chat. A sheet counts once. Raises
    NotFound, BadInput for what is no such list, Faults with every fault of every row."""
    item = _survey(core, survey)
    faults: list[Fault] = []
    read = [(row, _response(row, item, faults)) for row in _rows(data, item)]
    with core.store.transaction() as session:
        found = find(session, cohort)
        keys = _keys(session, found.id, item.id, [row for row, _ in read], faults)
        given = [(row, key, one) for (row, one), key in zip(read, keys, strict=True) if one.answers or one.remark]
        there = kept_of(session, found.id, item.id)
        _plausible(session, core, found.id, item, there, len(given), faults)
        if faults:
            raise Faults(faults)
        if given and not dry_run:
            kept = [one for _, _, one in given]
            add(session, found.id, _roles(core, item.id)[0], item.id, kept, [key for _, key, _ in given])
            note(session, None, "survey_typed_in", None, now, cohort=found.code, survey=item.id, sheets=len(kept))
        numbers = {row.number: row.cells[PAPER].upper() for row, _ in read}
        full = [row.number for row, _, _ in given]
        empty = tuple(number for n, number in numbers.items() if n not in full)
        waiting = (there + len(given)) % LEAST
        kept_now = tuple(numbers[n] for n in full)
        return TypedIn(found.code, item.id, dry_run, kept_now, empty, there + len(given) - waiting, waiting)


def mark(survey: str) -> int:
    """The first sign of the sheets of a survey, so that nobody types them into the list of another."""
    return zlib.crc32(survey.encode()) % len(codes.SIGNS)


def _survey(core: Core, survey: str) -> Survey:
    known = {name: item for (kind, name), item in core.content.items.items() if kind == "survey"}
    item = known[parse_choice(survey, tuple(known), "a survey")]
    assert isinstance(item, Survey)
    return item


def _roles(core: Core, survey: str) -> tuple[str, ...]:
    """Who is asked, by the journeys that have it."""
    return next(
        (
            journey.roles
            for journey in core.content.journeys.values()
            if any(step.kind == "survey" and step.use == survey for step in journey.steps)
        ),
        ("learner",),
    )  # fmt: skip


# --- reading --------------------------------------------------------------------------------------


def _rows(data: bytes, item: Survey) -> Sequence[Row]:
    empty = "The file is empty: `compagnon survey form` writes a list to type into."
    found = plain_list(data, lambda name: _column(name, item), str.strip, empty)
    asked = f"each of the {len(item.questions)} questions that begins with its number, and “{REMARK}”."
    found.require((PAPER, *_questions(item)), f". The list has “{PAPER}”, a column for {asked}")
    if not found.rows:
        raise BadInput("The list has a header but no sheets: type in one row for each below it.")
    return found.rows


def _questions(item: Survey) -> tuple[str, ...]:
    return tuple(str(n) for n in range(1, len(item.questions) + 1))


def _column(name: str, item: Survey) -> str | None:
    """`paper`, `remark`, or the number with which the name of a question begins."""
    first = name.strip().split(".")[0].split(" ")[0]
    if first in _questions(item):
        return first
    return next((column for column in (PAPER, REMARK) if fold(name).startswith(column)), None)


def _response(row: Row, item: Survey, faults: list[Fault]) -> Response:
    answers = {}
    for column, question in zip(_questions(item), item.questions, strict=True):
        cell = row.cells[column]
        if cell.isascii() and cell.isdigit() and LOWEST <= int(cell) <= HIGHEST:
            answers[question.id] = int(cell)
        elif cell.casefold() not in PASSED_OVER:
            what = f"“{shown(cell)}” is no answer: write {LOWEST} to {HIGHEST}, or nothing where no box is ticked"
            faults.append(row.fault(column, what))
    return Response(0, answers, _remark(row, faults))


def _remark(row: Row, faults: list[Fault]) -> str | None:
    words = row.cells.get(REMARK, "")
    if not words:
        return None
    if utf16_length(words) > LONGEST:
        faults.append(row.fault(REMARK, f"has {utf16_length(words)} characters; {LONGEST} fit: shorten it"))
        return None
    try:
        return parse_text(words)
    except BadInput as error:
        faults.append(row.fault(REMARK, str(error)))
        return None


# --- checking -------------------------------------------------------------------------------------


def _keys(session: Session, cohort_id: int, survey: str, rows: Sequence[Row], faults: list[Fault]) -> list[str]:
    """The keys of the rows by the numbers of their sheets; a number misread, twice in the list or kept already is a
    fault."""
    keys, seen = [], dict[str, int]()
    for row in rows:
        number = codes.read(row.cells[PAPER], LENGTH)
        if number is None:
            what = f"“{shown(row.cells[PAPER])}” is no number of a sheet" if row.cells[PAPER] else "is empty"
            faults.append(row.fault(PAPER, f"{what}: type what stands at the top right of the sheet, such as "
                                           f"{codes.code_of(123_456, LENGTH)}"))  # fmt: skip
            number = f"?{row.number}"
        elif number[0] != codes.SIGNS[mark(survey)]:
            faults.append(row.fault(PAPER, f"sheet {number} is of another survey than {survey}: import it there"))
        if seen.setdefault(number, row.number) != row.number:
            faults.append(row.fault(PAPER, f"sheet {number} stands in row {seen[number]} already: keep one of them"))
        keys.append(hashlib.sha256(f"{cohort_id}/{survey}/{number}".encode()).hexdigest()[:16])
    there = set(session.scalars(select(SurveyResponse.number).where(SurveyResponse.number.in_(keys))))
    faults += [
        row.fault(PAPER, f"sheet {row.cells[PAPER]} is typed in already: take the row out")
        for row, key in zip(rows, keys, strict=True)
        if key in there
    ]
    return keys


def _plausible(
    session: Session, core: Core, cohort_id: int, item: Survey, there: int, more: int, faults: list[Fault]
) -> None:  # fmt: skip
    """No more answers than learners: somebody has answered both in the chat and on paper."""
    if "learner" not in _roles(core, item.id):
        return
    people = session.scalar(select(func.count()).where(Placement.cohort_id == cohort_id)) or 0
    if there + more > people:
        faults.append(Fault(
            "the list",
            f"has {more} sheets, {there} answers are kept already, and the cohort has {people} learners: leave out who "
            "answered in the chat",
        ))  # fmt: skip


def as_json(found: TypedIn) -> dict[str, Any]:
    """For `--json`."""
    return {
        "cohort": found.cohort, "survey": found.survey, "dry_run": found.dry_run, "kept": list(found.kept),
        "empty": list(found.empty), "shown": found.shown, "waiting": found.waiting,
    }  # fmt: skip
