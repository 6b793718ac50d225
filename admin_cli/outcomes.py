"""Learning outcomes: `compagnon cohort outcomes`, `compagnon learner outcomes`, `compagnon learner assess`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from admin_cli.context import desk
from admin_cli.files import read_bytes, write_bytes
from admin_cli.output import DryRun, Json, counted, heading, print_json, say, table
from bot.service import outcome_desk
from bot.service.outcome_import import import_outcomes

Learner = Annotated[str, typer.Argument(metavar="CODE", help="The learner's code.")]
InCohort = Annotated[str | None, typer.Option("--cohort", metavar="C", help="Where several cohorts have that code.")]
_GRADES = {0: "not seen", 1: "not yet", 2: "with help", 3: "alone", 4: "can explain it"}


def import_(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The cohort's code.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or .xlsx with the columns code, outcome, unit.")],
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Learning outcomes from a list: all rows or none. A row without a learner's code is for everybody.

    Whoever is in no row keeps the list of their trade. What was logged or assessed already must stay in the file.

    Example: compagnon cohort outcomes SPRING27 outcomes.csv --dry-run
    """
    data = read_bytes(file)
    with desk() as d:
        report = import_outcomes(d.core, code, data, d.now, dry_run=dry_run)
    if json:
        changed = [{"code": c, "name": n, "outcomes": k} for c, n, k in report.changed]
        told = {"cohort": report.cohort, "dry_run": report.dry_run}
        print_json(told | {"changed": changed, "unchanged": report.unchanged})
        return
    for learner, name, outcomes in report.changed:
        say(f"~ {learner}  {name}: {counted(outcomes, 'outcome')}")
    would = "would be changed" if dry_run else "changed"
    heading(f"{counted(len(report.changed), 'learner')} {would}, {len(report.unchanged)} unchanged.")
    if dry_run:
        say(f"Nothing was changed. To do it: compagnon cohort outcomes {report.cohort} {file}")


def outcomes(
    code: Learner,
    cohort: InCohort = None,
    form: Annotated[
        Path | None, typer.Option("--form", metavar="F.pdf", help="Write the tutor's form, to fill in by hand.")
    ] = None,
    language: Annotated[str, typer.Option(metavar="L", help="The language of list and form.")] = "en",
    json: Json = False,
) -> None:
    """A learner's outcomes with the tutor's grades; log and validation only where the learner shows them.

    Example: compagnon learner outcomes L01 --form lea.pdf --language es
    """
    with desk() as d:
        if form is not None:
            write_bytes(form, outcome_desk.form(d.core, code, cohort, language))
            say(f"{form} is ready. When it is back: compagnon learner assess {code} GRADES… --by NAME --on DAY")
            return
        found = outcome_desk.show(d.core, code, cohort, d.now, language)
    if json:
        print_json(found)
        return
    heading(f"{found['code']}: {counted(len(found['outcomes']), 'outcome')}")
    table(
        ("NO", "OUTCOME", "HALF-WAY", "END", "WEEKS LOGGED", "VALIDATED"),
        [
            (o["number"], o["outcome"], _grade(o["grades"].get("mid")), _grade(o["grades"].get("end")),
             o["weeks_logged"], o["verdict"])
            for o in found["outcomes"]
        ],
        "No learning outcomes.",
    )  # fmt: skip
    if not found["shown"]:
        say("The learner shows log and validation to nobody yet.")


def _grade(value: int | None) -> str | None:
    return None if value is None else _GRADES[value]


def assess(
    code: Learner,
    grades: Annotated[
        list[str], typer.Argument(metavar="GRADES…", help="In the form's order: 1 to 4, or x for not seen.")
    ],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="The tutor who assessed.")],
    on: Annotated[str, typer.Option("--on", metavar="D", help="The day on the paper.")],
    moment: Annotated[Literal["mid", "end"], typer.Option("--at", help="Half-way, or at the end.")] = "end",
    comment: Annotated[str | None, typer.Option(metavar="TEXT", help="The tutor's comment.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="In place of the one that is there.")] = False,
    cohort: InCohort = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Type in a tutor's assessment from paper; the learner reads it in the chat.

    Example: compagnon learner assess L01 3 3 2 x 4 2 3 --by "Tilda Ejemplo" --on 2027-03-19 --dry-run
    """
    given = outcome_desk.Assessed(grades, by, on, moment, comment, replace)
    with desk() as d:
        found = outcome_desk.assess(d.core, code, cohort, given, d.now, dry_run=dry_run)
    if json:
        print_json(found)
        return
    table(
        ("OUTCOME", "GRADE"),
        [
            (words, _GRADES[value])
            for words, value in zip(found["outcomes"], found["grades"].values(), strict=True)
        ],
        "",
    )  # fmt: skip
    if dry_run:
        say("Nothing was changed. Without --dry-run it is written down and the learner hears of it.")
    else:
        say(f"{found['code']}: the assessment by {found['by']} on {found['on']} is written down; the learner hears.")
