"""The steps of a learner's journey, with what the learner made of each."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.content.versions import Script
from bot.flows.scene import Scene, StepView
from bot.service.core import Core
from bot.service.journeys import script_of
from bot.store.prepared import rows
from bot.store.tables import DueStep, StepRun

_RUNS = select(StepRun.step, StepRun.state, StepRun.data, StepRun.offered_at, StepRun.score).where(
    StepRun.placement_id == bindparam("placement")
)
_PLANNED = select(DueStep.step, DueStep.due_at).where(DueStep.placement_id == bindparam("placement"))


def load_steps(core: Core, session: Session, scene: Scene) -> Scene:
    """The scene with the pinned script and every step that was offered or is planned."""
    stay = scene.stay
    if stay is None or stay.version_id is None:
        return scene
    script = script_of(session, stay.version_id)
    return replace(scene, script=script, steps=steps_of(session, stay.placement_id, script))


def steps_of(session: Session, placement_id: int, script: Script) -> tuple[StepView, ...]:
    """In the author's order."""
    runs = {run.step: run for run in rows(session, _RUNS, placement=placement_id)}
    due = {row.step: row.due_at for row in rows(session, _PLANNED, placement=placement_id)}
    views = []
    for step in script.journey.steps:
        run = runs.get(step.id)
        if run is not None:
            views.append(StepView(step.id, step.kind, run.state, run.data, run.offered_at, run.score))
        elif step.id in due:
            views.append(StepView(step.id, step.kind, "", due_at=due[step.id]))
    return tuple(views)
