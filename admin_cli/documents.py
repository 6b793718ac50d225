"""`compagnon documents …`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from admin_cli import document_forms
from admin_cli.context import desk
from admin_cli.files import write_bytes
from admin_cli.output import Json, facts, heading, print_json, say
from bot.papers import drawings
from bot.rules.typed import parse_day, parse_language
from bot.service import certificate_desk, certificates

app = typer.Typer(name="documents", help="Papers to fill, and papers that were given out.", no_args_is_help=True)
app.command("list")(document_forms.list_)
app.command()(document_forms.fields)
app.command()(document_forms.template)
app.command()(document_forms.fill)

KINDS = {
    "safety": "Safety training before a stay abroad", "host": "Preparation course for host companies",
    "participation": "Participation in a stay abroad",
}  # fmt: skip


@app.command()
def verify(
    code: Annotated[str, typer.Argument(metavar="CODE", help="As it stands on the paper.")], json: Json = False
) -> None:
    """Was this certificate issued here, and to whom? Looks into the own database only: no network is needed."""
    with desk() as d:
        found = certificates.verify(d.core, code)
    if json:
        print_json(found)
        return
    heading(f"{found['code']}  issued here")
    facts({
        "Certificate": KINDS[found["kind"]], "Name": found["name"],
        "Issued": f"{found['issued_on']} by {found['issuer']}",
        "Stay": f"{found['arrival']} to {found['return']}" if found["arrival"] else None,
        "Modules": found["modules"] or None,
        "Passed on paper": found["on_paper"],
    })  # fmt: skip


@app.command()
def issue(
    kind: Annotated[Literal["safety", "host", "participation"], typer.Argument(metavar="KIND", help="Which one.")],
    code: Annotated[str, typer.Argument(metavar="CODE", help="The learner's code; for host the tutor's.")],
    pdf: Annotated[Path, typer.Option(metavar="F", help="Write it as a PDF.")],
    cohort: Annotated[
        str | None, typer.Option("--cohort", metavar="C", help="Where several cohorts have that code.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="L", help="The language of the paper; the holder's own by default.")
    ] = None,
    on_paper: Annotated[
        str | None,
        typer.Option("--on-paper", metavar="D", help="The day on which every module was passed on paper."),
    ] = None,
    json: Json = False,
) -> None:
    """Give out a certificate from the desk: for people without Telegram, and for training on paper.

    Examples:

      compagnon documents issue participation L07 --pdf l07.pdf

      compagnon documents issue safety L07 --on-paper 2027-02-10 --pdf l07-safety.pdf
    """
    with desk() as d:
        day = parse_day(on_paper) if on_paper else None
        tongue = parse_language(language) if language else None
        found = certificate_desk.issue(d.core, kind, code, cohort, tongue, day, d.now)
        paper = drawings.draw(found.drawing, d.core.content.catalogues, found.language, "UTC")
    write_bytes(pdf, paper)
    if json:
        print_json({"code": found.code, "kind": found.kind, "name": found.name, "file": str(pdf)})
        return
    say(f"{KINDS[found.kind]}, {found.name}: {pdf}, code {found.code}.")
