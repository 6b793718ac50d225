"""`compagnon cohort import` and `compagnon cohort template`: lists of people in, empty lists out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from admin_cli.context import content, desk
from admin_cli.files import read_bytes, write_bytes
from admin_cli.output import DryRun, Json, counted, heading, print_json, say
from admin_cli.progress import progress
from bot.content.loader import Library
from bot.errors import Faults
from bot.papers.list_template import Choices, list_template
from bot.rules import column_names
from bot.rules.towns import kit_name
from bot.rules.typed import parse_choice
from bot.service.import_file import ImportReport, import_cohort
from bot.service.import_marks import mark
from bot.service.import_rows import COLUMNS, REQUIRED, STATUSES
from bot.settings import load_settings

_STRICT = frozenset({"status", "telegram", "guardian_telegram", "fewer_opportunities", "role", "role_travel"})
SHOWN = 400  # people a report names before it only counts

Code = Annotated[str, typer.Argument(metavar="CODE", help="The cohort's code.")]
ListFile = Annotated[Path, typer.Argument(metavar="FILE", help="An Excel workbook (.xlsx) or CSV in any dialect.")]
Marked = Annotated[Path | None, typer.Option("--marked", metavar="F", help="Where a copy with the faults marked goes.")]


def import_(
    code: Code,
    file: ListFile,
    dry_run: DryRun = False,
    marked: Marked = None,
    json: Json = False,
) -> None:
    """Import a list of people: all rows or none. Importing it again changes nothing.

    Columns may be called as in the template, or as people call them in English, French, Spanish, Italian, German or
    Dutch. A refused list is copied beside the file with every fault marked.

    Examples:

      compagnon cohort import SPRING27 list.xlsx --dry-run

      compagnon cohort import SPRING27 list.xlsx
    """
    data = read_bytes(file)
    with desk() as d, progress("rows") as tell, faults_marked(data, file, marked):
        report = import_cohort(d.core, code, data, d.now, dry_run=dry_run, tell=tell)
    if json:
        print_json(_report_json(report))
    else:
        _print_report(report, file)


@contextmanager
def faults_marked(data: bytes, file: Path, wanted: Path | None) -> Iterator[None]:
    """Where the list is refused, a copy with its faults marked lies beside it, or where it is wanted; the error says
    so."""
    try:
        yield
    except Faults as faults:
        if told := _write_marked(data, faults, file, wanted):
            faults.add_note(told)
        raise


def _write_marked(data: bytes, faults: Faults, file: Path, wanted: Path | None) -> str | None:
    copy = mark(data, faults.faults)
    if copy is None:
        return None
    to = wanted or file.with_name(f"{file.stem}.faults{copy.suffix}")
    try:
        to.write_bytes(copy.data)
    except OSError as error:
        return f"The copy with the faults marked cannot be written to {to} ({error.strerror}): add --marked PLACE."
    return f"A copy with every fault marked where it stands: {to}"


def _report_json(report: ImportReport) -> dict[str, Any]:
    people = {state: [p for p in report.people if p.state == state] for state in ("added", "changed", "missing")}
    return {
        "cohort": report.cohort, "dry_run": report.dry_run,
        "added": [{"code": c, "name": n} for c, n in report.added],
        "changed": [{"code": c.code, "name": c.name, "changes": _pairs(c.columns)} for c in report.changed],
        "unchanged": report.unchanged,
        "missing": [{"code": c, "name": n} for c, n in report.missing],
        "people": {
            "added": [{"code": p.code, "role": p.role, "name": p.name} for p in people["added"]],
            "changed": [
                {"code": p.code, "role": p.role, "name": p.name, "changes": _pairs(p.columns)}
                for p in people["changed"]
            ],
            "unchanged": [p.code for p in report.people if p.state == "unchanged"],
            "missing": [{"code": p.code, "role": p.role, "name": p.name} for p in people["missing"]],
        },
        "notes": report.notes,
    }  # fmt: skip


def _pairs(columns: dict[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    return {name: {"old": old, "new": new} for name, (old, new) in columns.items()}


def _print_report(report: ImportReport, file: Path) -> None:
    would = "would be " if report.dry_run else ""
    lines = list(_lines(report))
    for line in lines[:SHOWN]:
        say(line)
    if len(lines) > SHOWN:
        say(f"… and {len(lines) - SHOWN:,} more lines; --json has them all.")
    for note in report.notes:
        say(f"! {note}")
    if report.people:
        counts = {s: sum(1 for p in report.people if p.state == s) for s in ("added", "changed", "unchanged")}
        say(
            f"Others: {counts['added']} {would}added, {counts['changed']} {would}changed, "
            f"{counts['unchanged']} unchanged."
        )
    heading(
        f"{counted(len(report.added), 'learner')} {would}added, {len(report.changed)} {would}changed, "
        f"{len(report.unchanged)} unchanged, {len(report.missing)} missing from the file."
    )
    if report.dry_run:
        say(f"Nothing was changed. To do it: compagnon cohort import {report.cohort} {file}")
    elif report.added or any(p.state == "added" for p in report.people):
        say(f"Next: compagnon cohort invites {report.cohort}")


def _lines(report: ImportReport) -> list[str]:
    found = []
    for person in report.people:
        sign = {"added": "+", "changed": "~", "missing": "?"}.get(person.state)
        if sign:
            left = "  is in the cohort but not in the file; left as they are" if sign == "?" else ""
            found.append(f"{sign} {person.code}  {person.name}  ({person.role}){left}")
            found += _changes(person.columns)
    found += [f"+ {code}  {name}" for code, name in report.added]
    for change in report.changed:
        found += [f"~ {change.code}  {change.name}", *_changes(change.columns)]
    found += [f"? {code}  {name}  is in the cohort but not in the file; left as it is" for code, name in report.missing]
    return found


def _changes(columns: dict[str, tuple[str, str]]) -> list[str]:
    return [f"    {name}: {old or '(empty)'} → {new or '(empty)'}" for name, (old, new) in columns.items()]


# --- the empty list -----------------------------------------------------------------------------


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it goes, such as list.xlsx.")] = Path("list.xlsx"),
    language: Annotated[
        str, typer.Option("--language", metavar="LANG", help=f"Column names in {', '.join(column_names.LANGUAGES)}.")
    ] = "en",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write an empty Excel list with explanations and drop-downs.

    Examples:

      compagnon cohort template list.xlsx

      compagnon cohort template liste.xlsx --language fr
    """
    chosen = parse_choice(language, column_names.LANGUAGES, "a language of column names")
    library = content(load_settings())
    words = partial(library.catalogues.plain, language=library.catalogues.closest(chosen), zone="UTC")
    data = list_template(COLUMNS, REQUIRED, _choices(library, chosen), words, chosen)
    write_bytes(file, data, force=force)
    say(f"{file} is ready: fill in one row for each person. Then: compagnon cohort import CODE {file} --dry-run")


def _choices(library: Library, language: str) -> Choices:
    tags = list(library.catalogues.languages)
    lists = {
        "language": tags, "guardian_language": tags, "status": STATUSES, "telegram": ("yes", "no"),
        "guardian_telegram": ("yes", "no"),
        "fewer_opportunities": ("yes", "no"),
        "host_city": sorted(kit_name(library, kit, language) for kit in library.kits),
        "role": [role for role in column_names.ROLES if role not in ("learner", "staff")],
        "role_travel": ("learner", "staff"),
    }  # fmt: skip
    return Choices(lists, strict=_STRICT)
