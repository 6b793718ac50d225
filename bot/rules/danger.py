"""Does a text tell of danger? Rules with words of their own, because a guess is not good enough here.

The words are content (`danger/<language>.yaml`), and every language is always read: in fear people write as they can.
A *crisis* is immediate danger and alerts by itself. A *disclosure* (abuse, harassment, racism, not coping) shows help
and asks whom to tell. An *idiom* ("mort de rire") only asks "are you OK?", and what is plainly harmless ("how do I call
an ambulance") nothing at all; both are taken out before the rest is read, so that they never hide what stands beside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.content.kits import DangerWords
from bot.rules.fold import fold

READ_AT_MOST = 4096  # characters: Telegram sends no longer message


class Danger(StrEnum):
    """What a text tells, strongest last."""

    NONE = "none"
    IDIOM = "idiom"
    DISCLOSURE = "disclosure"
    CRISIS = "crisis"


@dataclass(frozen=True, slots=True)
class _Language:
    crisis: re.Pattern[str]
    disclosure: Mapping[str, re.Pattern[str]]  # by topic
    harmless: re.Pattern[str]
    idioms: re.Pattern[str]


class DangerRules:
    """The patterns of all languages, compiled once."""

    def __init__(self, languages: Sequence[_Language]) -> None:
        self._languages = tuple(languages)

    @classmethod
    def build(cls, words: Mapping[str, DangerWords]) -> DangerRules:
        """From the `danger` folder of the library."""
        return cls([_compile(language) for language in words.values()])

    def assess(self, text: str) -> Danger:
        """The strongest thing that any language finds in a text."""
        plain, idiom = self._plain(text)
        if any(language.crisis.search(plain) for language in self._languages):
            return Danger.CRISIS
        if self._told(plain):
            return Danger.DISCLOSURE
        return Danger.IDIOM if idiom else Danger.NONE

    def told(self, text: str) -> tuple[str, ...]:
        """The topics that help with what a text discloses, none when it discloses nothing."""
        return self._told(self._plain(text)[0])

    def _told(self, plain: str) -> tuple[str, ...]:
        found = (
            topic for words in self._languages for topic, pattern in words.disclosure.items() if pattern.search(plain)
        )
        return tuple(dict.fromkeys(found))

    def _plain(self, text: str) -> tuple[str, bool]:
        """The folded text without what is harmless and without idioms, and whether there were idioms."""
        harmless = fold(text[:READ_AT_MOST])
        for language in self._languages:
            harmless = language.harmless.sub("~", harmless)
        plain = harmless
        for language in self._languages:
            plain = language.idioms.sub("~", plain)
        return plain, plain != harmless


# --- patterns ---------------------------------------------------------------------------------------

_NOTHING = re.compile(r"(?!)")
_GAP = r"(?: [^\s.~]+){0,4}"  # within a sentence, and never across an idiom
_PARENTHESES = str.maketrans("", "", "()")


def _compile(words: DangerWords) -> _Language:
    disclosure = {topic: _either(patterns, words.groups) for topic, patterns in words.disclosure.items()}
    crisis, harmless, idioms = (_either(some, words.groups) for some in (words.crisis, words.harmless, words.idioms))
    return _Language(crisis, disclosure, harmless, idioms)


def _either(patterns: Sequence[str], groups: Mapping[str, str]) -> re.Pattern[str]:
    """One expression for all patterns of a list."""
    if not patterns:
        return _NOTHING
    either = "|".join(_expression(pattern.format_map(groups)) for pattern in patterns)
    return re.compile(rf"(?<!\S)(?:{either})(?!\S)")


def _expression(pattern: str) -> str:
    """`a|b_c* .. d`: words one after the other, each with alternatives, `..` for up to four words in between.
    Parentheses around alternatives are for the reader only."""
    parts = pattern.translate(_PARENTHESES).split("..")
    return f"{_GAP} ".join(" ".join(map(_word, part.split())) for part in parts if part.strip())


def _word(word: str) -> str:
    return "(?:" + "|".join(_alternative(choice) for choice in word.split("|") if choice) + ")"


def _alternative(choice: str) -> str:
    folded = fold(choice.removesuffix("*").replace("_", " "))
    return re.escape(folded) + (r"[^\s.]*" if choice.endswith("*") else "")
