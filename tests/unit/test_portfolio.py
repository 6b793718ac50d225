"""The portfolio: every item chosen by its learner, nothing private by itself; PDF, data file, text for a CV."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.content.versions import current
from bot.flows import portfolio_items
from bot.flows.language_views import ClaimView, LanguagesView, TestView
from bot.flows.outcome_views import GridView, OutcomesView, OutcomeView, Verdict, WeekView
from bot.flows.portfolio_files import file_of
from bot.flows.scene import PaperView, PortfolioView, Scene, SkillsView, StepView
from bot.flows.vocabulary import Drawing, decode_screen, encode_screen
from bot.i18n import verbatim
from bot.papers import drawings, learning_model, portfolio
from bot.rules.language_test import Result
from bot.rules.points import COMPETENCES
from bot.rules.portfolio import PHOTOS, SECTIONS, is_in, turned
from tests.support import golden
from tests.support.scenes import NOW, Talk, library, scene, stay

NAME = "Amina الأمل Şahin 🌟"
DIARY = "I was afraid of the telephone, and then I just called."
BREAD = "I asked the baker how the long loaf is called."

OUTCOMES = OutcomesView(
    7,
    (
        OutcomeView("a", verbatim("Weighs ingredients by recipe."), None, {1: "shown", 2: "alone"}, {"end": 3},
                    Verdict("validated", None, "Marie Dupont", "referent", NOW)),
        OutcomeView("b", verbatim("Never tried."), None),
    ),
    grids={"end": GridView("end", "Ana Ejemplo", "host_tutor", date(2026, 3, 20), "chat", "Siempre puntual.")},
    weeks={1: WeekView(1, "Two hundred croissants.", None)},
)  # fmt: skip
LANGUAGES = LanguagesView(
    7, (TestView("after", "es", "b", 1, Result("A2", "A1", "B1", {}), NOW, True),),
    (ClaimView("after", "es", "ols", {"all": "B1"}, NOW),),
)  # fmt: skip
PAPERS = (PaperView("safety", "7HK2M-XQ4RV-X", date(2026, 2, 20), "Exemple"),)
FULL = PortfolioView({}, "Lycée Exemple", PAPERS, OUTCOMES, LANGUAGES)


def steps(count: int = 1) -> tuple[StepView, ...]:
    """One reflection and challenges of the real journey, done: the first of them told with words and a photo."""
    journey = library().journey("learner-short")
    free = next(s for s in journey.steps if s.kind == "reflection" and not getattr(library().item(s), "choices", ()))
    challenges = [s for s in journey.steps if s.kind == "challenge"]
    told = {"entries": [{"words": BREAD, "photo": "photo-1"}, {"voice": "voice-1"}]}
    return (
        StepView(free.id, "reflection", "done", {"entries": [{"words": DIARY}]}, NOW),
        *(StepView(s.id, "challenge", "done", told, NOW) for s in challenges[:count]),
        StepView(challenges[count].id, "challenge", "done", {}, NOW),
    )


def back_home(view: PortfolioView = FULL, **more: Any) -> Scene:
    answers = {f"{name}/{n}": 2 for name in COMPETENCES for n in range(4)}
    facts = {
        "steps": steps(), "skills": SkillsView({"before": answers}), "portfolio": view,
        "script": current(library().journey("learner-short"), library()),
        "of": stay(stage="after", learner=NAME, trade="Bäckerei"),
    } | more  # fmt: skip
    return scene(**facts)


def with_all(now: Scene) -> Scene:
    chosen = {item.key: item.mark for item in portfolio_items.items_of(now)}
    return replace(now, portfolio=replace(portfolio_items.view(now), choices=chosen))


def made(now: Scene, what: str, language: str | None = None) -> Drawing:
    """The drawing of a file, as it comes out of the outbox."""
    inside = portfolio_items.chosen_of(now)
    talk = Talk(now)
    talk.tap_data(f"portfolio:{what}:{language or ''}")
    attachment = talk.messages[-1].attachment
    assert attachment
    assert attachment.drawing == decode_screen(encode_screen(talk.messages[-1])).attachment.drawing  # type: ignore[union-attr]
    assert attachment.drawing == file_of(now, inside, what, language)
    return attachment.drawing


def drawn(drawing: Drawing, language: str = "en") -> bytes:
    return drawings.draw(drawing, library().catalogues, language, "Europe/Madrid")


def photo(mode: str = "RGB", **more: Any) -> bytes:
    found = BytesIO()
    Image.new(mode, (1600, 1200), "#8899aa").save(found, "JPEG", **more)
    return found.getvalue()


# --- what is in -----------------------------------------------------------------------------------


def test_by_itself_nothing_is_in_but_the_stay_and_the_certificates() -> None:
    inside = portfolio_items.chosen_of(back_home())
    assert [item.key for item in inside] == ["stay", "host", "trade", "school", "certificate:safety"]


def test_every_part_has_its_items_and_voice_notes_and_unproven_outcomes_have_none() -> None:
    items = portfolio_items.items_of(back_home())
    assert {item.section for item in items} == set(SECTIONS) - {"badges"}
    assert sum(item.section == "outcomes" for item in items) == 2  # one that is proven, and the tutor's word
    assert not any("voice" in str(item) or "Never tried" in str(item) for item in items)


def test_choosing_seeing_and_making_a_portfolio_as_a_conversation() -> None:
    talk = Talk(back_home())
    talk.command("/portfolio")
    talk.tap("My thoughts: 0 of 1")
    talk.tap_data(talk.messages[0].rows[0][0].data or "", "the first thought")
    talk.tap("Leave it out")
    talk.tap_data(talk.messages[0].rows[0][0].data or "", "the first thought")
    talk.tap("Put it in")
    talk.tap("Portfolio")
    talk.tap("What I learnt at work: 0 of 2")
    talk.tap("○ Weighs ingredients by recipe.")
    talk.tap("Portfolio")
    talk.tap("My stay: 4 of 4")
    talk.tap("✓ Trade")
    talk.tap("Portfolio")
    talk.tap("See what's in")
    talk.tap("Text for a CV")
    talk.tap("Make the PDF")
    talk.tap("Deutsch")
    talk.tap("Data file")
    golden.check("portfolio", talk.transcript())


def test_an_old_button_never_puts_in_what_it_did_not_show() -> None:
    talk = Talk(back_home())
    talk.tap_data("portfolio:s:reflections")
    old = (talk.messages[0].rows[0][0].data or "").replace(":see:", ":x:")
    first = talk.base.steps[0]
    talk.state["steps"][first.id][1] = {"entries": [{"words": "Something else, and private."}]}
    talk.tap_data(old)
    assert talk.state["portfolio"] == {}


def test_what_was_chosen_and_then_changed_is_out_until_it_is_chosen_again() -> None:
    assert is_in({"entry:a:0": "1234"}, "entry:a:0", "1234", "reflections")
    assert not is_in({"entry:a:0": "1234"}, "entry:a:0", "5678", "reflections")
    assert is_in({"stay": "1234"}, "stay", "5678", "stay")
    assert not is_in(turned({}, "stay", "1234", "stay"), "stay", "5678", "stay")


def test_a_made_up_button_chooses_nothing() -> None:
    talk = Talk(back_home())
    for data in ("x:reflections:0:", "x:nothing:0:abc", "see:skills:9:zz", "s:skills:99", "pdf:xx", ""):
        talk.tap_data(f"portfolio:{data}")
    assert talk.state["portfolio"] == {}


def test_there_is_a_kind_word_where_there_is_nothing() -> None:
    nowhere = stay(itinerary=None, host_organisation=None)
    talk = Talk(back_home(PortfolioView(), steps=(), skills=SkillsView(), of=nowhere))
    talk.command("/portfolio")
    assert "that's fine" in talk.html(talk.messages[-1].body[1])
    talk.tap_data("portfolio:pdf")
    assert "Nothing is in yet" in talk.html(talk.messages[-1].body[1])


def test_more_photos_than_a_file_can_carry_are_refused_with_the_reason() -> None:
    now = with_all(back_home(steps=steps(PHOTOS + 1)))
    inside = dict(portfolio_items.view(now).choices)
    last = [item for item in portfolio_items.items_of(now) if item.photo][-1]
    talk = Talk(replace(now, portfolio=replace(FULL, choices={k: v for k, v in inside.items() if k != last.key})))
    talk.tap_data(f"portfolio:x:done:0:{last.handle}")
    assert f"{PHOTOS} photos are in" in talk.transcript()
    assert last.key not in talk.state["portfolio"]


def test_plain_words_of_the_learner_are_looked_at_before_they_go_in() -> None:
    talk = Talk(back_home())
    talk.tap_data("portfolio:s:done")
    talk.tap_data(talk.messages[0].rows[0][0].data or "", "the first challenge")
    assert talk.messages[-1].attachment
    assert BREAD in talk.html(talk.messages[-1].body[1])
    assert talk.state["portfolio"] == {}


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pdf_holds_what_was_chosen_in_any_script_and_does_without_a_photo_that_is_gone(language: str) -> None:
    drawing = made(with_all(back_home()), "pdf", language)
    assert drawing.facts["photos"] == ["photo-1"]
    whole = drawings.with_pictures(drawing, {"photo-1": photo()})
    assert len(drawn(whole, "fr")) > len(drawn(drawings.with_pictures(drawing, {"photo-1": None}), "fr")) > 10_000
    speak = partial(library().catalogues.html, language=language, zone="UTC")
    words = str(portfolio.document(drawing.facts, speak, language))
    assert all(part in words for part in (DIARY, BREAD, "Siempre puntual.", "7HK2M-XQ4RV-X", "Lycée Exemple"))
    assert ("Evidence: " in words, "Beleg: " in words) == (language == "en", language == "de")


def test_what_was_not_chosen_is_in_no_file() -> None:
    now = back_home()
    for what in ("pdf", "json"):
        facts = str(made(now, what).facts)
        assert not any(part in facts for part in (DIARY, BREAD, "photo-1", "Siempre puntual.", "croissants", "A2"))


def test_a_photo_loses_what_the_camera_noted_and_what_is_no_photo_is_left_out() -> None:
    noted = Image.Exif()
    noted[0x0112], noted[0x010F] = 6, "CameraOfSomebody"  # lies on its side
    clean = portfolio.picture_of(photo(exif=noted))
    assert clean is not None
    assert (clean.width, clean.height) == (750, 1000)
    assert b"CameraOfSomebody" not in clean.content
    assert [portfolio.picture_of(one) for one in (None, b"", b"GIF89a no picture", photo()[:200])] == [None] * 4


def test_the_data_file_speaks_the_words_of_the_european_learning_model() -> None:
    found = json.loads(drawn(made(with_all(back_home()), "json")))
    assert (found["@context"], found["type"], found["fullName"]) == (learning_model.CONTEXT, "Person", {"en": NAME})
    stay_, *claims = found["hasClaim"]
    assert (stay_["type"], stay_["temporal"]["startDate"]) == ("LearningActivity", "2026-03-01T00:00:00Z")
    assert stay_["location"]["address"]["countryCode"]["id"].endswith("/country/ESP")
    outcome = next(one for one in claims if "provenBy" in one)
    assert outcome["influencedBy"]["id"] == stay_["id"]
    assert [proof["grade"]["noteLiteral"]["en"] for proof in outcome["provenBy"]] == ["alone", "validated"]
    ids = [node["id"] for node in _nodes(found) if not node["id"].startswith("http")]
    assert len(set(ids)) == len(ids) - 1  # the stay is named twice, everything else once


# Of the vocabulary's own JSON-LD context for credentials (edc-ap).
KINDS = """
    Address Agent AwardingProcess Concept ConceptScheme Identifier LearningAchievement LearningAchievementSpecification
    LearningActivity LearningAssessment LearningOutcome Location Note Organisation PeriodOfTime Person
"""
TERMS = """
    @context id type additionalNote address assessedBy awardedBy awardingBody awardingDate countryCode dateIssued
    description directedBy endDate fullName geographicName grade hasClaim identifier inScheme influencedBy
    learningOutcome legalName location notation noteLiteral prefLabel provenBy relatedSkill schemeName specifiedBy
    startDate temporal title
"""


def test_the_data_file_uses_no_word_that_the_model_does_not_know() -> None:
    nodes = _nodes(json.loads(drawn(made(with_all(back_home()), "json"), "nl")))
    assert {node["type"] for node in nodes} <= set(KINDS.split())
    assert {term for node in nodes for term in node} <= set(TERMS.split())


def _nodes(data: Any) -> list[dict[str, Any]]:
    if isinstance(data, list):
        return [node for one in data for node in _nodes(one)]
    if not isinstance(data, dict):
        return []
    return [*([data] if "type" in data else []), *(node for one in data.values() for node in _nodes(one))]
