"""Which interface texts the code asks for, read from its syntax trees.

`say("check_in/ask", name=…)` and `button("check_in/fine", …)` name texts outright. Every other string constant counts
as a use as well (keys in tables), and an f-string as a use of whatever fits it, so that only texts that no code can
mean are called unused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.folder import label
from bot.errors import Fault

_CALLS = frozenset(("say", "button"))


@dataclass(frozen=True, slots=True)
class Use:
    """One call that names a text; `values` are its placeholders' names, None where the code does not show them."""

    key: str
    label: bool  # a button
    values: frozenset[str] | None
    file: str
    line: int

    def fault(self, what: str) -> Fault:
        """A fault at this call."""
        return Fault(f"{label(Path(self.file))}:{self.line}", what)


@dataclass(slots=True)
class CodeTexts:
    """Every use in some code, the string constants in it, and patterns for strings put together."""

    uses: list[Use] = field(default_factory=list)
    constants: set[str] = field(default_factory=set)
    patterns: set[re.Pattern[str]] = field(default_factory=set)

    def may_mean(self, key: str) -> bool:
        """Whether some code could ask for the text `key`."""
        return key in self.constants or any(pattern.fullmatch(key) for pattern in self.patterns)


def scan(folders: Iterable[Path]) -> CodeTexts:
    """Read all Python files of some folders; files that do not parse are left to the linter."""
    found = CodeTexts()
    for file in sorted(file for folder in folders for file in folder.rglob("*.py")):
        try:
            tree = ast.parse(file.read_text("utf-8"))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            _note(node, str(file), found)
    return found


def _note(node: ast.AST, file: str, found: CodeTexts) -> None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        found.constants.add(node.value.removeprefix("interface/"))
    elif isinstance(node, ast.JoinedStr) and (pattern := _pattern(node)):
        found.patterns.add(pattern)
    elif isinstance(node, ast.Call) and _name(node.func) in _CALLS and node.args:
        values = _values(node)
        is_label = _name(node.func) == "button"
        for line, key in _strings(node.args[0]):
            found.uses.append(Use(key, is_label, values, file, line))


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _values(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


def _strings(node: ast.expr) -> Iterator[tuple[int, str]]:
    """The line and value of each constant an argument may be: itself, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)


def _pattern(node: ast.JoinedStr) -> re.Pattern[str] | None:
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    if not any(isinstance(part, str) and "/" in part for part in parts):
        return None
    shape = "".join(".+" if part is None else re.escape(str(part)) for part in parts)
    return re.compile(shape.removeprefix("interface/"))
