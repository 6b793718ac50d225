"""JSON as both databases and Telegram get it: by orjson where it is installed, else by Python's own."""

from __future__ import annotations

import json
from typing import Any

try:
    import orjson
except ImportError:  # no wheel for this machine
    orjson = None  # type: ignore[assignment,unused-ignore]


def dumps(value: Any) -> bytes:
    """UTF-8. What orjson does not take (half a surrogate pair, numbers beyond 64 bits) Python's own writes."""
    if orjson is not None:
        try:
            return orjson.dumps(value)
        except TypeError:
            pass
    return json.dumps(value).encode()


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
