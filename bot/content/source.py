"""YAML as people write it: plain data, and the line of everything for a helpful fault.

Only the safe core of YAML is read: no tags, no anchors. `yes`, `no`, `NO` and `17:30` stay the words they
are (YAML 1.1 would make a boolean of Norway and 1050 of half past five).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.errors import Fault, Faults

Location = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INT = re.compile(r"-?(0|[1-9]\d*)")
_FLOAT = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: `path` is its place in the content folder without suffix, `file` its name in faults;
    `faults` are doubled keys and ids and values that YAML here does not have."""

    path: str
    file: str
    data: dict[str, Any]
    node: yaml.MappingNode
    faults: tuple[Fault, ...] = ()

    def line(self, location: Iterable[str | int]) -> int:
        """Line (from 1) of a field. List elements are found by position or by `id`; what the file does
        not hold is passed over, so that a missing key gives the line of what it is missing from."""
        node: yaml.Node = self.node
        line = node.start_mark.line + 1
        for part in location:
            found = _child(node, part)
            if found is not None:
                mark, node = found
                line = mark + 1
        return line

    def fault(self, location: Iterable[str | int], what: str) -> Fault:
        """A fault at a field of this file."""
        return Fault(f"{self.file}:{self.line(location)}", what)


def read_document(file: Path, path: str, label: str) -> Document:
    """Read one file; raises `Faults` where it is no YAML at all."""
    try:
        node = yaml.compose(file.read_bytes().decode("utf-8-sig"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError:
        raise Faults([Fault(f"{label}:1", "is not UTF-8; save it as UTF-8 in your editor")]) from None
    except yaml.YAMLError as error:
        raise Faults([_syntax(label, error)]) from None
    if not isinstance(node, yaml.MappingNode):
        raise Faults([Fault(f"{label}:1", "is empty or not a list of `key: value` lines; write at least one key")])
    reader = _Reader(label)
    data = reader.plain(node)
    return Document(path, label, data, node, tuple(reader.faults))


def _syntax(label: str, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Fault(f"{label}:{line}", f"cannot be read ({problem}); a text with ': ' or '#' needs quotes or a '|' line")


class _Reader:
    """Turns nodes into plain data and collects what is wrong on the way."""

    def __init__(self, label: str) -> None:
        self.faults: list[Fault] = []
        self._label = label
        self._seen: set[int] = set()

    def plain(self, node: yaml.Node) -> Any:
        if id(node) in self._seen:
            self._fault(node, "anchors and aliases (& and *) are not used here; write the value out")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node)
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(key_node, "a key must be a single word")
                continue
            key = key_node.value
            if key in data:
                self._fault(key_node, f"'{key}' is given twice; keep one of them")
            data[key] = self.plain(value_node)
        return data

    def _sequence(self, node: yaml.SequenceNode) -> list[Any]:
        items = [self.plain(child) for child in node.value]
        seen: set[str] = set()
        for child, item in zip(node.value, items, strict=True):
            name = item.get("id") if isinstance(item, dict) else None
            if isinstance(name, str) and name in seen:
                self._fault(child, f"the id '{name}' is used twice in this list; give one of them another id")
            elif isinstance(name, str):
                seen.add(name)
        return items

    def _scalar(self, node: yaml.Node) -> Any:
        kind, value = node.tag.removeprefix(_TAG), str(node.value)
        if kind == "bool" and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if kind == "int" and _INT.fullmatch(value):
            return int(value)
        if kind == "float" and _FLOAT.fullmatch(value):
            return float(value)
        if kind == "null":
            return None
        if kind == "timestamp" and _DAY.fullmatch(value):
            return self._day(node, value)
        if kind not in ("str", "bool", "int", "float", "timestamp", "value", "merge"):
            self._fault(node, f"the tag {node.tag} is not allowed; write a plain value")
        return value

    def _day(self, node: yaml.Node, value: str) -> date | None:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self._fault(node, f"{value} is not a day of the calendar")
            return None

    def _fault(self, node: yaml.Node, what: str) -> None:
        self.faults.append(Fault(f"{self._label}:{node.start_mark.line + 1}", what))


def _child(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            if position == part or _id_of(child) == part:
                return child.start_mark.line, child
    return None


def _id_of(node: yaml.Node) -> str | None:
    found = _child(node, "id") if isinstance(node, yaml.MappingNode) else None
    return str(found[1].value) if found else None


# --- pydantic's errors as sentences -----------------------------------------------------------------


def explain(document: Document, error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Every error of a validation as a fault with its line and what to do about it."""
    known = _known_keys(model.model_json_schema())
    return [
        document.fault(_place(e), _sentence(e, _readable(document, e["loc"]), known))
        for e in error.errors(include_url=False)
        if not _follows_from_another(e)
    ]


def _place(error: ErrorDetails) -> Location:
    return (*error["loc"], "kind") if error["type"] == "union_tag_invalid" else error["loc"]


def _follows_from_another(error: ErrorDetails) -> bool:
    """A list counts as too short only because its wrong entries were left out: they have faults of their own."""
    return error["type"] == "too_short" and len(error["input"]) >= error.get("ctx", {})["min_length"]


def _readable(document: Document, location: Location) -> str:
    """A location with list elements named by their id."""
    value: Any = document.data
    parts: list[str] = []
    for part in location:
        if isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
            parts.append(str(value.get("id", part + 1) if isinstance(value, dict) else part + 1))
        elif isinstance(value, dict) and part in value:
            value = value[part]
            parts.append(str(part))
        elif part == location[-1]:
            parts.append(str(part))
    return "/".join(parts)


def _sentence(error: ErrorDetails, where: str, known: set[str]) -> str:
    name, context = str(error["loc"][-1]) if error["loc"] else "", error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f"{where} is missing; add it"
        case "extra_forbidden" if error["input"] is None:
            return f"unknown key '{name}'; if these words belong to a text with a comma in it, put that text in quotes"
        case "extra_forbidden":
            return f"unknown key '{name}'{nearest(name, known) or '; remove it'}"
        case "literal_error":
            return _choice(where, error["input"], str(context["expected"]))
        case "union_tag_invalid":
            return _choice(where + "/kind", context["tag"], str(context["expected_tags"]))
        case "union_tag_not_found":
            return f"{where} has no 'kind'; add one"
        case "too_short":
            return f"{where} has {len(error['input'])} and needs at least {context['min_length']}"
        case "too_long":
            return f"{where} has more than the {context['max_length']} entries it may have"
        case "string_too_long":
            return f"{where} has {len(str(error['input']))} characters, at most {context['max_length']} may stand there"
        case "tuple_type":
            return f"{where} should be a list; write it as [a, b] or as lines with a dash"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{where} should be lines of `key: value`"
        case "value_error":
            return f"{where}: {str(error['msg']).removeprefix('Value error, ')}"
        case _:
            return f"{where}: {error['msg']}, not {error['input']!r}"


def _choice(where: str, given: object, expected: str) -> str:
    names = re.findall(r"'([^']*)'", expected)
    return f"{where}: '{given}' is not known{nearest(str(given), names)}; choose one of {', '.join(names)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` for the closest known name, or nothing."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f" (did you mean '{found[0]}'?)" if found else ""


def _known_keys(schema: dict[str, Any]) -> set[str]:
    models = [schema, *schema.get("$defs", {}).values()]
    return {key for model in models for key in model.get("properties", {})}
