"""Where do I stand in the language: the test question by question, five questions about oneself, an OLS result."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.content.language_tests import Tested
from bot.content.versions import current
from bot.flows import languages
from bot.flows.effects import FinishStep, KeepLanguageClaim, KeepLanguageTest, SkipStep
from bot.flows.language_views import ClaimView, LanguagesView
from bot.flows.scene import StepView
from bot.rules.host_language import host_languages
from bot.rules.language_test import MOST
from tests.support import golden
from tests.support.language_tests import library_with
from tests.support.scenes import Talk, library, scene, stay

STEP = "step:language-before"


def learner(*tests: Tested, **where: Any) -> Talk:
    """Somebody from France in Seville, unless `where` says otherwise, with tests of these languages."""
    content = library_with(*tests)
    script = current(content.journey("learner-short"), content)
    views = tuple(StepView(step_id, "language_test", "offered") for step_id in ("language-before", "language-after"))
    return Talk(scene(of=stay(**where), content=content, script=script, steps=views))


def answer(talk: Talk, *, right: bool = True) -> None:
    """The question on show, answered rightly or with the first other answer."""
    shown = talk.messages[-1]
    labels = [talk.plain(button.label) for row in shown.rows for button in row]
    lines = re.findall(r"<b>(\w)</b>  (.*)", talk.html(shown.body[-1]))
    options = {words: letter for letter, words in lines} or {label: label for label in labels[:4]}
    found = next(words for words in options if words.startswith("yes") == right)
    talk.tap(options[found])


def finish(talk: Talk, *, right: bool = True) -> None:
    """Answer until the test is over."""
    for _ in range(MOST):
        if talk.step("language-before").data.get("at") == "test":
            answer(talk, right=right)


def results(talk: Talk) -> list[KeepLanguageTest]:
    return [effect for effect in talk.effects if isinstance(effect, KeepLanguageTest)]


def claims(talk: Talk) -> list[KeepLanguageClaim]:
    return [effect for effect in talk.effects if isinstance(effect, KeepLanguageClaim)]


def test_the_whole_way_left_resumed_in_another_language_with_double_taps_and_a_second_go() -> None:
    talk = learner("es")
    talk.tap_data(f"{STEP}:open", "Start")
    talk.tap("Start the test")
    answer(talk)
    talk.tap_data(f"{STEP}:a:0:0", "double tap")
    talk.tap("I don't know")
    talk.tap("Pause")
    talk.command("/menu")
    talk.tap_data(f"{STEP}:open", "Go on")
    talk.command("/language")
    talk.tap_data("lang:fr", "Français")
    talk.tap_data(f"{STEP}:open", "the test goes on")
    finish(talk)
    talk.tap_data("lang:en", "English")
    talk.tap_data(f"{STEP}:a:3:0", "an old question")
    talk.tap_data(f"{STEP}:again", "Take the test again")
    talk.tap("Start the test")
    finish(talk, right=False)
    golden.check("language_test", talk.transcript())


def test_the_answers_level_and_form_are_kept_once_and_the_points_given_once() -> None:
    talk = learner("es")
    for data in ("open", "go"):
        talk.tap_data(f"{STEP}:{data}")
    finish(talk)
    talk.tap_data(f"{STEP}:again")
    talk.tap("Start the test")
    finish(talk, right=False)

    first, second = results(talk)
    assert (first.phase, first.language, first.form, first.attempt) == ("before", "es", "a", 1)
    assert (first.result.level, len(first.answers)) == ("B2", 15)
    assert (second.attempt, second.result.level) == (2, "below")
    assert not {item for item, _ in first.answers} & {i for i, _ in second.answers if i[:2] in ("a2", "b1", "b2")}
    assert sum(isinstance(effect, FinishStep) for effect in talk.effects) == 1
    assert talk.step("language-before").state == "done"


@pytest.mark.parametrize("data", ["a:1:0", "a:0:5", "a:0", "a", "g:0:1", "o:1", "m:1:1", "lang:1", "at:0", "nonsense"])
def test_a_tap_that_does_not_fit_changes_nothing(data: str) -> None:
    talk = learner("es")
    talk.tap_data(f"{STEP}:open")
    talk.tap("Start the test")
    before = dict(talk.step("language-before").data)
    talk.tap_data(f"{STEP}:{data}")
    assert talk.step("language-before").data == before
    assert not results(talk)
    assert not claims(talk)


def test_what_people_write_in_a_test_is_shown_as_it_is_written() -> None:
    talk = learner("es")
    talk.tap_data(f"{STEP}:open")
    talk.tap("Start the test")
    for _ in range(5):
        if "reading" in talk.html(talk.messages[-1].body[-1]):
            break
        answer(talk)
    assert "&lt;Monday&gt; &amp; Friday" in "".join(talk.html(text) for text in talk.messages[-1].body)


def test_without_a_test_of_the_language_there_are_five_questions_and_ols_and_they_end_the_step() -> None:
    talk = learner("de")
    shown = talk.tap_data(f"{STEP}:open")
    assert "There is no test for Spanish here yet" in talk.html(talk.messages[-1].body[0])
    assert shown.effects
    talk.tap("My own view")
    for level in ("A1", "B1", "A2", "A2", "not yet A1"):
        talk.tap(level)
    (claim,) = claims(talk)
    assert claim.language == "es"
    assert claim.levels == {"listening": "A1", "reading": "B1", "talking": "A2", "speaking": "A2", "writing": "below"}
    assert talk.step("language-before").state == "done"


def test_five_questions_can_go_back_and_lead_on_to_the_test_or_end_there() -> None:
    talk = learner("es")
    talk.tap_data(f"{STEP}:open")
    talk.tap("My own view")
    talk.tap("A1")
    talk.tap("‹ Back")
    for level in ("A2", "A2", "A2", "A2", "C1"):
        talk.tap(level)
    assert claims(talk)[0].levels["listening"] == "A2"
    assert talk.step("language-before").state == "open"
    talk.tap("No test, thanks")
    assert talk.step("language-before").state == "done"


def test_an_ols_result_is_kept_with_its_month_and_ends_the_step() -> None:
    talk = learner("es")
    talk.tap_data(f"{STEP}:open")
    talk.tap("I have an OLS result")
    talk.tap("C2")
    talk.tap("‹ Back")
    talk.tap("B1")
    talk.tap("Jan 2026")
    (claim,) = claims(talk)
    assert (claim.source, claim.levels, claim.taken_on) == ("ols", {"all": "B1"}, date(2026, 1, 1))
    assert talk.step("language-before").state == "done"


def test_who_gave_an_ols_result_alone_reads_nothing_about_the_questions_of_a_test_never_taken() -> None:
    talk = learner("es")
    here = talk.scene()
    claim = ClaimView("before", "es", "ols", {"all": "B1"}, here.now, date(2026, 1, 1))
    done = tuple(replace(view, state="done", data={}) for view in here.steps)
    page = languages.shown(replace(here, steps=done, languages=LanguagesView(1, claims=(claim,))))
    said = "\n".join(talk.html(text) for text in page.body)
    labels = [talk.plain(row[0].label) for row in page.rows]
    assert "B1" in said
    assert "estimate" not in said
    assert labels[0] == "Start the test"


def test_who_grew_up_with_the_language_skips() -> None:
    talk = learner("es")
    talk.tap_data(f"{STEP}:open")
    talk.tap("I grew up with it")
    assert isinstance(talk.effects[-1], SkipStep)


def test_where_two_languages_are_spoken_the_learner_chooses_the_one_not_spoken_at_home_first() -> None:
    talk = learner("fr", "nl", kit="brussels", host_country="BE", host_city="brussels")
    talk.tap_data(f"{STEP}:open")
    labels = [talk.plain(row[0].label) for row in talk.messages[-1].rows]
    assert labels[:2] == ["Dutch", "French"]
    talk.tap("French")
    talk.tap("Start the test")
    finish(talk)
    assert results(talk)[0].language == "fr"


def test_the_form_after_the_stay_is_the_other_one_and_asks_in_the_language_of_the_first() -> None:
    talk = learner("fr", "nl", kit="brussels", host_country="BE", host_city="brussels")
    talk.state["steps"]["language-before"] = ["done", {"language": "fr", "taken": {"fr": 1}}]
    talk.tap_data("step:language-after:open")
    assert talk.plain(talk.messages[-1].rows[0][0].label) == "French"
    talk.tap("French")
    talk.tap("Start the test")
    assert talk.html(talk.messages[-1].body[-1]) != ""
    assert any("b?" in talk.html(text) for text in talk.messages[-1].body)


def test_a_test_that_is_gone_in_the_middle_leads_back_to_the_other_ways() -> None:
    talk = learner("es")
    talk.tap_data(f"{STEP}:open")
    talk.tap("Start the test")
    talk.base = replace(talk.base, content=library_with())
    talk.tap_data(f"{STEP}:a:0:0")
    assert "There is no test" in talk.html(talk.messages[-1].body[0])


@pytest.mark.parametrize(
    ("host", "home", "languages"),
    [("FR", "DE", ("fr",)), ("AT", "FR", ("de",)), ("BE", "FR", ("nl", "de", "fr")), (None, "FR", ())],
)
def test_languages_of_a_place_come_from_its_facts_else_from_what_is_official(
    host: str | None, home: str, languages: tuple[str, ...]
) -> None:
    assert host_languages(library(), None, host, home) == languages
