"""`compagnon audit`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from admin_cli.context import desk
from admin_cli.files import write_bytes
from admin_cli.output import Json, counted, print_json, say, table
from bot.service import audit_log


def audit(
    person: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="About whom: a code, or the number of somebody erased.")
    ] = None,
    cohort: Annotated[str | None, typer.Option(metavar="CODE", help="About people of this cohort.")] = None,
    organisation: Annotated[str | None, typer.Option(metavar="CODE", help="About people it sends.")] = None,
    actor: Annotated[
        str | None, typer.Option(metavar="CODE", help="By whom: a code, or desk for the command line and the bot.")
    ] = None,
    action: Annotated[str | None, typer.Option(help="What, such as shown, card_read or erased.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="From this day on, in UTC.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="To the end of this day, in UTC.")] = None,
    last: Annotated[int, typer.Option(metavar="N", min=1, help="The newest so many; with --to all.")] = 200,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE.csv", help="Into a file for a spreadsheet.")] = None,
    json: Json = False,
) -> None:
    """Who read or changed what about a person: codes and roles, no names and no texts.

    Example: compagnon audit L07 --cohort SPRING27 --since 2027-03-01
    """
    limit = None if to is not None else last
    wanted = audit_log.Wanted(person, cohort, organisation, actor, action, since, until, limit)
    with desk() as d:
        found = audit_log.rows(d.core, wanted)
    if to is not None:
        write_bytes(to, audit_log.as_csv(found))
        say(f"The log is in {to}: {counted(len(found), 'line')}.")
    elif json:
        print_json(found)
    else:
        table(
            ("AT (UTC)", "WHO", "WHAT", "ABOUT", "DETAIL"),
            [(r["at"][:16], r["actor"], r["action"], r["person"], _short(r["detail"])) for r in found],
            "Nothing is noted that fits.",
        )


def _short(detail: dict[str, object]) -> str:
    return ", ".join(f"{key} {value}" for key, value in detail.items())
