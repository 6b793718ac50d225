"""The talk half-way, for learner and tutor, each in their own chat and language: two things to prepare, and afterwards
what was agreed. Each sees the other's words only when they were shown, one by one.

While it waits for words the conversation is `Conversation("review", {"placement", "side", "part"})`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.flows import grid
from bot.flows.care import NEEDS as CARE_NEEDS
from bot.flows.effects import KeepReviewNote, ShowReviewNote
from bot.flows.entries import entry_of, refused, thanked, too_long, unheld
from bot.flows.gate import closed
from bot.flows.outcome_screens import LIMIT, told
from bot.flows.outcome_views import NoteView
from bot.flows.running import answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    IDLE,
    Attachment,
    Button,
    Conversation,
    Event,
    Outcome,
    Replace,
    Rows,
    Say,
    Screen,
    Tap,
    Toast,
    Voice,
    Words,
    button,
    screen,
    show,
)
from bot.i18n import Text, say, verbatim
from bot.rules.outcomes import PARTS

NEEDS: frozenset[str] = frozenset({"outcomes", "tutored"}) | CARE_NEEDS


@dataclass(frozen=True, slots=True)
class _Side:
    """Who speaks, about which stay, with what is written so far. `other`: the name of who is on the other side, None
    where nobody is there in the bot."""

    side: str
    placement_id: int
    note: Callable[[str, str], NoteView | None]
    other: str | None
    home: tuple[Button, ...]

    @property
    def where(self) -> str:
        """How callback data names the side: `me`, or the tutor's learner."""
        return "me" if self.side == "learner" else str(self.placement_id)

    def own(self, part: str) -> NoteView | None:
        return self.note(self.side, part)

    def theirs(self, part: str) -> NoteView | None:
        """What the other side has shown."""
        found = self.note("tutor" if self.side == "learner" else "learner", part)
        return found if found is not None and found.shown else None


def handle(scene: Scene, event: Event) -> Outcome:
    """`review:home`, `review:of:<p>`, `review:write|show|yes|hear|theirs:<me or p>:<part>`, and the words."""
    if not isinstance(event, Tap):
        return _words(scene, event)
    parts = (*event.data.split(":"), "", "", "")
    tutor = parts[1] == "of" or (parts[2] != "me" and parts[1] != "home")
    refusal = None if tutor else closed(scene)
    side = _of_tutor(scene, parts[2]) if tutor else _of_learner(scene)
    if refusal is not None or side is None:
        return refusal or show(Toast(say("learners/not_yours"), alert=True))
    return _act(event, side, parts[1], parts[3])


def _of_learner(scene: Scene) -> _Side | None:
    if scene.stay is None or scene.outcomes is None:
        return None
    tutor = next((c.name for c in scene.contacts if c.role == "tutor"), None)
    home = (button("outcomes/open_button", "outcomes:home"), button("steps/menu_button", "menu:home"))
    other = (tutor or "") if scene.outcomes.tutor_joined else None
    return _Side("learner", scene.stay.placement_id, scene.outcomes.note, other, home)


def _of_tutor(scene: Scene, named: object) -> _Side | None:
    one = grid.learner(scene, named)
    if one is None:
        return None
    home = (button("grid/back_button", f"grid:of:{one.placement_id}"), button("steps/menu_button", "menu:home"))
    return _Side("tutor", one.placement_id, one.note, one.first_name, home)


def _act(event: Tap, side: _Side, action: str, part: str) -> Outcome:
    note = side.own(part) if part in PARTS else None
    match action:
        case "write" if part in PARTS:
            return _ask(side, part)
        case "show" if note is not None and not note.shown and side.other is not None:
            return show(Replace(_preview(side, part, note)), conversation=IDLE)
        case "yes" if note is not None and not note.shown and side.other is not None:
            done = screen(say("review/shown", name=_other(side)), rows=((_back(side),), side.home))
            effect = ShowReviewNote(side.placement_id, side.side, part)
            return show(Replace(done), effects=(effect,), conversation=IDLE)
        case "hear" if note is not None and note.file_id:
            return _voice(note, part)
        case "theirs" if (theirs := side.theirs(part)) is not None and theirs.file_id:
            return _voice(theirs, part)
        case _:
            return show(answer(event, _page(side)), conversation=IDLE)


def _voice(note: NoteView, part: str) -> Outcome:
    return show(Say(Screen((say(f"review/part/{part}"),), attachment=Attachment("voice", note.file_id))))


def _other(side: _Side) -> Text:
    return verbatim(side.other) if side.other else say("outcomes/nameless_tutor")


def _back(side: _Side) -> Button:
    return button("review/back_button", "review:home" if side.side == "learner" else f"review:of:{side.where}")


# --- the page -------------------------------------------------------------------------------------


def _page(side: _Side) -> Screen:
    """The three parts, each with what is written and what the other side showed."""
    name = _other(side)
    body: list[Text] = [say("review/title"), say(f"review/{side.side}_intro", name=name)]
    body += [_line(side, part) for part in PARTS]
    if side.other is None:
        body.append(say("review/no_tutor"))
    rows: list[tuple[Button, ...]] = []
    for part in PARTS:
        row = [Button(say("review/write_button", part=say(f"review/part/{part}")), f"review:write:{side.where}:{part}")]
        note = side.own(part)
        if note is not None and not note.shown and side.other is not None:
            row.append(button("review/show_button", f"review:show:{side.where}:{part}"))
        rows.append(tuple(row))
    return Screen(tuple(body), (*rows, *_voices(side), side.home))


def _voices(side: _Side) -> Rows:
    own = [p for p in PARTS if (note := side.own(p)) is not None and note.file_id]
    theirs = [p for p in PARTS if (note := side.theirs(p)) is not None and note.file_id]
    buttons = [button("review/hear_button", f"review:hear:{side.where}:{p}") for p in own]
    buttons += [button("review/hear_other_button", f"review:theirs:{side.where}:{p}") for p in theirs]
    return tuple((one,) for one in buttons)


def _line(side: _Side, part: str) -> Text:
    own, theirs = side.own(part), side.theirs(part)
    text = say(f"review/part/{part}")
    if own is None:
        line = say("review/empty", part=text)
    else:
        line = say("review/written_shown" if own.shown else "review/written", part=text, words=told(own))
    return line if theirs is None else say("review/both", mine=line, name=_other(side), words=told(theirs))


# --- writing --------------------------------------------------------------------------------------


def _ask(side: _Side, part: str) -> Outcome:
    body = (say("review/heading", part=say(f"review/part/{part}")), say(f"review/ask_{side.side}/{part}"))
    waiting = Conversation("review", {"placement": side.placement_id, "side": side.side, "part": part})
    return show(Replace(Screen(body, ((_back(side),),))), conversation=waiting)


def _preview(side: _Side, part: str, note: NoteView) -> Screen:
    body = (
        say("review/preview", name=_other(side), part=say(f"review/part/{part}")),
        say("outcomes/quoted", words=told(note)),
    )  # fmt: skip
    yes = button("review/yes_button", f"review:yes:{side.where}:{part}")
    return Screen(body, ((yes,), (_back(side),)))


def _words(scene: Scene, event: Event) -> Outcome:
    data = scene.conversation.data
    mine = data.get("side") == "learner"
    side = _of_learner(scene) if mine else _of_tutor(scene, data.get("placement"))
    part = data.get("part")
    shut = mine and closed(scene) is not None
    if side is None or part not in PARTS or side.placement_id != data.get("placement") or shut:
        return unheld(scene, event)
    problem = too_long(event, LIMIT)
    if isinstance(event, Words) and problem is not None:
        return refused(scene, event.text, problem, scene.conversation)
    entry = entry_of(event) if isinstance(event, Words | Voice) else None
    if entry is None:
        return show(Say(screen(say("review/words_please"))))
    words, voice = entry.get("words"), entry.get("voice")
    rows: list[tuple[Button, ...]] = []
    if side.other is not None:
        rows.append((button("review/show_button", f"review:show:{side.where}:{part}"),))
    kept = screen(say("review/kept", part=say(f"review/part/{part}")), rows=(*rows, (_back(side),)))
    effect = KeepReviewNote(side.placement_id, side.side, part, words, voice)
    return thanked(scene, words or "", kept, (effect,))
