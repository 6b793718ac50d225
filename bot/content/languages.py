"""Which languages the shipped content speaks in full, and which only where it matters for safety."""

from __future__ import annotations

COMPLETE = ("de", "en", "es", "fr", "it", "nl")  # every shipped text must be there
# Every text about safety must be there: consent, check-in, /sos, alerts. The rest is shown in English.
SAFETY = ("bs", "cnr", "lv", "mk", "pl", "pt", "sl", "sq", "sr")
PROMISED = (*COMPLETE, *SAFETY)  # content is not published while one of these lacks what it must have
# Of these, on the way to being complete: every text is offered to translators, none is required yet. Until the language
# stands in `COMPLETE`, people read English there, not a mixture that changes from screen to screen.
PREPARING: tuple[str, ...] = ()
SAFETY_FILES = tuple(
    f"interface/{name}"
    for name in (
        "alerts", "care", "case", "check_in", "common", "confide", "gate", "incidents", "join", "language",
        "passer_by", "pause", "privacy", "second",
        "sos", "travel",
    )
)  # fmt: skip


def wanted(path: str, language: str) -> bool:
    """Must a file of that path (`interface/sos`) be there in a language? In one nobody counts on: no."""
    return language in COMPLETE or (language in SAFETY and path in SAFETY_FILES)


def of_use(path: str, language: str) -> bool:
    """Is a file of that path offered to translators of a language?"""
    return language not in SAFETY or language in PREPARING or path in SAFETY_FILES


def awaited(path: str, language: str) -> bool:
    """Is a file of that path kept in English because the language is not complete yet?"""
    return language in PREPARING and path not in SAFETY_FILES
