"""One message for somebody who joins when part of the journey is over: what can be caught up, never a flood."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.schema import Step
from bot.flows.running import Items, title
from bot.flows.vocabulary import Screen, button
from bot.i18n import Listing, Text, say

SHOWN = 6  # titles in the message; the menu has them all


def summary(items: Items, skipped: Sequence[Step]) -> Screen:
    """What was passed by, safety and papers first; `skipped` are steps in the journey's order."""
    tasks = [step for step in skipped if step.kind != "text" or step.required]
    required = [step for step in tasks if step.required]
    others = [step for step in tasks if not step.required]
    body: list[Text] = [say("late/welcome", n=len(tasks))]
    if required:
        body.append(say("late/first", titles=_titles(items, required)))
    if others:
        body.append(say("late/others", titles=_titles(items, others)))
    body.append(say("late/your_pace"))
    return Screen(tuple(body), ((button("late/open_button", "menu:open"),), (button("late/menu_button", "menu:home"),)))


def _titles(items: Items, steps: Sequence[Step]) -> Listing:
    named = tuple(title(step, items.item(step)) for step in steps[:SHOWN])
    if len(steps) > SHOWN:
        return Listing((*named, say("late/more", n=len(steps) - SHOWN)))
    return Listing(named)
