"""Asking before anything that reaches people or cannot be undone."""

from __future__ import annotations

import sys

import typer

from admin_cli.output import say
from bot.errors import BadInput


def agreed(question: str, yes: bool, nobody: str) -> None:
    """Go on only when somebody says yes, or `yes` was given. Raises BadInput(`nobody`) where nobody can be asked, and
    ends the command with status 1 after a no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise BadInput(nobody)
    if not typer.confirm(question, err=True):
        say("Nothing was done.")
        raise typer.Exit(1)
