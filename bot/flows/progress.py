"""`/progress`: points, the eight key competences as bars, and what comes next. Nobody is compared with anybody."""

from __future__ import annotations

from bot.flows import agenda, mood
from bot.flows.gate import closed
from bot.flows.running import MENU_ROW, answer, find
from bot.flows.scene import ProgressView, Scene
from bot.flows.vocabulary import Event, Outcome, Rows, Screen, show
from bot.i18n import Moment, Text, say, verbatim

NEEDS: frozenset[str] = frozenset({"progress", "steps", "moods"})

CELLS = 8


def handle(scene: Scene, event: Event) -> Outcome:
    """`/progress` and `progress:open`."""
    return closed(scene) or show(answer(event, shown(scene)))


def shown(scene: Scene) -> Screen:
    """Points, bars and the next step."""
    progress = scene.progress or ProgressView(0, 0, 0, {})
    if progress.done == 0:
        return Screen((say("progress/title"), say("progress/start"), *_next(scene), *mood.line(scene)), _rows(scene))
    head = say("progress/points", n=progress.points)
    done = say("progress/done", n=progress.done)
    body = (say("progress/title"), head, done, _bars(scene, progress), *_next(scene), *mood.line(scene))
    return Screen(body, _rows(scene))


def _bars(scene: Scene, progress: ProgressView) -> Text:
    return say(
        "progress/bars",
        literacy=_bar(scene, progress, "literacy"),
        multilingual=_bar(scene, progress, "multilingual"),
        stem=_bar(scene, progress, "stem"),
        digital=_bar(scene, progress, "digital"),
        personal=_bar(scene, progress, "personal"),
        citizenship=_bar(scene, progress, "citizenship"),
        entrepreneurship=_bar(scene, progress, "entrepreneurship"),
        cultural=_bar(scene, progress, "cultural"),
    )


def _bar(scene: Scene, progress: ProgressView, competence: str) -> Text:
    """Filled as far as the points go of those that the whole journey offers for the competence."""
    steps = scene.journey.steps if scene.journey else ()
    offered = sum(step.points for step in steps if competence in step.competences)
    reached = progress.competences.get(competence, 0)
    filled = 0 if offered == 0 else min(CELLS, -(-reached * CELLS // offered))  # rounded up: a first point shows
    return verbatim("▰" * filled + "▱" * (CELLS - filled))


def _next(scene: Scene) -> tuple[Text, ...]:
    waiting = (*agenda.parked(scene), *agenda.due(scene), *agenda.still_open(scene))
    if waiting:
        return (say("progress/next", title=waiting[0].title),)
    ahead = sorted((v.due_at, v.id) for v in scene.steps if v.state == "" and v.due_at and v.due_at > scene.now)
    run = find(scene, ahead[0][1]) if ahead else None
    if run is None or run.view.due_at is None:
        return ()
    return (say("progress/coming", title=run.title, when=Moment(run.view.due_at, "short")),)


def _rows(scene: Scene) -> Rows:
    waiting = (*agenda.parked(scene), *agenda.due(scene), *agenda.still_open(scene))
    return (*agenda.step_rows(waiting[:1]), *mood.row(scene), MENU_ROW)
