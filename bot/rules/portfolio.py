"""What goes into a portfolio: by default nothing that is anybody's business but the learner's, and nothing unseen.

A choice is kept with the fingerprint of what the learner saw. What has changed since counts as not chosen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

OUT = ""  # the learner said no
SECTIONS = ("stay", "certificates", "outcomes", "languages", "skills", "badges", "done", "reflections", "log")
OPEN = frozenset({"stay", "certificates", "badges"})  # in unless taken out; everything else is out until put in
PHOTOS = 12  # of one portfolio: beyond it the file grows too large for a phone


def fingerprint(*parts: str) -> str:
    """What an item shows, as eight signs."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:8]


def is_in(choices: Mapping[str, str], key: str, mark: str, section: str) -> bool:
    """Is an item that now shows `mark` in the portfolio?"""
    chosen = choices.get(key)
    if chosen == mark:
        return True
    return section in OPEN and chosen != OUT


def turned(choices: Mapping[str, str], key: str, mark: str, section: str) -> dict[str, str]:
    """The change that puts an item in, or takes it out."""
    return {key: OUT if is_in(choices, key, mark, section) else mark}
