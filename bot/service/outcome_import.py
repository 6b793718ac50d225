"""Learning outcomes of a cohort's learners from a list: all rows or none, every fault with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.content.outcomes import MOST
from bot.errors import BadInput, Fault, Faults
from bot.rules.fold import fold
from bot.rules.names import full_name
from bot.rules.outcomes import code_of
from bot.rules.typed import shown
from bot.service.audit import note
from bot.service.cohorts import find as find_cohort
from bot.service.core import Core
from bot.service.import_table import one_line, place, plain_list
from bot.store.tables import Outcome, OutcomeDraft, OutcomeGrade, OutcomeLog, OutcomeValidation, Person, Placement

LONGEST = 120  # characters of an outcome, so that ten fit into one message with all that shows them
LONGEST_UNIT = 60
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "learner", "apprenant", "eleve", "codigo", "alumno", "codice", "allievo", "lernende", "schueler",
             "leerling"),
    "outcome": ("outcome", "learning outcome", "acquis", "resultado", "risultato", "lernergebnis", "leeruitkomst",
                "text"),
    "unit": ("unit", "unite", "unidad", "unita", "einheit", "eenheid"),
}  # fmt: skip


@dataclass(slots=True)
class OutcomeReport:
    """What an import did, or would do. `changed`: code, name and number of outcomes."""

    cohort: str
    dry_run: bool
    changed: list[tuple[str, str, int]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    row: int
    code: str  # of the learner; empty: of everybody
    words: str
    unit: str


def import_outcomes(core: Core, cohort: str, data: bytes, now: datetime, *, dry_run: bool = False) -> OutcomeReport:
    """Give learners their outcomes: the file's list takes the place of the one they have. Raises BadInput, Faults."""
    faults: list[Fault] = []
    lines = list(_lines(data, faults))
    with core.store.transaction() as session:
        found = find_cohort(session, cohort)
        people = {
            placement.code.casefold(): (placement, person)
            for placement, person in session.execute(
                select(Placement, Person)
                .join(Person, Person.id == Placement.person_id)
                .where(Placement.cohort_id == found.id, Person.erased_at.is_(None))
                .order_by(Placement.code)
            )
        }
        faults += [
            Fault(place("", line.row, "code"), f"there is no learner “{shown(line.code)}” in {found.code}: correct it")
            for line in lines
            if line.code and line.code.casefold() not in people
        ]
        report = OutcomeReport(found.code, dry_run)
        for code, (placement, person) in people.items():
            own = [line for line in lines if line.code.casefold() in ("", code)]
            if own:
                _give(session, placement, person, own, report, faults, now)
        if faults:
            raise Faults(faults)
        if dry_run:
            session.rollback()
    return report


# --- reading --------------------------------------------------------------------------------------


def _lines(data: bytes, faults: list[Fault]) -> Iterator[_Line]:
    empty = "The file is empty: its first row names the columns code, outcome and unit."
    found = plain_list(data, _column, one_line, empty)
    if "outcome" not in found.headers:
        raise BadInput(f"{place('', found.head)}: there is no column “outcome”: name one so, beside code and unit.")
    seen: dict[tuple[str, str], int] = {}
    for row in found.rows:
        got = row.cells
        line = _Line(row.number, got.get("code", ""), got["outcome"], got.get("unit", ""))
        faults += _faults_of(line, seen)
        yield line
    if not seen and not faults:
        raise BadInput("The file names no outcome: write one row for each below the header.")


def _column(name: str) -> str | None:
    typed = fold(name)
    return next((c for c, names in _HEADERS.items() if any(typed.startswith(fold(n)) for n in names)), None)


def _faults_of(line: _Line, seen: dict[tuple[str, str], int]) -> Iterator[Fault]:
    where = place("", line.row, "outcome")
    if not line.words:
        yield Fault(where, "is empty: write what the learner is to be able to do")
        return
    if len(line.words) > LONGEST:
        yield Fault(where, f"has {len(line.words)} characters; {LONGEST} fit: say it in fewer words")
    if len(line.unit) > LONGEST_UNIT:
        yield Fault(place("", line.row, "unit"), f"has {len(line.unit)} characters; {LONGEST_UNIT} fit")
    before = seen.setdefault((line.code.casefold(), code_of(line.words)), line.row)
    if before != line.row:
        yield Fault(where, f"stands in row {before} already: keep one of them")


# --- writing --------------------------------------------------------------------------------------


def _give(
    session: Session, placement: Placement, person: Person, lines: list[_Line], report: OutcomeReport,
    faults: list[Fault], now: datetime,
) -> None:  # fmt: skip
    wanted = {code_of(line.words): line for line in lines}
    if len(wanted) > MOST:
        faults.append(Fault(
            place("", lines[-1].row),
            f"{placement.code} would have {len(wanted)} outcomes; at most {MOST} fit: bring some together",
        ))  # fmt: skip
        return
    have = list(session.scalars(select(Outcome).where(Outcome.placement_id == placement.id).order_by(Outcome.position)))
    lost = [row for row in have if row.code not in wanted and row.code in _proven(session, placement.id)]
    if lost:
        words = ", ".join(f"“{shown(row.words or row.code)}”" for row in lost)
        faults.append(Fault(
            place("", lines[0].row),
            f"{placement.code} was logged or assessed on {words} already: keep them in the file",
        ))  # fmt: skip
        return
    new = [(code, line.unit or None, line.words) for code, line in wanted.items()]
    if [(row.code, row.unit, row.words) for row in have] == new:
        report.unchanged.append(placement.code)
        return
    session.execute(delete(Outcome).where(Outcome.placement_id == placement.id))
    session.add_all(
        Outcome(placement_id=placement.id, position=n, code=code, source=None, unit=unit, words=words)
        for n, (code, unit, words) in enumerate(new)
    )
    note(session, None, "outcomes_imported", placement.person_id, now, outcomes=len(new))
    report.changed.append((placement.code, full_name(person), len(new)))


def _proven(session: Session, placement_id: int) -> set[str]:
    """Outcomes about which somebody has said something."""
    found: set[str] = set()
    for table in (OutcomeLog, OutcomeGrade, OutcomeValidation):
        found.update(session.scalars(select(table.code).where(table.placement_id == placement_id)))
    for grades in session.scalars(select(OutcomeDraft.grades).where(OutcomeDraft.placement_id == placement_id)):
        found.update(grades)
    return found
