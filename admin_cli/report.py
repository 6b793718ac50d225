"""`compagnon report`: the figures of a cohort that a coordinator must give, and what people thought of the stays."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from admin_cli.context import desk
from admin_cli.files import write_bytes
from admin_cli.output import Json, facts, heading, print_json, say, table
from bot.service import cohort_report, surveys

AS_TABLE = "semicolons between, as spreadsheets open it"
SECTIONS = {
    "mobilities": "Stays abroad", "participants": "People", "reached": "Reached by the bot",
    "journey_steps": "Steps of the journey, of those who agreed", "learning": "Learning, all together",
    "check_ins": "Check-ins", "travel_days": "Journeys there and back", "alerts": "Alerts", "messages": "Messages",
    "certificates": "Certificates",
}  # fmt: skip


def report(
    what: Annotated[
        list[str],
        typer.Argument(metavar="[survey] CODE", help="The cohort; after `survey`, what people thought of its stays."),
    ],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE.csv", help="A table for a spreadsheet, instead of showing it.")
    ] = None,
    json: Json = False,
) -> None:
    """Figures of a cohort for final reports: stays, days, destinations, check-ins, alerts. No names, no codes.

    `report survey CODE` gives what learners, tutors and contact persons thought of the stays: never of fewer than five.

    Example: compagnon report SPRING27 --to spring27.csv
    """
    if len(what) != 1 and what[:-1] != ["survey"]:
        raise typer.BadParameter("Name one cohort: compagnon report CODE, or compagnon report survey CODE.")
    of_survey = len(what) == 2
    with desk() as d:
        found = (surveys if of_survey else cohort_report).of_cohort(d.core, what[-1], d.now)
    if to is not None:
        write_bytes(to, _csv(_survey_rows(found) if of_survey else _rows(found)))
        say(f"{to} is ready: one {'question' if of_survey else 'figure'} a line, {AS_TABLE}.")
    elif json:
        print_json(found)
    else:
        (_show_survey if of_survey else _show)(found)


def _show(found: dict[str, Any]) -> None:
    heading(f"{found['cohort']}  {found['name']}  ({found['journey']})  as of {found['at'][:10]}")
    for section, title in SECTIONS.items():
        heading(title)
        rows = {name: _plain(value) for name, value in _flat(found[section])}
        facts(rows) if any(rows.values()) else say("nothing to count yet, or of too few to say")
        if section == "mobilities":
            table(
                ("COUNTRY", "CITY", "STAYS", "DAYS"),
                [(r["country"], r["city"], r["stays"], r["days"]) for r in found["destinations"]],
                "No destination yet.",
            )


def _flat(value: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """`severity, red` → 2: one figure a line."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _flat(below, f"{above}, {_words(name)}" if above else _words(name))
    elif above:
        yield above, value


def _words(name: str) -> str:
    return name.replace("_", " ")


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0%}" if 0 <= value <= 1 else f"{value:g}"
    return "" if value is None else str(value)


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(["" if value is None else value for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")  # Excel takes what has no mark for another encoding


def _rows(found: dict[str, Any]) -> Iterator[Sequence[Any]]:
    yield "section", "figure", "value"
    for section, title in SECTIONS.items():
        yield from ((title, name, value) for name, value in _flat(found[section]))
    for row in found["destinations"]:
        for figure in ("stays", "days"):
            yield "Destinations", f"{row['country']} {row['city']}, {figure}", row[figure]


# --- surveys --------------------------------------------------------------------------------------


def _show_survey(found: dict[str, Any]) -> None:
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


def _survey_rows(found: dict[str, Any]) -> Iterator[Sequence[Any]]:
    yield "survey", "theme", "sentence", "answers", "mean", "share of 4 and 5", *range(1, 6)
    for survey in found["surveys"]:
        for q in survey["questions"]:
            figures = (q["answers"], q["mean"], q["content"], *(q["spread"] or [None] * 5))
            yield survey["survey"], q["theme"], q["text"], *figures
        yield from ((survey["survey"], "remark", remark) for remark in survey["remarks"])
