"""What is open on a learner's journey: the parked step, what is due, what is still owed, what can be caught up.

A step that was offered and not begun is due as long as it was worth sending; after that it was passed by.
"""

from __future__ import annotations

from bot.flows.running import Run, callback, run_of
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Rows


def _runs(scene: Scene, *states: str) -> tuple[Run, ...]:
    views = [view for view in scene.steps if view.state in states]
    return tuple(run for view in views if (run := run_of(scene, view)) is not None)


def _fresh(scene: Scene, run: Run) -> bool:
    return run.view.due_at is None or scene.now < run.view.due_at + run.step.worth


def _is_task(run: Run) -> bool:
    """Messages to read are no tasks, unless they are required."""
    return run.step.kind != "text" or run.step.required


def parked(scene: Scene) -> tuple[Run, ...]:
    """Steps that were begun and not finished, in the journey's order."""
    return _runs(scene, "open")


def due(scene: Scene) -> tuple[Run, ...]:
    """Steps that were offered lately and not begun."""
    return tuple(run for run in _runs(scene, "offered") if _is_task(run) and _fresh(scene, run))


def _passed_by(scene: Scene) -> tuple[Run, ...]:
    runs = _runs(scene, "offered", "skipped", "missed")
    return tuple(run for run in runs if run.view.state != "offered" or (_is_task(run) and not _fresh(scene, run)))


def _owed(run: Run) -> bool:
    """Once somebody is back, what the way there asked for is owed no more."""
    return run.step.required and (run.stay.stage != "after" or run.step.stage == "after")


def still_open(scene: Scene) -> tuple[Run, ...]:
    """Safety and papers that were passed by."""
    return tuple(run for run in _passed_by(scene) if _owed(run))


def catch_up(scene: Scene) -> tuple[Run, ...]:
    """Everything else that was passed by and can still be done."""
    return tuple(run for run in _passed_by(scene) if not _owed(run))


def step_rows(runs: tuple[Run, ...]) -> Rows:
    """One button per step, called by its title."""
    return tuple((Button(run.title, callback(run.step.id, "open")),) for run in runs)
