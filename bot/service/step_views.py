"""The steps of a learner's journey, with what the learner made of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.versions import Script
from bot.flows.scene import StepView
from bot.store.prepared import among, rows
from bot.store.tables import DueStep, StepRun

_RUNS = select(
    StepRun.placement_id, StepRun.step, StepRun.state, StepRun.data, StepRun.offered_at, StepRun.score
).where(among(StepRun.placement_id, "placements"))
_PLANNED = select(DueStep.placement_id, DueStep.step, DueStep.due_at).where(among(DueStep.placement_id, "placements"))


def steps_of(session: Session, scripts: Mapping[int, Script]) -> dict[int, tuple[StepView, ...]]:
    """By placement, every step of its script that was offered or is planned, in the author's order."""
    runs = _by_placement(rows(session, _RUNS, placements=scripts), scripts)
    planned = _by_placement(rows(session, _PLANNED, placements=scripts), scripts)
    return {placement: _views(script, runs[placement], planned[placement]) for placement, script in scripts.items()}


def _by_placement(found: Sequence[Any], placements: Collection[int]) -> dict[int, dict[str, Any]]:
    sorted_out: dict[int, dict[str, Any]] = {placement: {} for placement in placements}
    for row in found:
        sorted_out[row.placement_id][row.step] = row
    return sorted_out


def _views(script: Script, runs: Mapping[str, Any], planned: Mapping[str, Any]) -> tuple[StepView, ...]:
    views = []
    known = (step_id for step_id in runs.keys() | planned.keys() if step_id in script.places)
    for step_id in sorted(known, key=lambda one: script.places[one]):
        step = script.journey.steps[script.places[step_id]]
        run, due = runs.get(step_id), planned.get(step_id)
        if run is not None:
            views.append(StepView(step.id, step.kind, run.state, run.data, run.offered_at, run.score))
        elif due is not None:
            views.append(StepView(step.id, step.kind, "", due_at=due.due_at))
    return tuple(views)
