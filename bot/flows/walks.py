"""Courses and timelines of those who accompany: `walk:home`, `walk:of:<n>`, and the buttons of their steps.

A walk's steps are told, opened and answered like a learner's: the scene is turned so that they are the journey at hand.
Their ids carry the walk's number, `12~host-hello`, and so does what they change. Asking for words is for learners.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.content.schema import Journey
from bot.content.versions import Script
from bot.flows import agenda, steps
from bot.flows.running import OF_WALK, Run, answer, find
from bot.flows.scene import Scene, Stay, StepView, WalkView
from bot.flows.vocabulary import Button, Event, Outcome, Rows, Screen, Tap, Toast, button, show
from bot.i18n import Text, say

NEEDS: frozenset[str] = frozenset({"walks"})
WALKERS = frozenset({"referent", "backup", "coordinator", "host_tutor", "family"})
PAGE = 8


def parse(step_id: str) -> tuple[int, str] | None:
    """(walk, step) of an id with a walk's number; None for any other."""
    number, found, step = step_id.partition(OF_WALK)
    return (int(number), step) if found and number.isascii() and number.isdigit() and len(number) < 19 else None


def view(
    walk_id: int, role: str, journey: str, cohort: str, learner: str, person_id: int, script: Script,
    known: Mapping[str, Any],
) -> WalkView:  # fmt: skip
    """A walk as its walker sees it. `known` are rows by step id with state, data, offered_at, due_at and score."""
    numbered = _numbered(walk_id, script)
    views = []
    for step in script.journey.steps:
        row = known.get(step.id)
        if row is not None:
            state = "" if row.state == "planned" else "missed" if row.state == "expired" else row.state
            due = row.offered_at or row.due_at
            views.append(StepView(f"{walk_id}{OF_WALK}{step.id}", step.kind, state, row.data, due, row.score))
    return WalkView(
        walk_id, role, journey, cohort, learner, _walker(person_id, cohort, journey), numbered, tuple(views)
    )


def _numbered(walk_id: int, script: Script) -> Script:
    steps_ = tuple(s.model_copy(update={"id": f"{walk_id}{OF_WALK}{s.id}"}) for s in script.journey.steps)
    journey: Journey = script.journey.model_copy(update={"steps": steps_})
    return Script(journey, script.items)


def _walker(person_id: int, cohort: str, journey: str) -> Stay:
    """A stay of nobody: steps ask it whether they may run, and it names no placement."""
    return Stay(
        placement_id=0, code="", cohort_id=0, cohort=cohort, journey=journey, person_id=person_id, learner="",
        itinerary=None, zone="UTC", stage="before", home_country=None, host_country=None, host_city=None, kit=None,
        host_organisation=None, accommodation=None, check_in_at="19:00", minor=False, consented=True,
    )  # fmt: skip


def offer(walk: WalkView, step_id: str) -> Screen:
    """What is sent when a step is due."""
    step = walk.script.journey.step(f"{walk.id}{OF_WALK}{step_id}")
    assert step is not None, step_id
    return steps.offer(walk.script, walk.script.journey, step, walk.stay)


def turned(scene: Scene, walk: WalkView) -> Scene:
    """The scene with this walk as the journey at hand."""
    return replace(scene, stays=(walk.stay,), script=walk.script, steps=walk.steps)


def handle(scene: Scene, event: Event) -> Outcome:
    """A tap on `walk:…`, whoever made it up and whenever."""
    parts = (*event.data.split(":"), "", "") if isinstance(event, Tap) else ("walk", "home", "")
    if parts[1] in ("home", "of"):
        chosen = next((walk for walk in scene.walks if str(walk.id) == parts[2]), None)
        return show(answer(event, _home(scene, chosen)))
    named = parse(parts[1])
    walk = next((walk for walk in scene.walks if named is not None and walk.id == named[0]), None)
    if walk is None or not isinstance(event, Tap):
        return show(Toast(say("steps/gone"), alert=True))
    return steps.act(turned(scene, walk), event)


# --- the pages --------------------------------------------------------------------------------------


def rows_of(scene: Scene) -> Rows:
    """The way in from the menu: what is open now, and the course itself."""
    if not scene.walks:
        return ()
    now = tuple(run for walk in scene.walks for run in _open(scene, walk))
    return (*agenda.step_rows(now[:2]), (button("walk/open_button", "walk:home"),))


def _home(scene: Scene, chosen: WalkView | None) -> Screen:
    back = (button("steps/menu_button", "menu:home"),)
    if chosen is None and len(scene.walks) == 1:
        chosen = scene.walks[0]
    if chosen is not None:
        papers = (button("certificate/open_button", "certificate:home"),) if chosen.role == "host_tutor" else ()
        rows = (*agenda.step_rows(_all(scene, chosen)[:PAGE]), papers, back)
        return Screen(_about(scene, chosen), tuple(row for row in rows if row))
    if not scene.walks:
        return Screen((say("walk/none"),), (back,))
    return Screen((say("walk/several"),), (*((_named(walk),) for walk in scene.walks[:PAGE]), back))


def _named(walk: WalkView) -> Button:
    beside = walk.learner or walk.cohort
    return Button(say("walk/beside", title=_title(walk), beside=beside), f"walk:of:{walk.id}")


def _title(walk: WalkView) -> Text:
    return Text(f"journeys/{walk.journey}/title")


def _about(scene: Scene, walk: WalkView) -> tuple[Text, ...]:
    done = sum(view.state == "done" for view in walk.steps)
    title = say("walk/title", title=_title(walk), beside=walk.learner or walk.cohort)
    left = _all(scene, walk)
    return (title, say("walk/done", n=done), say("walk/left") if left else say("walk/nothing_left"))


def _open(scene: Scene, walk: WalkView) -> tuple[Run, ...]:
    there = turned(scene, walk)
    return (*agenda.parked(there), *agenda.due(there))


def _all(scene: Scene, walk: WalkView) -> tuple[Run, ...]:
    """Everything that can be opened, in the author's order."""
    there = turned(scene, walk)
    found = (find(there, v.id) for v in walk.steps if v.state in ("open", "offered", "skipped", "missed"))
    return tuple(run for run in found if run is not None)
