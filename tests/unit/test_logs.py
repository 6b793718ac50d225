"""What operators read holds no token and no values of people."""

import json
import logging

import pytest

from bot.errors import StorageTrouble
from bot.logs import JsonFormatter, TextFormatter

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"


def record(message: str, error: Exception | None = None) -> logging.LogRecord:
    caught = None
    if error is not None:
        try:
            raise error
        except Exception as raised:
            caught = (type(raised), raised, raised.__traceback__)
    return logging.LogRecord("bot.x", logging.ERROR, __file__, 1, message, (), caught)


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_a_token_never_shows(formatter: logging.Formatter):
    line = formatter.format(record(f"POST https://api.telegram.org/bot{TOKEN}/sendMessage"))
    assert TOKEN not in line
    assert "AAEhBO" not in line
    assert "api.telegram.org/bot<token>/sendMessage" in line


def test_addresses_and_times_are_no_tokens():
    line = TextFormatter().format(record("listening at 192.168.0.100:8080 since 18:00:00"))
    assert "192.168.0.100:8080 since 18:00:00" in line


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_a_stack_says_where_but_not_what_people_wrote(formatter: logging.Formatter):
    line = formatter.format(record("failed", ValueError("Lea wrote: I am afraid")))
    assert "ValueError" in line
    assert "test_logs.py" in line
    assert "afraid" not in line


def test_our_own_errors_may_speak():
    line = TextFormatter().format(record("failed", StorageTrouble("The disk is full.")))
    assert "The disk is full." in line


def test_json_lines_are_json():
    data = json.loads(JsonFormatter().format(record("hello")))
    assert (data["level"], data["logger"], data["message"]) == ("error", "bot.x", "hello")
    assert data["at"].endswith("Z")
