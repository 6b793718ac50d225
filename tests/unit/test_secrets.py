"""Secrets are planted in every setting and in the errors of libraries, and looked for where people read."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from bot.errors import BadSetting, StorageTrouble, Unreachable
from bot.logs import JsonFormatter, TextFormatter, redacted
from bot.settings import Settings, load_settings
from bot.store.engine import open_store
from bot.transport.webhook import secret_from

TOKEN = "123456789:AAplantedPLANTEDplantedPLANTEDplanted"
PASSWORD = "planted-Pa55"
PLANTED = {
    "TOKEN": TOKEN,
    "WEBHOOK_SECRET": "planted-webhook",
    "DATABASE_URL": f"postgresql://compagnon:{PASSWORD}@127.0.0.1:1/none",
    "SMTP_URL": f"smtp://user:{PASSWORD}@127.0.0.1:1",
    "ALERT_WEBHOOK_URL": "https://gateway.example.org/planted-gateway",
    "HEARTBEAT_URL": "https://ping.example.org/planted-ping",
}
LEAKS = ("lanted",)  # the beginning in either case


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in PLANTED.items():
        monkeypatch.setenv(f"COMPAGNON_{name}", value)
    return load_settings(None)


def clean(shown: str) -> bool:
    return not any(leak in shown for leak in LEAKS)


def test_settings_that_are_printed_show_no_secret(planted: Settings) -> None:
    assert planted.require_token() == TOKEN
    assert clean(repr(planted) + str(planted))


@pytest.mark.parametrize("name", PLANTED)
def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"COMPAGNON_{name}", "planted with spaces : and @ signs")
    with pytest.raises(BadSetting, match=f"COMPAGNON_{name}") as caught:
        load_settings(None)
    assert clean(str(caught.value))


def _ask_telegram() -> None:
    async def ask() -> None:
        async with aiohttp.ClientSession() as session:
            await session.get(f"http://127.0.0.1:1/bot{TOKEN}/getMe")

    asyncio.run(ask())


def _connect_by_hand() -> None:
    with create_engine(f"postgresql+psycopg://u:{PASSWORD}@127.0.0.1:1/none").connect() as connection:
        connection.execute(text("SELECT 1"))


def _query_with_values() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("SELECT * FROM nothing WHERE a = :a"), {"a": TOKEN})


def _say_it_ourselves() -> None:
    raise Unreachable(f"http://127.0.0.1/bot{TOKEN}/getMe and smtp://u:{PASSWORD}@h:25 cannot be reached.")


@pytest.mark.parametrize("fault", [_ask_telegram, _connect_by_hand, _query_with_values, _say_it_ourselves])
@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_an_error_of_a_library_leaves_no_secret_in_the_log(
    formatter: logging.Formatter, fault: Callable[[], None]
) -> None:
    try:
        fault()
    except Exception as error:
        caught = (type(error), error, error.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "", 1, "it failed: %s", (error,), caught)
        quiet = logging.LogRecord("x", logging.ERROR, "", 1, "it failed", (), caught)
    assert clean(formatter.format(quiet))
    if fault is not _query_with_values:  # its values are in no address, so no message of it is ever logged
        assert clean(formatter.format(record))


def test_a_database_that_is_away_is_named_without_its_password() -> None:
    with pytest.raises(StorageTrouble, match="cannot be reached") as caught:
        open_store(PLANTED["DATABASE_URL"])
    assert clean(str(caught.value))


def test_addresses_without_a_password_stay_as_they_are() -> None:
    for line in ("https://example.org:8080/a", "at 18:00: see https://t.me/x", "sqlite:///a/b.sqlite3"):
        assert redacted(line) == line


def test_the_secret_worked_out_of_the_token_does_not_tell_it() -> None:
    assert clean(secret_from(TOKEN))
    assert TOKEN not in repr(SecretStr(TOKEN))


# --- dependencies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "ends", "status", "told"),
    [
        ("No known vulnerabilities found", 0, 0, "No dependency has a known vulnerability"),
        ("Found 1 known vulnerability in 1 package", 1, 1, "raise them in pyproject.toml"),
        ("ConnectionError: no route", 1, 0, "could NOT be audited (no network?): ConnectionError: no route"),
        ("x Dependency not found on PyPI and could not be audited: x (1)", 0, 0, "1 dependencies could NOT be audited"),
    ],
)
def test_a_known_vulnerability_fails_the_check_and_what_could_not_be_asked_is_said(
    tmp_path: Path, says: str, ends: int, status: int, told: str
) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text(f"#!/bin/sh\necho '{says}'\nexit {ends}\n", encoding="utf-8")
    tool.chmod(0o755)
    script = Path(__file__).parents[2] / ".ci" / "audit"
    ran = subprocess.run([script], env={**os.environ, "PIP_AUDIT": str(tool)}, capture_output=True, text=True)
    assert ran.returncode == status
    assert told in ran.stdout + ran.stderr
