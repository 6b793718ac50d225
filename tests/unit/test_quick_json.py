"""JSON by orjson says what Python's own says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot import quick_json

VALUES: list[Any] = [
    {}, [], None, True, 1.5, "é “quoted” \n\0", {"a": [1, {"b": None}], "c": "ы"}, 2**63, 2**80, -(2**63), "\ud83d",
    {"a": (1, 2)}, {1: "number"},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_written_reads_the_same(value: Any) -> None:
    expected = json.loads(json.dumps(value))
    assert json.loads(quick_json.dumps(value)) == expected
    assert quick_json.loads(quick_json.dumps(value)) == quick_json.loads(json.dumps(value)) == expected
    assert json.loads(quick_json.dumps_text(value)) == expected


@pytest.mark.parametrize("orjson", [quick_json.orjson, None], ids=["orjson", "without"])
def test_days_and_instants_are_written_as_iso_8601(orjson: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_json, "orjson", orjson)
    instant = datetime(2026, 3, 29, 2, 30, 0, 12, tzinfo=UTC)
    assert quick_json.dumps([instant, date(2026, 3, 29)]) in (
        b'["2026-03-29T02:30:00.000012+00:00","2026-03-29"]', b'["2026-03-29T02:30:00.000012+00:00", "2026-03-29"]'
    )  # fmt: skip
    with pytest.raises(TypeError):
        quick_json.dumps({"a": object()})


@pytest.mark.parametrize("written", ["", "{", "{'a': 1}", b"\xff", "nul"])
def test_what_is_no_json_is_a_value_error(written: str | bytes) -> None:
    with pytest.raises(ValueError):
        quick_json.loads(written)
