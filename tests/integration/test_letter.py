"""A message to oneself comes back once: on a hard day of the second half, or after the return; never with danger."""

from __future__ import annotations

from datetime import date

import pytest

from bot.clock import Itinerary
from bot.flows.effects import KeepMood
from bot.rules.letter import is_hard_day
from bot.service import future
from bot.service.core import Core
from bot.service.journeys import script_of
from bot.store.tables import CheckIn, JourneyVersion, Mood, StepRun
from bot.store.writing import upsert
from tests.support.cohort import Small
from tests.support.looking import march, rows

TRIP = Itinerary("Europe/Paris", "Europe/Madrid", date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 21))


def write(core: Core, small: Small, words: str) -> None:
    key = {"placement_id": small.placements["lea"], "step": "future-me"}
    values = {"state": "done", "data": {"entries": [{"words": words}]}, "offered_at": small.world.now}
    with core.store.transaction() as session:
        upsert(session, StepRun, key, values)


def hard_evening(core: Core, small: Small, day: int) -> int:
    """How many messages the learner reads after telling that a day was hard."""
    lea, now = small.placements["lea"], march(day, 18)
    with core.store.transaction() as session:
        check_in = CheckIn(placement_id=lea, day=date(2026, 3, day), due_at=now, state="answered", answer="fine")
        session.add(check_in)
        session.add(Mood(placement_id=lea, day=date(2026, 3, day), value=1))
        session.flush()
        return len(future.after_mood(core, session, KeepMood(lea, check_in.id, 1), now))


@pytest.mark.parametrize(
    ("value", "day", "hard"), [(1, 4, False), (1, 11, True), (2, 21, True), (3, 15, False), (1, 22, False)]
)
def test_a_hard_day_counts_from_the_middle_of_the_stay_on(value: int, day: int, hard: bool) -> None:
    assert is_hard_day(value, date(2026, 3, day), TRIP) is hard


def test_a_hard_day_brings_it_back_once(core: Core, abroad: Small) -> None:
    write(core, abroad, "Ring grandma, she laughs at everything")
    assert [hard_evening(core, abroad, day) for day in (6, 13, 14)] == [0, 1, 0]


def test_words_of_danger_are_not_given_back(core: Core, abroad: Small) -> None:
    write(core, abroad, "I want to kill myself")
    assert hard_evening(core, abroad, 13) == 0


def test_after_the_return_it_is_given_back_unless_it_was_before(core: Core, abroad: Small) -> None:
    write(core, abroad, "You can be proud of yourself")
    (version,) = rows(core, JourneyVersion, JourneyVersion.journey == "learner-short")
    lea, found = abroad.placements["lea"], []
    for _ in range(2):
        with core.store.transaction() as session:
            script = script_of(session, version.id)
            found.append(future.given_back(core, session, lea, script, "future-me", date(2026, 3, 25)))
    assert found == [{"words": "You can be proud of yourself"}, None]
