"""Checks of kits, countries and topics against each other: names that lead nowhere and facts nobody has."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.folder import Loaded, Tree
from bot.content.kits import Country, Kit, Topic
from bot.content.source import nearest
from bot.errors import Fault

GIVEN = frozenset(("country", "home", "city", "numbers", "places"))  # values every answer may name besides facts


def kit_faults(tree: Tree) -> Iterator[Fault]:
    """Every fault of the folders countries/, kits/ and topics/ that one file alone does not show."""
    facts = {key for folder in ("countries", "kits") for model in tree.models(folder).values() for key in model.facts}
    for loaded in tree.files.values():
        if isinstance(loaded.model, Kit):
            yield from _kit(loaded, loaded.model, tree)
        elif isinstance(loaded.model, Country):
            yield from _country(loaded, loaded.model, tree)
        elif isinstance(loaded.model, Topic):
            yield from _topic(loaded, loaded.model, tree, facts)


def _kit(loaded: Loaded, kit: Kit, tree: Tree) -> Iterator[Fault]:
    if not _exists(tree, "countries", kit.country):
        what = f"there are no facts on the country '{kit.country}'; write countries/{kit.country}.yaml"
        yield loaded.document.fault(("country",), what)
    for name in kit.notes:
        if not _exists(tree, "topics", name):
            hint = nearest(name, tree.models("topics"))
            yield loaded.document.fault(("notes", name), f"there is no topic '{name}'{hint}; correct the name")


def _country(loaded: Loaded, country: Country, tree: Tree) -> Iterator[Fault]:
    for position, number in enumerate(country.numbers):
        for city in number.kits:
            if not _exists(tree, "kits", city) and (hint := nearest(city, tree.models("kits"))):
                what = f"there is no kit '{city}'{hint}; correct the name"
                yield loaded.document.fault(("numbers", position, "kits"), what)


def _topic(loaded: Loaded, topic: Topic, tree: Tree, facts: set[str]) -> Iterator[Fault]:
    for name in topic.neighbours:
        if not _exists(tree, "topics", name):
            hint = nearest(name, tree.models("topics"))
            yield loaded.document.fault(("neighbours",), f"there is no topic '{name}'{hint}; correct or remove it")
    for part in topic.answer:
        named = part.names | {*part.when.facts, *part.when.facts_other_than, *part.when.lacks, *part.rests_on}
        for name in sorted(named - GIVEN - facts):
            what = f"part {part.id} rests on '{name}', a fact that no country or kit has{nearest(name, facts)}"
            yield loaded.document.fault(("answer", part.id), f"{what}; add the fact or change the part")


def _exists(tree: Tree, folder: str, name: str) -> bool:
    return f"{folder}/{name}" in tree.files or f"{folder}/{name}" in tree.unreadable
