"""The second net under the words of danger: what a text is like, learned from examples (`danger_lines/`).

Words find what somebody foresaw. The net finds what nobody did, and so it is less sure of itself: only what is plainly
like a crisis counts as one, what might be gets help and a question, and what is faintly so the question "are you OK?".
A long message is also read piece by piece, for one sentence in a story may be the one that matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from bot.rules.learned import Heard, learned
from bot.rules.reading import read_ahead, words_of

# Scores of the support vector machine, chosen on the tuned lines of tests/unit/data: see docs/contributors.md.
CRISIS, CARE, DOUBT = -0.1, -0.35, -0.4
# How far it may be behind what speaks for everyday talk: the score of that, or of a topic that nobody asks in danger.
BEHIND = {"crisis": 0.0, "care": 0.4, "doubt": 0.5}
PIECE_STRICTER = 0.35  # a piece must be that much plainer than a whole message: there are many of them
FOREIGN_STRICTER = 0.5  # in languages whose everyday talk it has seen little of
WELL_KNOWN = frozenset(("en", "fr", "es", "it", "de", "nl"))
PLAIN = 1.2  # everyday talk beyond doubt: no crisis of six languages that words find reaches 0.9
FEWEST = 4  # words for that
ALARMING, FAR = 0.25, -0.4  # a crisis beyond doubt: its score, and the most that everyday talk may have beside it
SHORTEST = 3  # words from which the net alone may tell a crisis
WHOLE = 40  # words that are read at once
PIECE, OVERLAP = 24, 6  # words of a piece, and of it that the next one reads again
EACH_END = 90  # words of a very long message that are read at either end: the words of danger are looked for in all


class Likeness(IntEnum):
    """What a text is like, strongest last."""

    CALM = 0
    DOUBT = 1
    CARE = 2
    CRISIS = 3


def likeness(text: str) -> Likeness:
    """What a text is like, judged by its whole and by its pieces."""
    read = [piece for piece in pieces(text) if words_of(piece)]
    if not read:
        return Likeness.CALM
    read_ahead(read)
    heard = [learned().heard(piece) for piece in read]
    stricter = 0.0 if _well_known(heard[0]) else FOREIGN_STRICTER
    found = max(_judged(one, stricter + (PIECE_STRICTER if number else 0.0)) for number, one in enumerate(heard))
    # One word or two say too little for a guess that wakes somebody: those that do are among the words.
    return min(found, Likeness.CARE) if len(words_of(text)) < SHORTEST else found


def surely_everyday(text: str) -> bool:
    """Whether a text is everyday talk beyond doubt, in a language whose everyday talk the net knows well."""
    words = words_of(text)
    if not FEWEST <= len(words) <= WHOLE:
        return False
    heard = learned().heard(text)
    everyday, care, crisis = heard.danger
    return everyday >= PLAIN and max(care, crisis) <= -PLAIN and _well_known(heard)


def surely_crisis(text: str) -> bool:
    """Whether a text is a crisis beyond doubt, so that an idiom in it ("then I'm dead") does not hold the net back."""
    if not FEWEST <= len(words_of(text)) <= WHOLE:
        return False
    heard = learned().heard(text)
    everyday, care, crisis = heard.danger
    return crisis >= ALARMING and crisis > care and max(everyday, heard.calm) <= FAR and _well_known(heard)


def well_known_tongue(text: str) -> str | None:
    """The language a text seems to be in, if it is one whose everyday talk the net knows well."""
    models, words = learned(), words_of(text)
    tongue = models.tongues[int(models.tongues_of(words).argmax())] if words else ""
    return tongue if tongue in WELL_KNOWN else None


def _well_known(heard: Heard) -> bool:
    return learned().tongues[int(heard.tongues.argmax())] in WELL_KNOWN


def _judged(heard: Heard, stricter: float) -> Likeness:
    everyday, care, crisis = heard.danger
    calm = max(everyday, heard.calm)
    strongest = max(care, crisis) - stricter
    if crisis >= care and strongest >= CRISIS and strongest >= calm - BEHIND["crisis"]:
        return Likeness.CRISIS
    if strongest >= CARE and strongest >= calm - BEHIND["care"]:
        return Likeness.CARE
    return Likeness.DOUBT if strongest >= DOUBT and strongest >= calm - BEHIND["doubt"] else Likeness.CALM


def pieces(text: str) -> Iterator[str]:
    """The beginning, and of a longer text its pieces, each of which overlaps the next a little."""
    words = text.split()
    yield " ".join(words[:WHOLE])
    if len(words) > WHOLE:
        read = words if len(words) <= 2 * EACH_END else words[:EACH_END] + words[-EACH_END:]
        yield from (" ".join(read[start : start + PIECE]) for start in range(0, len(read), PIECE - OVERLAP))
