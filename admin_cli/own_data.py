"""Copies of what is kept about somebody, and forgetting them: what `learner` and `referent` share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from admin_cli.context import Desk, desk
from admin_cli.files import try_place, write_bytes
from admin_cli.output import print_json, say
from bot.errors import BadInput
from bot.papers.drawings import draw
from bot.papers.plain_files import json_file
from bot.service import own_data

To = Annotated[
    Path | None,
    typer.Option("--to", "--output", "-o", metavar="FILE", help="Write FILE.pdf to read, or FILE.json."),
]
Proof = Annotated[
    Path | None, typer.Option("--proof", metavar="FILE", help="Write the proof to FILE.pdf or FILE.json, to be filed.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def _kind(file: Path | None) -> str:
    """pdf or json, by the ending. Raises BadInput before anything is done."""
    kind = file.suffix.lower().removeprefix(".") if file is not None else "json"
    if kind not in ("pdf", "json"):
        raise BadInput(f"{file.name if file else ''} ends in neither .pdf nor .json: choose one of them.")
    return kind


def export(code: str, cohort: str | None, to: Path | None, *, member: bool = False) -> None:
    """Print or write the copy for one person."""
    kind = _kind(to)
    with desk() as d:
        copy = own_data.export(d.core, code, cohort, d.now, member=member)
        content = draw(copy.drawing, d.core.content.catalogues, copy.language, copy.zone) if kind == "pdf" else b""
    if to is None:
        print_json(copy.data)
        return
    write_bytes(to, content or json_file(copy.data))
    say(f"Written to {to}. It holds private words: give it to the person, then delete it.")


def erase(code: str, cohort: str | None, yes: bool, proof: Path | None, *, member: bool = False) -> None:
    """Forget one person, and say what went and what stays."""
    kind = _kind(proof)
    if not yes:
        if not sys.stdin.isatty():
            raise BadInput("Erasing cannot be undone and nobody is here to confirm: add --yes.")
        if not typer.confirm(f"Erase everything about {code}? This cannot be undone.", err=True):
            raise typer.Exit(1)
    if proof is not None:
        try_place(proof)
    with desk() as d:
        done = own_data.erase(d.core, code, cohort, d.now, member=member)
        content = _paper(d, done) if kind == "pdf" else json_file(done.proof)
    rows = done.proof["tables"]
    say(f"{done.name or code} is erased: {sum(r['deleted'] for r in rows)} rows deleted, "
        f"{sum(r['left'] for r in rows)} left without name and words, for counts and the log.")  # fmt: skip
    telegram = done.proof["telegram"]
    say(f"Of the bot's messages {telegram['taken_back']} of the last 48 hours are deleted from the chat; "
        f"{telegram['too_old']} are older, and only the person can delete them.")  # fmt: skip
    if proof is not None:
        write_bytes(proof, content)
        say(f"The proof is in {proof}.")


def _paper(d: Desk, done: own_data.Erased) -> bytes:
    return draw(done.drawing, d.core.content.catalogues, "en", "UTC")
