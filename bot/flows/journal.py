"""`/journal`: one's own entries, page by page, and sharing one after saying who will see it.

Entries are read from step data (`bot.flows.entries`), newest step first; sharing is about a step's newest entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.flows.effects import SaveStep, ShareEntry
from bot.flows.entries import entries, reader
from bot.flows.gate import closed
from bot.flows.running import MENU_ROW, Run, answer, find
from bot.flows.scene import Contact, Scene
from bot.flows.vocabulary import (
    Attachment,
    Button,
    Event,
    Outcome,
    Replace,
    Rows,
    Say,
    Screen,
    Tap,
    Toast,
    button,
    screen,
    show,
)
from bot.i18n import Text, say, verbatim

NEEDS: frozenset[str] = frozenset({"steps", "contacts"})

PAGE = 6
EXCERPT = 300  # characters, enough to know which entry is about to be shared


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with the step it belongs to; only the newest of a step can be shared."""

    run: Run
    position: int
    content: dict[str, Any]
    newest: bool


def own(scene: Scene) -> tuple[Entry, ...]:
    """All entries, newest step first and within a step newest first."""
    found: list[Entry] = []
    for view in reversed(scene.steps):
        run = find(scene, view.id)
        if run is None:
            continue
        contents = entries(run)
        last = len(contents) - 1
        found.extend(Entry(run, position, contents[position], position == last) for position in range(last, -1, -1))
    return tuple(found)


def handle(scene: Scene, event: Event) -> Outcome:
    """`/journal`, `journal:home[:page]`, `journal:see:<step>:<n>`, `journal:share:<step>`, `journal:yes:<step>`."""
    refusal = closed(scene)
    if refusal is not None:
        return refusal
    parts = (*event.data.split(":"), "", "", "") if isinstance(event, Tap) else ("journal", "home", "", "")
    match parts[1], parts[2], parts[3]:
        case "see", step_id, number:
            return _see(scene, step_id, number)
        case "share", step_id, _:
            return _ask(scene, step_id)
        case "yes", step_id, _:
            return _share(scene, step_id)
        case _, page, _:
            return show(answer(event, _home(scene, int(page) if page.isdecimal() and len(page) < 3 else 0)))


def _home(scene: Scene, page: int) -> Screen:
    mine = own(scene)
    if not mine:
        return screen(say("journal/empty"), rows=(MENU_ROW,))
    page = min(page, (len(mine) - 1) // PAGE)
    chosen = mine[page * PAGE : (page + 1) * PAGE]
    rows = tuple((Button(_label(entry), f"journal:see:{entry.run.step.id}:{entry.position}"),) for entry in chosen)
    return Screen((say("journal/home", n=len(mine)), say("journal/yours")), (*rows, *_pages(page, len(mine)), MENU_ROW))


def _label(entry: Entry) -> Text:
    if not entry.newest:
        return say("journal/earlier", title=entry.run.title, n=entry.position + 1)
    if entry.run.data.get("shared"):
        return say("journal/shared_label", title=entry.run.title)
    return entry.run.title


def _pages(page: int, count: int) -> Rows:
    newer = (button("journal/newer_button", f"journal:home:{page - 1}"),) if page else ()
    older = (button("journal/older_button", f"journal:home:{page + 1}"),) if (page + 1) * PAGE < count else ()
    return ((*newer, *older),) if newer or older else ()


def _see(scene: Scene, step_id: str, number: str) -> Outcome:
    found = next((e for e in own(scene) if e.run.step.id == step_id and str(e.position) == number), None)
    if found is None:
        return show(Toast(say("journal/gone")))
    shared = bool(found.run.data.get("shared"))
    back = (button("journal/back_button", "journal:home"),)
    share = (button("journal/share_button", f"journal:share:{step_id}"),)
    can_share = found.newest and not shared and reader(scene) is not None
    rows = (share, back) if can_share else (back,)
    # No more than heading and words: together they fill a message of Telegram's.
    shown = Screen(_content(found), rows, attachment=_attachment(found.content))
    # A photo or voice note cannot be edited into a text message.
    return show(Say(shown) if shown.attachment else Replace(shown))


def _content(entry: Entry) -> tuple[Text, ...]:
    words = entry.content.get("words")
    head = say("journal/head", title=entry.run.title)
    return (head, verbatim(words)) if words else (head,)


def _attachment(content: dict[str, Any]) -> Attachment | None:
    kind = next((kind for kind in ("voice", "photo") if kind in content), None)
    return Attachment(kind, file_id=content[kind]) if kind else None


# --- sharing --------------------------------------------------------------------------------------


def _shareable(scene: Scene, step_id: str) -> tuple[Run, Contact] | Outcome:
    run, contact = find(scene, step_id), reader(scene)
    if run is None or not entries(run):
        return show(Toast(say("journal/gone")))
    if run.data.get("shared"):
        return show(Toast(say("journal/shared_already")))
    if contact is None:
        return show(Toast(say("journal/nobody"), alert=True))
    return run, contact


def _ask(scene: Scene, step_id: str) -> Outcome:
    found = _shareable(scene, step_id)
    if isinstance(found, Outcome):
        return found
    run, contact = found
    position = len(entries(run)) - 1
    newest = Entry(run, position, _excerpt(entries(run)[position]), True)
    question = say("journal/ask", name=contact.name)
    rows = (
        (button("journal/yes_button", f"journal:yes:{step_id}"),),
        (button("journal/no_button", f"journal:see:{step_id}:{position}"),),
    )
    return show(Say(Screen((*_content(newest), question), rows)))


def _excerpt(content: dict[str, Any]) -> dict[str, Any]:
    words = content.get("words", "")
    return {**content, "words": words[:EXCERPT] + " …"} if len(words) > EXCERPT else content


def _share(scene: Scene, step_id: str) -> Outcome:
    found = _shareable(scene, step_id)
    if isinstance(found, Outcome):
        return found
    run, contact = found
    data = run.but(shared=True).data
    effects = (ShareEntry(run.stay.placement_id, step_id), SaveStep(run.stay.placement_id, step_id, data))
    return show(Replace(screen(say("journal/shared", name=contact.name), rows=(MENU_ROW,))), effects=effects)
