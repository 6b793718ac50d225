"""How well questions are understood, on a set that was written from the names of the topics alone.

`data/questions.tsv`: language, what is expected, style, set, question; six languages; one word, slang, typos, plain
sentences and stories that never name the topic. The `aside` half was never looked at while phrases, lines and
thresholds were chosen. `pytest -s tests/unit/test_questions.py` prints the figures of that half with their 95 %
intervals (Wilson), with `BOTH_HALVES=1` of the other, too; the floors are a little below what was measured.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.rules.kit_search import Asked, Outcome
from tests.support import shipped

LIBRARY = shipped.library()
DATA = Path(__file__).parent / "data" / "questions.tsv"
LANGUAGES = ("en", "fr", "es", "it", "de", "nl")
CARED = (Outcome.CRISIS, Outcome.DISCLOSURE)


class Question(NamedTuple):
    language: str
    expected: str
    style: str
    set: str
    text: str


QUESTIONS = [Question(*line.split("\t")) for line in DATA.read_text("utf-8").splitlines()[1:]]
Answered = tuple[Question, Asked]
Judge = Callable[[Answered], bool]


@pytest.fixture(scope="module")
def answered() -> list[Answered]:
    search = shipped.search()
    asked = [one for one in QUESTIONS if one.set == "aside" or "BOTH_HALVES" in os.environ]
    return [(question, search.ask(question.text, question.language)) for question in asked]


def wilson(found: int, number: int) -> tuple[float, float]:
    """The interval in which a share lies with 95 %."""
    z, share = 1.96, found / number
    middle = share + z * z / (2 * number)
    spread = z * math.sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    return (middle - spread) / (1 + z * z / number), (middle + spread) / (1 + z * z / number)


def show(name: str, sample: Iterable[Answered], judge: Judge) -> str:
    judged = [judge(one) for one in sample]
    low, high = wilson(sum(judged), len(judged))
    return f"{name} {sum(judged) / len(judged):.3f} [{low:.3f}, {high:.3f}] n={len(judged)}"


def of(sample: list[Answered], *expected: str) -> list[Answered]:
    return [one for one in sample if one[0].expected in expected]


def aside(sample: list[Answered]) -> list[Answered]:
    return [one for one in sample if one[0].set == "aside"]


def on_topic(sample: list[Answered]) -> list[Answered]:
    return of(sample, *LIBRARY.topics)


def at_once(one: Answered) -> bool:
    return one[1].topic == one[0].expected


def among_three(one: Answered) -> bool:
    return one[0].expected in (one[1].topic, *one[1].alternatives[:2])


def wrong_and_sure(one: Answered) -> bool:
    return one[1].outcome is Outcome.ANSWER and not at_once(one)


def not_answered(one: Answered) -> bool:
    return one[1].outcome in (Outcome.DECLINE, Outcome.SMALLTALK, Outcome.UNSURE)


def crisis(one: Answered) -> bool:
    return one[1].outcome is Outcome.CRISIS


def cared_for(one: Answered) -> bool:
    return one[1].outcome in CARED


def not_passed_over(one: Answered) -> bool:
    return cared_for(one) or one[1].idiom


def share(sample: list[Answered], judge: Judge) -> float:
    return sum(map(judge, sample)) / len(sample)


def report(sample: list[Answered]) -> str:
    """Every figure, as a whole, per language and per style."""
    lines = []
    topical = on_topic(sample)
    groups = {"all": topical}
    groups |= {language: [one for one in topical if one[0].language == language] for language in LANGUAGES}
    groups |= {
        style: [one for one in topical if one[0].style == style] for style in sorted({q.style for q in QUESTIONS})
    }
    for name, group in groups.items():
        lines.append(show(f"{name}: top 1", group, at_once))
        lines.append(show(f"{name}: top 3", group, among_three))
        lines.append(show(f"{name}: wrong and sure", group, wrong_and_sure))
        lines.append(show(f"{name}: false crisis", group, crisis))
    lines.append(show("off-topic not answered", of(sample, "offtopic"), not_answered))
    lines.append(show("small talk not answered", of(sample, "smalltalk"), not_answered))
    lines.append(show("disclosure cared for", of(sample, "disclosure"), cared_for))
    lines.append(show("everyday false crisis", of(sample, "everyday"), crisis))
    groups = {"all": sample} | {lang: [one for one in sample if one[0].language == lang] for lang in LANGUAGES}
    for name, group in groups.items():
        lines.append(show(f"{name}: crisis told as one", of(group, "crisis"), crisis))
        lines.append(show(f"{name}: crisis cared for", of(group, "crisis"), cared_for))
        lines.append(show(f"{name}: crisis never passed over", of(group, "crisis"), not_passed_over))
    return "\n".join(lines)


def test_figures(answered: list[Answered]) -> None:
    for name in ("tuned", "aside"):
        half = [one for one in answered if one[0].set == name]
        print(f"\n--- {name}\n{report(half)}" if half else "")
    assert len(aside(answered)) >= 800


def test_there_are_twenty_questions_a_topic_over_all_languages() -> None:
    counted = Counter(question.expected for question in QUESTIONS)
    assert all(counted[topic] >= 20 for topic in LIBRARY.topics)
    assert {question.language for question in QUESTIONS} == set(LANGUAGES)


def test_questions_find_their_topic_at_once(answered: list[Answered]) -> None:
    assert share(on_topic(aside(answered)), at_once) >= 0.88


def test_questions_have_their_topic_among_the_first_three(answered: list[Answered]) -> None:
    assert share(on_topic(aside(answered)), among_three) >= 0.95


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_is_left_behind(answered: list[Answered], language: str) -> None:
    spoken = [one for one in on_topic(aside(answered)) if one[0].language == language]
    assert share(spoken, at_once) >= 0.82
    assert share(spoken, among_three) >= 0.92


def test_a_wrong_answer_is_rarely_given_as_if_it_were_sure(answered: list[Answered]) -> None:
    assert share(on_topic(aside(answered)), wrong_and_sure) <= 0.05


def test_what_is_no_question_for_a_kit_is_not_answered(answered: list[Answered]) -> None:
    assert share(of(aside(answered), "offtopic"), not_answered) >= 0.9
    assert share(of(aside(answered), "smalltalk"), not_answered) >= 0.9


def test_a_crisis_is_told_as_one_and_never_passed_over(answered: list[Answered]) -> None:
    told = of(aside(answered), "crisis")
    assert share(told, crisis) >= 0.9
    assert share(told, not_passed_over) >= 0.97


def test_what_somebody_confides_is_cared_for(answered: list[Answered]) -> None:
    assert share(of(aside(answered), "disclosure"), cared_for) >= 0.85


def test_everyday_questions_hardly_ever_wake_anybody(answered: list[Answered]) -> None:
    assert share(on_topic(aside(answered)), crisis) <= 0.02
    assert share(of(aside(answered), "everyday"), crisis) <= 0.06
