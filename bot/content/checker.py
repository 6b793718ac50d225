"""Everything wrong with the content at once, each with its place and what to do.

Faults must be mended before anything is published; warnings are for the author to weigh.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.content.catalogue import Translation, names, read_locale
from bot.content.code_texts import CodeTexts, scan
from bot.content.folder import SHIPPED, SourceText, Tree, label, read_tree
from bot.content.items import ITEM_FOLDERS
from bot.content.json_schema import schemas
from bot.content.kept import keep, made_once, name_of
from bot.content.kit_checks import kit_faults, overdue
from bot.content.language_test_checks import language_test_faults, language_test_warnings
from bot.content.languages import PROMISED
from bot.content.learned import LEARNED, kit_examples, known_examples
from bot.content.loader import broken_references
from bot.content.schema import Journey
from bot.content.screen_checks import crowded_screens
from bot.content.script_checks import lost_steps, script_faults
from bot.content.source import nearest
from bot.content.text_checks import label_ids, long_labels, missing_translations, source_faults, translation_faults
from bot.errors import Fault

INTERFACE = "interface/"
_FAULTS = "faults"  # what their number is kept as
SCHEMAS = SHIPPED.parents[1] / "docs" / "schema"


@dataclass(frozen=True, slots=True)
class Review:
    """What a check found."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def check(root: Path = SHIPPED, extra: Path | None = None, languages: Collection[str] = PROMISED) -> list[Fault]:
    """Every fault of a content folder and of what lies over it; empty when all is well."""
    return list(review(root, extra, languages=languages).faults)


def faults_known(extra: Path | None) -> int:
    """How many faults the shipped content and what lies over it have: looked for, which takes seconds, unless nothing
    has changed since that was last done."""
    return made_once(name_of(_FAULTS, SHIPPED, extra), int, lambda: len(review(SHIPPED, extra).faults))


def full_review(extra: Path | None, today: date | None = None) -> Review:
    """`review` of the shipped content and what lies over it; the number of its faults is kept."""
    name = name_of(_FAULTS, SHIPPED, extra)
    found = review(SHIPPED, extra, today)
    if name:
        keep(name, len(found.faults))
    return found


def review(
    root: Path = SHIPPED,
    extra: Path | None = None,
    today: date | None = None,
    languages: Collection[str] = PROMISED,
) -> Review:
    """Faults and warnings. The code beside a content folder (`bot/` beside `bot/content/`) is checked with it;
    `languages` are those in which its texts must be there."""
    tree = read_tree(root, extra)
    faults = [*tree.faults, *broken_references(tree)]
    translations = list(read_locale(root, faults))
    if extra is not None and extra.is_dir():
        translations.extend(read_locale(extra, faults, shipped=False))
    code = _code_beside(root)
    labels = label_ids(tree.texts, {use.key for use in code.uses if use.label})
    faults.extend(source_faults(tree.texts.values(), labels))
    faults.extend(translation_faults(tree.texts, _in_force(tree, translations), labels))
    faults.extend(crowded_screens(tree, _in_force(tree, translations)))
    faults.extend(missing_translations(tree.texts, translations, languages))
    warnings = [*long_labels(tree.texts, translations, labels), *_unused_items(tree)]
    if root == SHIPPED and extra is None:
        warnings.extend(_not_learned(tree))
        warnings.extend(outdated_schemas(SCHEMAS))
    if today is not None:
        warnings.extend(overdue(tree, today))
    for loaded in tree.files.values():
        if isinstance(loaded.model, Journey):
            faults.extend(script_faults(loaded, tree))
            for required, fault in lost_steps(loaded):
                (faults if required else warnings).append(fault)
    faults.extend(kit_faults(tree))
    faults.extend(language_test_faults(tree))
    warnings.extend(language_test_warnings(tree))
    faults.extend(code_faults(tree, code))
    return Review(_sorted(faults), _sorted(warnings))


def _not_learned(tree: Tree) -> Iterator[Fault]:
    """Phrases that the search compares one by one until it has learned from them."""
    known = known_examples()
    waiting = sum(example.key not in known for example in kit_examples(tree.models("topics"), tree.models("chatter")))
    if waiting:
        yield Fault(LEARNED.name, f"was made before {waiting} of the phrases; run `make learn` to work them in")


def outdated_schemas(folder: Path) -> Iterator[Fault]:
    """Schemas for editors that say something else than the models; none where there are none."""
    if not folder.is_dir():
        return
    now = schemas()
    held = {file.stem: file.read_text("utf-8") for file in folder.glob("*.json")}
    for name in sorted(now.keys() | held.keys()):
        if now.get(name) != held.get(name):
            file = label(folder / f"{name}.json")
            yield Fault(file, f"is not what the models say; run `compagnon content schema {label(folder)}`")


def _code_beside(root: Path) -> CodeTexts:
    """The code whose texts these are: the package around the content folder, and those that build on it. Of the
    shipped one it is kept: reading all of it takes seconds."""
    if not (root.parent / "flows").is_dir():
        return CodeTexts()
    folders = [folder for folder in (root.parent, root.parent.parent / "scheduler") if folder.is_dir()]
    name = name_of("code", folders[1], None) if root == SHIPPED and len(folders) > 1 else ""
    return made_once(name, CodeTexts, lambda: scan(folders))


def _in_force(tree: Tree, translations: list[Translation]) -> list[Translation]:
    """Translations to be judged: not those of files that cannot be read, nor shipped ones of a replaced text."""

    def counts(translation: Translation) -> bool:
        text = tree.texts.get(translation.id)
        if text is None:
            return "/".join(translation.id.split("/")[:2]) not in tree.unreadable
        return text.loaded.shipped or not translation.shipped

    return [translation for translation in translations if counts(translation)]


def _sorted(faults: list[Fault]) -> tuple[Fault, ...]:
    def place(fault: Fault) -> tuple[str, int, str]:
        file, _, line = fault.where.rpartition(":")
        return (file, int(line), fault.what) if line.isdigit() else (fault.where, 0, fault.what)

    return tuple(sorted(dict.fromkeys(faults), key=place))


# --- code and interface -----------------------------------------------------------------------------


def code_faults(tree: Tree, code: CodeTexts) -> Iterator[Fault]:
    """Texts the code asks for that do not exist or lack a value, and interface texts that nobody asks for."""
    if not code.uses:
        return
    keys = {text_id.removeprefix(INTERFACE): text for text_id, text in tree.texts.items() if _interface(text)}
    for use in code.uses:
        if use.key not in keys:
            file = use.key.split("/")[0]
            if f"{INTERFACE}{file}" not in tree.unreadable:
                hint = (
                    nearest(use.key, [key for key in keys if key.startswith(f"{file}/")])
                    or f"; write it in interface/{file}.yaml"
                )
                yield use.fault(f"there is no interface text '{use.key}'{hint}")
        elif use.values is not None:
            wanted = frozenset[str]().union(*(names(form) for form in keys[use.key].forms))
            if len(keys[use.key].forms) > 1:
                wanted |= {"n"}
            if lacking := wanted - use.values:
                given = ", ".join(sorted(lacking))
                yield use.fault(f"'{use.key}' is said without a value for {given}; pass it or change the text")
    for key, text in keys.items():
        if text.loaded.shipped and not code.may_mean(key):
            yield text.fault(f"nothing uses the text '{key}'; remove it or use it")


def _interface(text: SourceText) -> bool:
    return text.id.startswith(INTERFACE)


# --- warnings ---------------------------------------------------------------------------------------


def _unused_items(tree: Tree) -> Iterator[Fault]:
    used = {
        (step.kind, step.use)
        for loaded in tree.files.values()
        if isinstance(loaded.model, Journey)
        for step in loaded.model.steps
    }
    for folder, model in ITEM_FOLDERS.items():
        for item_id in tree.models(folder):
            if (model.kind, item_id) not in used:
                document = tree.files[f"{folder}/{item_id}"].document
                yield document.fault((), f"no journey uses this {model.kind}; use it or remove the file")
