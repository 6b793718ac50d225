"""The message budget as learners feel it: one unasked message a day besides the check-in, two in the first week."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.flows.vocabulary import Kind, screen
from bot.i18n import verbatim
from bot.service import drafts, steps
from bot.service.core import Core
from bot.store.tables import DayCount, DueStep, JourneyVersion
from tests.support.cohort import LEARNER, Small, small_cohort
from tests.support.looking import march, rows


def prompts(small: Small) -> list[datetime]:
    return [m.at for m in small.world.phone(LEARNER).messages if m.kind == "prompt"]


def one(core: Core, step: str) -> DueStep:
    (row,) = rows(core, DueStep, DueStep.step == step)
    return row


def due_now(core: Core, small: Small, *steps: str) -> None:
    """Make steps of the journey due at this very instant."""
    with core.store.transaction() as session:
        version = session.query(JourneyVersion).filter_by(journey="learner-short").one().id
        for step in steps:
            session.add(
                DueStep(placement_id=small.placements["lea"], version_id=version, step=step,
                        planned_at=small.world.now, due_at=small.world.now,
                        expires_at=small.world.now + timedelta(days=3), state="planned")
            )  # fmt: skip


@pytest.fixture
def busy(core: Core) -> Small:
    """Before the stay, at 17:30 in Lyon, with three steps due together that planning knows nothing of."""
    small = small_cohort(core, start=march(1, 0).replace(month=2, day=2, hour=17))
    small.join()
    small.world.turn()
    return small


def test_one_message_a_day_before_the_stay(core: Core, busy: Small) -> None:
    due_now(core, busy, "travel-train", "travel-plane")
    busy.world.turn()
    assert len(prompts(busy)) == 1
    assert sorted(r.sent for r in rows(core, DayCount)) == [1]


def test_a_prompt_of_yesterday_that_is_still_on_its_way_fills_the_day(core: Core, busy: Small) -> None:
    draft = drafts.Draft(LEARNER, screen(verbatim("late")), Kind.PROMPT, busy.people["lea"])
    with core.store.transaction() as session:
        drafts.queue(session, [draft], busy.world.now - timedelta(days=1))
    due_now(core, busy, "travel-train")
    steps.fire(core, busy.world.now, 100)
    assert (one(core, "travel-train").state, one(core, "travel-train").why) == ("planned", "the day was full")


def test_two_a_day_in_the_first_week_an_hour_apart(core: Core, abroad: Small) -> None:
    due_now(core, abroad, "travel-train", "travel-plane", "travel-road")
    abroad.world.travel(march(2, 21))
    sent = prompts(abroad)
    assert len(sent) == 2
    assert sent[1] - sent[0] >= timedelta(hours=1)


def test_what_finds_the_day_full_comes_on_the_next_day_at_its_hour(core: Core) -> None:
    small = small_cohort(core, start=march(10, 9))
    small.join()
    small.world.travel(march(10, 11))
    due_now(core, small, "travel-train")
    small.world.travel(march(10, 11, 30))
    small.world.travel(march(10, 18))
    small.world.tap(LEARNER, "I'm fine")
    assert len(prompts(small)) == 1
    small.world.travel(march(11, 17))
    assert len(prompts(small)) == 2
    assert prompts(small)[1].hour == 11


def test_a_full_day_is_written_down_as_the_reason(core: Core) -> None:
    small = small_cohort(core, start=march(10, 9))
    small.join()
    small.world.turn()
    due_now(core, small, "travel-train")
    small.world.travel(march(10, 17))
    reasons = {r.step: r.why for r in rows(core, DueStep) if r.why}
    assert any("the day was full" in why for why in reasons.values())


def test_the_check_in_does_not_count(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    abroad.world.tap(LEARNER, "I'm fine")
    assert sum(r.sent for r in rows(core, DayCount)) == len(prompts(abroad))


def test_answers_do_not_count(core: Core, abroad: Small) -> None:
    for _ in range(5):
        abroad.world.say(LEARNER, "/menu")
    assert rows(core, DayCount) == []
