"""One look back after the stay: `skills:then[:<competence>]` asks, `skills:t:<competence>:<1 to 4>` answers.

Each answer is kept at once (`KeepAssessment` with the phase `then`), so it can be left anywhere: it goes on with the
first competence without one. Why it is asked for all of them: `bot.rules.assessment`.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.content.items import Assessment
from bot.flows.effects import KeepAssessment
from bot.flows.running import MENU_ROW, Run, find
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Rows, Screen, button
from bot.i18n import Listing, Text, say
from bot.rules.assessment import HIGHEST, LOWEST, THEN


def answered(scene: Scene) -> Run | None:
    """The statements as they were answered after the stay: what can be looked back from."""
    views = [view for view in scene.steps if view.kind == "assessment" and view.state == "done"]
    runs = (find(scene, view.id) for view in views)
    return next((run for run in runs if run is not None and run.step.stage == "after"), None)


def given(scene: Scene) -> Mapping[str, int]:
    """What was answered so far, by competence."""
    return {} if scene.skills is None else scene.skills.phases.get(THEN, {})


def left(run: Run, given: Mapping[str, int]) -> tuple[str, ...]:
    """The competences without an answer."""
    return tuple(name for name in _names(run) if name not in given)


def kept(run: Run, competence: str, value: str) -> KeepAssessment | None:
    """An answer as a change; None for one that nobody asked for."""
    if competence not in _names(run) or value not in map(str, range(LOWEST, HIGHEST + 1)):
        return None
    return KeepAssessment(run.stay.placement_id, THEN, run.step.use, {competence: int(value)})


def asked(run: Run, given: Mapping[str, int], competence: str = "") -> Screen:
    """The question for a competence, or the first that is open."""
    names = _names(run)
    name = competence if competence in names else (*left(run, given), names[0])[0]
    at = names.index(name)
    body: list[Text] = [say("assessment/then/head", n=at + 1, all=len(names))]
    if not given:
        body.append(say("assessment/then/intro"))
    lines = tuple(say("assessment/then/line", words=words) for words in _statements(run, name))
    body.append(say("assessment/then/about", name=say(f"competences/{name}"), lines=Listing(lines, lines=True)))
    body.append(say("assessment/then/ask"))
    return Screen(tuple(body), _rows(names, at, given.get(name)))


def _rows(names: tuple[str, ...], at: int, chosen: int | None) -> Rows:
    values = tuple(_value(names[at], value, value == chosen) for value in range(LOWEST, HIGHEST + 1))
    back = (button("assessment/back_button", f"skills:then:{names[at - 1]}"),) if at else ()
    return (values[:2], values[2:], (*back, button("assessment/then/enough_button", "skills:show")), MENU_ROW)


def _value(name: str, value: int, chosen: bool) -> Button:
    label = say(f"assessment/scale/{value}")
    return Button(say("assessment/chosen", answer=label) if chosen else label, f"skills:t:{name}:{value}")


def _names(run: Run) -> tuple[str, ...]:
    return tuple(area.id for area in _item(run).areas)


def _statements(run: Run, competence: str) -> list[Text]:
    area = next(area for area in _item(run).areas if area.id == competence)
    return [run.text(f"areas/{area.id}/statements/{statement.id}/text") for statement in area.statements]


def _item(run: Run) -> Assessment:
    assert isinstance(run.item, Assessment)
    return run.item
