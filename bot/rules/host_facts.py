"""What is written about a host organisation, checked: in a list of the desk, or line by line by the tutor there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import BadInput
from bot.rules.fold import fold
from bot.rules.typed import parse_language, parse_name, parse_text, shown

LONGEST = 300  # characters of a text on a card
# What a tutor changes at once, and what a coordinator looks at first: it says where learners would go.
OWN = ("tasks", "trades", "languages", "size", "capacity", "about", "contact_role")
CONFIRMED = ("name", "address", "town", "website")
LISTS = ("trades", "languages")
SIZES = ("1–9", "10–49", "50–249", "250+")  # of the European definition of small and medium enterprises
CAPACITIES = (1, 2, 3, 4, 5, 6, 8, 10)

_REACHES = re.compile(
    r"@\w|\S@\S|https?:|www\.|\b[\w-]+\.(?:com|org|net|eu|info|io|me|fr|es|it|de|nl|be|pt|pl|si|lv|rs|ba|mk|al)\b"
    r"|(?:\d[\s()./-]*){6,}|\b(?:whats\s?app|telegram|instagram|snapchat|tik\s?tok|facebook|signal)\b",
    re.IGNORECASE,
)


def key_of(name: str, town: str, country: str) -> str:
    """What makes two rows the same host."""
    return "|".join((fold(name), fold(town), country))


def reaches_out(words: str) -> bool:
    """Do the words tell a way to reach somebody past the people in between: a number, an address, a link?"""
    return _REACHES.search(words) is not None


def parse(field: str, words: str) -> Any:
    """What somebody wrote about a field. Raises BadInput."""
    return PARSERS.get(field, text)(words)


def text(cell: str) -> str:
    """A line of a card."""
    words = parse_text(cell)
    if len(words) > LONGEST:
        raise BadInput(f"has {len(words)} characters; {LONGEST} fit on a card: say it in fewer words")
    return words


def number(cell: str) -> int:
    """How many learners at a time."""
    if not (cell.isascii() and cell.isdigit() and len(cell) < 10 and int(cell) <= 1000):
        raise BadInput(f"“{shown(cell)}” is no number of learners: write 0 to 1000")
    return int(cell)


def website(cell: str) -> str:
    """A web address."""
    address = cell if "://" in cell else f"https://{cell}"
    if not address.startswith(("https://", "http://")) or " " in address or "." not in address or len(address) > 200:
        raise BadInput(f"“{shown(cell)}” is no address of a website: write it like https://example.org")
    return address


def several(cell: str) -> list[str]:
    """Words with commas or semicolons between, each once."""
    return list(dict.fromkeys(part for one in cell.replace(";", ",").split(",") if (part := text(one.strip()))))


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "name": parse_name, "town": parse_name, "trades": several, "capacity": number, "website": website,
    "languages": lambda cell: [parse_language(one) for one in several(cell)],
}  # fmt: skip
