"""Everything there is to say and do: journeys, items, city kits and the catalogues, read once at the start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.catalogue import read_locale, resolve
from bot.content.folder import SHIPPED, Loaded, Tree, read_tree
from bot.content.items import ITEM_FOLDERS, Item
from bot.content.kept import made_once, name_of
from bot.content.kits import Card, Chatter, Country, DangerLines, DangerWords, Kit, Spoken, Topic
from bot.content.language_tests import LanguageTest
from bot.content.outcomes import Outcomes
from bot.content.papers import PaperForm
from bot.content.questions import QuestionSet
from bot.content.schema import Journey, Step
from bot.content.sheets import Guide, Sheet
from bot.content.source import nearest
from bot.errors import Fault, Faults, NotFound
from bot.i18n import Catalogues, Entry


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """The loaded content. Items are keyed by kind and id: `("lesson", "money-abroad")`."""

    catalogues: Catalogues
    journeys: Mapping[str, Journey]
    items: Mapping[tuple[str, str], Item]
    kits: Mapping[str, Kit]
    countries: Mapping[str, Country]
    topics: Mapping[str, Topic]
    cards: Mapping[str, Card]
    phrases: Mapping[str, Spoken]
    chatter: Mapping[str, Chatter]
    danger: Mapping[str, DangerWords]
    danger_lines: Mapping[str, DangerLines]
    sheets: Mapping[str, Sheet]
    guides: Mapping[str, Guide]
    outcomes: Mapping[str, Outcomes] = field(default_factory=dict)
    language_tests: Mapping[str, LanguageTest] = field(default_factory=dict)
    documents: Mapping[str, PaperForm] = field(default_factory=dict)
    questions: Mapping[str, QuestionSet] = field(default_factory=dict)
    # Tells what it was read from apart from any other content. Empty where nothing is kept, and for altered copies.
    mark: str = field(default="", init=False)

    def journey(self, journey_id: str) -> Journey:
        """The journey of that id; raises NotFound naming those that exist."""
        try:
            return self.journeys[journey_id]
        except KeyError:
            known = ", ".join(self.journeys)
            raise NotFound(f"There is no journey '{journey_id}'; choose one of: {known}.") from None

    def language_test(self, language: str, form: str) -> LanguageTest | None:
        """One form of the test of a language, where somebody has written it."""
        return self.language_tests.get(f"{language}-{form}")

    def named(self, kind: str) -> str:
        """The name under which a `kind` of thing made of this content is kept; empty where nothing is."""
        return f"{kind}-{self.mark}" if self.mark else ""

    def item(self, step: Step) -> Item:
        """What a step shows."""
        return self.items[step.kind, step.use]


def load_library(extra: Path | None = None, root: Path = SHIPPED) -> Library:
    """The content in `root` and what lies over it; raises `Faults` with every fault of every file.

    The shipped content is kept once it was read, so that the next process need not read the same files again.
    """
    if root != SHIPPED:
        return _read(extra, root)
    name = name_of("library", root, extra)
    return made_once(name, Library, lambda: _marked(_read(extra, root), name.partition("-")[2]))


def _marked(library: Library, mark: str) -> Library:
    object.__setattr__(library, "mark", mark)
    return library


def _read(extra: Path | None, root: Path) -> Library:
    tree = read_tree(root, extra)
    faults = [*tree.faults, *broken_references(tree)]
    translations = [
        *read_locale(root, faults),
        *(read_locale(extra, faults, shipped=False) if extra else ()),
    ]
    if faults:
        raise Faults(faults)
    sources = {text.id: Entry(text.forms, text.language) for text in tree.texts.values()}
    return Library(
        Catalogues(sources, resolve(tree.texts, translations)),
        {name: journey for name, journey in tree.models("journeys").items() if not journey.adds_to},
        items_of(tree),
        tree.models("kits"),
        tree.models("countries"),
        tree.models("topics"),
        tree.models("cards"),
        tree.models("phrases"),
        tree.models("chatter"),
        tree.models("danger"),
        tree.models("danger_lines"),
        tree.models("sheets"),
        tree.models("guides"),
        tree.models("outcomes"),
        tree.models("language_tests"),
        tree.models("documents"),
        tree.models("questions"),
    )


def items_of(tree: Tree) -> dict[tuple[str, str], Item]:
    """All items by kind and id."""
    return {
        (model.kind, item_id): item
        for folder, model in ITEM_FOLDERS.items()
        for item_id, item in tree.models(folder).items()
    }


def broken_references(tree: Tree) -> Iterator[Fault]:
    """A fault for every step whose item does not exist. Files that could not be read are not missed twice."""
    items = items_of(tree)
    for loaded in tree.files.values():
        journey = loaded.model
        if isinstance(journey, Guide):
            yield from _broken_pieces(loaded, journey, tree)
        if not isinstance(journey, Journey):
            continue
        for step in journey.steps:
            folder = next(name for name, model in ITEM_FOLDERS.items() if model.kind == step.kind)
            if (step.kind, step.use) not in items and f"{folder}/{step.use}" not in tree.unreadable:
                hint = nearest(step.use, [item_id for kind, item_id in items if kind == step.kind])
                yield loaded.document.fault(
                    (*journey.place_of(step.id), "use"),
                    f"there is no {step.kind} '{step.use}'{hint or f'; write {folder}/{step.use}.yaml'}",
                )


def _broken_pieces(loaded: Loaded, guide: Guide, tree: Tree) -> Iterator[Fault]:
    """What a guide shows and nobody has written."""
    shown = [path for path in tree.files if path.split("/")[0] in ITEM_FOLDERS]
    for chapter in guide.chapters:
        for piece in chapter.pieces:
            if piece.use is not None and piece.use not in shown and piece.use not in tree.unreadable:
                hint = nearest(piece.use, shown) or "; name a folder and a file, like checklists/documents"
                place = ("chapters", chapter.id, "pieces", piece.id, "use")
                yield loaded.document.fault(place, f"there is no '{piece.use}' to show{hint}")
