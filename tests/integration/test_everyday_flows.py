"""A learner's everyday taps through the real use cases and a real database."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.content.items import Quiz
from bot.service.core import Core
from bot.store.tables import DueStep, JournalEntry, Point
from tests.support.cohort import LEARNER, REFERENT, Small, small_cohort
from tests.support.looking import march
from tests.support.world import World


def answer_all_right(world: World, quiz_id: str) -> None:
    """Tap the right letter of every question of the quiz on show, and then the result."""
    quiz = world.core.content.items["quiz", quiz_id]
    assert isinstance(quiz, Quiz)
    for number, question in enumerate(quiz.questions, start=1):
        right = next(at for at, option in enumerate(question.options) if option.right)
        world.tap(LEARNER, "ABCD"[right])
        world.tap(LEARNER, "See the result" if number == len(quiz.questions) else "Next question")


def test_a_quiz_done_right_after_its_lesson_is_not_offered_again(core: Core) -> None:
    small = small_cohort(core)
    small.join()
    world = small.world
    world.travel(datetime(2026, 2, 4, 17, tzinfo=UTC))
    world.tap(LEARNER, "Start")
    while "Finish" not in dict(world.phone(LEARNER).last.buttons):
        world.tap(LEARNER, "Next ›")
    world.tap(LEARNER, "Finish")
    world.tap(LEARNER, "Try the quiz")
    answer_all_right(world, "safety-going-out")
    with core.store.transaction() as session:
        row = session.scalars(select(DueStep).where(DueStep.step == "safety-going-out-quiz")).one()
        assert (row.state, row.why) == ("skipped", "done before")
    before = len(world.phone(LEARNER).messages)
    world.travel(datetime(2026, 2, 7, 17, tzinfo=UTC))
    assert not any("going out" in message.text for message in world.phone(LEARNER).messages[before:])


def test_a_challenge_is_told_kept_and_shared_once(core: Core) -> None:
    small = small_cohort(core)
    small.join_staff()
    small.join()
    world = small.world
    world.travel(datetime(2026, 2, 18, 17, tzinfo=UTC))
    world.tap(LEARNER, "Start")
    world.tap(LEARNER, "I did it")
    world.say(LEARNER, "The one about the tractor.")
    world.tap(LEARNER, "Share it")
    world.tap(LEARNER, "Yes, share it")
    world.forge(LEARNER, "journal:yes:first-words")
    with core.store.transaction() as session:
        assert [point.step for point in session.scalars(select(Point))] == ["first-words"]
        entry = session.scalars(select(JournalEntry)).one()
        assert entry.words == "The one about the tractor."
        assert entry.shared_at is not None
    told = [message for message in world.phone(REFERENT).messages if "tractor" in message.text]
    assert len(told) == 1


def test_on_the_day_of_arrival_the_menu_does_not_say_that_they_are_there(small: Small) -> None:
    small.join()
    small.world.travel(march(1, 8))
    small.world.say(LEARNER, "/menu")
    assert "Day 1 of 21: today you get to Seville." in small.world.phone(LEARNER).last.text
