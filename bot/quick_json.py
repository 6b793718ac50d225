"""JSON as both databases and Telegram get it: by orjson where it is installed, else by Python's own."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

try:
    import orjson
except ImportError:  # no wheel for this machine
    orjson = None  # type: ignore[assignment,unused-ignore]


def dumps(value: Any) -> bytes:
    """UTF-8; days and instants as ISO 8601. What orjson does not take (half a surrogate pair, numbers beyond 64 bits)
    Python's own writes. Raises TypeError for what is no JSON."""
    if orjson is not None:
        try:
            return orjson.dumps(value)
        except TypeError:
            pass
    return json.dumps(value, default=_iso).encode()


def _iso(value: Any) -> str:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def dumps_text(value: Any) -> str:
    """The same as text."""
    return dumps(value).decode()


def loads(written: str | bytes) -> Any:
    """Raises ValueError for what is no JSON."""
    if orjson is not None:
        try:
            return orjson.loads(written)
        except ValueError:
            pass  # Python's own takes half a surrogate pair, too
    return json.loads(written)
