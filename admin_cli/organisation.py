"""`compagnon organisation …`"""

from __future__ import annotations

from typing import Annotated

import typer

from admin_cli.belonging import people_of
from admin_cli.context import desk
from admin_cli.output import Json, facts, listed, print_json, say
from bot.service import organisations

app = typer.Typer(name="organisation", help="Who sends, receives and arranges.", no_args_is_help=True)


@app.command()
def create(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A short code of your own, such as LYC-A.")],
    name: Annotated[str, typer.Option(help="Its name, as papers print it.")],
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(organisations.KINDS)}.")] = "sending",
    country: Annotated[str | None, typer.Option(help="Two letters of ISO 3166, such as FR.")] = None,
) -> None:
    """Enter an organisation.

    Example: compagnon organisation create LYC-A --name "Example School" --country FR
    """
    with desk(first=True) as d:
        organisations.create(d.core, code, name, kind, country, d.now)
    say(f"Organisation {code} is entered. Cohorts go under it with: compagnon cohort move CODE --organisation {code}")


@app.command("list")
def list_(json: Json = False) -> None:
    """All organisations, with how many cohorts and learners each sends."""
    with desk() as d:
        rows = organisations.listing(d.core)
    keys = ("code", "name", "kind", "country", "projects", "cohorts", "learners")
    listed(rows, keys, "There is no organisation yet: enter one with `compagnon organisation create`.", json)


@app.command()
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Its code.")],
    json: Json = False,
) -> None:
    """One organisation: projects, cohorts it sends, those it receives or arranges, and who coordinates it all."""
    with desk() as d:
        found = organisations.show(d.core, code)
    if json:
        print_json(found)
        return
    partner = [f"{one['cohort']} ({one['part']})" for one in found["partner_of"]]
    facts({
        "Code": found["code"], "Name": found["name"], "Kind": found["kind"], "Country": found["country"],
        "Projects": found["projects"], "Sends": found["cohorts"], "Learners": found["learners"],
        "Partner of": partner, "People": people_of(found),
    })  # fmt: skip
