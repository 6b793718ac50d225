"""A lesson: a few cards to leaf through in one message. Data: `card`, the position reached (from 0)."""

from __future__ import annotations

from bot.content.items import Lesson
from bot.flows.running import Run, callback, finished, pause_button, praise, saved, step_button
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Outcome, Replace, Screen, show
from bot.i18n import say


def shown(run: Run) -> Screen:
    """The card where the learner is."""
    cards = _lesson(run).cards
    at = _position(run)
    head = say("lesson/head", title=run.title, card=at + 1, cards=len(cards))
    back = (step_button("lesson/back_button", run, "card", at - 1),) if at else ()
    more = step_button("lesson/next_button", run, "card", at + 1)
    on = more if at < len(cards) - 1 else step_button("lesson/done_button", run, "done")
    pause = pause_button(run)
    return Screen((head, run.text(f"cards/{cards[at].id}/text")), ((*back, on), (pause,)))


def begin(scene: Scene, run: Run) -> Outcome:
    """From the first card, or where it was left."""
    run = run.but(card=_position(run))
    return show(Replace(shown(run)), effects=saved(run))


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """`card:N`: that card, however often it is tapped; `done` on the last one."""
    if action == "card" and len(args) == 1:
        run = run.but(card=min(args[0], len(_lesson(run).cards) - 1))
        return show(Replace(shown(run)), effects=saved(run))
    if action == "done":
        return show(Replace(_end(scene, run)), effects=finished(run))
    return begin(scene, run)


def _end(scene: Scene, run: Run) -> Screen:
    quiz = quiz_of(scene, run)
    rows = ((Button(say("lesson/quiz_button"), callback(quiz, "open")),),) if quiz else ()
    return praise(run, say("lesson/finished", title=run.title), rows=rows)


def quiz_of(scene: Scene, run: Run) -> str | None:
    """The quiz on the same subject that is still to do: right after its lesson is the best moment for it."""
    steps = scene.journey.steps if scene.journey else ()
    named = {step.id for step in steps if step.kind == "quiz" and step.use == run.step.use}
    return next((view.id for view in scene.steps if view.id in named and view.state != "done"), None)


def _lesson(run: Run) -> Lesson:
    assert isinstance(run.item, Lesson)
    return run.item


def _position(run: Run) -> int:
    at = run.data.get("card", 0)
    return max(0, min(at if isinstance(at, int) else 0, len(_lesson(run).cards) - 1))
