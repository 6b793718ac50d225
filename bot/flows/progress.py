"""`/progress`: points, the eight key competences as bars, and what comes next. Nobody is compared with anybody."""

from __future__ import annotations

from math import ceil

from bot.flows import agenda, badges, mood
from bot.flows.gate import closed
from bot.flows.language_words import SEE
from bot.flows.running import MENU_ROW, answer, find, serves
from bot.flows.scene import ProgressView, Scene
from bot.flows.vocabulary import Attachment, Drawing, Event, Outcome, Rows, Screen, Tap, button, show
from bot.i18n import Moment, Text, say, verbatim
from bot.rules.badges import levels
from bot.rules.points import COMPETENCES

NEEDS: frozenset[str] = frozenset({"progress", "steps", "moods"})

CELLS = 8


def handle(scene: Scene, event: Event) -> Outcome:
    """`/progress`, `progress:open`, `progress:badges`."""
    badge = isinstance(event, Tap) and event.data == "progress:badges"
    return closed(scene) or show(answer(event, badges.page(scene) if badge else shown(scene)))


def shown(scene: Scene) -> Screen:
    """Points, bars and the next step."""
    progress = scene.progress or ProgressView(0, 0, 0, {})
    if progress.done == 0:
        return Screen((say("progress/title"), say("progress/start"), *_next(scene), *mood.line(scene)), _rows(scene))
    head = say("progress/points", n=progress.points)
    done = say("progress/done", n=progress.done)
    team = () if progress.team is None else (say("progress/team", n=progress.team),)
    body = (
        say("progress/title"), head, done, *team, _bars(scene, progress), *badges.line(progress), *_next(scene),
        *mood.line(scene),
    )  # fmt: skip
    return Screen(body, _rows(scene), attachment=None if scene.plain else _picture(scene, progress))


def _picture(scene: Scene, progress: ProgressView) -> Attachment:
    got = levels(progress.things)
    facts = {
        "title": say("progress/picture_title"),
        "points": say("progress/picture_points", n=progress.points),
        "team": None if progress.team is None else say("progress/team", n=progress.team),
        "rows": [
            [say(f"competences/{name}"), _share(scene, progress, name), progress.competences.get(name, 0)]
            for name in COMPETENCES
        ],
        "badges": [
            [badges.name_of(name, starred=False), got[name]] for name in COMPETENCES if name in got
        ],
    }  # fmt: skip
    return Attachment("photo", name="compagnon.png", drawing=Drawing("progress", facts))


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
    """Boxes and points; in plain mode points alone, for a screen reader spells out every box."""
    points = str(progress.competences.get(competence, 0))
    filled = ceil(CELLS * _share(scene, progress, competence))  # rounded up: a first point shows
    return verbatim(points if scene.plain else "▰" * filled + "▱" * (CELLS - filled) + f" {points}")


def _share(scene: Scene, progress: ProgressView, competence: str) -> float:
    """How far the points go, from 0 to 1, of those that the whole journey offers for the competence."""
    script = scene.script
    steps = script.journey.steps if script else ()
    offered = sum(step.points for step in steps if script and competence in serves(step, script.item(step)))
    return min(1.0, progress.competences.get(competence, 0) / offered) if offered else 0.0


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
    more = (button("badges/button", "progress:badges"), button("assessment/open_button", "skills:show"))
    papers = (
        button("portfolio/open_button", "portfolio:home"),
        button("certificate/open_button", "certificate:home"),
    )
    learnt = (button("outcomes/open_button", "outcomes:home"),)
    rows = (more, *SEE, learnt, papers, *mood.row(scene), MENU_ROW)
    return (*agenda.step_rows(waiting[:1]), *rows)
