"""`compagnon project …`"""

from __future__ import annotations

from typing import Annotated

import typer

from admin_cli.belonging import people_of
from admin_cli.context import desk
from admin_cli.output import Json, facts, listed, print_json, say, table
from bot.service import organisations

app = typer.Typer(name="project", help="Funded projects: KA121, KA122, KA2 …", no_args_is_help=True)


@app.command()
def create(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A short code of your own, such as KA121-27.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    organisation: Annotated[str, typer.Option(metavar="CODE", help="Whose it is; in a consortium, who leads it.")],
    action: Annotated[str | None, typer.Option(help="KA121-VET, KA122-VET, KA220-VET …")] = None,
    grant_number: Annotated[str | None, typer.Option(help="The number of the grant agreement.")] = None,
    accreditation: Annotated[str | None, typer.Option(help="The number of the accreditation.")] = None,
    starts: Annotated[str | None, typer.Option(metavar="DATE", help="Its first day.")] = None,
    ends: Annotated[str | None, typer.Option(metavar="DATE", help="Its last day.")] = None,
) -> None:
    """Enter a project.

    Example: compagnon project create KA121-27 --name "Bakers abroad" --organisation LYC-A --action KA121-VET
    """
    new = organisations.NewProject(code, name, organisation, action, grant_number, starts, ends, accreditation)
    with desk() as d:
        organisations.create_project(d.core, new, d.now)
    say(f"Project {code} is entered. Cohorts go under it with: compagnon cohort move CODE --project {code}")


@app.command("list")
def list_(json: Json = False) -> None:
    """All projects."""
    with desk() as d:
        rows = organisations.list_projects(d.core)
    keys = ("code", "name", "organisation", "action", "starts", "ends", "cohorts", "learners")
    listed(rows, keys, "There is no project yet: enter one with `compagnon project create`.", json)


@app.command()
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Its code.")],
    json: Json = False,
) -> None:
    """One project: its papers, and its cohorts with who sends and receives each."""
    with desk() as d:
        found = organisations.show_project(d.core, code)
    if json:
        print_json(found)
        return
    facts({
        "Code": found["code"], "Name": found["name"], "Organisation": found["organisation"],
        "Action": found["action"], "Grant": found["grant_number"], "Accreditation": found["accreditation"],
        "Starts": found["starts"], "Ends": found["ends"], "Learners": found["learners"],
        "People": people_of(found),
    })  # fmt: skip
    rows = [
        (c["code"], c["name"], c["organisation"], [f"{p['organisation']} ({p['part']})" for p in c["partners"]])
        for c in found["cohorts"]
    ]
    table(("COHORT", "NAME", "SENT BY", "PARTNERS"), rows, "No cohort is under it yet.")
