"""`compagnon doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp
import aiosmtplib
import typer

from admin_cli.output import Json, console, counted, print_json, say
from bot.clock import SystemClock
from bot.content.checker import faults_known
from bot.content.loader import Library, load_library
from bot.errors import BadSetting, CompagnonError
from bot.rules.kit_search import KitSearch
from bot.service import alert_list, cohorts, status
from bot.service.core import Core
from bot.settings import Settings, load_settings
from bot.store.engine import Store, missing_file, open_store
from bot.store.schema import current, newest
from bot.transport.client import Telegram
from bot.transport.mail import Mailer, server_of
from bot.transport.second import why
from bot.transport.webhook_out import AlertHook

SKEW = 30.0  # seconds; check-in deadlines are minutes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `state` is ok, warning or fault."""

    what: str
    state: str
    says: str


def doctor(json: Json = False) -> None:
    """Check settings, database, content, Telegram, clock, e-mail and the readiness of cohorts."""
    findings = list(examine(SystemClock().now()))
    if json:
        print_json([asdict(finding) for finding in findings])
    else:
        marks = {"ok": "[green]ok[/green]     ", "warning": "[yellow]warning[/yellow]", "fault": "[red]fault[/red]  "}
        for finding in findings:
            console().print(marks[finding.state], end="  ")
            say(f"{finding.what}: {finding.says}")
    if any(finding.state == "fault" for finding in findings):
        raise typer.Exit(1)


def examine(now: datetime) -> Iterator[Finding]:
    """Look at one thing after the other; what the rest depends on first."""
    try:
        settings = load_settings()
    except CompagnonError as error:
        yield Finding("settings", "fault", str(error))
        return
    yield Finding("settings", "ok", "all values can be used")
    library, finding = _content(settings)
    yield finding
    store, finding = _database(settings)
    yield finding
    yield from _telegram(settings, library, store, now)
    yield from _channels(settings)
    if store is not None:
        if library is not None and finding.state == "ok":
            core = Core(store, library, KitSearch.of(library), settings.data_dir)
            yield _alerts(core)
            yield from _cohorts(core, now)
        store.close()


def _content(settings: Settings) -> tuple[Library | None, Finding]:
    try:
        library = load_library(settings.content_dir)
    except CompagnonError as error:
        first = str(error).splitlines()[0]
        return None, Finding("content", "fault", f"{first} (`compagnon content check` lists everything)")
    faults = faults_known(settings.content_dir)
    if faults:
        return library, Finding(
            "content", "warning", f"{counted(faults, 'fault')}: `compagnon content check` lists them"
        )
    return library, Finding(
        "content", "ok", f"{counted(len(library.journeys), 'journey')}, {counted(len(library.kits), 'kit')}"
    )


def _database(settings: Settings) -> tuple[Store | None, Finding]:
    try:
        missing = missing_file(settings.database())
        if missing is not None:  # nothing is made here: to look is not to begin
            return None, _no_file(missing, embedded=settings.database_url is None)
        store = open_store(settings.database())
        found, wanted = current(store), newest()
    except CompagnonError as error:
        return None, Finding("database", "fault", str(error))
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    if found is None:
        return store, Finding("database", "warning", f"{kind}, still empty: run `compagnon db upgrade`")
    if found != wanted:
        says = f"{kind} at version {found}, this program needs {wanted}: run `compagnon db upgrade`"
        return store, Finding("database", "fault", says)
    return store, Finding("database", "ok", f"{kind}, version {found}")


def _no_file(missing: Path, *, embedded: bool) -> Finding:
    if embedded:
        return Finding("database", "warning", f"{missing} is not there yet: it is made when first needed")
    if missing.parent.is_dir():
        return Finding("database", "warning", f"{missing} is not there yet: make it with `compagnon db upgrade`")
    return Finding("database", "fault", f"there is no folder {missing.parent}: check COMPAGNON_DATABASE_URL")


# --- Telegram and the clock ---------------------------------------------------------------------


def _telegram(settings: Settings, library: Library | None, store: Store | None, now: datetime) -> Iterator[Finding]:
    if settings.token is None:
        yield Finding("Telegram", "fault", "COMPAGNON_TOKEN is not set: ask @BotFather for a bot (/newbot)")
    elif library is not None:
        yield asyncio.run(_ask_who(settings, library, store))
    yield asyncio.run(_clock(settings))


async def _ask_who(settings: Settings, library: Library, store: Store | None) -> Finding:
    telegram = Telegram(
        settings.require_token(), settings.api_url, library.catalogues, SystemClock(), settings.data_dir
    )
    try:
        user = await telegram.open()
    except CompagnonError as error:
        return Finding("Telegram", "fault", str(error))
    finally:
        await telegram.close()
    how = f"webhook {settings.webhook_url}" if settings.webhook_url else "long polling"
    return Finding("Telegram", "ok", f"the token belongs to @{user.username}; updates come by {how}")


async def _clock(settings: Settings) -> Finding:
    """Compare with the Date header of the Bot API's server: no other host is asked."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http,
            http.head(settings.api_url, allow_redirects=False) as answer,
        ):
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, KeyError, ValueError) as error:
        return Finding("clock", "warning", f"could not be compared with Telegram's ({type(error).__name__})")
    off = (datetime.now(UTC) - theirs.astimezone(UTC)).total_seconds()
    if abs(off) > SKEW:
        says = f"this machine is {abs(off):.0f} s {'fast' if off > 0 else 'slow'}: switch on time synchronisation (NTP)"
        return Finding("clock", "fault", says)
    return Finding("clock", "ok", f"within {max(1.0, abs(off)):.0f} s of Telegram's")


# --- channels and cohorts -----------------------------------------------------------------------


def _channels(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_url is None and settings.alert_webhook_url is None:
        yield Finding(
            "second channel", "warning",
            "none: when Telegram is down, alerts reach nobody; set COMPAGNON_SMTP_URL or COMPAGNON_ALERT_WEBHOOK_URL",
        )  # fmt: skip
    if settings.smtp_url is not None:
        yield _mail(settings, settings.smtp_url.get_secret_value())
    if settings.alert_webhook_url is not None:
        yield _tried("alert webhook", AlertHook(settings.alert_webhook_url).probe(), "somebody answers at its address")
    if not settings.heartbeat_url:
        yield Finding(
            "heartbeat", "warning", "COMPAGNON_HEARTBEAT_URL is not set: nobody notices when this machine stops"
        )


def _mail(settings: Settings, url: str) -> Finding:
    try:
        settings.require_sender()
    except BadSetting as error:
        return Finding("e-mail", "fault", str(error))
    server = server_of(url, settings.mail_from or "")
    return _tried("e-mail", Mailer(server).probe(), f"{server.host}:{server.port} takes mail from {server.sender}")


def _tried(what: str, trying: Coroutine[Any, Any, None], good: str) -> Finding:
    """Really connect, as for an alert; nothing is sent."""
    try:
        asyncio.run(trying)
    except (aiosmtplib.SMTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        return Finding(what, "fault", why(error))
    return Finding(what, "ok", good)


def _alerts(core: Core) -> Finding:
    """An alert that reaches nobody is the worst there is: whoever reads this is the only one who knows."""
    alone = alert_list.unreached(core)
    if not alone:
        return Finding("alerts", "ok", "none that reaches nobody")
    says = f"{', '.join(alone)}: no chat and no e-mail reaches anybody. Call now (`compagnon learner show CODE`), "
    return Finding("alerts", "fault", f"{says}then invite somebody who can be reached (`compagnon cohort status`)")


def _cohorts(core: Core, now: datetime) -> Iterator[Finding]:
    rows = cohorts.listing(core)
    young = status.too_young(core, now)
    if young:
        says = f"too young for an account by Telegram's terms: {', '.join(young)}; let them take part by phone"
        yield Finding("ages", "warning", says)
    if not rows:
        yield Finding("cohorts", "warning", "none yet: make one with `compagnon cohort create`")
    for row in rows:
        if row["return"] is None or row["return"] < now.date().isoformat():
            continue
        found = status.of_cohort(core, row["code"], now)
        sentences, ready = found["todo"], "ready" if found["ready"] else "not ready"
        state = "warning" if sentences or not found["ready"] else "ok"
        yield Finding(f"cohort {row['code']}", state, f"{ready}. " + " ".join(sentences) if sentences else ready)
