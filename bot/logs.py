"""Logging for operators: text or JSON lines, never a token, a name or what somebody wrote.

Texts stay out because nobody logs them; this module holds what slips in by itself: addresses with the
token in them, and exception messages, which may quote the values of a statement.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

from bot.errors import CompagnonError

# user:password@ in the address of a database or mail server
_PASSWORD = re.compile(r"(\w://[^\s:/@]*):[^\s/]+@")
_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{20,}")
_QUIET = (
    "alembic", "telegram", "httpx", "httpcore", "aiohttp.access", "apscheduler", "sqlalchemy", "fontTools", "fpdf",
    "PIL",
)  # fmt: skip


def redacted(line: str) -> str:
    """The line without anything that looks like a bot token, or like a password in an address."""
    return _PASSWORD.sub(r"\1:<password>@", _TOKEN.sub("<token>", line))


class TextFormatter(logging.Formatter):
    """`2026-03-01T18:00:00Z INFO bot.transport.poller: updates come in again`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a stack without values where there is one."""
        line = f"{_instant(record)} {record.levelname} {record.name}: {record.getMessage()}"
        return redacted("\n".join((line, *_stack(record))))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `at`, `level`, `logger`, `message`, `stack`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        data: dict[str, object] = {
            "at": _instant(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        stack = _stack(record)
        if stack:
            data["stack"] = [redacted(frame) for frame in stack]
        return json.dumps(data, ensure_ascii=False)


def set_up(level: str = "INFO", style: str = "text") -> None:
    """Send all logging to standard error in `style` (`text` or `json`)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:  # their debug lines hold whole requests, or a line for every table of a font
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _stack(record: logging.LogRecord) -> list[str]:
    if not record.exc_info or record.exc_info[1] is None:
        return []
    lines: list[str] = []
    error: BaseException | None = record.exc_info[1]
    while error is not None:
        said = f": {error}" if isinstance(error, CompagnonError) else ""
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}{said}")
        frames = traceback.extract_tb(error.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        error = error.__cause__
    return lines
