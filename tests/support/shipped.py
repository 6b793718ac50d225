"""The shipped content, read once a process for all tests that only look at it."""

from __future__ import annotations

from functools import cache

from bot.content.folder import SHIPPED, Tree, read_tree
from bot.content.items import Item
from bot.content.loader import Library, items_of, load_library
from bot.content.schema import Journey
from bot.rules.danger import DangerRules
from bot.rules.kit_search import KitSearch
from bot.rules.mending import mending_of


@cache
def tree() -> Tree:
    """Every file as a model, and its texts."""
    return read_tree(SHIPPED)


def journey(name: str) -> Journey:
    """A script as its author wrote it."""
    found: Journey = tree().models("journeys")[name]
    return found


@cache
def items() -> dict[tuple[str, str], Item]:
    """What the steps of the scripts use, by kind and id."""
    return items_of(tree())


@cache
def library() -> Library:
    """Everything there is to say and do."""
    return load_library()


@cache
def search() -> KitSearch:
    """The kits' search."""
    return KitSearch.of(library())


@cache
def danger() -> DangerRules:
    """The words of danger of all languages."""
    return DangerRules.build(library().danger, mending_of(library()))
