"""What people thought of a stay: taps and a sentence in the chat, and what may be said of many together."""

from __future__ import annotations

from typing import Any

import pytest

from bot.content.versions import current
from bot.flows.effects import FinishStep, KeepSurvey, RaiseAlert
from bot.flows.scene import Scene, StepView
from bot.flows.vocabulary import Photo
from bot.rules.survey import Figures, Response, batch_of, figures, remarks, shown
from tests.support import golden
from tests.support.scenes import Talk, library, scene, stay


def back_home(**more: Any) -> Scene:
    script = current(library().journey("learner-short"), library())
    steps = (StepView("survey", "survey", "offered"),)
    return scene(of=stay(stage="after"), script=script, steps=steps, **more)


def kept(talk: Talk) -> list[KeepSurvey]:
    return [effect for effect in talk.effects if isinstance(effect, KeepSurvey)]


def at_the_sentence() -> Talk:
    talk = Talk(back_home())
    talk.tap_data("step:survey:open", "Start")
    for _ in range(12):
        talk.tap("4")
    return talk


def test_a_survey_with_a_pause_a_way_back_another_language_and_a_sentence() -> None:
    talk = Talk(back_home())
    talk.tap_data("step:survey:open", "Start")
    talk.tap("5")
    talk.tap_data("step:survey:a:0:1", "double tap")
    talk.tap("Doesn't apply")
    talk.tap("‹ Back")
    talk.tap("2")
    talk.tap("Pause")
    talk.tap("Go on")
    talk.tap_data("lang:de", "Deutsch")
    talk.tap_data("step:survey:open", "again")
    talk.tap_data("lang:en", "English")
    talk.tap_data("step:survey:open", "again")
    for _ in range(10):
        talk.tap("4")
    talk.send(Photo("photo-1"), "(a photo)")
    talk.write("x" * 501)
    talk.write("More time to learn the words of the kitchen before we go.")
    talk.tap_data("step:survey:end", "old button")
    golden.check("survey", talk.transcript())
    (one,) = kept(talk)
    assert (len(one.answers), one.answers["expect"], one.answers["language"]) == (12, 5, 2)


def test_what_does_not_apply_is_not_an_answer_and_the_sentence_may_be_left_out() -> None:
    talk = Talk(back_home())
    talk.tap_data("step:survey:open", "Start")
    talk.tap("Doesn't apply")
    for _ in range(11):
        talk.tap("3")
    talk.tap("Finish without")
    (one,) = kept(talk)
    assert ("expect" in one.answers, len(one.answers), one.remark) == (False, 11, None)
    assert [effect.data for effect in talk.effects if isinstance(effect, FinishStep)] == [{}]


def test_danger_in_the_sentence_brings_help_and_is_in_no_report() -> None:
    talk = at_the_sentence()
    talk.write("I want to kill myself")
    assert any(isinstance(effect, RaiseAlert) for effect in talk.effects)
    assert [one.remark for one in kept(talk)] == [None]


def test_a_command_sets_the_sentence_aside_so_that_the_next_words_are_not_taken_for_it() -> None:
    talk = at_the_sentence()
    talk.command("/menu")
    talk.write("where can I wash my clothes?")
    assert kept(talk) == []
    talk.tap_data("step:survey:open", "from the menu")
    talk.write("Fine.")
    assert [one.remark for one in kept(talk)] == ["Fine."]


@pytest.mark.parametrize("data", ["a:5:3", "a:0:6", "a:0", "at:7", "end"])
def test_a_tap_that_does_not_fit_changes_no_answer(data: str) -> None:
    talk = Talk(back_home())
    talk.tap_data("step:survey:open")
    talk.tap_data(f"step:survey:{data}")
    assert talk.step("survey").data == {"at": 0, "answers": {}}


# --- figures --------------------------------------------------------------------------------------


def responses(*values: int) -> list[Response]:
    return [Response(batch_of(n), {"safe": value}) for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("people", "counted"),
    [(4, 0), (5, 5), (6, 5), (9, 5), (10, 10)],
)
def test_two_reports_differ_by_nobody_or_by_five(people: int, counted: int) -> None:
    assert len(shown(responses(*[3] * people))) == counted


def test_a_question_that_few_answered_has_no_figures() -> None:
    six = [*responses(5, 5, 4, 2, 1), Response(1, {})]
    assert figures(six, "safe") == Figures(5, 3.4, 0.6, (1, 1, 0, 1, 2))
    assert figures(six[1:], "safe") is None


def test_sentences_stand_in_nobodys_order() -> None:
    assert remarks([Response(0, {}, words) for words in ("b", "A", "", None)]) == ["A", "b"]
