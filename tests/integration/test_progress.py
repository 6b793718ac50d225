"""Points of a learner and of a team, and the badge that the last thing brought."""

from __future__ import annotations

from bot.flows.effects import FinishStep
from bot.service import progress, steps
from bot.service.core import Core
from bot.store.tables import Placement
from tests.support.cohort import Small, add_learner


def _do(core: Core, small: Small, name: str, *things: str) -> list[int]:
    """How many badges each thing brought."""
    found = []
    for step in things:
        effect = FinishStep(small.placements[name], step, {}, 10, ("digital",))
        with core.store.transaction() as session:
            session.get_one(Placement, effect.placement_id)
            steps.apply(core, session, effect, small.world.now)
            found.append(len(progress.new_badges(session, effect, small.world.now)))
        small.world.clock.set(small.world.now.replace(second=small.world.now.second + 1))
    return found


def test_the_third_thing_brings_a_badge_and_doing_it_again_does_not(core: Core, small: Small) -> None:
    assert _do(core, small, "lea", "a", "b", "c", "c", "d") == [0, 0, 1, 0, 0]


def test_a_team_has_a_sum_as_soon_as_nobody_can_work_out_whose_it_is(core: Core, small: Small) -> None:
    teams = []
    for name, code in (("lea", ""), ("noa", "L02"), ("tom", "L03")):
        if code:
            add_learner(core, small, name, name.title(), "Beispiel", code)
        _do(core, small, name, "a", "b")
        with core.store.transaction() as session:
            teams.append(progress.view_of(session, small.placements["lea"], small.cohort_id).team)
    assert teams == [None, None, 60]
