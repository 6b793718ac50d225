"""What is written about a host organisation, checked: in a list of the desk, or line by line by the tutor there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import BadInput
from bot.rules.contact_words import SLIGHT, Verdict, read
from bot.rules.fold import fold
from bot.rules.typed import parse_language, parse_name, parse_text, shown

LONGEST = 300  # characters of a text on a card
# What a tutor changes at once, and what a coordinator looks at first: it says where learners would go.
OWN = ("tasks", "trades", "languages", "size", "capacity", "about", "contact_role")
CONFIRMED = ("name", "address", "town", "website")
LISTS = ("trades", "languages")
SIZES = ("1–9", "10–49", "50–249", "250+")  # of the European definition of small and medium enterprises
CAPACITIES = (1, 2, 3, 4, 5, 6, 8, 10)

FREE = ("tasks", "about", "trades", "contact_role")  # words that a stranger reads, or a list of them
MOST_TRADES, LONGEST_TRADE, MOST_LANGUAGES = 8, 40, 20


def key_of(name: str, town: str, country: str) -> str:
    """What makes two rows the same host."""
    return "|".join((fold(name), fold(town), country))


def wrong(words: str) -> str:
    """Why words may not stand on a card, which everybody reads at once: number, reaches or delicate; empty where they
    may. What a coordinator would have to read first may not either, but for a bare word such as "number" or "mail"."""
    found = read(words)
    if found.verdict is Verdict.PASS or (found.verdict is Verdict.HOLD and found.why in SLIGHT):
        return ""
    return found.why if found.why in ("number", "delicate") else "reaches"


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


def trades(cell: str) -> list[str]:
    """A few, each short: they are buttons, too."""
    found = several(cell)
    if len(found) > MOST_TRADES or any(len(one) > LONGEST_TRADE for one in found):
        raise BadInput(f"is too long: {MOST_TRADES} trades of up to {LONGEST_TRADE} characters each fit on a card")
    return found


def languages(cell: str) -> list[str]:
    """Those spoken at work."""
    found = several(cell)
    if len(found) > MOST_LANGUAGES:
        raise BadInput(f"has {len(found)} languages; {MOST_LANGUAGES} fit on a card")
    return [parse_language(one) for one in found]


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "name": parse_name, "town": parse_name, "trades": trades, "capacity": number, "website": website,
    "languages": languages,
}  # fmt: skip
