"""A content folder as models: every file read, validated and its texts collected, with all faults at once.

An organisation's own folder is laid over the shipped one file by file: the same relative path replaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.content.fields import SourceFile
from bot.content.items import ITEM_FOLDERS
from bot.content.kits import KIT_FOLDERS
from bot.content.language_tests import LANGUAGE_FOLDERS
from bot.content.outcomes import OUTCOME_FOLDERS
from bot.content.papers import FORM_FOLDERS
from bot.content.questions import QUESTION_FOLDERS
from bot.content.schema import Interface, Journey, Step
from bot.content.sheets import PAPER_FOLDERS
from bot.content.source import Document, Location, explain, nearest, read_document
from bot.content.texts import nested_words, texts_of
from bot.errors import Fault, Faults
from bot.i18n import Forms

SHIPPED = Path(__file__).parent

MODELS: Mapping[str, type[SourceFile]] = {
    "interface": Interface, "journeys": Journey, **ITEM_FOLDERS, **KIT_FOLDERS, **PAPER_FOLDERS,
    **OUTCOME_FOLDERS, **FORM_FOLDERS,
    **LANGUAGE_FOLDERS, **QUESTION_FOLDERS,
}  # fmt: skip
UNREAD = frozenset(("locale", "__pycache__"))

_FILE_KEYS = ("source_language", "meaning_changed", "comments")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid file: its model, where it was read, and whether it belongs to the shipped content."""

    model: SourceFile
    document: Document
    shipped: bool


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text as its author wrote it. `where` is its place in the file, `forms` are in gettext's order."""

    id: str
    forms: Forms
    language: str
    loaded: Loaded
    where: Location
    comment: str = ""
    meaning_changed: bool = False

    def fault(self, what: str) -> Fault:
        """A fault at this text."""
        return self.loaded.document.fault(self.where, what)


@dataclass(slots=True)
class Tree:
    """A folder and what lies over it: files by path (`lessons/money-abroad`), texts by id,
    the paths of files that could not be used, and what is wrong."""

    files: dict[str, Loaded] = field(default_factory=dict)
    texts: dict[str, SourceText] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def models(self, folder: str) -> dict[str, Any]:
        """The models of one folder by id."""
        return {loaded.model.id: loaded.model for path, loaded in self.files.items() if path.startswith(folder + "/")}


def read_tree(root: Path = SHIPPED, extra: Path | None = None) -> Tree:
    """Read a content folder and the one laid over it. Never raises for content: faults are in the result."""
    tree = Tree()
    for path, (file, shipped) in sorted(_files(root, extra, tree).items()):
        try:
            loaded = _load(file, path, shipped)
        except Faults as error:
            tree.unreadable.add(path)
            tree.faults.extend(error.faults)
            continue
        tree.files[path] = loaded
        _collect(loaded, tree)
    _include(tree)
    return tree


def _include(tree: Tree) -> None:
    """Give journeys the steps they take over from others. An inclusion goes one step far: no journey takes over what
    another one has taken over."""
    journeys = {j.id: j for j in tree.models("journeys").values()}
    for path, loaded in tree.files.items():
        if not isinstance(loaded.model, Journey) or not loaded.model.include:
            continue
        taken: list[Step] = []
        for number, wanted in enumerate(loaded.model.include):
            source = journeys.get(wanted.journey)
            if source is None and f"journeys/{wanted.journey}" not in tree.unreadable:
                hint = nearest(wanted.journey, journeys) or f"; choose one of {', '.join(journeys)}"
                tree.faults.append(
                    loaded.document.fault(
                        ("include", number, "journey"), f"there is no journey '{wanted.journey}' to include{hint}"
                    )
                )
            taken += wanted.of(source) if source else ()
        tree.files[path] = replace(loaded, model=loaded.model.with_steps(taken))
    _add(tree)


def _add(tree: Tree) -> None:
    """Give journeys the steps that others add to them, for stays of any length they are made for."""
    for adding in [loaded for loaded in tree.files.values() if isinstance(loaded.model, Journey)]:
        more = adding.model
        assert isinstance(more, Journey)
        for number, name in enumerate(more.adds_to):
            path = f"journeys/{name}"
            target = tree.files.get(path)
            if target is None or not isinstance(target.model, Journey):
                if path not in tree.unreadable:
                    hint = nearest(name, tree.models("journeys")) or ""
                    tree.faults.append(
                        adding.document.fault(("adds_to", number), f"there is no journey '{name}' to add to{hint}")
                    )
                continue
            tree.files[path] = replace(target, model=target.model.with_steps(more.steps))


def label(file: Path) -> str:
    """A file's name as people find it: from the working directory where it lies below it."""
    here = Path.cwd()
    resolved = file.resolve()
    return str(resolved.relative_to(here)) if resolved.is_relative_to(here) else str(resolved)


def _files(root: Path, extra: Path | None, tree: Tree) -> dict[str, tuple[Path, bool]]:
    found: dict[str, tuple[Path, bool]] = {}
    if extra is not None and not extra.is_dir():
        tree.faults.append(Fault(str(extra), "is not a folder; give a folder with journeys/, lessons/ … in it"))
        extra = None
    for folder, shipped in ((root, True), (extra, False)):
        if folder is not None:
            for path, file in _files_of(folder, tree):
                found[path] = (file, shipped)
    return found


def _files_of(root: Path, tree: Tree) -> Iterator[tuple[str, Path]]:
    for folder in sorted(child for child in root.iterdir() if child.is_dir()):
        if folder.name in UNREAD or folder.name.startswith("."):
            continue
        if folder.name not in MODELS:
            hint = nearest(folder.name, MODELS) or f"; choose one of {', '.join(MODELS)}"
            tree.faults.append(Fault(label(folder), f"unknown folder '{folder.name}'{hint}"))
            continue
        for file in sorted(folder.iterdir()):
            if file.suffix == ".yaml" and not file.name.startswith("_"):
                yield f"{folder.name}/{file.stem}", file
            elif file.suffix == ".yml":
                tree.faults.append(Fault(label(file), "is not read; rename it to end in .yaml"))


def _load(file: Path, path: str, shipped: bool) -> Loaded:
    document = read_document(file, path, label(file))
    folder, _, stem = path.partition("/")
    data = dict(document.data)
    faults = _reserved(document, stem, data)
    model = MODELS[folder]
    if model is Interface:
        data = _interface(document, data, faults)
    try:
        loaded = Loaded(model.model_validate({**data, "id": stem, "path": path}), document, shipped)
    except ValidationError as error:
        raise Faults([*faults, *explain(document, error, model)]) from None
    faults.extend(_names(loaded))
    if faults:
        raise Faults(faults)
    return loaded


def _reserved(document: Document, stem: str, data: dict[str, Any]) -> list[Fault]:
    faults = list(document.faults)
    given = data.pop("id", stem)
    if given != stem:
        faults.append(document.fault(("id",), f"the id '{given}' differs from the file name '{stem}'; make them equal"))
    if "path" in data:
        del data["path"]
        faults.append(document.fault(("path",), "unknown key 'path'; remove it"))
    return faults


def _interface(document: Document, data: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    kept = {key: data[key] for key in _FILE_KEYS if key in data}
    problems: list[tuple[Location, str]] = []
    texts = {key: nested_words(value, (key,), problems) for key, value in data.items() if key not in _FILE_KEYS}
    faults.extend(document.fault(at, what) for at, what in problems)
    return {**kept, "texts": texts}


def _names(loaded: Loaded) -> Iterator[Fault]:
    """Faults of comments and marks that name no text of the file, nor a group of texts."""
    ids = {text_id.removeprefix(loaded.model.path + "/") for text_id, _ in texts_of(loaded.model)}
    known = {where for text_id in ids for where in _upwards(text_id)}
    for key, names in (("meaning_changed", loaded.model.meaning_changed), ("comments", loaded.model.comments)):
        for name in names:
            if name not in known:
                what = f"{key} names '{name}', no text of this file{nearest(name, known)}"
                yield loaded.document.fault((key, name), what)


def _upwards(where: str) -> Iterator[str]:
    """A field path and the groups it lies in: a/b/c, a/b, a."""
    while where:
        yield where
        where = where.rpartition("/")[0]


def _collect(loaded: Loaded, tree: Tree) -> None:
    model = loaded.model
    for text_id, text in texts_of(model):
        where = text_id.removeprefix(model.path + "/")
        comments = (model.comments[name] for name in _upwards(where) if name in model.comments)
        tree.texts[text_id] = SourceText(
            text_id,
            text.forms(model.source_language),
            model.source_language,
            loaded,
            tuple(where.split("/")),
            next(comments, ""),
            any(name in model.meaning_changed for name in _upwards(where)),
        )
