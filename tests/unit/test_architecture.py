"""The import rule of the house: who may know whom. See docs/contributors.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "scheduler", "admin_cli")

# Lower layers never import higher ones. Rooms of one layer may import each other; circles are tested apart.
LAYERS = (
    ("bot.errors", "bot.settings", "bot.clock", "bot.i18n", "bot.logs", "bot.memory", "bot.quick_json"),
    ("bot.rules", "bot.content"),
    ("bot.flows", "bot.papers"),
    ("bot.store", "bot.service"),
    ("bot.transport", "bot.sandbox"),
    ("bot.app",),
    ("scheduler", "admin_cli"),
)
# Libraries that only one kind of room may import.
CONFINED = {
    "sqlalchemy": ("bot.store", "bot.service"),
    "alembic": ("bot.store",),
    "openpyxl": ("bot.papers", "bot.service"),
    "fpdf": ("bot.papers",),
    "segno": ("bot.papers",),
    "uharfbuzz": ("bot.papers",),
    "PIL": ("bot.papers",),
    "telegram": ("bot.transport",),
    "apscheduler": ("scheduler",),
    "typer": ("admin_cli",),
    "rich": ("admin_cli",),
}
# The edges, where `async def` lives.
ASYNC = ("bot.transport", "bot.sandbox", "bot.app", "scheduler", "admin_cli")


def modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = path
    return found


MODULES = modules()


@dataclass(frozen=True)
class Facts:
    """What the tests ask of a module; its syntax tree is gone, for it is a hundred times as large."""

    imports: tuple[str, ...]
    inside: tuple[tuple[int, str], ...]  # imports inside functions, with their lines
    asynchronous: bool
    clocks: tuple[str, ...]  # calls that read a clock, with their lines


@cache
def facts() -> dict[str, Facts]:
    return {name: facts_of(ast.parse(path.read_text(encoding="utf-8"))) for name, path in MODULES.items()}


def facts_of(tree: ast.Module) -> Facts:
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return Facts(
        tuple(wanted for node in nodes for wanted in imports(node)),
        tuple({(inner.lineno, wanted) for node in functions for inner in ast.walk(node) for wanted in imports(inner)}),
        any(isinstance(node, ast.AsyncFunctionDef) for node in functions),
        tuple(f"{node.lineno} {clock}" for node in nodes if (clock := clock_of(node))),
    )


def imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            full = f"{node.module}.{alias.name}"
            yield full if full in MODULES else node.module


def clock_of(node: ast.AST) -> str | None:
    """The name of the clock that a call reads."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="datetime" | "date" | "time"), attr=clock)):
            return clock if clock in {"now", "utcnow", "today", "time_ns", "monotonic"} else None
    return None


def layer_of(module: str) -> int | None:
    for level, rooms in enumerate(LAYERS):
        if any(module == room or module.startswith(room + ".") for room in rooms):
            return level
    return None


def within(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def test_no_module_imports_a_higher_layer() -> None:
    wrong = [
        f"{name} imports {wanted}"
        for name, found in facts().items()
        for wanted in found.imports
        if (mine := layer_of(name)) is not None and (theirs := layer_of(wanted)) is not None and theirs > mine
    ]
    assert wrong == []


def test_every_module_belongs_to_a_layer() -> None:
    assert [name for name in MODULES if name != "bot" and layer_of(name) is None] == []


def test_the_scheduler_and_the_command_line_meet_only_in_run_and_demo() -> None:
    allowed = ("admin_cli.run", "admin_cli.demo", "admin_cli.stage")
    wrong = [
        f"{name} imports {wanted}"
        for name, found in facts().items()
        for wanted in found.imports
        if (within(name, ("scheduler",)) and within(wanted, ("admin_cli",)))
        or (within(name, ("admin_cli",)) and name not in allowed and within(wanted, ("scheduler",)))
    ]
    assert wrong == []


@pytest.mark.parametrize("library", CONFINED)
def test_a_library_stays_in_its_room(library: str) -> None:
    wrong = [
        name
        for name, found in facts().items()
        if not within(name, CONFINED[library]) and any(w.split(".")[0] == library for w in found.imports)
    ]
    assert wrong == []


def test_the_sandbox_knows_nothing_of_the_bot() -> None:
    wrong = [
        f"{name} imports {wanted}"
        for name, found in facts().items()
        if within(name, ("bot.sandbox",))
        for wanted in found.imports
        if wanted.startswith("bot.") and not within(wanted, ("bot.sandbox", "bot.errors", "bot.clock"))
    ]
    assert wrong == []


def test_only_the_edges_are_asynchronous() -> None:
    assert [name for name, found in facts().items() if found.asynchronous and not within(name, ASYNC)] == []


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    wrong = [
        f"{name}:{line}"
        for name, found in facts().items()
        for line, wanted in found.inside
        if wanted.split(".")[0] in PACKAGES
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: {w for w in found.imports if w in MODULES and w != name} for name, found in facts().items()}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path[path.index(module) :], module))
        if module in done:
            return
        for wanted in sorted(graph[module]):
            visit(wanted, (*path, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())


def test_rules_and_flows_ask_no_clock_and_roll_no_dice() -> None:
    pure = {name: found for name, found in facts().items() if within(name, ("bot.rules", "bot.flows"))}
    assert [f"{name}:{clock}" for name, found in pure.items() for clock in found.clocks] == []
    dice = {"random", "secrets", "uuid"}
    assert [name for name, found in pure.items() if any(w.split(".")[0] in dice for w in found.imports)] == []
