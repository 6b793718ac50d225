"""A checklist: one button per thing, ticked and unticked in one message. Data: `ticked`, ids of what is done."""

from __future__ import annotations

from bot.content.items import Checklist, ChecklistEntry
from bot.flows.running import Run, callback, finished, praise, saved, stale, step_button
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Outcome, Replace, Screen, show
from bot.i18n import Text, say


def shown(run: Run) -> Screen:
    """The list with the hints of what is still open; each button says what it would change."""
    items = _items(run)
    ticked = _ticked(run)
    head = say("checklist/head", title=run.title, done=len(ticked), all=len(items))
    lines = tuple(line for item in items for line in _line(run, item, item.id in ticked))
    rows = tuple((_button(run, number, item, item.id in ticked),) for number, item in enumerate(items))
    pause = step_button("checklist/later_button", run, "park")
    return Screen((head, run.text("intro"), *lines), (*rows, (pause,)))


def begin(scene: Scene, run: Run) -> Outcome:
    """As it was left."""
    run = run.but(ticked=_ticked(run))
    return show(Replace(shown(run)), effects=saved(run))


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """`on:N` and `off:N` tick and untick; the last tick finishes the list."""
    items = _items(run)
    if action not in ("on", "off") or len(args) != 1 or args[0] >= len(items):
        return stale(run, shown(run))
    ticked = [item.id for n, item in enumerate(items) if (action == "on" if n == args[0] else item.id in _ticked(run))]
    run = run.but(ticked=ticked)
    if len(ticked) == len(items):
        return show(Replace(praise(run, say("checklist/finished", title=run.title))), effects=finished(run))
    return show(Replace(shown(run)), effects=saved(run))


def _line(run: Run, item: ChecklistEntry, done: bool) -> tuple[Text, ...]:
    if done or item.hint is None:
        return ()
    return (say("checklist/hint", item=run.text(f"items/{item.id}/text"), hint=run.text(f"items/{item.id}/hint")),)


def _button(run: Run, number: int, item: ChecklistEntry, done: bool) -> Button:
    text = run.text(f"items/{item.id}/text")
    label = say("checklist/ticked_button", item=text) if done else say("checklist/open_button", item=text)
    return Button(label, callback(run.step.id, "off" if done else "on", number))


def _items(run: Run) -> tuple[ChecklistEntry, ...]:
    assert isinstance(run.item, Checklist)
    return run.item.items


def _ticked(run: Run) -> list[str]:
    known = {item.id for item in _items(run)}
    return [item_id for item_id in run.data.get("ticked", ()) if item_id in known]
