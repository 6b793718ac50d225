"""`/feedback`: a word on the step one has just had, for its authors. It goes without a name and without the hour.

While it waits for words the conversation is `Conversation("feedback", {"step"})`; a step that was set aside for it is
remembered under `parked`.
"""

from __future__ import annotations

from dataclasses import replace

from bot.flows.care import NEEDS as CARE_NEEDS, care
from bot.flows.effects import KeepFeedback
from bot.flows.listening import hear, needs_help_first, topic_told
from bot.flows.running import FOLDERS, MENU_ROW, OF_WALK, Run, find, resume_rows
from bot.flows.scene import Scene
from bot.flows.vocabulary import IDLE, Command, Conversation, Event, Outcome, Say, Screen, Words, screen, show
from bot.flows.walks import turned
from bot.i18n import say

NEEDS: frozenset[str] = frozenset({"steps", "walks", "contacts"}) | CARE_NEEDS
LONGEST = 1000  # characters
MET = frozenset({"open", "offered", "done", "skipped", "missed"})


def handle(scene: Scene, event: Event) -> Outcome:
    """`/feedback [words]`, and the words that were asked for."""
    words = event.argument if isinstance(event, Command) else event.text if isinstance(event, Words) else ""
    asked = scene.conversation.data.get("step") if scene.conversation.flow == "feedback" else None
    run = _named(scene, str(asked)) if asked and not isinstance(event, Command) else _newest(scene)
    if run is None:
        return show(Say(screen(say("feedback/nothing"), rows=(MENU_ROW,))), conversation=IDLE)
    if not isinstance(event, Words) and not words.strip():
        return show(Say(screen(say("feedback/ask", title=run.title))), conversation=_waits(scene, run))
    danger = hear(scene, words)
    if needs_help_first(danger):
        return care(scene, danger, topic_told(scene, words))
    return _kept(scene, run, words.strip())


def _waits(scene: Scene, run: Run) -> Conversation:
    waited = scene.conversation.data.get("step") if scene.conversation.flow in ("reflection", "challenge") else None
    parked = waited or scene.conversation.data.get("parked")
    return Conversation("feedback", {"step": run.step.id, **({"parked": parked} if parked else {})})


def _kept(scene: Scene, run: Run, words: str) -> Outcome:
    if len(words) > LONGEST:
        return show(Say(screen(say("feedback/too_long", length=len(words), limit=LONGEST))))
    step = run.step.id.rpartition(OF_WALK)[2]
    effect = KeepFeedback(run.stay.journey, step, f"{FOLDERS[run.step.kind]}/{run.step.use}", words)
    thanks = Screen((say("feedback/kept", title=run.title),), (*resume_rows(scene), MENU_ROW))
    return show(Say(thanks), effects=(effect,), conversation=IDLE)


def _named(scene: Scene, step_id: str) -> Run | None:
    return next((run for one in _scenes(scene) if (run := find(one, step_id)) is not None), None)


def _newest(scene: Scene) -> Run | None:
    """The step one is in, else the one that came last."""
    waited = scene.conversation.data.get("step") or scene.conversation.data.get("parked")
    if waited and (run := _named(scene, str(waited))) is not None:
        return run
    views = [(one, view) for one in _scenes(scene) for view in one.steps if view.state in MET and view.due_at]
    views.sort(key=lambda pair: (pair[1].state == "open", pair[1].due_at or scene.now))
    return find(views[-1][0], views[-1][1].id) if views else None


def _scenes(scene: Scene) -> tuple[Scene, ...]:
    """The own journey, and each course beside it."""
    return (scene, *(turned(replace(scene, walks=()), walk) for walk in scene.walks))
