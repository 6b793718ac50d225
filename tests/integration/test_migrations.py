"""Learners and those who accompany move to the newest version of a journey, with everything answered so far."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from sqlalchemy import delete

from bot.content import versions
from bot.service import migrations
from bot.service.core import Core
from bot.store.tables import Conversation, DueStep, JourneyVersion, Placement, Point, StepRun, Walk
from bot.store.writing import upsert
from tests.support.cohort import Small
from tests.support.looking import rows


def pin_older(core: Core, small: Small) -> None:
    """Lea walks a version in which `goals` had another name, with a step that is gone, and without `trip`."""
    pinned: dict[str, Any] = copy.deepcopy(versions.structure(core.content.journey("learner-short"), core.content))
    steps = pinned["journey"]["steps"]
    goals = next(step for step in steps if step["id"] == "goals")
    steps[:] = [step for step in steps if step["id"] not in ("goals", "trip")]
    steps[:0] = [{**goals, "id": "aims"}, {**goals, "id": "gone", "use": "strengths"}]
    with core.store.transaction() as session:
        version = JourneyVersion(
            journey="learner-short", digest="older", structure=pinned, wording={}, published_at=small.world.now
        )
        session.add(version)
        session.flush()
        session.get_one(Placement, small.placements["lea"]).journey_version_id = version.id
        session.execute(delete(DueStep).where(DueStep.step == "trip"))


def answer(core: Core, small: Small, step: str, state: str, **data: Any) -> None:
    lea = small.placements["lea"]
    with core.store.transaction() as session:
        values = {"state": state, "data": data, "offered_at": small.world.now}
        upsert(session, StepRun, {"placement_id": lea, "step": step}, values)
        if state == "done":
            upsert(session, Point, {"placement_id": lea, "step": step},
                   {"points": 5, "competences": ["personal"], "at": small.world.now})  # fmt: skip


@pytest.fixture
def older(core: Core, abroad: Small) -> Small:
    pin_older(core, abroad)
    answer(core, abroad, "aims", "done", entries=[{"words": "Speak Spanish"}])
    answer(core, abroad, "gone", "open", entries=[])
    with core.store.transaction() as session:
        upsert(session, Conversation, {"person_id": abroad.people["lea"]},
               {"flow": "reflection", "updated_at": abroad.world.now,
                "data": {"step": "gone", "placement": abroad.placements["lea"]}})  # fmt: skip
    return abroad


def test_a_dry_run_shows_whom_it_touches_and_changes_nothing(core: Core, older: Small) -> None:
    before = [(row.step, row.state) for row in rows(core, StepRun)]
    (moved,) = migrations.migrate(core, "learner-short", older.world.now, dry_run=True)
    assert (moved.code, moved.renamed, moved.gone) == ("L01", (("aims", "goals"),), ("gone",))
    assert moved.from_step == "gone"
    assert [(row.step, row.state) for row in rows(core, StepRun)] == before
    assert len(migrations.migrate(core, "learner-short", older.world.now, "SPRING", dry_run=True)) == 1


def test_answers_and_points_go_with_a_renamed_step_and_nobody_is_left_in_one_that_is_gone(
    core: Core, older: Small
) -> None:
    (moved,) = migrations.migrate(core, "learner-short", older.world.now)
    runs = {row.step: row for row in rows(core, StepRun)}
    assert runs["goals"].data == {"entries": [{"words": "Speak Spanish"}]}
    assert {row.step for row in rows(core, Point)} >= {"goals"}
    assert runs["gone"].state == "skipped"
    assert moved.to_step in runs
    assert [row.flow for row in rows(core, Conversation, Conversation.person_id == older.people["lea"])] == [""]
    assert migrations.migrate(core, "learner-short", older.world.now) == []


def test_what_is_new_and_was_due_before_is_not_sent(core: Core, older: Small) -> None:
    migrations.migrate(core, "learner-short", older.world.now)
    older.world.turn()
    (row,) = rows(core, DueStep, DueStep.step == "trip")
    assert (row.state, row.why) == ("skipped", "added later")
    again = [row.step for row in rows(core, DueStep, DueStep.state == "planned")]
    assert again  # the days to come are planned anew


def test_those_who_accompany_move_too(core: Core, abroad: Small) -> None:
    older_version = copy.deepcopy(versions.structure(core.content.journey("referent"), core.content))
    older_version["journey"]["steps"].pop()
    with core.store.transaction() as session:
        version = JourneyVersion(
            journey="referent", digest="older", structure=older_version, wording={}, published_at=abroad.world.now
        )
        session.add(version)
        session.flush()
        for walk in session.query(Walk).where(Walk.journey == "referent"):
            walk.version_id = version.id
    assert {one.code for one in migrations.migrate(core, "referent", abroad.world.now)} == {
        "Claire Exemple", "Marco Esempio",
    }  # fmt: skip
    abroad.world.turn()
    assert migrations.migrate(core, "referent", abroad.world.now) == []
