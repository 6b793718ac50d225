"""What I learn here: the outcomes with the learner's log, the tutor's grid and the school's word; and who may see it.

Nobody else sees anything of it until the learner says so; what then is seen is shown first.
"""

from __future__ import annotations

from dataclasses import replace

from bot.flows.effects import ShowOutcomes
from bot.flows.gate import closed
from bot.flows.outcome_screens import brief, cut, number_rows, numbered, proof, signed
from bot.flows.outcome_views import OutcomesView, OutcomeView
from bot.flows.running import answer
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Event, Outcome, Replace, Rows, Screen, Tap, button, screen, show
from bot.i18n import Day, Text, say, verbatim

NEEDS: frozenset[str] = frozenset({"outcomes", "contacts"})
BACK = ((button("assessment/progress_button", "progress:open"), button("steps/menu_button", "menu:home")),)


def handle(scene: Scene, event: Event) -> Outcome:
    """`outcomes:home|ask|yes|no`, `outcomes:one:<code>`."""
    refusal, stay, view = closed(scene), scene.stay, scene.outcomes
    if refusal is not None or stay is None or view is None:
        return refusal or Outcome()
    parts = (*event.data.split(":"), "", "") if isinstance(event, Tap) else ("outcomes", "home", "")
    action, one = parts[1], next((one for one in view.outcomes if one.code == parts[2]), None)
    match action:
        case "one" if one is not None:
            return show(Replace(_one(view, one)))
        case "ask" if view.outcomes and not view.shared and reader(scene) is not None:
            return show(Replace(_ask(scene, stay)))
        case "yes" | "no":
            return _share(scene, stay, view, action == "yes")
        case _:
            return show(answer(event, shown(scene, view)))


def reader(scene: Scene) -> str | None:
    """The name of who would see the outcomes."""
    return next((c.name for c in scene.contacts if c.role == "referent"), None)


def shown(scene: Scene, view: OutcomesView) -> Screen:
    """All outcomes with what shows them."""
    if not view.outcomes:
        return Screen((say("outcomes/title"), say("outcomes/nothing")), BACK)
    body: list[Text] = [say("outcomes/title"), *numbered(view.outcomes, brief)]
    for grid in view.grids.values():
        body.append(signed(grid))
        if grid.comment:
            body.append(say("outcomes/comment", words=verbatim(cut(grid.comment))))
    body.append(_who_sees(scene, view))
    return Screen(tuple(body), (*_rows(scene, view), *BACK))


def _who_sees(scene: Scene, view: OutcomesView) -> Text:
    name = reader(scene)
    if view.shared and name is not None:
        return say("outcomes/shared", name=verbatim(name))
    return say("outcomes/private")


def _rows(scene: Scene, view: OutcomesView) -> Rows:
    log: Rows = ((button("outcomes/log_button", "log:home"), button("outcomes/weeks_button", "log:weeks")),)
    talk: Rows = ((button("outcomes/review_button", "review:home"),),)
    log = (*number_rows(view.outcomes, "outcomes:one", only=lambda one: one.proven), *log)
    if view.shared:
        return (*log, *talk, (button("outcomes/hide_button", "outcomes:no"),))
    if reader(scene) is None:
        return (*log, *talk)
    return (*log, *talk, (button("outcomes/show_button", "outcomes:ask"),))


def _one(view: OutcomesView, one: OutcomeView) -> Screen:
    """One outcome with everything that was said about it."""
    body: list[Text] = [
        say("outcomes/one", number=view.outcomes.index(one) + 1), say("outcomes/quoted", words=one.words),
        proof(one),
    ]  # fmt: skip
    if one.verdict is not None:
        name = verbatim(one.verdict.by_name) if one.verdict.by_name else say("validation/nameless")
        body.append(say("outcomes/school_signed", name=name, day=Day(one.verdict.at.date())))
        if one.verdict.note:
            body.append(say("outcomes/school_note", words=verbatim(one.verdict.note)))
    return Screen(tuple(body), (((button("outcomes/back_button", "outcomes:home"), *BACK[0]),)))


def _ask(scene: Scene, stay: Stay) -> Screen:
    yes = button("outcomes/yes_button", "outcomes:yes")
    no = button("outcomes/no_button", "outcomes:home")
    name = verbatim(reader(scene) or "")
    return screen(say("outcomes/ask", name=name), say("outcomes/ask_not"), rows=((yes,), (no,)))


def _share(scene: Scene, stay: Stay, view: OutcomesView, given: bool) -> Outcome:
    if view.shared == given or (given and reader(scene) is None):
        return show(Replace(shown(scene, view)))
    after = replace(view, shared=given)
    return show(Replace(shown(scene, after)), effects=(ShowOutcomes(stay.placement_id, given),))
