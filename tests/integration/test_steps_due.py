"""Steps whose hour has come: offered once, held back, dropped, and kept in the words they were written in."""

from __future__ import annotations

from datetime import datetime

from bot.i18n import Text
from bot.service import invites, journeys
from bot.service.core import Core
from bot.store.tables import DueStep, JourneyVersion, StepRun
from tests.support.cohort import LEARNER, Small, small_cohort
from tests.support.looking import march, rows


def prompts(small: Small) -> list[datetime]:
    return [m.at for m in small.world.phone(LEARNER).messages if m.kind == "prompt"]


def one(core: Core, step: str) -> DueStep:
    (row,) = rows(core, DueStep, DueStep.step == step)
    return row


def test_a_step_is_offered_once_at_its_hour(core: Core, small: Small) -> None:
    small.join()
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=20))
    assert prompts(small) == [march(1, 0).replace(month=2, day=2, hour=16, minute=30)]
    assert one(core, "money").state == "sent"


def test_running_due_twice_sends_nothing_twice(small: Small) -> None:
    small.join()
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=16, minute=30))
    small.world.turn()
    small.world.turn()
    assert len(prompts(small)) == 1


def test_prompts_are_silent(small: Small) -> None:
    small.join()
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=17))
    assert small.world.phone(LEARNER).last.silent


def test_a_prompt_waits_while_a_step_is_in_use_and_comes_when_it_ends(core: Core, small: Small) -> None:
    small.join()
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=16, minute=25))
    small.world.forge(LEARNER, "step:goals:open")
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=16, minute=40))
    assert prompts(small) == []
    assert one(core, "money").why == "in a step"
    small.world.say(LEARNER, "I want to learn how to bake bread.")
    small.world.turn()
    assert len(prompts(small)) == 1


def test_a_step_left_lying_holds_prompts_back_for_half_an_hour_only(small: Small) -> None:
    small.join()
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=16, minute=25))
    small.world.forge(LEARNER, "step:goals:open")
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=17, minute=10))
    assert len(prompts(small)) == 1


def test_a_step_in_use_does_not_hold_back_the_check_in(abroad: Small) -> None:
    abroad.world.travel(march(2, 17, 59))
    abroad.world.forge(LEARNER, "step:documents:open")
    abroad.world.travel(march(2, 18))
    assert "check_in" in {m.kind for m in abroad.world.phone(LEARNER).messages}


def test_nothing_comes_in_quiet_hours(core: Core) -> None:
    small = small_cohort(core, quiet_hours="12:00-20:00")
    small.join()
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=18, minute=59))
    assert prompts(small) == []
    assert one(core, "money").why == "quiet hours"
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=19))
    assert len(prompts(small)) == 1


def test_a_step_that_would_come_too_late_after_quiet_hours_is_dropped_with_a_reason(core: Core) -> None:
    small = small_cohort(core, start=march(1, 9), quiet_hours="20:00-07:00")
    small.join()
    small.world.travel(march(1, 18))
    small.world.tap(LEARNER, "I've arrived")
    small.world.travel(march(2, 7))
    row = one(core, "first-evening")
    assert (row.state, "quiet hours" in (row.why or "")) == ("expired", True)


def test_after_an_outage_yesterdays_challenge_is_not_sent(core: Core, abroad: Small) -> None:
    abroad.world.clock.set(march(3, 9))
    abroad.world.turn()
    assert one(core, "way-back").state == "expired"
    assert prompts(abroad) == []


def test_a_prompt_that_telegram_took_too_late_is_not_sent(core: Core, abroad: Small) -> None:
    abroad.world.telegram_up = False
    abroad.world.travel(march(2, 12))
    assert one(core, "way-back").state == "sent"
    abroad.world.clock.set(march(2, 21))
    abroad.world.telegram_up = True
    abroad.world.turn()
    assert prompts(abroad) == []


def test_a_step_done_before_its_day_is_not_offered_again(core: Core, small: Small) -> None:
    small.join()
    small.world.turn()
    with core.store.transaction() as session:
        session.add(
            StepRun(placement_id=small.placements["lea"], step="money", state="offered", data={},
                    offered_at=small.world.now)
        )  # fmt: skip
    small.world.forge(LEARNER, "step:money:open")
    for _ in range(12):
        shown = small.world.phone(LEARNER).messages[0]  # the message that the forged button edits
        forward = [data for _, data in shown.buttons if data.startswith("step:money:") and "park" not in data]
        if not forward:
            break
        small.world.forge(LEARNER, forward[-1])
    assert rows(core, StepRun, StepRun.step == "money")[0].state == "done"
    small.world.wait(days=1)
    assert one(core, "money").state == "skipped"
    assert prompts(small) == []


def test_a_step_for_nobody_is_skipped_with_a_reason(core: Core, small: Small) -> None:
    small.join()
    small.world.turn()
    with core.store.transaction() as session:
        invites.unlink(session, small.people["lea"], small.world.now)
    small.world.wait(days=1)
    assert one(core, "money").state == "skipped"


# --- versions -------------------------------------------------------------------------------------


def test_a_stay_walks_the_version_it_began_with(core: Core, small: Small) -> None:
    small.join()
    assert len(rows(core, JourneyVersion)) == 1
    with core.store.transaction() as session:
        again = journeys.publish(core, session, "learner-short", small.world.now)
    assert again == rows(core, JourneyVersion)[0].id
    assert len(rows(core, JourneyVersion)) == 1


def test_a_retired_step_keeps_its_words_for_who_is_pinned_to_it(core: Core, small: Small) -> None:
    small.join()
    with core.store.transaction() as session:
        version = session.query(JourneyVersion).one()
        words = {**version.wording["en"], "texts/long-gone/text": ["Words of a step that is no more."]}
        version.wording = {**version.wording, "en": words}
    journeys.keep_retired_words(core)
    shown = core.content.catalogues.plain(Text("texts/long-gone/text"), "en", "UTC")
    core.content.catalogues.retired.clear()
    assert shown == "Words of a step that is no more."
