"""Checks logged calls against the machine-readable Bot API, which lies outside this repository."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]

SPEC = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "bot-api.json"


@lru_cache
def _spec() -> Json:
    loaded: Json = json.loads(SPEC.read_text(encoding="utf-8"))
    loaded["by_name"] = {name.lower(): method for name, method in loaded["methods"].items()}
    return loaded


def check_calls(calls: list[Json]) -> None:
    """Every call of `GET /sandbox/calls` is a method with all required and only known fields of fitting types.

    Skips the test, saying why, where the specification is not at hand. Raises AssertionError naming every problem.
    """
    if not SPEC.exists():
        pytest.skip(f"The Bot API specification is not at {SPEC}.")
    found = [problem for call in calls for problem in problems(call)]
    assert not found, "\n".join(found)


def problems(call: Json) -> list[str]:
    """What is wrong with one logged call, in words."""
    where = f"call {call['n']} {call['method']}"
    method = _spec()["by_name"].get(call["method"].lower())
    if method is None:
        return [f"{where}: there is no such method"]
    fields = {field["name"]: field for field in method.get("fields", [])}
    params = call["params"]
    result = [
        f'{where}: required field "{n}" is missing' for n, f in fields.items() if f["required"] and n not in params
    ]
    for name, value in params.items():
        if name not in fields:
            result.append(f'{where}: unknown field "{name}"')
        elif not _fits_any(
            _decoded(value, fields[name]["types"], call.get("encoding") == "form"), fields[name]["types"]
        ):
            result.append(f'{where}: "{name}" is {value!r}, not {" or ".join(fields[name]["types"])}')
    return result


def _decoded(value: Any, types: list[str], form: bool) -> Any:
    """A form field is text; everything but strings and files is JSON in it."""
    if not form or not isinstance(value, str) or "InputFile" in types:
        return value
    try:
        decoded = json.loads(value)
    except ValueError:
        return value
    return decoded if _fits_any(decoded, types) else value


def _fits_any(value: Any, types: list[str]) -> bool:
    return any(_fits(value, kind) for kind in types)


def _fits(value: Any, kind: str) -> bool:
    if kind.startswith("Array of "):
        return isinstance(value, list) and all(_fits(one, kind.removeprefix("Array of ")) for one in value)
    if kind in ("String", "InputFile"):
        return isinstance(value, str)
    if kind == "Boolean":
        return isinstance(value, bool)
    if kind == "Integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "Float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return _fits_object(value, _spec()["types"][kind])


def _fits_object(value: Any, definition: Json) -> bool:
    if definition.get("subtypes"):
        return any(_fits_object(value, _spec()["types"][name]) for name in definition["subtypes"])
    if not isinstance(value, dict):
        return False
    fields = {field["name"]: field for field in definition.get("fields", [])}
    if not all(name in value for name, field in fields.items() if field["required"]):
        return False
    return all(name in fields and _fits_any(one, fields[name]["types"]) for name, one in value.items())
