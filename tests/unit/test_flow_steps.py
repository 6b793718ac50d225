"""Steps of every kind: opened, parked, resumed and finished, by taps that may be old, doubled or made up."""

from bot.content.versions import current
from bot.flows import steps
from bot.flows.effects import FinishStep, OpenStep, ReleaseWaiting, SaveStep, SkipStep
from bot.flows.vocabulary import Conversation, Tap
from tests.support.scenes import Talk, buttons, due_at, library, scene, stay, text_ids, toasts


def offered(step_id: str, **more: str) -> Talk:
    return Talk(scene(states={step_id: "offered", **more}))


def finishes(talk: Talk) -> list[FinishStep]:
    return [effect for effect in talk.effects if isinstance(effect, FinishStep)]


def card(step_id: str) -> list[str]:
    journey = library().journey("small")
    step = journey.step(step_id)
    assert step is not None
    return buttons(steps.offer(current(journey, library()), journey, step, stay()))


# --- the card -------------------------------------------------------------------------------------


def test_a_lesson_is_offered_with_start_and_later() -> None:
    assert card("money") == ["step:money:open", "step:money:later"]


def test_a_text_is_shown_itself_with_one_button() -> None:
    assert card("welcome") == ["step:welcome:read"]


def test_later_leaves_the_step_offered() -> None:
    talk = offered("money")
    outcome = talk.tap_data("step:money:later")
    assert text_ids(outcome) == ["interface/steps/later"]
    assert talk.step("money").state == "offered"
    assert talk.effects == []


def test_reading_a_text_finishes_it_once() -> None:
    talk = offered("welcome")
    talk.tap_data("step:welcome:read")
    second = talk.tap_data("step:welcome:read", "double tap")
    assert [effect.points for effect in finishes(talk)] == [2]
    assert toasts(second) == ["interface/steps/done_already"]


# --- made-up, old and foreign taps ----------------------------------------------------------------


def test_a_step_of_another_journey_is_refused_kindly() -> None:
    talk = offered("money")
    assert toasts(talk.tap_data("step:sailing:open")) == ["interface/steps/gone"]


def test_a_step_that_is_not_due_cannot_be_opened() -> None:
    talk = offered("money")
    assert toasts(talk.tap_data("step:three-hellos:open")) == ["interface/steps/not_yet"]
    assert talk.effects == []


MADE_UP = (
    *("step", "step:", "step:money-quiz", "step::a:0:0", "step:money-quiz:a:x:y", "step:money-quiz:a:0:99999"),
    *("step:money-quiz:a:²:1", "step:money-quiz:next:9", "step:money-quiz:a:-1:0", "step:money-quiz:a:7:0"),
)


def test_nonsense_in_callback_data_changes_nothing() -> None:
    talk = offered("money-quiz")
    for data in MADE_UP:
        talk.tap_data(data, "made up")
    assert talk.effects == []


def test_a_skipped_step_can_be_opened_from_the_menu() -> None:
    talk = Talk(scene(states={"money": "skipped"}))
    talk.tap_data("step:money:open")
    assert talk.step("money").state == "open"


# --- lesson ---------------------------------------------------------------------------------------


def test_a_lesson_goes_on_at_the_card_where_it_was_parked() -> None:
    talk = offered("money")
    talk.tap_data("step:money:open")
    talk.tap("Next ›")
    talk.tap("Pause")
    talk.tap("Go on")
    assert talk.step("money").data == {"card": 1}


def test_parking_lets_waiting_prompts_go() -> None:
    talk = offered("money")
    talk.tap_data("step:money:open")
    talk.tap("Pause")
    assert talk.effects[-1] == ReleaseWaiting(7)


def test_a_double_tap_on_next_turns_one_card() -> None:
    talk = offered("money")
    talk.tap_data("step:money:open")
    talk.tap_data("step:money:card:1")
    talk.tap_data("step:money:card:1", "double tap")
    assert talk.step("money").data == {"card": 1}


def test_a_card_beyond_the_end_is_the_last_one() -> None:
    talk = offered("money")
    talk.tap_data("step:money:card:500")
    assert talk.step("money").data == {"card": 2}


def test_a_finished_lesson_offers_its_quiz_before_its_day() -> None:
    talk = offered("money")
    talk.tap_data("step:money:open")
    talk.tap_data("step:money:done")
    talk.tap("Try the quiz")
    assert talk.step("money-quiz").state == "open"


# --- quiz -----------------------------------------------------------------------------------------


def test_a_double_tap_on_an_answer_counts_once() -> None:
    talk = offered("money-quiz")
    talk.tap_data("step:money-quiz:open")
    talk.tap_data("step:money-quiz:a:0:0")
    before = list(talk.effects)
    second = talk.tap_data("step:money-quiz:a:0:1", "double tap on another answer")
    assert talk.effects == before
    assert toasts(second) == ["interface/steps/answered"]
    assert talk.step("money-quiz").data["answers"] == {"lost": "a"}


def test_a_quiz_is_passed_at_its_pass_mark_and_rewarded_once() -> None:
    talk = offered("money-quiz")
    talk.tap_data("step:money-quiz:open")
    for label in ("A", "Next question", "B", "See the result"):
        talk.tap(label)
    assert [(effect.points, effect.score) for effect in finishes(talk)] == [(10, 1.0)]
    assert toasts(talk.tap_data("step:money-quiz:next:1")) == ["interface/steps/done_already"]
    assert len(finishes(talk)) == 1


def test_a_quiz_below_the_pass_mark_can_be_taken_again() -> None:
    talk = offered("money-quiz")
    talk.tap_data("step:money-quiz:open")
    for label in ("B", "Next question", "B", "See the result"):
        talk.tap(label)
    assert finishes(talk) == []
    assert talk.effects[-1] == ReleaseWaiting(7)
    talk.tap("Try again")
    for label in ("A", "Next question", "B", "See the result"):
        talk.tap(label)
    assert finishes(talk)[0].score == 1.0


def test_an_old_answer_button_brings_the_quiz_up_to_date() -> None:
    talk = offered("money-quiz")
    talk.tap_data("step:money-quiz:open")
    talk.tap("A")
    talk.tap("Next question")
    outcome = talk.tap_data("step:money-quiz:a:0:1")
    assert toasts(outcome) == ["interface/steps/answered"]
    assert "quizzes/small-money/questions/pin/prompt" in text_ids(outcome)


def test_a_quiz_goes_on_in_the_new_language_where_it_was() -> None:
    talk = offered("money-quiz")
    talk.tap_data("step:money-quiz:open")
    talk.tap("A")
    talk.command("/language")
    talk.tap_data("lang:fr")
    talk.tap_data("step:money-quiz:next:0")
    assert "Qui peut connaître ton code ?" in talk.transcript()
    assert talk.step("money-quiz").data["answers"] == {"lost": "a"}


def test_steps_before_the_last_question_are_never_finished() -> None:
    talk = offered("money-quiz")
    talk.tap_data("step:money-quiz:open")
    talk.tap_data("step:money-quiz:next:1")
    talk.tap_data("step:money-quiz:again")
    assert finishes(talk) == []
    assert talk.step("money-quiz").data == {"at": 0, "answers": {}}


# --- checklist ------------------------------------------------------------------------------------


def test_ticking_twice_leaves_it_ticked() -> None:
    talk = offered("papers")
    talk.tap_data("step:papers:open")
    talk.tap_data("step:papers:on:0")
    talk.tap_data("step:papers:on:0", "double tap")
    assert talk.step("papers").data == {"ticked": ["passport"]}


def test_a_tick_can_be_taken_back() -> None:
    talk = offered("papers")
    talk.tap_data("step:papers:open")
    talk.tap("☐ Identity card")
    talk.tap("☑ Identity card")
    assert talk.step("papers").data == {"ticked": []}


def test_the_last_tick_finishes_the_list() -> None:
    talk = offered("papers")
    talk.tap_data("step:papers:open")
    talk.tap("☐ Identity card")
    talk.tap("☐ Learning Agreement")
    assert talk.step("papers").state == "done"


# --- challenge ------------------------------------------------------------------------------------


def test_a_challenge_never_holds_back_prompts() -> None:
    talk = offered("three-hellos")
    talk.tap_data("step:three-hellos:open")
    assert talk.effects == [OpenStep(7, "three-hellos"), SaveStep(7, "three-hellos", {}), ReleaseWaiting(7)]


def test_not_today_skips_the_challenge() -> None:
    talk = offered("three-hellos")
    talk.tap_data("step:three-hellos:open")
    talk.tap("Not today")
    assert SkipStep(7, "three-hellos") in talk.effects
    assert talk.step("three-hellos").state == "skipped"


def test_a_challenge_without_evidence_is_done_with_one_tap() -> None:
    talk = offered("a-walk")
    talk.tap_data("step:a-walk:open")
    talk.tap("I did it")
    assert talk.step("a-walk").state == "done"


def test_telling_about_a_challenge_is_optional() -> None:
    talk = offered("three-hellos")
    talk.tap_data("step:three-hellos:open")
    talk.tap("I did it")
    talk.tap("Just count it")
    assert talk.step("three-hellos").state == "done"
    assert talk.state["conversation"] == ["", {}]


def test_slash_challenge_shows_the_one_that_is_open() -> None:
    talk = offered("three-hellos")
    assert "challenges/small-hellos/task" in text_ids(talk.command("/challenge"))


def test_slash_challenge_says_when_the_next_one_comes() -> None:
    talk = Talk(scene(now=due_at(1)))
    assert text_ids(talk.command("/challenge")) == ["interface/challenge/none", "interface/challenge/next"]


# --- gating ---------------------------------------------------------------------------------------


def test_without_consent_no_step_opens() -> None:
    now = scene(states={"money": "offered"}, of=stay(consented=False))
    outcome = steps.handle(now, Tap("step:money:open", 1))
    assert outcome.effects == ()
    assert "interface/gate/consent" in text_ids(outcome)


def test_a_minor_waits_for_the_guardian() -> None:
    now = scene(states={"money": "offered"}, of=stay(minor=True))
    assert "interface/gate/guardian" in text_ids(steps.handle(now, Tap("step:money:open", 1)))


def test_a_lesson_opened_from_a_waiting_reflection_takes_its_words_no_more() -> None:
    waiting = Conversation("reflection", {"placement": 7, "step": "wishes"})
    talk = Talk(scene(states={"wishes": "open", "money": "offered"}, conversation=waiting))
    talk.tap_data("step:money:open")
    assert talk.state["conversation"] == ["", {"parked": "wishes"}]
