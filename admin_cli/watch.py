"""`compagnon watch`: one or all cohorts on a screen that stays up to date."""

from __future__ import annotations

import sys
import time
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from admin_cli.context import Desk, desk
from admin_cli.output import Json, cell, console, print_json
from bot.clock import SystemClock
from bot.rules.durations import parse_duration
from bot.service import cohorts, list_looks, status

COLUMNS = ("COHORT", "BEFORE", "ABROAD", "BACK", "ANSWERED", "WAITING", "TRAVELLING", "ALERTS", "UNREACHABLE", "READY")


def watch(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="One cohort; all by default.")] = None,
    every: Annotated[str, typer.Option(metavar="T", help="How often it looks again.")] = "10s",
    once: Annotated[bool, typer.Option("--once", help="Look once and leave.")] = False,
    json: Json = False,
) -> None:
    """A live screen: stages, today's check-ins, journeys, open alerts. Ctrl-C leaves.

    Examples:

      compagnon watch

      compagnon watch SPRING27 --every 5s
    """
    pause = max(1.0, parse_duration(every).total_seconds())
    with desk() as d:
        found = _look(d, code)
        if json:
            print_json(found)
        elif once or not sys.stdout.isatty():
            console().print(_screen(found))
        else:
            _live(d, code, pause, found)


def _look(d: Desk, code: str | None) -> list[dict[str, Any]]:
    codes = [code] if code else [row["code"] for row in cohorts.listing(d.core)]
    now = SystemClock().now()
    found = [status.of_cohort(d.core, one, now) for one in codes]
    list_looks.whole(d.core, "status", codes, now)
    return found


def _live(d: Desk, code: str | None, pause: float, found: list[dict[str, Any]]) -> None:
    with Live(_screen(found), console=console(), screen=True, auto_refresh=False) as live:
        try:
            while True:
                time.sleep(pause)
                live.update(_screen(_look(d, code)), refresh=True)
        except KeyboardInterrupt:
            return


def _screen(found: list[dict[str, Any]]) -> Group:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in COLUMNS:
        table.add_column(name)
    for row in found:
        table.add_row(*(escape(cell(value)) for value in _line(row)), style="red" if row["open_alerts"] else "")
    lines: list[Any] = [table, Text("")]
    for row in found:
        for alert in row["open_alerts"]:
            taken = f"taken by {alert['acknowledged_by']}" if alert["acknowledged_by"] else "nobody has taken it"
            lines.append(
                Text(f"! {row['cohort']}  {alert['learner']} {alert['name']}: {alert['reason'].replace('_', ' ')}, "
                     f"{alert['severity']}, since {alert['raised_at'][11:16]} UTC, {taken}")
            )  # fmt: skip
        for waits in row["check_ins"]["not_answered"]:
            lines.append(Text(f"  {row['cohort']}  {waits['code']} {waits['name']}: asked, not answered"))
        for waits in (row["roll_call"] or {}).get("not_answered", ()):
            lines.append(Text(f"  {row['cohort']}  {waits['code']} {waits['name']}: roll call not answered"))
    now = f"{SystemClock().now():%H:%M:%S} UTC"
    return Group(*lines, Text(""), Text(f"{now}; answered never means safe.", style="dim"))


def _line(row: dict[str, Any]) -> tuple[Any, ...]:
    stages, today = row["stages"], row["check_ins"]["today"]
    return (
        row["cohort"], stages["before"] + stages["candidate"], stages["during"], stages["after"], today["answered"],
        today["waiting"], len(row["travelling"]), len(row["open_alerts"]), len(row["unreachable"]), row["ready"],
    )  # fmt: skip
