"""A guardian's chat, and links that open nothing, through the real use cases."""

from __future__ import annotations

import pytest

from bot.service.core import Core
from tests.support.cohort import GUARDIAN, LEARNER, Small
from tests.support.looking import add_guardian


@pytest.fixture
def guarded(core: Core, abroad: Small) -> Small:
    """Lea abroad, and her father in his own chat."""
    add_guardian(core, abroad, "lea", "Paul", "Beispiel")
    abroad.world.say(GUARDIAN, f"/start {abroad.tokens['Paul']}")
    abroad.world.tap(GUARDIAN, "English")
    abroad.world.tap(GUARDIAN, "Yes, I agree")
    return abroad


@pytest.mark.parametrize("words", ["/menu", "/help", "/kit", "How is she?", "/sos", "I want to kill myself"])
def test_a_guardian_always_reads_whom_to_call_at_school(guarded: Small, words: str) -> None:
    guarded.world.say(GUARDIAN, words)
    last = guarded.world.phone(GUARDIAN).last.text
    assert "Claire Exemple" in last
    assert "+33 1 99 00 00 01" in last
    assert "112" in last


def test_a_used_link_says_so_and_shows_the_menu(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/start nonsense")
    shown = abroad.world.phone(LEARNER).last
    assert "opens nothing" in shown.text
    assert "sos:open" in [data for _, data in shown.buttons]


def test_the_own_link_before_a_language_is_chosen_says_the_name(small: Small) -> None:
    for _ in range(2):
        small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    assert "Hello Lea!" in small.world.phone(LEARNER).last.text


def test_ok_while_the_check_in_waits_brings_its_buttons(abroad: Small) -> None:
    abroad.world.wait(hours=7, minutes=1)
    abroad.world.say(LEARNER, "ok")
    shown = abroad.world.phone(LEARNER).last
    assert "Tap the answer" in shown.text
    abroad.world.tap(LEARNER, "I'm fine")
    assert "Good to hear" in abroad.world.phone(LEARNER).text()
