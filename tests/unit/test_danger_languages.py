"""How well the words alone tell danger in each language, on lines nobody looked at while the words were chosen.

`data/danger/<language>.tsv`: what people type, a tab, what it is. Every third line is kept aside. `danger_studied/` was
unseen once and then learned from. `danger_fresh/` was written after the rules, of other lives in other words, and never
used for them: its figures are low and honest, and say how far lists of words reach. What the net under them adds is
measured in test_questions.py and test_danger_net.py. A language with lines is measured.
"""

from __future__ import annotations

import timeit
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.rules.danger import Danger
from tests.support import shipped

DATA = Path(__file__).parent / "data"
LIBRARY = shipped.library()
RULES = shipped.danger()
CALM = (Danger.NONE, Danger.IDIOM)
URGENT = (  # topics with phrases that do alarm
    "emergency_numbers", "harassment", "hospital", "drink_and_drugs", "mental_health", "police", "theft",
    "workplace_accident", "discrimination",
)  # fmt: skip
CARED = (Danger.DISCLOSURE, Danger.CRISIS)

Line = tuple[str, Danger]

MOST_FALSE = 0.015  # of harmless questions may the net take for a crisis: a guess beside the words, and a costly one


def lines(folder: str, language: str) -> list[Line]:
    """Text and what it is, of one file."""
    rows = (DATA / folder / f"{language}.tsv").read_text("utf-8").splitlines()
    split = (row.rsplit("\t", 1) for row in rows if row and not row.startswith("#"))
    return [(text, Danger(expected)) for text, expected in split]


def languages(folder: str) -> list[str]:
    """Those with words and with lines."""
    return sorted({path.stem for path in (DATA / folder).glob("*.tsv")} & set(LIBRARY.danger))


@dataclass(frozen=True)
class Figures:
    """Shares of the lines of a kind: crises found, disclosures cared for, calm lines that alert or are consoled."""

    crisis: float
    disclosure: float
    false_crisis: float
    false_care: float
    misses: Sequence[str]


def measure(sample: Iterable[Line]) -> Figures:
    found = [(text, expected, RULES.by_words(text)) for text, expected in sample]

    def share(expected: tuple[Danger, ...], among: tuple[Danger, ...]) -> float:
        kind = [assessed for _, wanted, assessed in found if wanted in expected]
        return sum(assessed in among for assessed in kind) / max(1, len(kind))

    missed = [f"{w.value} → {a.value}: {t}" for t, w, a in found if w is not a and not (w in CALM and a in CALM)]
    return Figures(
        crisis=share((Danger.CRISIS,), (Danger.CRISIS,)),
        disclosure=share((Danger.DISCLOSURE,), CARED),
        false_crisis=share(CALM, (Danger.CRISIS,)),
        false_care=share(CALM, (Danger.DISCLOSURE,)),
        misses=missed,
    )


def show(name: str, figures: Figures) -> str:
    """The figures and every miss, for the log."""
    told = f"crisis {figures.crisis:.2f} disclosure {figures.disclosure:.2f}"
    false = f"false crisis {figures.false_crisis:.3f} false care {figures.false_care:.3f}"
    return "\n  ".join([f"{name}: {told} {false}", *figures.misses])


@pytest.mark.parametrize("language", languages("danger"))
def test_a_language_has_enough_lines_of_every_kind(language: str) -> None:
    kinds = [kind for _, kind in lines("danger", language)]
    assert len(kinds) >= 120
    assert all(kinds.count(kind) >= 12 for kind in Danger)


@pytest.mark.parametrize("language", languages("danger"))
def test_lines_that_the_words_were_chosen_for_are_understood(language: str) -> None:
    tuned = [line for number, line in enumerate(lines("danger", language)) if number % 3 != 2]
    figures = measure(tuned)
    print(show(language, figures))
    assert figures.crisis >= 0.95, show(language, figures)
    assert figures.disclosure >= 0.9, show(language, figures)
    assert figures.false_crisis <= 0.02, show(language, figures)


@pytest.mark.parametrize("language", languages("danger"))
def test_lines_kept_aside_are_understood(language: str) -> None:
    figures = measure(lines("danger", language)[2::3])
    print(show(language, figures))
    assert figures.crisis >= 0.9, show(language, figures)
    assert figures.disclosure >= 0.8, show(language, figures)
    assert figures.false_crisis <= 0.02, show(language, figures)
    assert figures.false_care <= 0.1, show(language, figures)


@pytest.mark.parametrize("language", languages("danger_studied"))
def test_lines_learned_from_stay_understood(language: str) -> None:
    figures = measure(lines("danger_studied", language))
    print(show(language, figures))
    assert figures.crisis >= 0.9, show(language, figures)
    assert figures.disclosure >= 0.8, show(language, figures)
    assert figures.false_crisis <= 0.05, show(language, figures)


@pytest.mark.parametrize("language", languages("danger_fresh"))
def test_lines_written_afterwards_are_understood_no_worse_than_measured(language: str) -> None:
    figures = measure(lines("danger_fresh", language))
    print(show(language, figures))
    assert figures.crisis >= 0.2, show(language, figures)
    assert figures.disclosure >= 0.1, show(language, figures)
    assert figures.false_crisis <= 0.2, show(language, figures)


def test_no_question_to_a_kit_is_a_crisis() -> None:
    rows = (DATA / "kit_questions.tsv").read_text("utf-8").splitlines()[1:]
    asked = [question for _, topic, _, question in (row.split("\t") for row in rows) if topic != "crisis"]
    assert [question for question in asked if RULES.by_words(question) is Danger.CRISIS] == []
    assert sum(RULES.assess(question) is Danger.CRISIS for question in asked) <= MOST_FALSE * len(asked)


def test_who_tells_how_they_were_shown_their_work_alarms_nobody() -> None:
    told = ("my boss showed me how to do it", "they explained how to do it", "I asked how to do it better")
    assert all(RULES.assess(line) in CALM for line in told)
    hidden = ("my boss showed me how to do it and I want to die", "I looked up how to do it without pain")
    assert [RULES.assess(line) for line in hidden] == [Danger.CRISIS] * 2
    assert all(map(RULES.plainly, hidden))


def test_no_phrase_or_small_talk_of_any_language_is_a_crisis_by_the_words_of_another() -> None:
    spoken = [topic.phrases for name, topic in LIBRARY.topics.items() if name not in URGENT]
    spoken += [chatter.phrases for chatter in LIBRARY.chatter.values()]
    phrases = [phrase for by_language in spoken for some in by_language.values() for phrase in some]
    assert [phrase for phrase in phrases if RULES.by_words(phrase) is Danger.CRISIS] == []
    some = phrases[::40]  # the net takes milliseconds for each
    assert sum(RULES.assess(phrase) is Danger.CRISIS for phrase in some) <= MOST_FALSE * len(some)


def test_the_words_of_an_everyday_message_are_read_in_less_than_a_millisecond() -> None:
    texts = [text for language in languages("danger") for text, _ in lines("danger", language)]
    for text in texts:
        RULES.by_words(text)  # compiles what is needed
    taken = timeit.timeit(lambda: [RULES.by_words(text) for text in texts], number=1) / len(texts)
    assert taken < 0.003, f"{taken * 1000:.2f} ms"  # a third of it on an idle machine
