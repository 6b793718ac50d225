"""JSON Schema of every kind of content file, so that editors complete and check what authors write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.content.fields import CATEGORIES
from bot.content.folder import MODELS
from bot.content.schema import Interface

DRAFT = "https://json-schema.org/draft/2020-12/schema"
# What the loader gives by the place of the file; `id` may be written, when it equals the file name.
_GIVEN = ("path",)


def schemas() -> dict[str, str]:
    """The schema of each folder as JSON text, by folder."""
    return {
        folder: json.dumps(schema_of(folder), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for folder in sorted(MODELS)
    }


def schema_of(folder: str) -> dict[str, Any]:
    """What a file in this folder may hold."""
    model = MODELS[folder]
    found = model.model_json_schema()
    properties = {name: value for name, value in found["properties"].items() if name not in _GIVEN}
    required = [name for name in found.get("required", ()) if name not in (*_GIVEN, "id")]
    found |= {"$schema": DRAFT, "title": folder, "properties": properties, "required": required}
    if model is Interface:
        found = _interface(found)
    return found


def _interface(found: Mapping[str, Any]) -> dict[str, Any]:
    """Texts nested as the flow likes, beside the keys that every file has."""
    properties = {name: value for name, value in found["properties"].items() if name != "texts"}
    texts = {"anyOf": [{"type": ["string", "integer"]}, {"$ref": "#/$defs/Texts"}]}
    nested = {
        "type": "object",
        "additionalProperties": texts,
        "description": f"Plurals: {', '.join(sorted(CATEGORIES))}",
    }
    return {
        **found, "properties": properties, "required": [], "additionalProperties": texts, "$defs": {"Texts": nested},
    }  # fmt: skip
