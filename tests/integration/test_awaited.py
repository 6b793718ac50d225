"""Cards of the stay wait until the learner is there; those of coming home until they are home."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.service.core import Core
from bot.store.tables import DueStep
from tests.support.cohort import LEARNER, REFERENT, Begin, Small, small_cohort
from tests.support.looking import march, rows


def on_the_eve(core: Core) -> Small:
    """The evening before the journey; a challenge is due on the day after the arrival, at half past twelve."""
    found = small_cohort(core, start=datetime(2026, 2, 28, 20, tzinfo=UTC))
    found.join_staff()
    found.join()
    found.world.turn()
    return found


@pytest.fixture
def leaving(begin: Begin) -> Small:
    return begin(on_the_eve)


def card(core: Core) -> DueStep:
    (row,) = rows(core, DueStep, DueStep.step == "way-back")
    return row


def prompts(small: Small) -> list[datetime]:
    return [m.at for m in small.world.phone(LEARNER).messages if m.kind == "prompt" and m.at > march(1, 0)]


def challenges(small: Small) -> list[datetime]:
    return [m.at for m in small.world.phone(LEARNER).messages if "The way back" in m.text]


def say_late(small: Small, hour: str) -> None:
    small.world.travel(march(1, 18))
    small.world.tap(LEARNER, "It gets later")
    small.world.tap(LEARNER, hour)


def test_a_card_waits_for_who_said_that_they_arrive_later_and_comes_when_they_are_there(
    core: Core, leaving: Small
) -> None:
    say_late(leaving, "11:00")
    leaving.world.tap(LEARNER, "It gets later")
    leaving.world.tap(LEARNER, "14:00")
    leaving.world.travel(march(2, 12, 30))
    assert prompts(leaving) == []
    assert card(core).why == "not arrived yet"
    leaving.world.tap(LEARNER, "I've arrived")
    leaving.world.turn()
    assert challenges(leaving) == [march(2, 12, 30)]


def test_planning_again_changes_nothing_about_a_card_that_waits(core: Core, leaving: Small) -> None:
    say_late(leaving, "14:00")
    leaving.world.travel(march(2, 12))
    before = card(core).due_at, card(core).expires_at
    leaving.world.say(LEARNER, "/settings")
    leaving.world.turn()
    assert (card(core).due_at, card(core).expires_at) == before


def test_a_missing_arrival_holds_cards_back_until_a_person_has_looked(core: Core, leaving: Small) -> None:
    leaving.world.travel(march(2, 12))
    assert prompts(leaving) == []
    leaving.world.tap(REFERENT, "I'm on it")
    leaving.world.tap(REFERENT, "Resolved")
    leaving.world.tap(REFERENT, "We spoke on the phone")
    leaving.world.travel(march(2, 13))
    assert len(challenges(leaving)) == 1


def test_who_is_not_there_after_all_gets_no_card(core: Core, leaving: Small) -> None:
    leaving.world.travel(march(1, 18))
    leaving.world.tap(LEARNER, "I've arrived")
    leaving.world.say(LEARNER, "/checkin")
    leaving.world.tap(LEARNER, "No, still on the way")
    leaving.world.travel(march(2, 11, 40))
    assert challenges(leaving) == []


def test_who_arrived_in_time_gets_cards_at_their_hour(leaving: Small) -> None:
    leaving.world.travel(march(1, 18))
    leaving.world.tap(LEARNER, "I've arrived")
    leaving.world.travel(march(2, 12))
    assert challenges(leaving) == [march(2, 11, 30)]


def test_the_list_calls_nobody_abroad_who_has_not_arrived_yet(leaving: Small) -> None:
    leaving.world.travel(march(1, 18))
    leaving.world.say(REFERENT, "/learners")
    assert "Seville · on the way" in leaving.world.phone(REFERENT).last.text
    leaving.world.tap(LEARNER, "I've arrived")
    leaving.world.say(REFERENT, "/learners")
    assert "Seville · abroad" in leaving.world.phone(REFERENT).last.text
    leaving.world.tap(REFERENT, "Lea Beispiel")
    assert "Phone: +33 6 39 98 00 01" in leaving.world.phone(REFERENT).last.text
