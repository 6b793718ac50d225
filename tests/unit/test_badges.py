"""Badges for doing things again and again: never lost, nobody compared, and nothing is celebrated near danger."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.content.versions import current
from bot.flows import badges, progress
from bot.flows.effects import FinishStep
from bot.flows.running import serves
from bot.flows.scene import ProgressView, Scene
from bot.flows.vocabulary import Screen
from bot.i18n import utf16_length
from bot.papers import drawings
from bot.rules.badges import is_new, level, levels
from bot.rules.points import COMPETENCES
from bot.transport.render import CAPTION_LIMIT
from tests.support.scenes import Talk, library, scene

ALL = ProgressView(2450, 91, 120, dict.fromkeys(COMPETENCES, 120), dict.fromkeys(COMPETENCES, 9), 18400)


def learner(view: ProgressView, *, plain: bool = False) -> Scene:
    script = current(library().journey("learner-short"), library())
    return scene(script=script, progress=view, plain=plain)


@pytest.mark.parametrize(("things", "reached"), [(0, 0), (2, 0), (3, 1), (7, 1), (8, 2), (40, 2)])
def test_three_things_bring_a_badge_and_eight_its_star(things: int, reached: int) -> None:
    assert level(things) == reached


def test_a_badge_is_new_once() -> None:
    assert [n for n in range(20) if is_new(n)] == [3, 8]
    assert levels({"digital": 4, "stem": 1, "cultural": 8}) == {"digital": 1, "cultural": 2}


def test_a_challenge_counts_for_the_competence_it_serves_most() -> None:
    script = current(library().journey("learner-long"), library())
    step = script.step("ten-numbers")
    assert step is not None
    assert step.competences == ()
    assert serves(step, script.item(step)) == ("multilingual",)


def test_words_of_danger_are_not_celebrated() -> None:
    talk = Talk(scene(states={"wishes": "offered"}))
    talk.tap_data("step:wishes:open")
    talk.write("I want to kill myself")
    (done,) = (effect for effect in talk.effects if isinstance(effect, FinishStep))
    assert done.quiet


@pytest.mark.parametrize("language", ["en", "fr", "es", "it", "de", "nl"])
def test_everything_one_can_reach_fits_under_the_picture(language: str) -> None:
    shown = progress.shown(learner(ALL))
    catalogues = library().catalogues
    caption = "\n\n".join(catalogues.plain(text, language, "Europe/Paris") for text in shown.body)
    assert utf16_length(caption) < CAPTION_LIMIT
    assert Image.open(BytesIO(_png(shown, language))).format == "PNG"


def test_plain_mode_says_the_points_and_sends_no_picture() -> None:
    shown = progress.shown(learner(ALL, plain=True))
    words = "\n".join(Talk(scene()).html(text) for text in shown.body)
    assert shown.attachment is None
    assert "120  Languages" in words
    assert "▰" not in words


def test_the_page_of_badges_says_what_each_means_or_what_it_takes() -> None:
    found = badges.page(learner(ProgressView(30, 3, 9, {}, {"multilingual": 3, "digital": 2})))
    words = "\n".join(Talk(scene()).html(text) for text in found.body)
    assert "You got by in another language" in words
    assert "Digital: one more thing to do" in words


def _png(shown: Screen, language: str) -> bytes:
    assert shown.attachment
    assert shown.attachment.drawing
    return drawings.draw(shown.attachment.drawing, library().catalogues, language, "Europe/Paris")
