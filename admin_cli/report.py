"""`compagnon report`: what a coordinator must give account of, and what people thought of the stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from admin_cli.context import Desk, desk
from admin_cli.files import write_bytes, write_folder
from admin_cli.output import Json, heading, print_json, say, table
from bot.content.languages import COMPLETE
from bot.errors import BadInput
from bot.i18n import SOURCE_LANGUAGE
from bot.papers import quality, report_book, report_pdf
from bot.papers.booklet import booklet
from bot.papers.plain_files import csv_file, json_file
from bot.papers.report import Theme, themes
from bot.papers.report_words import Words, split, written
from bot.rules.typed import parse_choice
from bot.service import open_data, reports, surveys

KINDS = ("survey", "compare", "quality", "open-data")
ENDINGS = (".xlsx", ".pdf", ".csv", ".json")
USAGE = (
    "Name one cohort or a project: compagnon report CODE, compagnon report --project P; or compagnon report survey "
    "CODE, compagnon report compare CODE CODE, compagnon report quality CODE, compagnon report open-data --to FOLDER."
)


def report(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[survey|compare|quality|open-data] CODE …", help="A cohort; after `compare` two or more."
        ),
    ] = None,
    project: Annotated[
        str | None, typer.Option("--project", metavar="P", help="All cohorts of a project together.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="A workbook (.xlsx), pages (.pdf), a table (.csv) or data (.json)."),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", metavar="LANG", help=f"Of the words in it: {', '.join(COMPLETE)}.")
    ] = SOURCE_LANGUAGE,
    json: Json = False,
) -> None:
    """Figures of a cohort or a project for final reports: no names, no codes, no group of fewer than five people.

    `report compare A B` holds flows beside each other; `report survey CODE` has what people thought, with their
    sentences; `report quality CODE` is evidence against each Erasmus quality standard, and what is missing;
    `report open-data --to FOLDER` writes anonymous figures of all cohorts for anybody to use.

    Examples:

      compagnon report SPRING27 --to spring27.pdf --language fr

      compagnon report --project KA121-2027 --to project.xlsx
    """
    kind, codes = _asked(what or [], project)
    if kind == "open-data":
        _open_data(to)
        return
    spoken = parse_choice(language, COMPLETE, "a language of reports")
    ending = to.suffix.lower() if to is not None else ""
    if to is not None and ending not in ENDINGS:
        raise BadInput(f"“{to.name}” is no file a report can be: end it with {', '.join(ENDINGS[:-1])} or .json.")
    with desk() as d:
        if kind == "survey":
            found = surveys.of_cohort(d.core, codes[0], d.now)
            _survey(found, to, ending, as_json=json)
            return
        found = _found(d, kind, codes, project)
        words = partial(d.core.content.catalogues.plain, language=spoken, zone="UTC")
        marked = partial(d.core.content.catalogues.html, language=spoken, zone="UTC")
        if kind == "quality":
            _quality(found, to, ending, words, marked, spoken, as_data=json)
        elif to is not None:
            write_bytes(to, _file(found, ending, words, marked, spoken))
            say(f"{to} is ready.")
        elif json:
            print_json(found)
        else:
            _show(found, words, spoken)


def _asked(what: Sequence[str], project: str | None) -> tuple[str, list[str]]:
    """What kind of report, and of which cohorts; a project stands in their place."""
    kind, codes = (what[0], list(what[1:])) if what and what[0] in KINDS else ("", list(what))
    if project is not None and kind in ("", "quality") and not codes:
        return kind or "project", [project]
    wanted = {"compare": range(2, 100), "open-data": range(1)}.get(kind, range(1, 2))
    if project is not None or len(codes) not in wanted:
        raise typer.BadParameter(USAGE)
    return kind or "cohort", codes


def _found(d: Desk, kind: str, codes: Sequence[str], project: str | None) -> dict[str, Any]:
    if kind == "compare":
        return reports.of_flows(d.core, codes, d.now)
    return (reports.of_cohort if project is None else reports.of_project)(d.core, codes[0], d.now)


def _quality(found: Mapping[str, Any], to: Path | None, ending: str, words: Words, marked: Words, language: str,
             *, as_data: bool) -> None:  # fmt: skip
    if to is not None and ending not in (".pdf", ".json"):
        raise BadInput(f"Evidence goes into pages or data: end “{to.name}” with .pdf or .json.")
    data = quality.plain(found, words)
    if to is not None:
        pages = booklet(quality.document(found, marked, language)) if ending == ".pdf" else json_file(data)
        write_bytes(to, pages)
        say(f"{to} is ready.")
    elif as_data:
        print_json(data)
    else:
        figures = quality.evidence(found)
        for one in data["standards"]:
            heading(f"{one['name']}")
            for label, value, kind in figures[one["standard"]]:
                say(f"  {quality.named(label, words)}: {written(value, kind, words, language)}")
            say(f"  {words(quality.missing(one['standard']))}")


def _file(found: Mapping[str, Any], ending: str, words: Words, marked: Words, language: str) -> bytes:
    if ending == ".json":
        return json_file(found)
    parts = themes(found)
    if ending == ".xlsx":
        return report_book.xlsx(found, parts, words, language)
    if ending == ".pdf":
        return report_pdf.pdf(found, parts, marked, language)
    return csv_file(_rows(parts, words, language), separator=";")


def _show(found: Mapping[str, Any], words: Words, language: str) -> None:
    heading(f"{found['name']}: {words(report_pdf.header(found))}")
    parts = themes(found)
    for theme in parts:
        heading(words(theme.title))
        for one in theme.tables:
            say(words(one.title))
            titles = [words(column.title).upper() for column in one.columns]
            rows = [
                [written(*split(cell, column), words, language) for cell, column in zip(row, one.columns, strict=True)]
                for row in one.rows
            ]
            table(titles, rows, "")
    if not found["learners"]:
        say("There is nobody in this cohort yet, so there is nothing to count.")
    say("Groups of fewer than five people are not shown, nor anything from which they could be worked out.")


def _rows(parts: Iterable[Theme], words: Words, language: str) -> Iterator[Sequence[Any]]:
    """One figure a line: theme, table, what it is of, which figure, value."""
    yield "section", "table", "of", "figure", "value"
    for theme in parts:
        for one in theme.tables:
            for row in one.rows:
                of = written(row[0], "", words, language)
                for cell, column in zip(row[1:], one.columns[1:], strict=True):
                    value, kind = split(cell, column)
                    if value is not None:
                        plain = written(value, kind, words, language) if not isinstance(value, int | float) else value
                        yield words(theme.title), words(one.title), of, words(column.title), plain


# --- open data --------------------------------------------------------------------------------------


def _open_data(to: Path | None) -> None:
    if to is None:
        raise typer.BadParameter("Say where the files go: compagnon report open-data --to FOLDER.")
    with desk() as d:
        files = open_data.files(d.core, d.now)
    write_folder(to, files.items())
    say(f"{to} is ready: {', '.join(files)}. Read README.md before you publish it.")


# --- surveys --------------------------------------------------------------------------------------


def _survey(found: Mapping[str, Any], to: Path | None, ending: str, *, as_json: bool) -> None:
    if to is not None and ending != ".csv":
        raise BadInput(f"What people thought goes into a table: end “{to.name}” with .csv, or leave --to out.")
    if to is not None:
        write_bytes(to, csv_file(_survey_rows(found), separator=";"))
        say(f"{to} is ready: one question a line, semicolons between, as spreadsheets open it.")
    elif as_json:
        print_json(found)
    else:
        _show_survey(found)


def _show_survey(found: Mapping[str, Any]) -> None:
    heading(f"{found['cohort']}  {found['name']}  survey as of {found['at'][:10]}")
    if not found["surveys"]:
        say("Nobody has answered yet.")
    for survey in found["surveys"]:
        heading(survey["title"])
        if survey["answered"] is None:
            say("Fewer than five answers so far: they are not shown.")
            continue
        say(f"{survey['answered']} people. 1 is not true at all, 5 entirely true.")
        rows = [
            (q["theme"], q["text"], f"{q['mean']:.1f}", f"{q['content']:.0%}", q["answers"])
            if q["answers"]
            else (q["theme"], q["text"], "", "", "under 5")
            for q in survey["questions"]
        ]
        table(("THEME", "SENTENCE", "MEAN", "4 OR 5", "ANSWERS"), rows, "No question.")
        for remark in survey["remarks"]:
            say(f"- {remark}")
    say("Answers come in five at a time, so that nobody works out who answered last.")


def _survey_rows(found: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    yield "survey", "theme", "sentence", "answers", "mean", "share of 4 and 5", *range(1, 6)
    for survey in found["surveys"]:
        for q in survey["questions"]:
            figures = (q["answers"], q["mean"], q["content"], *(q["spread"] or [None] * 5))
            yield survey["survey"], q["theme"], q["text"], *figures
        yield from ((survey["survey"], "remark", remark) for remark in survey["remarks"])
