"""`compagnon alerts …`"""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from admin_cli.context import desk
from admin_cli.output import Json, counted, print_json, say, some, table
from bot.rules.alert import Outcome
from bot.rules.incident import number_of
from bot.rules.typed import parse_day
from bot.service import alert_list, list_looks, trail

app = typer.Typer(name="alerts", help="Alerts about learners.", no_args_is_help=True)


@app.command("list")
def list_(
    open_: Annotated[bool, typer.Option("--open", help="Only those that nobody has resolved.")] = False,
    cohort: Annotated[str | None, typer.Option(metavar="CODE", help="Only of this cohort.")] = None,
    json: Json = False,
) -> None:
    """Alerts, oldest first."""
    with desk() as d:
        rows = alert_list.listing(d.core, cohort, open_only=open_)
        confided = alert_list.confided(d.core, cohort)
        list_looks.some(d.core, "alerts", ((row["cohort"], row["learner"]) for row in rows), d.now)
    if json:
        print_json(rows)
        return
    table(
        ("ID", "COHORT", "LEARNER", "REASON", "SEVERITY", "RAISED (UTC)", "LEVEL", "TAKEN BY", "RESOLVED", "OUTCOME",
         "INCIDENT"),
        [
            (
                r["id"], r["cohort"], f"{r['learner']} {r['name']}", r["reason"], r["severity"], r["raised_at"][:16],
                r["level"], r["acknowledged_by"], (r["resolved_at"] or "")[:16], r["outcome"],
                number_of(r["incident"]) if r["incident"] else None,
            )
            for r in rows
        ],
        "No open alerts." if open_ else "No alerts.",
    )  # fmt: skip
    if confided:
        say(f"Besides, open and confided to people of the learners' choice, who alone see it: {confided}.")


@app.command()
def resolve(
    number: Annotated[str, typer.Argument(metavar="ID", help="An alert (12), or a whole incident (G12).")],
    outcome: Annotated[str, typer.Option(help=f"How it ended: {', '.join(Outcome)}.")] = Outcome.OTHER.value,
    incident: Annotated[bool, typer.Option("--incident", help="With all others of its incident.")] = False,
    confided: Annotated[
        str | None,
        typer.Option("--confided", metavar="REASON", help="Also one that was confided to others; the audit keeps why."),
    ] = None,
    json: Json = False,
) -> None:
    """Close an alert. The learner is asked whether it is settled; everybody who was told hears of it."""
    with desk() as d:
        row, *others = alert_list.resolve(d.core, number, outcome, d.now, whole=incident, why_confided=confided)
    if json:
        print_json(row | {"closed_with_it": [one["id"] for one in others]})
        return
    closed = [
        f"{one['id']} ({one['learner']} {one['name']})" if one["learner"] else f"{one['id']}" for one in (row, *others)
    ]
    say(f"Alert{'s' * bool(others)} {some(closed)} {'are' if others else 'is'} resolved: {row['outcome']}.")


@app.command()
def export(
    to: Annotated[Path, typer.Option("--to", metavar="FILE.csv|FILE.json", help="Where to write it.")],
    cohort: Annotated[str | None, typer.Option(metavar="CODE", help="Only of this cohort.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only from this day on, in UTC: 2026-03-01.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="With names, not only codes and roles.")] = False,
) -> None:
    """The whole trail: who was told when and through what, when it was delivered, who answered, how it ended."""
    start = _day(since) if since is not None else None
    with desk() as d:
        rows = trail.rows(d.core, cohort, start, names=names)
        list_looks.some(d.core, "alerts", ((row["cohort"], row["learner"]) for row in rows), d.now)
        trail.write(to, rows, names=names)
    say(f"The trail is in {to}: {counted(len(rows), 'line')}.")


def _day(text: str) -> datetime:
    return datetime.combine(parse_day(text), time(), UTC)
