"""Wrong usage, told in one sentence of ours, and where the right one is explained."""

from __future__ import annotations

import re

from typer._click import exceptions as wrong

from bot.rules.typed import shown

_CHOICE = re.compile(r"Value error, '(.*)' is not one of (.*)\.", re.DOTALL)
_ASKED = re.compile(r"Input should be (.*)", re.DOTALL)


def sentence(error: wrong.ClickException) -> str:
    """What is wrong with a command line, and which `--help` tells more. A group named alone is asked what it can do,
    and Typer has printed that."""
    context = getattr(error, "ctx", None)
    if isinstance(error, wrong.NoArgsIsHelpError):
        return context.get_help() if context else ""
    what = _what(error)
    return what if context is None else f"{what}\n`{context.command_path} --help` shows how it is used."


def _what(error: wrong.ClickException) -> str:
    if isinstance(error, wrong.MissingParameter):
        return f"{_name(error) or 'Something'} is missing."
    if isinstance(error, wrong.BadParameter):
        name = _name(error)
        return f"{name}: {_value(error.message)}" if name else error.message
    if isinstance(error, wrong.NoSuchOption):
        known = [f"`{option}`" for option in error.possibilities or ()]
        return f"There is no option `{error.option_name}`" + (f": did you mean {' or '.join(known)}?" if known else ".")
    return error.format_message()


def _name(error: wrong.BadParameter) -> str:
    """The argument as the help calls it, the option as it is typed."""
    if error.param is None:
        return str(error.param_hint or "")
    if error.param.param_type_name == "argument":
        return str(getattr(error.param, "metavar", None) or (error.param.name or "").upper())
    return max(error.param.opts, key=len)


def _value(message: str) -> str:
    if "valid integer" in message:
        return "this is no whole number; write one such as 12."
    if chosen := _CHOICE.fullmatch(message):
        return f"“{shown(chosen[1])}” is none of {chosen[2].replace(chr(39), '')}."
    asked = _ASKED.fullmatch(message)
    return f"this must be {asked[1].replace(chr(39), '').rstrip('.')}." if asked else message
