"""`compagnon case …`"""

from __future__ import annotations

from typing import Annotated

import typer

from admin_cli.context import desk
from admin_cli.output import Json, print_json, say, table
from bot.rules.confiding import CaseOutcome
from bot.service import cases

app = typer.Typer(name="case", help="Cases: learners who named somebody around their stay.", no_args_is_help=True)


@app.command("list")
def list_(
    cohort: Annotated[str | None, typer.Option(metavar="CODE", help="Only of this cohort.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="With the learner and the person named; the audit keeps that you looked.")
    ] = False,
    json: Json = False,
) -> None:
    """Cases, oldest first: number, cohort and state, and nothing about what they are."""
    with desk() as d:
        rows = cases.listing(d.core, cohort, d.now, everything=everything, reveal=reveal)
    if json:
        print_json(rows)
        return
    more = ("LEARNER", "ABOUT", "TAKEN BY") if reveal else ()
    table(
        ("ID", "COHORT", "STATE", "OPENED (UTC)", "TOLD", "OUTCOME", *more),
        [
            (
                r["id"], r["cohort"], r["state"], r["opened_at"][:16], r["told"], r["outcome"],
                *((f"{r['learner']} {r['learner_name']}", f"{r['named']} ({r['named_role']})", r["taken_by"])
                  if reveal else ()),
            )
            for r in rows
        ],
        "No cases." if everything else "No open cases.",
    )  # fmt: skip


@app.command()
def close(
    case_id: Annotated[int, typer.Argument(metavar="ID")],
    outcome: Annotated[str, typer.Option(help=f"How it ended: {', '.join(CaseOutcome)}.")] = CaseOutcome.OTHER.value,
    json: Json = False,
) -> None:
    """Close a case. The learner hears of it; the person named may get alerts about them again."""
    with desk() as d:
        row = cases.close_from_desk(d.core, case_id, outcome, d.now)
    if json:
        print_json(row)
        return
    say(f"Case {case_id} ({row['cohort']}) is closed: {row['outcome']}.")
