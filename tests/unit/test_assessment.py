"""How I see myself: 32 taps that can be left and taken up, figures as words, and the same as a picture."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.content.languages import COMPLETE
from bot.content.markup import visible
from bot.content.versions import current
from bot.flows import skills
from bot.flows.effects import FinishStep, KeepAssessment
from bot.flows.scene import Scene, SkillsView, StepView
from bot.flows.vocabulary import decode_screen, encode_screen
from bot.i18n import utf16_length
from bot.papers import drawings
from bot.rules.assessment import means, minutes_left, moved
from bot.rules.points import COMPETENCES
from bot.transport.render import CAPTION_LIMIT
from tests.support import golden
from tests.support.scenes import Talk, library, scene, text_ids

BEFORE = {f"{name}/{n}": 2 for name in COMPETENCES for n in range(4)}
AFTER_31 = dict.fromkeys(library().items["assessment", "key-competences"].statements[:31], 3)  # type: ignore[union-attr]
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


def looking_back(talk: Talk, competence: str) -> dict[str, int]:
    return {k: v for one in kept(talk) if one.phase == "then" for k, v in one.answers.items() if k == competence}


def back_home(**phases: Any) -> Scene:
    """The statements are answered after the stay, and what else is said."""
    now = learner(skills=SkillsView({"before": BEFORE, "after": AFTER, **phases}))
    return replace(now, steps=(StepView("skills-after", "assessment", "done"),))


def test_a_look_back_is_one_tap_a_competence_kept_at_once() -> None:
    talk = Talk(back_home())
    talk.tap_data("skills:then", "One look back")
    assert "Looking back</b> · 1 of 8" in talk.html(talk.messages[-1].body[0])
    talk.tap("Not yet")
    talk.tap_data("skills:t:literacy:9", "made up")
    talk.tap_data("skills:t:nothing:2", "made up")
    assert [one.answers for one in kept(talk)] == [{"literacy": 1}]


def test_a_look_back_goes_on_where_it_was_left_and_ends_with_the_results() -> None:
    done = dict.fromkeys(COMPETENCES[:-1], 1)
    talk = Talk(back_home(then=done))
    talk.tap_data("skills:then", "later")
    assert "8 of 8" in talk.html(talk.messages[-1].body[0])
    talk.tap("‹ Back")
    assert "✓ Not yet" in [talk.plain(b.label) for row in talk.messages[-1].rows for b in row]
    talk.tap_data("skills:then:cultural", "on again")
    talk.tap("With help")
    assert looking_back(talk, "cultural") == {"cultural": 2}
    assert "How you see yourself" in talk.html(talk.messages[-1].body[0])


def test_after_the_last_statement_a_look_back_is_offered_and_tells_of_a_moved_yardstick() -> None:
    now = back_home(then=dict.fromkeys(COMPETENCES[:-1], 1))
    last = StepView("skills-after", "assessment", "offered", {"at": 31, "answers": AFTER_31})
    talk = Talk(replace(now, steps=(last,)))
    talk.tap_data("step:skills-after:open", "the last statement")
    talk.tap("On my own")
    talk.tap("One look back (8 taps)")
    talk.tap("‹ Back")
    talk.tap("See what I have")
    talk.tap("Go on looking back")
    talk.tap("Not yet")
    talk.tap("Dark picture")
    golden.check("looking_back", talk.transcript())


def test_who_has_not_answered_after_the_stay_cannot_look_back_yet() -> None:
    talk = Talk(learner(skills=SkillsView({"before": BEFORE})))
    talk.tap_data("skills:then", "made up")
    assert (kept(talk), talk.messages) == ([], [])


@pytest.mark.parametrize(
    ("then", "told"),
    [(1, ["grown", "harder"]), (2, ["grown", "steady"]), (3, ["same", "milder"])],
)
def test_a_shift_of_the_yardstick_is_said_in_plain_words(then: int, told: list[str]) -> None:
    shown = skills.shown(back_home(then=dict.fromkeys(COMPETENCES, then)))
    said = [text.id.removeprefix("interface/assessment/then/") for text in shown.body]
    assert said[3:-1] == [*told, "honest"]
    assert f"Languages: 2 (looking back: {then}), then 3" in Talk(learner()).html(shown.body[1])


@pytest.mark.parametrize("language", COMPLETE)
def test_all_that_can_be_said_fits_under_the_picture(language: str) -> None:
    then = {name: 1 + 3 * (n % 2) for n, name in enumerate(COMPETENCES)}
    odd = {f"{name}/0": 1 for name in COMPETENCES}
    now = back_home(before={**dict.fromkeys(BEFORE, 3), **odd}, after={**AFTER, **odd}, then=then)
    shown = skills.shown(now)
    words = "\n\n".join(library().catalogues.html(text, language, "UTC") for text in shown.body)
    assert utf16_length(visible(words)) <= CAPTION_LIMIT


def test_who_answered_after_the_stay_alone_reads_so_and_compares_with_the_look_back() -> None:
    alone = {"before": {}, "after": AFTER}
    assert [text.id for text in skills.shown(back_home(**alone)).body][3] == "interface/assessment/only_after"
    seen = skills.seen_by(back_home(**alone, then=dict.fromkeys(COMPETENCES, 2)))
    assert seen is not None
    assert [name for name, _ in seen.columns] == ["then", "after"]


def test_half_a_step_counts_and_less_does_not() -> None:
    assert moved({"a": 2.0, "b": 2.0, "c": 2.0, "d": 1.0}, {"a": 2.4, "b": 2.5, "c": 1.5}) == (1, 1)


def test_before_and_after_stand_side_by_side_as_words() -> None:
    shown = skills.shown(learner(skills=SkillsView({"before": BEFORE, "after": AFTER})))
    words = Talk(learner()).html(shown.body[1])
    assert "Languages: 2, then 3" in words
    assert len(words.splitlines()) == len(COMPETENCES)


@pytest.mark.parametrize(("language", "dark"), [("en", True), ("de", False)])
def test_the_picture_survives_the_outbox_and_is_drawn_in_the_readers_language(language: str, dark: bool) -> None:
    shown = skills.shown(back_home(then=dict.fromkeys(COMPETENCES, 1)), dark=dark)
    found = decode_screen(encode_screen(shown))
    assert found == shown
    assert found.attachment
    assert found.attachment.drawing
    png = drawings.draw(found.attachment.drawing, library().catalogues, language, "Europe/Paris")
    drawn = Image.open(BytesIO(png)).convert("L")
    assert (drawn.width, drawn.getpixel((5, 5)) < 60) == (1080, dark)  # type: ignore[operator]


def test_who_has_not_answered_yet_is_told_when_it_comes() -> None:
    assert [text.id for text in skills.shown(learner(skills=SkillsView())).body][-1] == "interface/assessment/nothing"
