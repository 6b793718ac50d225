"""`compagnon referent …`"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from admin_cli.cohort import know_bot, tell_placeholder
from admin_cli.context import desk
from admin_cli.output import Json, print_json, say, table
from bot.service import referents

app = typer.Typer(name="referent", help="Referents and the other people around a cohort.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="First and last name.")],
    cohort: Annotated[str, typer.Option(metavar="CODE", help="The cohort they look after.")],
    language: Annotated[str, typer.Option(help="A tag such as fr, en or pt-BR.")] = "en",
    code: Annotated[
        str | None, typer.Option(metavar="REF", help="How lists name this person; made from the name by default.")
    ] = None,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(referents.ROLES)}.")] = "referent",
    phone: Annotated[str | None, typer.Option(metavar="P", help="With country code.")] = None,
    email: Annotated[str | None, typer.Option(metavar="E")] = None,
    json: Json = False,
) -> None:
    """Add somebody and print their invite."""
    with desk() as d:
        unknown = know_bot(d)
        link = referents.add(d.core, referents.NewReferent(name, cohort, language, code, role, phone, email), d.now)
    tell_placeholder(unknown, link.url)
    if json:
        print_json(asdict(link) | {"expires_at": link.expires_at.isoformat()})
        return
    say(f"{link.name} is {link.role} of {cohort}; lists name them {link.code}.")
    say(f"Invite, good until {link.expires_at:%Y-%m-%d}, for one person only: {link.url}")


@app.command("list")
def list_(
    cohort: Annotated[str, typer.Option(metavar="CODE", help="Whose people.")],
    json: Json = False,
) -> None:
    """Everybody around a cohort who is not a learner."""
    with desk() as d:
        rows = referents.listing(d.core, cohort)
    if json:
        print_json(rows)
        return
    table(
        ("CODE", "ROLE", "NAME", "LANGUAGE", "PHONE", "E-MAIL", "JOINED", "AWAY UNTIL"),
        [
            (r["code"], r["role"], r["name"], r["language"], r["phone"], r["email"], r["joined"], r["away_until"])
            for r in rows
        ],
        f"Nobody yet: add somebody with `compagnon referent add NAME --cohort {cohort}`.",
    )
