"""`compagnon documents …`"""

from __future__ import annotations

from typing import Annotated

import typer

from admin_cli.context import desk
from admin_cli.output import Json, facts, heading, print_json
from bot.service import certificates

app = typer.Typer(name="documents", help="Papers that were given out.", no_args_is_help=True)

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
    })  # fmt: skip
