"""Questions to a kit as people type them, so that a bot meets most of them for the first time.

What is asked comes from the collection that the search is measured with; around it stands what people put around a
question. Three of four are typed like this by nobody else; every fourth is one of some two hundred in its plainest
form, as is usual. Whoever may be in danger is answered otherwise and left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path

COLLECTION = Path(__file__).parents[1] / "unit" / "data" / "questions.tsv"
NO_KIT = {
    "crisis", "disclosure", "everyday", "smalltalk", "offtopic", "harassment", "discrimination", "mental_health",
    "homesick", "workplace_accident", "theft", "sexual_health", "drink_and_drugs",
}  # fmt: skip
BEFORE = (
    "", "", "", "hi, ", "hello! ", "hey ", "sorry to bother you, ", "quick question: ", "one more thing, ", "so ",
    "my flatmate asks: ", "do you know, ", "ok and ", "good morning! ", "i am new here. ", "urgent!! ",
)  # fmt: skip
AFTER = (
    "", "", "", " please", " pls", " thanks", " thx!", " ??", " for me and my friend", " in seville", " near my place",
    " this week", " today", " tomorrow morning", " on friday", " before the weekend", " i have no idea", " :)",
)  # fmt: skip


def english() -> list[str]:
    """The questions of the collection that a kit answers, in English."""
    lines = (line.split("\t") for line in COLLECTION.read_text(encoding="utf-8").splitlines() if line[0] != "#")
    return [question for language, topic, _, _, question in lines if language == "en" and topic not in NO_KIT]


def typed(seed: int = 1) -> Iterator[str]:
    """Questions without end, the same in every run; one that was typed in a way of its own never comes again."""
    chance, asked, seen = random.Random(seed), english(), set[str]()
    for number in count():
        plain = chance.choice(asked)
        if number % 4 == 0:
            yield plain
            continue
        text = plain
        while text == plain or text in seen:
            text = f"{chance.choice(BEFORE)}{_slip(chance, chance.choice(asked))}{chance.choice(AFTER)}"
        seen.add(text)
        yield text


def _slip(chance: random.Random, text: str) -> str:
    """Half of what is typed has a slip: a letter missing, doubled, or two the wrong way round; or no capitals."""
    at = chance.randrange(max(1, len(text) - 2))
    return chance.choice(
        (text, text, text, text.lower(), text[:at] + text[at + 1 :], text[:at] + text[at : at + 1] + text[at:],
         text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :])
    )  # fmt: skip
