"""The journey learner-long keeps its promises: budget, order, enough to do, nothing twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.clock import Itinerary
from bot.content.items import Challenge, Quiz, Reflection
from bot.rules.budget import SimulatedMessage, simulate
from bot.rules.calendar import LearnerFacts
from bot.rules.wishes import Wishes
from tests.support import shipped

LONG_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def messages(nights: int, wishes: Wishes, arrival: date = date(2026, 10, 4)) -> list[SimulatedMessage]:
    stay = Itinerary("Europe/Paris", "Europe/Madrid", arrival, arrival, arrival + timedelta(days=nights))
    facts = LearnerFacts(stay, status="apprentice", home_country="FR", host_country="ES", wishes=wishes)
    return simulate(shipped.journey("learner-long"), facts, LONG_BEFORE)


@pytest.mark.parametrize("nights", [32, 45, 53, 60, 76, 90, 120, 150, 180])
def test_nothing_is_dropped_and_no_step_comes_twice(nights: int) -> None:
    for weekday in range(7):
        lines = messages(nights, Wishes("daily"), date(2026, 10, 5) + timedelta(days=weekday))
        assert {line.what for line in lines} == {"sent"}, weekday
        assert max(Counter(line.step_id for line in lines).values()) == 1


def test_after_the_first_week_no_day_brings_more_than_one_message() -> None:
    arrival = date(2026, 10, 4)
    days = Counter(line.local.date() for line in messages(180, Wishes("daily")))
    assert max(n for day, n in days.items() if not arrival <= day < arrival + timedelta(days=7)) == 1


def test_half_a_year_has_more_than_ninety_different_daily_challenges() -> None:
    lines = messages(180, Wishes("daily"))
    found = [line.step_id for line in lines if line.kind == "challenge" and line.stage == "during"]
    assert len(set(found)) >= 90


@pytest.mark.parametrize("nights", [32, 52, 53, 75, 76, 120, 121, 200])
def test_the_review_with_the_tutor_comes_once_between_a_third_and_two_thirds(nights: int) -> None:
    reviews = [line for line in messages(nights, Wishes()) if line.step_id.startswith("mid-stay")]
    (day,) = [(line.local.date() - date(2026, 10, 4)).days for line in reviews]
    assert nights / 3 <= day <= nights * 2 / 3


def test_every_challenge_names_its_competence_and_place_and_all_eight_are_served_alike() -> None:
    challenges = [item for item in shipped.items().values() if isinstance(item, Challenge)]
    assert all(item.competence and item.place for item in challenges)
    counts = Counter(item.competence for item in challenges)
    assert len(counts) == 8
    assert min(counts.values()) >= 10


def test_whatever_is_done_out_of_doors_has_an_alternative_indoors() -> None:
    late = {
        step.use
        for step in shipped.journey("learner-long").steps
        if step.kind == "challenge" and step.stage == "during"
    }
    outside = [shipped.items()["challenge", use] for use in sorted(late)]
    lacking = [c.id for c in outside if isinstance(c, Challenge) and c.place in ("town", "way") and c.indoors is None]
    assert lacking == []


def test_there_are_45_questions_to_think_about_for_all_three_phases() -> None:
    reflections = [item for item in shipped.items().values() if isinstance(item, Reflection)]
    assert len(reflections) >= 45
    assert {item.phase for item in reflections} == {"before", "during", "after"}


def test_there_are_24_quizzes_of_five_questions_on_eight_themes() -> None:
    quizzes = [item for item in shipped.items().values() if isinstance(item, Quiz) and item.theme is not None]
    assert len(quizzes) >= 24
    assert len({quiz.theme for quiz in quizzes}) == 8
    assert {len(quiz.questions) for quiz in quizzes} == {5}


def test_the_right_answer_is_not_always_in_the_same_place() -> None:
    quizzes = [item for item in shipped.items().values() if isinstance(item, Quiz) and item.theme is not None]
    places = Counter(
        next(at for at, option in enumerate(question.options) if option.right)
        for quiz in quizzes
        for question in quiz.questions
    )
    assert max(places.values()) <= 0.55 * sum(places.values())
