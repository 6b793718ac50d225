"""A guardian's chat, and links that open nothing, through the real use cases."""

from __future__ import annotations

import pytest

from bot.service.core import Core
from tests.support.cohort import BACKUP, GUARDIAN, LEARNER, REFERENT, Small
from tests.support.looking import SEVENTEEN, add_guardian, set_person


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


# --- who hears of it when somebody leaves -----------------------------------------------------------


def erase_me(small: Small, chat_id: int) -> None:
    small.world.say(chat_id, "/privacy")
    small.world.tap(chat_id, "Erase my data")
    small.world.tap(chat_id, "Yes, erase it all")
    small.world.deliver()


def test_who_erases_everything_abroad_is_told_to_the_contact_people_by_code(abroad: Small) -> None:
    erase_me(abroad, LEARNER)
    for chat_id in (REFERENT, BACKUP):
        last = abroad.world.phone(chat_id).last.text
        assert "L01" in last
        assert "Check-ins and alerts have stopped" in last
        assert "Beispiel" not in last


def test_before_the_stay_nobody_hears_of_an_erasure(small: Small) -> None:
    small.join_staff()
    small.join()
    erase_me(small, LEARNER)
    assert "L01" not in small.world.phone(REFERENT).last.text


def test_who_stays_hears_whom_to_look_after_when_a_contact_person_erases(abroad: Small) -> None:
    erase_me(abroad, REFERENT)
    last = abroad.world.phone(BACKUP).last.text
    assert "look after these learners" in last
    assert "L01" in last
    assert "Claire" not in last


def test_an_unlinked_chat_reads_once_that_it_is_no_longer_connected(abroad: Small) -> None:
    abroad.world.forge(REFERENT, f"learners:really:{abroad.placements['lea']}")
    abroad.world.deliver()
    assert "no longer connected" in abroad.world.phone(LEARNER).last.text
    assert "112" in abroad.world.phone(LEARNER).last.text


def test_a_guardians_yes_taken_back_is_told_to_learner_and_referent(core: Core, guarded: Small) -> None:
    set_person(core, guarded.people["lea"], birth_date=SEVENTEEN)
    guarded.world.say(GUARDIAN, "/start")
    guarded.world.tap(GUARDIAN, "No")
    guarded.world.deliver()
    assert "taken back their yes" in guarded.world.phone(LEARNER).last.text
    assert "Lea Beispiel" in guarded.world.phone(REFERENT).last.text
    assert "taken back their yes" in guarded.world.phone(REFERENT).last.text
    guarded.world.say(GUARDIAN, "/start")
    before = len(guarded.world.phone(LEARNER).messages)
    guarded.world.tap(GUARDIAN, "No")
    guarded.world.deliver()
    assert len(guarded.world.phone(LEARNER).messages) == before
