"""Filling a DOCX template with docxtpl: known fields only, in a sandbox, and nothing but fields, `if` and `for`.

What a person is called is never read as a template: values are put in once, with their signs made harmless.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.errors import BadInput
from bot.rules.paper_fields import EMPTY_ROWS, LISTS

DOTS = "…" * 12
DEPTH = 2  # loops within each other: more would only make a file that never ends


@dataclass(frozen=True, slots=True)
class Values:
    """What is to be put in. `known`: words by field, none for what nobody has told; `labels`: what each field is
    called; `lists`: rows by list, each column as words."""

    known: Mapping[str, str]
    labels: Mapping[str, str]
    lists: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Template:
    """A DOCX file and what it may name. `name` is for those who have to mend it."""

    name: str
    data: bytes
    fields: frozenset[str]
    lists: frozenset[str]


class Blank(str):
    """A field nobody has told: a dotted line with what belongs there; `bare` is the line alone."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


def fill(template: Template, values: Values) -> tuple[bytes, list[str]]:
    """The filled file, and which of its fields were not known. Raises BadInput naming the template and its fault."""
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError

    environment = _environment(template)
    try:
        paper = DocxTemplate(io.BytesIO(template.data))
        paper.render(_context(template, values), environment, autoescape=True)
        _text_only_where_text_goes(paper, template.name)
        out = io.BytesIO()
        paper.save(out)
    except BadInput:
        raise
    except TemplateError as error:
        raise BadInput(f"{template.name} cannot be filled: {error}. Mend what stands between the braces.") from None
    except Exception as error:
        # Libraries for DOCX and XML raise whatever they like for a damaged file.
        raise BadInput(
            f"{template.name} cannot be filled ({type(error).__name__}): save it again as .docx from Word, and make "
            "sure that {%tr … %} stands in a row of its own."
        ) from None
    used: set[str] = environment.used
    return out.getvalue(), sorted(name for name in used if not _told(name, values))


def _told(name: str, values: Values) -> bool:
    return bool(values.lists.get(name)) if name in LISTS else name in values.known


def _context(template: Template, values: Values) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in template.fields:
        group, _, key = name.partition(".")
        label = values.labels.get(name, name)
        found.setdefault(group, {})[key] = values.known.get(name) or Blank(f"{DOTS} ({label})")
    for name in template.lists:
        empty = [dict.fromkeys(LISTS[name], "")] * EMPTY_ROWS
        found[name] = [dict(row) for row in values.lists.get(name, ())] or empty
    return found


def _bare(value: object) -> object:
    return DOTS if isinstance(value, Blank) else value


def _environment(template: Template) -> Any:
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        """Reads every part of the file before it is filled: body, headers, footers, notes, properties."""

        def __init__(self) -> None:
            super().__init__(autoescape=True)
            self.globals, self.tests = {}, {}
            self.filters = {"bare": _bare}
            self.used: set[str] = set()

        def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Any:
            reader = _Reader(template, nodes)
            reader.read(self.parse(source).body, {}, 0)
            if reader.unknown:
                raise BadInput(_unknown(template, reader.unknown))
            self.used |= reader.used
            return super().from_string(source, *args, **kwargs)

    return Environment()


def _unknown(template: Template, unknown: Iterable[str]) -> str:
    named = ", ".join(sorted(unknown))
    return f"{template.name} asks for what this paper does not have: {named}. `compagnon documents fields` lists all."


class _Reader:
    """Walks through a template: what it names, and whether it does more than it may."""

    def __init__(self, template: Template, nodes: Any) -> None:
        self._template, self._nodes = template, nodes
        self._branching = (nodes.Output, nodes.If, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand)
        self.used: set[str] = set()
        self.unknown: set[str] = set()

    def read(self, found: Sequence[Any], items: Mapping[str, str], depth: int) -> None:
        for node in found:
            self._one(node, items, depth)

    def _one(self, node: Any, items: Mapping[str, str], depth: int) -> None:
        nodes = self._nodes
        if isinstance(node, nodes.TemplateData | nodes.Const):
            return
        if isinstance(node, nodes.For):
            self._loop(node, items, depth)
        elif isinstance(node, nodes.Getattr):
            self._field(node, items)
        elif isinstance(node, nodes.Name):
            self._list(node.name, items)
        elif isinstance(node, self._branching):
            self.read(list(node.iter_child_nodes()), items, depth)
        elif isinstance(node, nodes.Filter) and node.name == "bare" and not node.args and node.node is not None:
            self._one(node.node, items, depth)
        else:
            self._forbidden(type(node).__name__)

    def _loop(self, node: Any, items: Mapping[str, str], depth: int) -> None:
        plain = isinstance(node.target, self._nodes.Name) and isinstance(node.iter, self._nodes.Name)
        if not plain or node.test is not None or node.recursive or depth >= DEPTH:
            self._forbidden("a loop of this kind")
        name = node.iter.name
        self._list(name, items)
        self.read(node.body, {**items, node.target.name: name}, depth + 1)
        self.read(node.else_, items, depth + 1)

    def _list(self, name: str, items: Mapping[str, str]) -> None:
        if name in self._template.lists:
            self.used.add(name)
        elif name not in items:
            self.unknown.add(name)

    def _field(self, node: Any, items: Mapping[str, str]) -> None:
        if not isinstance(node.node, self._nodes.Name):
            self._forbidden("a field of a field")
        owner, name = node.node.name, node.attr
        if owner in items:
            if name not in LISTS.get(items[owner], ()):
                self.unknown.add(f"{owner}.{name}")
        elif owner == "loop" and items and name in ("index", "first", "last"):
            return
        elif f"{owner}.{name}" in self._template.fields:
            self.used.add(f"{owner}.{name}")
        else:
            self.unknown.add(f"{owner}.{name}")

    def _forbidden(self, what: str) -> None:
        raise BadInput(
            f"{self._template.name} does more than a template may ({what}): use only fields, {{% if %}}, "
            "{% for %} over a list, and the filter bare."
        )


def _text_only_where_text_goes(paper: Any, name: str) -> None:
    """`{{r … }}` and the like put a value beside the text instead of into it, which Word refuses to open."""
    held = " or ".join(f"self::w:{tag}" for tag in ("t", "instrText", "delText", "delInstrText"))
    if paper.docx._element.xpath(f"//w:*[not({held})]/text()[normalize-space()]"):
        raise BadInput(f"{name} has a field where no text can stand: write {{{{ field }}}} without r, p, tr or tc.")
