"""`compagnon survey …`: what people thought of the stays, asked on paper and typed in."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from admin_cli.context import desk
from admin_cli.files import read_bytes, write_bytes
from admin_cli.lists import Code, Marked, faults_marked
from admin_cli.output import DryRun, Json, counted, heading, print_json, say, some
from bot.errors import BadInput
from bot.i18n import SOURCE_LANGUAGE
from bot.papers.survey_form import survey_form, survey_list
from bot.rules.survey import LEAST
from bot.rules.typed import parse_language
from bot.service import survey_desk

app = typer.Typer(name="survey", help="Surveys of satisfaction on paper.", no_args_is_help=True)

Which = Annotated[str, typer.Argument(metavar="SURVEY", help="stay-learner, stay-tutor or stay-referent.")]


@app.command()
def form(
    code: Code,
    survey: Which,
    to: Annotated[Path, typer.Option("--to", metavar="F.pdf", help="Where the sheets go; the list goes beside them.")],
    copies: Annotated[int, typer.Option("--copies", metavar="N", help="How many sheets.")] = 10,
    language: Annotated[str, typer.Option("--language", metavar="LANG", help="Of the sheets.")] = SOURCE_LANGUAGE,
) -> None:
    """Sheets to fill in by hand, without a name, and beside them an Excel list to type them into.

    Let everybody take a sheet from the pile: who has which number is nobody's business.

    Example: compagnon survey form SPRING27 stay-learner --copies 12 --language fr --to survey.pdf
    """
    if to.suffix.lower() != ".pdf":
        raise BadInput(f"“{to.name}” is no file for sheets of paper: end it with .pdf.")
    spoken, typed = parse_language(language), to.with_suffix(".xlsx")
    if typed.exists():
        raise BadInput(
            f"{typed} is there already, and answers may be typed into it: choose another name for {to.name}."
        )
    with desk() as d:
        made = survey_desk.forms(d.core, code, survey, copies)
        tag = d.core.content.catalogues.closest(spoken)
        words = partial(d.core.content.catalogues.plain, language=tag, zone="UTC")
        sheets, table = survey_form(made, words, tag), survey_list(made, words)
    write_bytes(to, sheets)
    write_bytes(typed, table)
    say(f"{to} has {counted(copies, 'sheet')}. When they are back, type them into {typed}, then:")
    say(f"compagnon survey import {code} {survey} {typed} --dry-run")


@app.command("import")
def import_(
    code: Code,
    survey: Which,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The list that `survey form` wrote, or a CSV like it.")],
    dry_run: DryRun = False,
    marked: Marked = None,
    json: Json = False,
) -> None:
    """Keep what stands on the sheets: all rows or none, each sheet once, rows without an answer left aside.

    Example: compagnon survey import SPRING27 stay-learner survey.xlsx --dry-run
    """
    data = read_bytes(file)
    with desk() as d, faults_marked(data, file, marked):
        found = survey_desk.type_in(d.core, code, survey, data, d.now, dry_run=dry_run)
    if json:
        print_json(survey_desk.as_json(found))
        return
    if found.empty:
        say(f"Nothing stands on {some(found.empty)}: left aside.")
    heading(f"{counted(len(found.kept), 'sheet')} {'would be ' if dry_run else ''}kept.")
    if dry_run:
        say(f"Nothing was changed. To do it: compagnon survey import {found.cohort} {found.survey} {file}")
    else:
        waiting = f", {found.waiting} wait until they are {LEAST}" if found.waiting else ""
        say(f"Answers come into the report {LEAST} at a time: it shows {found.shown}{waiting}. Shred the sheets.")
