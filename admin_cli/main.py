"""`compagnon`: parse, call a use case, print. Exit status 0 done, 1 the request failed, 2 wrong usage."""

from __future__ import annotations

import gc
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Annotated

import typer
from typer._click import exceptions as wrong

from admin_cli.output import flush, say, stop_printing, warn
from admin_cli.usage import sentence
from bot.errors import CompagnonError, Faults
from bot.logs import TextFormatter, redacted

# Each is a module of this package: a group has an `app`, a command is a function of its own name.
GROUPS = (
    "organisation",
    "project",
    "cohort",
    "referent",
    "message",
    "alerts",
    "case",
    "learner",
    "journey",
    "kit",
    "content",
    "documents",
    "survey",
    "improve",
    "map",
    "db",
)
COMMANDS = ("init", "demo", "run", "doctor", "watch", "report", "audit")

SHOWN_FAULTS = 100
_INTERRUPTED = 130  # what Typer makes of Ctrl-C


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"compagnon {version('compagnon')}")
        raise typer.Exit


def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """The companion for learners on their stay abroad, seen from the coordinator's desk."""


def program(word: str | None = None) -> typer.Typer:
    """The command line; with a group or command named, that one alone: reading all of them takes over a second."""
    app = typer.Typer(
        name="compagnon",
        help="The companion for learners on their stay abroad, seen from the coordinator's desk.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    for name in (word,) if word in GROUPS + COMMANDS else GROUPS + COMMANDS:
        module = _part(name)
        if name in GROUPS:
            app.add_typer(module.app)
        else:
            app.command()(getattr(module, name))
    return app


def _part(name: str) -> ModuleType:
    """A module of this package. While it is read nothing is given back, so that looking for garbage, a fifth of the
    time, is left out; and what stays for good is not looked at again later."""
    gc.disable()
    try:
        return import_module(f"admin_cli.{name}")
    finally:
        gc.freeze()
        gc.enable()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status. Never a traceback, unless COMPAGNON_DEBUG is set."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        ended = program(words[0] if words else None)(args=words, prog_name="compagnon", standalone_mode=False)
        if ended == _INTERRUPTED:
            raise KeyboardInterrupt
        return ended if isinstance(ended, int) else 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except wrong.ClickException as error:
        if said := sentence(error):
            warn(said)
        return error.exit_code
    except BrokenPipeError:
        stop_printing()
        return 0
    except CompagnonError as error:
        _debug()
        warn(redacted(_message(error)))
        return 1
    except (KeyboardInterrupt, typer.Abort):
        warn("Stopped.")
        return 1
    except Exception as error:
        _debug()
        warn(f"Something went wrong that should not ({type(error).__name__}). {_keep(error)}")
        return 1
    finally:
        flush()


def _debug() -> None:
    if os.environ.get("COMPAGNON_DEBUG"):
        traceback.print_exc()


def _message(error: CompagnonError) -> str:
    """One sentence, or all faults of a file, a line each."""
    notes = getattr(error, "__notes__", [])
    if not isinstance(error, Faults):
        return "\n".join([str(error), *notes])
    lines = [str(fault) for fault in error.faults[:SHOWN_FAULTS]]
    rest = len(error.faults) - len(lines)
    if rest:
        lines.append(f"… and {rest} more.")
    count = "1 thing is" if len(error.faults) == 1 else f"{len(error.faults)} things are"
    return "\n".join([f"{count} wrong; nothing was changed:", *lines, *notes])


def _keep(error: Exception) -> str:
    """Write the details to a file: where it happened, without messages, which may quote names or secrets."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="compagnon-", suffix=".log", delete=False, encoding="utf-8"
        ) as file:
            record = logging.LogRecord("compagnon", logging.ERROR, "", 0, "unexpected", None, _triple(error))
            file.write(TextFormatter().format(record) + "\n")
            return f"Nothing was half-written; the details are in {Path(file.name)}: send that file to your developers."
    except OSError:
        return "Nothing was half-written; set COMPAGNON_DEBUG=1 and try again to see the details."


def _triple(error: Exception) -> tuple[type[Exception], Exception, TracebackType | None]:
    return type(error), error, error.__traceback__
