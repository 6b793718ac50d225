"""`compagnon init`: ten questions, each with a sensible answer of its own, and `.env` is written."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from admin_cli.asking import agreed
from admin_cli.context import content
from admin_cli.output import heading, say, warn
from bot.clock import SystemClock
from bot.errors import BadInput, BadSetting, CompagnonError, TransportError, WrongToken
from bot.settings import Settings, check, load_settings
from bot.store.engine import open_store
from bot.transport.client import Telegram

PREFIX = "COMPAGNON_"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Question:
    """One setting: what it is for, and what is meant by pressing Enter."""

    setting: str
    asks: str
    helps: str
    default: str = ""
    secret: bool = False
    only_with: str | None = None  # asked only where that setting was answered

    @property
    def name(self) -> str:
        """As it stands in `.env`."""
        return PREFIX + self.setting.upper()


QUESTIONS = (
    Question("token", "The bot's token", "Write /newbot to @BotFather on Telegram; it gives you one like "
             "123456789:AAE…  Enter: later.", secret=True),
    Question("data_dir", "Folder for data", "The database, pictures of messages, exports.", "data"),
    Question("database_url", "Database", "Enter: one file in that folder, good for some hundred learners. Or "
             "postgresql://user:password@host/name", secret=True),
    Question("content_dir", "Folder of your own content", "Journeys and city kits, laid over ours. Enter: none."),
    Question("webhook_url", "Public https:// address for updates", "Only for a server with an address of its own. "
             "Enter: none, the bot asks Telegram itself, which works everywhere."),
    Question("listen", "Address to listen at", "For health checks and the webhook.", "127.0.0.1:8080"),
    Question("smtp_url", "Mail server", "For alerts and invites by e-mail: smtp://user:password@host:587. Enter: none.",
             secret=True),
    Question("mail_from", "Sender of those e-mails", "Such as Compagnon <alerts@example.org>.", only_with="smtp_url"),
    Question("alert_webhook_url", "Address that gets every alert as JSON", "An SMS or voice gateway. Enter: none."),
    Question("heartbeat_url", "Address to ping while all is well", "A service elsewhere that rings when this machine "
             "stops, such as healthchecks.io. Enter: none."),
)  # fmt: skip


def init(
    file: Annotated[Path, typer.Option("--file", metavar="F", help="The file to write.")] = Path(".env"),
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing: what each Enter would mean.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there, without asking.")] = False,
) -> None:
    """Set Compagnon up: ask ten questions, check each answer, write `.env`, readable by you alone.

    Answers may also come through a pipe, one a line; missing ones mean Enter.
    """
    before = _read(file)
    if file.exists():
        what = f"There is a file {file} already; lines that no question is about are kept"
        agreed(f"{what}. Write it anew?", force, f"{what}: add --force to write it anew.")
    found: dict[str, str] = {}
    for number, question in enumerate(QUESTIONS, start=1):
        known = before.get(question.name, "")
        if question.only_with and not found.get(question.only_with):
            continue
        found[question.setting] = known if defaults else _ask(number, question, known, found)
    if found["smtp_url"] and not found.get("mail_from"):
        raise BadInput(
            "A mail server needs a sender: give COMPAGNON_MAIL_FROM, or no mail server. Nothing was written."
        )
    _write(file, _lines(file, found))
    _tell_next(file, found)


# --- asking -------------------------------------------------------------------------------------


def _ask(number: int, question: Question, known: str, found: Mapping[str, str]) -> str:
    """An answer that can be used; asked again until it can. A pipe is not asked twice. Raises BadInput."""
    talks = sys.stdin.isatty()
    usual = ("as it is now" if question.secret else known) if known else question.default or NONE
    if talks:
        heading(f"{number} of {len(QUESTIONS)}  {question.asks}")
        say(f"   {question.helps}")
    while True:
        typed = _line(f"   [{usual}] " if talks else "")
        answer = typed or known
        if typed.lower() == NONE:
            answer = ""
        try:
            _require_usable(question, answer, found)
        except CompagnonError as error:
            if not talks:
                raise BadInput(f"{error} Nothing was written.") from None
            warn(f"   {error}")
            continue
        return answer if answer != question.default else ""


def _line(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        return ""


def _require_usable(question: Question, answer: str, found: Mapping[str, str]) -> None:
    if not answer:
        if question.only_with:
            raise BadSetting(f"{question.name}: the mail server needs it.")
        return
    if not answer.isprintable():
        raise BadSetting(f"{question.name}: there are characters in it that cannot be seen; type it again.")
    check(question.setting, answer)
    trial = _TRIALS.get(question.setting)
    if trial is not None:
        trial(answer, found)


def _try_token(token: str, _found: Mapping[str, str]) -> None:
    """Whose is it? A token that Telegram refuses is a fault; Telegram out of reach is not."""
    settings = load_settings(None)
    try:
        name = asyncio.run(_who(token, settings))
    except WrongToken as error:
        raise BadSetting(f"COMPAGNON_TOKEN: {error}") from None
    except TransportError as error:
        warn(f"   Telegram could not be asked about it now ({error}); it is taken as it is.")
    else:
        say(f"   It belongs to @{name}.")


async def _who(token: str, settings: Settings) -> str:
    telegram = Telegram(token, settings.api_url, content(settings).catalogues, SystemClock(), settings.data_dir)
    try:
        return (await telegram.open()).username
    finally:
        await telegram.close()


def _try_database(url: str, _found: Mapping[str, str]) -> None:
    if not url.startswith("sqlite:"):
        open_store(url).close()


def _try_content(folder: str, _found: Mapping[str, str]) -> None:
    if not Path(folder).is_dir():
        raise BadSetting(f"COMPAGNON_CONTENT_DIR: there is no folder {folder}.")


def _try_webhook(url: str, _found: Mapping[str, str]) -> None:
    if not url.startswith("https://"):
        raise BadSetting("COMPAGNON_WEBHOOK_URL: Telegram only calls addresses that start with https://.")


_TRIALS: Mapping[str, Callable[[str, Mapping[str, str]], None]] = {
    "token": _try_token,
    "database_url": _try_database,
    "content_dir": _try_content,
    "webhook_url": _try_webhook,
}


# --- the file -----------------------------------------------------------------------------------


def _read(file: Path) -> dict[str, str]:
    """What stands in the file now, by name."""
    if not file.exists():
        return {}
    pairs = (line.partition("=") for line in _text(file).splitlines() if not line.lstrip().startswith("#"))
    return {name.strip().upper(): _unquoted(value.strip()) for name, equals, value in pairs if equals}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The file {file} cannot be read ({error}); check that it is a plain text file.") from None


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if quoted else value


def _quoted(value: str) -> str:
    """Plain where every reader of such files takes it as it stands."""
    if re.fullmatch(r"[\w@%+=:,./~-]*", value, re.ASCII):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _lines(file: Path, found: Mapping[str, str]) -> list[str]:
    names = {question.name for question in QUESTIONS}
    kept = [] if not file.exists() else [
        line for line in _text(file).splitlines()
        if line.partition("=")[0].strip().upper() not in names and not line.startswith(_HEAD)
    ]  # fmt: skip
    ours = [f"{PREFIX}{setting.upper()}={_quoted(value)}" for setting, value in found.items() if value]
    return [f"{_HEAD}; docs/operators.md lists every setting.", *ours, *kept]


_HEAD = "# Written by `compagnon init`"


def _write(file: Path, lines: list[str]) -> None:
    """As a whole or not at all, and readable by its owner alone: it holds the token."""
    beside = file.with_name(f"{file.name}.part")
    try:
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise BadInput(f"The file {file} cannot be written ({error.strerror}): choose another place.") from None


def _tell_next(file: Path, found: Mapping[str, str]) -> None:
    say(f"{file} is written, readable by you alone.")
    if not found["token"]:
        say("Without a token `compagnon run` will not start; `compagnon demo` and preparing cohorts work.")
    if not found["smtp_url"] and not found["alert_webhook_url"]:
        say("There is no second way for alerts yet: when Telegram is down, they reach nobody.")
    say("Next: compagnon doctor, then compagnon cohort create CODE --name NAME --journey learner-short")
