"""Checks of kits, countries and topics against each other: names that lead nowhere and facts nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.content.folder import Loaded, Tree
from bot.content.kits import Country, Kit, Topic, due_day
from bot.content.source import nearest
from bot.errors import Fault

GIVEN = frozenset(("country", "home", "city", "numbers", "places", "holidays", "phrases"))  # named besides facts


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
    yield from _notes(loaded, kit, tree)


def _notes(loaded: Loaded, source: Kit | Country, tree: Tree) -> Iterator[Fault]:
    for name in source.notes:
        if not _exists(tree, "topics", name):
            hint = nearest(name, tree.models("topics"))
            yield loaded.document.fault(("notes", name), f"there is no topic '{name}'{hint}; correct the name")


def _country(loaded: Loaded, country: Country, tree: Tree) -> Iterator[Fault]:
    yield from _notes(loaded, country, tree)
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
    for card in topic.cards:
        if not _exists(tree, "cards", card):
            hint = nearest(card, tree.models("cards"))
            yield loaded.document.fault(("cards",), f"there is no card '{card}'{hint}; correct or remove it")
    for part in topic.answer:
        when = part.when
        keys = {*when.facts, *when.facts_other_than, *when.lacks, *part.rests_on}
        keys |= {key for key in (when.home_in, when.home_not_in) if key}
        named = {name.removeprefix("home_") for name in part.names if not name.startswith("say_")} | keys
        for name in sorted(named - GIVEN - facts):
            what = f"part {part.id} rests on '{name}', a fact that no country or kit has{nearest(name, facts)}"
            yield loaded.document.fault(("answer", part.id), f"{what}; add the fact or change the part")
        for name in sorted(part.names):
            phrase = name.removeprefix("say_")
            if name.startswith("say_") and not _exists(tree, "phrases", phrase):
                hint = nearest(phrase, tree.models("phrases"))
                yield loaded.document.fault(("answer", part.id), f"there is no phrase '{phrase}'{hint}; correct it")


def overdue(tree: Tree, today: date) -> Iterator[Fault]:
    """A warning for everything that should have been looked at again by now, naming who does."""
    for loaded in tree.files.values():
        if isinstance(loaded.model, Country | Kit):
            for where, checked, due in dated(loaded.model):
                if due <= today:
                    who = "local partner" if loaded.model.rechecked_by == "partner" else "coordinator"
                    what = f"was checked on {checked} and due again on {due}; the {who} looks again and sets `checked`"
                    yield loaded.document.fault(where, f"{'/'.join(map(str, where))} {what}")


def dated(source: Country | Kit) -> Iterator[tuple[tuple[str | int, ...], date, date]]:
    """Where everything sourced stands in its file, with the days it was checked and is due."""
    for key, fact in source.facts.items():
        yield ("facts", key), fact.checked, fact.due
    for key, note in source.notes.items():
        if note.checked:
            yield ("notes", key), note.checked, due_day(note.checked, note.recheck)
    lists = (("numbers", source.numbers),) if isinstance(source, Country) else (("places", source.places),)
    for name, sourced in lists:
        for position, one in enumerate(sourced):
            yield (name, position), one.checked, one.due
    if isinstance(source, Country) and source.holidays:
        yield ("holidays",), source.holidays.checked, source.holidays.due


def _exists(tree: Tree, folder: str, name: str) -> bool:
    return f"{folder}/{name}" in tree.files or f"{folder}/{name}" in tree.unreadable
