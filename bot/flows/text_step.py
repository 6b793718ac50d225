"""A message to read: shown at once when it is due, done when the learner says so."""

from __future__ import annotations

from bot.flows.running import Run, and_then, finished, praise, step_button, title
from bot.flows.scene import Scene
from bot.flows.vocabulary import Outcome, Replace, Screen, Toast, show
from bot.i18n import Text, say


def shown(run: Run) -> Screen:
    """The message itself with one button."""
    head = (say("steps/card", title=title(run.step, run.item)),) if getattr(run.item, "title", None) else ()
    return Screen((*head, run.text("body")), ((step_button("steps/got_it_button", run, "read"),), *and_then(run.step)))


def begin(scene: Scene, run: Run) -> Outcome:
    """Opened from the menu: the message again. Reading is nothing that prompts have to wait for."""
    return show(Replace(shown(run)))


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """`read`: done."""
    if action != "read":
        return begin(scene, run)
    body: tuple[Text, ...] = shown(run).body
    return show(Replace(praise(run, *body)), Toast(say("steps/read")), effects=finished(run))
