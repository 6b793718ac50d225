"""`compagnon improve`: what a flow is to do better than the one before, and who sees to it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from admin_cli.context import desk
from admin_cli.output import Json, print_json, say, table
from bot.service import improvements

app = typer.Typer(name="improve", help="What a flow is to do better, and who sees to it.", no_args_is_help=True)


@app.command()
def add(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The cohort that showed it.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to get better, in a sentence.")],
    owner: Annotated[
        str, typer.Option("--owner", metavar="WHO", help="Who sees to it: a function rather than a name.")
    ],
    due: Annotated[str | None, typer.Option("--due", metavar="DATE", help="By when.")] = None,
    json: Json = False,
) -> None:
    """Write down what is to get better. It stands in reports, so name no learner.

    Example: compagnon improve add SPRING27 "Begin the language lessons earlier" --owner coordination --due 2027-09-01
    """
    with desk() as d:
        number = improvements.add(d.core, code, text, owner, due, d.now)
    if json:
        print_json({"id": number})
    else:
        say(f"Written down as number {number}. Once it is done: compagnon improve done {number}")


@app.command("list")
def list_(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="One cohort; all without it.")] = None,
    json: Json = False,
) -> None:
    """The open ones first, by the day they are due."""
    with desk() as d:
        found = improvements.listing(d.core, code)
    if json:
        print_json(found)
        return
    rows = [[one[key] for key in ("id", "cohort", "text", "owner", "due", "done_on", "outcome")] for one in found]
    table(("ID", "COHORT", "IMPROVEMENT", "OWNER", "DUE", "DONE", "OUTCOME"), rows, "Nothing is written down yet.")


@app.command()
def done(
    number: Annotated[int, typer.Argument(metavar="ID", help="Its number in the list.")],
    outcome: Annotated[str | None, typer.Option("--outcome", metavar="TEXT", help="What came of it.")] = None,
    json: Json = False,
) -> None:
    """It is done."""
    with desk() as d:
        found: dict[str, Any] = improvements.done(d.core, number, outcome, d.now)
    if json:
        print_json(found)
    else:
        say(f"Done on {found['done_on']}: {found['text']}")
