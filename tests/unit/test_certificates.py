"""Certificates: what they are given for, codes that show a slip of the pen, and a page for every language and name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.content.languages import COMPLETE
from bot.content.versions import current
from bot.flows import certificates as talk
from bot.flows.scene import StepView
from bot.papers import drawings
from bot.rules.certificates import LENGTH, code_of, read, training
from bot.rules.codes import SIGNS
from tests.support.scenes import Talk, library, scene, stay

NUMBERS = st.integers(0, len(SIGNS) ** LENGTH - 1)
FACTS: dict[str, Any] = {
    "day": "2026-11-28", "issuer": "Lycée de l’Exemple", "modules": [], "kit": "seville", "city": None, "country": "ES",
    "arrival": "2026-03-01", "return_": "2026-03-21", "host": "Panadería de Ejemplo", "steps": 63,
}  # fmt: skip


@given(NUMBERS)
def test_a_code_is_read_however_it_is_typed(number: int) -> None:
    code = code_of(number)
    assert read(f" {code.lower().replace('-', ' ')}") == code


@given(NUMBERS, st.integers(0, LENGTH), st.integers(1, len(SIGNS) - 1))
def test_one_wrong_sign_is_found(number: int, place: int, shift: int) -> None:
    signs = list(code_of(number).replace("-", ""))
    signs[place] = SIGNS[(SIGNS.index(signs[place]) + shift) % len(SIGNS)]
    assert read("".join(signs)) is None


@given(NUMBERS, st.integers(0, LENGTH - 2))
def test_two_signs_that_changed_places_are_found(number: int, place: int) -> None:
    signs = list(code_of(number).replace("-", ""))
    if signs[place] != signs[place + 1]:
        signs[place : place + 2] = signs[place + 1], signs[place]
        assert read("".join(signs)) is None


def test_the_safety_training_is_complete_when_all_eight_modules_are_passed() -> None:
    script = current(library().journey("learner-short"), library())
    quizzes = [step.id for step in script.journey.steps if step.kind == "quiz" and step.id.startswith("safety-")]
    assert len(quizzes) == 8
    assert training(script, "safety", quizzes).complete
    assert not training(script, "safety", quizzes[1:]).complete
    assert not training(script, "host", quizzes).complete  # nobody is trained by a journey without such quizzes


def test_the_list_says_what_is_missing_and_offers_what_is_earned() -> None:
    script = current(library().journey("learner-short"), library())
    views = tuple(StepView(s.id, s.kind, "done") for s in script.journey.steps if s.id.startswith("safety-"))
    talk_ = Talk(scene(script=script, steps=views[:-1], of=stay(stage="after")))
    offers = {offer.kind: offer.ready for offer in talk.offers_of(talk_.scene())}
    assert offers == {"safety": False, "participation": True}


@pytest.mark.parametrize("language", sorted(COMPLETE))
def test_a_certificate_is_one_page_in_every_language(language: str) -> None:
    shown = talk.document("participation", 0, code_of(1234567), "Ana Muster", FACTS, language)
    assert _pdf(shown).count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("name", ["نور العبدالله 🌟", "Νίκος Παράδειγμα", "李小龙", "A" * 80])
def test_a_name_in_any_script_is_drawn(name: str) -> None:
    assert _pdf(talk.document("safety", 0, code_of(1), name, FACTS, None)).startswith(b"%PDF")


def _pdf(shown: Any) -> bytes:
    return drawings.draw(shown.attachment.drawing, library().catalogues, "en", "Europe/Paris")
