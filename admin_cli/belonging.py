"""Whose a cohort is: options of several commands, `cohort move` and `cohort partner`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from admin_cli.context import desk
from admin_cli.output import Json, print_json, say
from bot.service import organisations

Project = Annotated[str | None, typer.Option("--project", metavar="CODE", help="The project it belongs to.")]
Sends = Annotated[str | None, typer.Option("--organisation", metavar="CODE", help="Who sends its learners.")]
WholeProject = Annotated[
    str | None, typer.Option("--project", metavar="CODE", help="Instead of a cohort: all cohorts of a project.")
]
WholeOrganisation = Annotated[
    str | None,
    typer.Option("--organisation", metavar="CODE", help="Instead of a cohort: all that an organisation sends."),
]
Code = Annotated[str, typer.Argument(metavar="CODE", help="The cohort's code.")]


def people_of(found: Mapping[str, Any]) -> list[str]:
    """Who has a role in a whole project or organisation, a line each."""
    return [f"{one['name']} ({one['role']}, {one['code']})" for one in found["people"]]


def move(code: Code, project: Project = None, organisation: Sends = None, json: Json = False) -> None:
    """Put a cohort under a project, under the organisation that sends it, or both. Who may see it changes at once.

    Example: compagnon cohort move SPRING27 --project KA121-27 --organisation LYC-A
    """
    with desk() as d:
        found = organisations.place(d.core, code, project, organisation, d.now)
    if json:
        print_json(found)
        return
    say(f"Cohort {found['code']} belongs to project {found['project']} and is sent by {found['organisation']}.")


def partner(
    code: Code,
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Its code.")],
    part: Annotated[str, typer.Option("--as", help=f"One of {', '.join(organisations.PARTS)}.")] = "host",
    drop: Annotated[bool, typer.Option("--drop", help="It is no partner any more.")] = False,
) -> None:
    """Write down who receives a cohort or arranges it; that alone lets nobody see anything.

    Example: compagnon cohort partner SPRING27 CENTRO-B --as intermediary
    """
    with desk() as d:
        organisations.set_partner(d.core, code, organisation, part, d.now, drop=drop)
    say(f"{organisation} is no {part} of {code} any more." if drop else f"{organisation} is {part} of {code}.")
