"""`compagnon alerts …`"""

from __future__ import annotations

from typing import Annotated

import typer

from admin_cli.context import desk
from admin_cli.output import Json, print_json, say, table
from bot.rules.alert import Outcome
from bot.service import alert_list

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
    if json:
        print_json(rows)
        return
    table(
        ("ID", "COHORT", "LEARNER", "REASON", "SEVERITY", "RAISED (UTC)", "LEVEL", "TAKEN BY", "RESOLVED", "OUTCOME"),
        [
            (
                r["id"], r["cohort"], f"{r['learner']} {r['name']}", r["reason"], r["severity"], r["raised_at"][:16],
                r["level"], r["acknowledged_by"], (r["resolved_at"] or "")[:16], r["outcome"],
            )
            for r in rows
        ],
        "No open alerts." if open_ else "No alerts.",
    )  # fmt: skip


@app.command()
def resolve(
    alert_id: Annotated[int, typer.Argument(metavar="ID")],
    outcome: Annotated[str, typer.Option(help=f"How it ended: {', '.join(Outcome)}.")] = Outcome.OTHER.value,
    json: Json = False,
) -> None:
    """Close an alert. The learner is asked whether it is settled; everybody who was told hears of it."""
    with desk() as d:
        row = alert_list.resolve(d.core, alert_id, outcome, d.now)
    if json:
        print_json(row)
        return
    say(f"Alert {alert_id} ({row['learner']} {row['name']}) is resolved: {row['outcome']}.")
