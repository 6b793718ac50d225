"""What reflections and challenges keep in the journal: words up to a limit, voice notes, photos.

Step data `entries`: a list of `{"words": …}`, `{"voice": file_id}` or `{"photo": file_id}`, oldest first, so that
the journal can show them again; `shared` is true once the learner has shared the newest one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.flows.care import care
from bot.flows.effects import Effect, FinishStep, KeepEntry, SaveStep
from bot.flows.gate import missing
from bot.flows.listening import hear, needs_help_first, topic_told
from bot.flows.running import Run, begun, finished
from bot.flows.scene import Contact, Scene
from bot.flows.vocabulary import (
    IDLE,
    Button,
    Conversation,
    Event,
    Outcome,
    Photo,
    Say,
    Screen,
    Voice,
    Words,
    button,
    screen,
)
from bot.i18n import Text, say, utf16_length

LIMIT = 4000  # UTF-16 units in one entry: what fits back into one Telegram message with a heading


def entries(run: Run) -> list[dict[str, Any]]:
    """What has been kept for a step, oldest first."""
    return list(run.data.get("entries", ()))


def too_long(event: Event, limit: int = LIMIT) -> Text | None:
    """Why words cannot be kept in one entry; None when they can."""
    if isinstance(event, Words) and utf16_length(event.text) > limit:
        return say("journal/too_long", length=utf16_length(event.text), limit=limit)
    return None


def refused(scene: Scene, words: str, why: Text, waiting: Conversation) -> Outcome:
    """Says why words were not kept; what they tell is heard all the same."""
    first = _help(scene, words)
    return Outcome((*first.shown, Say(screen(why))), first.effects, first.conversation or waiting)


def unheld(scene: Scene, event: Event) -> Outcome:
    """Words for a step that no longer waits, or for a journey that may not run: nothing is kept, and that is said."""
    first = _help(scene, event.text) if isinstance(event, Words) else Outcome()
    why = Say(missing(scene) or screen(say("steps/not_waiting")))
    return Outcome((*first.shown, why), first.effects, first.conversation or IDLE)


def thanked(scene: Scene, words: str, thanks: Screen, effects: tuple[Effect, ...]) -> Outcome:
    """What follows an entry that is kept. Where words tell of danger help comes instead of thanks, without points;
    after an idiom the question whether all is well comes on top."""
    danger = hear(scene, words)
    cared = care(scene, danger, topic_told(scene, words))
    if needs_help_first(danger):
        kept_too = Say(screen(say("journal/kept_too")))
        quiet = tuple(replace(one, quiet=True) if isinstance(one, FinishStep) else one for one in effects)
        return Outcome((*cared.shown, kept_too), (*quiet, *cared.effects), cared.conversation or IDLE)
    return Outcome((Say(thanks), *cared.shown), (*effects, *cared.effects), cared.conversation or IDLE)


def _help(scene: Scene, words: str) -> Outcome:
    danger = hear(scene, words)
    return care(scene, danger, topic_told(scene, words)) if needs_help_first(danger) else Outcome()


def entry_of(event: Event) -> dict[str, Any] | None:
    """What came in as an entry; None for what a journal cannot hold (a sticker, an empty message)."""
    match event:
        case Words(text) if text.strip():
            return {"words": text.strip()}
        case Voice(file_id):
            return {"voice": file_id}
        case Photo(file_id, caption):
            return {"photo": file_id, "words": caption.strip()} if caption.strip() else {"photo": file_id}
        case _:
            return None


def kept(run: Run, entry: dict[str, Any]) -> tuple[Run, tuple[Effect, ...]]:
    """The step with one more entry, done if it was not; adding to a done step only adds."""
    after = run.but(entries=[*entries(run), entry], shared=None)
    kind = next((kind for kind in ("voice", "photo") if kind in entry), None)
    keep = KeepEntry(run.stay.placement_id, run.step.id, entry.get("words"), entry.get(kind or ""), kind)
    if run.view.state == "done":
        return after, (keep, SaveStep(run.stay.placement_id, run.step.id, after.data))
    # The step is opened before anything hangs on it, and finished once.
    return after, (*begun(run), keep, *(effect for effect in finished(after) if effect not in begun(after)))


def reader(scene: Scene) -> Contact | None:
    """Who would see a shared entry: the referent, if there is one."""
    return next((contact for contact in scene.contacts if contact.role == "referent"), None)


def share_button(scene: Scene, run: Run) -> tuple[tuple[Button, ...], ...]:
    """The button that asks before it shares; none when there is nobody to share with."""
    contact = reader(scene)
    if contact is None:
        return ()
    return ((button("journal/share_button", f"journal:share:{run.step.id}"),),)
