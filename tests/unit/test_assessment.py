"""How I see myself: 32 taps that can be left and taken up, figures as words, and the same as a picture."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.content.versions import current
from bot.flows import skills
from bot.flows.effects import FinishStep, KeepAssessment
from bot.flows.scene import Scene, SkillsView, StepView
from bot.flows.vocabulary import decode_screen, encode_screen
from bot.papers import drawings
from bot.rules.assessment import means, minutes_left
from bot.rules.points import COMPETENCES
from tests.support.scenes import Talk, library, scene, text_ids

BEFORE = {f"{name}/{n}": 2 for name in COMPETENCES for n in range(4)}
AFTER = {f"{name}/{n}": 3 for name in COMPETENCES for n in range(4)}


def learner(**more: Any) -> Scene:
    script = current(library().journey("learner-short"), library())
    views = tuple(StepView(step_id, "assessment", "offered") for step_id in ("skills-before", "skills-after"))
    return scene(script=script, steps=views, **more)


def kept(talk: Talk) -> list[KeepAssessment]:
    return [effect for effect in talk.effects if isinstance(effect, KeepAssessment)]


def test_there_are_four_statements_for_each_key_competence() -> None:
    item = library().items["assessment", "key-competences"]
    assert {area.id: len(area.statements) for area in item.areas} == dict.fromkeys(COMPETENCES, 4)  # type: ignore[union-attr]


def test_a_mean_is_taken_of_what_was_answered() -> None:
    assert means({"digital/a": 1, "digital/b": 4, "digital/c": 4, "literacy/a": 2}) == {"digital": 3.0, "literacy": 2.0}


@pytest.mark.parametrize(("answered", "minutes"), [(0, 4), (1, 4), (8, 3), (31, 1), (32, 0)])
def test_the_time_left_goes_down_with_what_is_answered(answered: int, minutes: int) -> None:
    assert minutes_left(answered, 32, 4) == minutes


def test_every_statement_is_answered_by_one_tap_and_kept_by_itself() -> None:
    talk = Talk(learner())
    talk.tap_data("step:skills-before:open")
    for _ in range(32):
        talk.tap("On my own")
    (answers,) = kept(talk)
    assert (answers.phase, len(answers.answers), set(answers.answers.values())) == ("before", 32, {3})
    assert [effect.data for effect in talk.effects if isinstance(effect, FinishStep)] == [{}]


def test_it_goes_on_where_it_was_left_and_back_to_change_an_answer() -> None:
    talk = Talk(learner())
    talk.tap_data("step:skills-before:open")
    talk.tap("Not yet")
    talk.tap("With help")
    talk.tap("Pause")
    talk.tap("Go on")
    assert "3 of 32" in talk.html(talk.messages[-1].body[0])
    talk.tap("‹ Back")
    assert "✓ With help" in [talk.plain(b.label) for row in talk.messages[-1].rows for b in row]


@pytest.mark.parametrize("data", ["a:5:3", "a:0:9", "a:0:0", "at:7", "a", "at:0:0"])
def test_a_tap_that_does_not_fit_changes_no_answer(data: str) -> None:
    talk = Talk(learner())
    talk.tap_data("step:skills-before:open")
    talk.tap_data(f"step:skills-before:{data}")
    assert talk.step("skills-before").data == {"at": 0, "answers": {}}


def test_plain_mode_shows_no_timer_and_no_picture() -> None:
    talk = Talk(learner(plain=True, skills=SkillsView({"before": BEFORE})))
    assert "interface/assessment/left" not in text_ids(talk.tap_data("step:skills-before:open"))
    assert skills.shown(talk.scene()).attachment is None


def test_before_and_after_stand_side_by_side_as_words() -> None:
    shown = skills.shown(learner(skills=SkillsView({"before": BEFORE, "after": AFTER})))
    words = Talk(learner()).html(shown.body[1])
    assert "Languages: 2, then 3" in words
    assert len(words.splitlines()) == len(COMPETENCES)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_picture_survives_the_outbox_and_is_drawn_in_the_readers_language(language: str) -> None:
    shown = skills.shown(learner(skills=SkillsView({"before": BEFORE, "after": AFTER})))
    found = decode_screen(encode_screen(shown))
    assert found == shown
    assert found.attachment
    assert found.attachment.drawing
    png = drawings.draw(found.attachment.drawing, library().catalogues, language, "Europe/Paris")
    assert Image.open(BytesIO(png)).width == 1080


def test_who_has_not_answered_yet_is_told_when_it_comes() -> None:
    assert [text.id for text in skills.shown(learner(skills=SkillsView())).body][-1] == "interface/assessment/nothing"
