"""The journey learner-short keeps its promises to every learner: budget, order, safety, languages."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product

from bot.clock import Itinerary
from bot.content.items import Challenge, Lesson, Quiz
from bot.rules.budget import SimulatedMessage, simulate
from bot.rules.calendar import LearnerFacts
from bot.rules.wishes import Wishes
from tests.support import shipped

LONG_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
SAFETY = ("travel", "housing", "work", "health", "going-out", "online", "limits", "emergencies")


def messages(nights: int, arrival: date, host: str = "ES", **more: object) -> list[SimulatedMessage]:
    departure = arrival - timedelta(days=nights % 2)  # half of them leave the day before
    stay = Itinerary("Europe/Paris", "Europe/Madrid", departure, arrival, arrival + timedelta(days=nights))
    facts = LearnerFacts(stay, status="apprentice", home_country="FR", host_country=host, **more)  # type: ignore[arg-type]
    return simulate(shipped.journey("learner-short"), facts, LONG_BEFORE)


def test_nothing_waits_or_is_dropped_whatever_the_length_and_the_weekday() -> None:
    answers = {"trip": "plane", "landing": "heavy"}
    for nights, weekday in product(range(2, 32), range(7)):
        lines = messages(nights, date(2026, 10, 5) + timedelta(days=weekday), answers=answers)
        assert {line.what for line in lines} == {"sent"}, (nights, weekday)


def test_whoever_wants_one_a_day_gets_at_least_twenty_challenges_in_a_month() -> None:
    lines = messages(28, date(2026, 10, 4), wishes=Wishes("daily"))
    kinds = Counter(line.kind for line in lines if line.stage == "during")
    assert kinds["challenge"] >= 20


def test_whoever_says_nothing_gets_two_challenges_a_week_after_a_fortnight() -> None:
    arrival = date(2026, 10, 4)
    late = [line for line in messages(28, arrival) if line.local.date() >= arrival + timedelta(days=14)]
    days = {line.local.strftime("%a") for line in late if line.kind == "challenge" and line.stage == "during"}
    assert days == {"Tue", "Fri"}


def test_no_challenge_comes_twice() -> None:
    used = [step.use for step in shipped.journey("learner-short").steps if step.kind == "challenge"]
    assert len(used) == len(set(used))


def test_every_key_competence_is_served_by_a_challenge() -> None:
    served = {
        name for step in shipped.journey("learner-short").steps if step.kind == "challenge" for name in step.competences
    }
    assert len(served) == 8


def test_all_eight_safety_modules_come_before_departure_lesson_first() -> None:
    order = [line.step_id for line in messages(14, date(2026, 10, 4)) if line.stage == "before"]
    for module in SAFETY:
        assert order.index(f"safety-{module}") < order.index(f"safety-{module}-quiz")


def test_safety_is_required_and_gives_no_points() -> None:
    safety = [step for step in shipped.journey("learner-short").steps if step.id.startswith("safety-")]
    assert len(safety) == 16
    assert all(step.required and step.points == 0 for step in safety)


def test_the_health_card_is_only_counted_on_where_it_is_valid() -> None:
    assert "insurance-card" in {line.step_id for line in messages(14, date(2026, 10, 4), host="SI")}
    for host in ("AL", "BA", "ME", "MK", "RS", "XK"):
        steps = {line.step_id for line in messages(14, date(2026, 10, 4), host=host)}
        assert "insurance-travel" in steps
        assert "insurance-card" not in steps


def test_facts_about_rights_and_insurance_carry_a_source_and_a_date() -> None:
    for name in ("safety-travel", "safety-work", "safety-health", "safety-limits", "safety-emergencies"):
        lesson = shipped.items()["lesson", name]
        assert isinstance(lesson, Lesson)
        assert lesson.sources


def test_the_right_answer_is_not_always_in_the_same_place() -> None:
    quizzes = [item for item in shipped.items().values() if isinstance(item, Quiz) and item.id.startswith("safety-")]
    places = Counter(
        [option.right for option in question.options].index(True) for quiz in quizzes for question in quiz.questions
    )
    assert min(places[0], places[1], places[2]) >= 10


def test_every_challenge_can_be_told_in_words() -> None:
    # `photo` alone would force a picture on people who may not take one at work.
    challenges = [item for item in shipped.items().values() if isinstance(item, Challenge)]
    assert all(challenge.evidence in ("none", "word", "either") for challenge in challenges)
