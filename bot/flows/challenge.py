"""A challenge: something to do out there, told afterwards in a word or with a photo. Also `/challenge`.

Data: `indoors` (the other version was asked for) and `entries` (`bot.flows.entries`). Telling is always optional.
From its start it waits to be told: the conversation is `Conversation("challenge", {"placement", "step"})`, with
`asked` once "I did it" was tapped. Until then a question is not taken for evidence.
"""

from __future__ import annotations

from bot.content.items import Challenge
from bot.flows import agenda, kit
from bot.flows.care import NEEDS as CARE_NEEDS
from bot.flows.effects import ReleaseWaiting, SkipStep
from bot.flows.entries import entry_of, kept, refused, share_button, thanked, too_long, unheld
from bot.flows.gate import closed
from bot.flows.running import (
    MENU_ROW,
    Run,
    answer,
    finished,
    let_go,
    pause_button,
    praise,
    saved,
    stale,
    step_button,
    waiting,
    words_for,
)
from bot.flows.scene import Scene, StepView
from bot.flows.vocabulary import (
    Button,
    Command,
    Conversation,
    Event,
    Outcome,
    Photo,
    Replace,
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
from bot.i18n import Moment, Text, say
from bot.rules.calendar import nights

NEEDS: frozenset[str] = frozenset({"steps", "contacts"}) | CARE_NEEDS | kit.NEEDS


def shown(run: Run) -> Screen:
    """The task, in the version asked for, and how to tell about it."""
    indoors = bool(run.data.get("indoors"))
    body: list[Text] = [say("steps/card", title=run.title), run.text("indoors" if indoors else "task")]
    if _challenge(run).pair:
        body.append(say("challenge/pair"))
    match _challenge(run).evidence:
        case "none":
            pass
        case "word":
            body.append(say("challenge/send_word"))
        case _:
            body.extend((say("challenge/send"), say("challenge/photo_rules")))
    return Screen(tuple(body), (*_choices(run, indoors), MENU_ROW))


def _choices(run: Run, indoors: bool) -> tuple[tuple[Button, ...], ...]:
    did = (step_button("challenge/did_button", run, "did"),)
    last = (step_button("challenge/not_today_button", run, "skip"),)
    if _challenge(run).indoors is None:
        return (did, last)
    if indoors:
        return (did, (step_button("challenge/outdoors_button", run, "out"), *last))
    return (did, (step_button("challenge/indoors_button", run, "in"), *last))


def begin(scene: Scene, run: Run) -> Outcome:
    """Shows the task. It takes hours, so prompts don't wait for it; words or a photo count right away."""
    effects = (*saved(run), ReleaseWaiting(run.stay.placement_id))
    return show(Replace(shown(run)), effects=effects, conversation=_awaits(scene, run))


def _awaits(scene: Scene, run: Run) -> Conversation | None:
    return let_go(scene, run) if _challenge(run).evidence == "none" else words_for(run)


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """`in` and `out` change the version, `did` asks to be told, `plain` finishes untold, `skip` sets aside."""
    match action:
        case "in" | "out":
            return begin(scene, run.but(indoors=(action == "in") or None))
        case "did" if _challenge(run).evidence != "none":
            return show(Replace(_ask(run)), effects=saved(run), conversation=words_for(run, asked=True))
        case "did" | "plain":
            done = praise(run, say("challenge/done", title=run.title))
            return show(Replace(done), effects=finished(run), conversation=let_go(scene, run))
        case "skip":
            return _skip(scene, run)
        case _:
            return stale(run, shown(run))


def _skip(scene: Scene, run: Run) -> Outcome:
    gone = screen(say("challenge/not_today", title=run.title), rows=(MENU_ROW,))
    effects = (SkipStep(run.stay.placement_id, run.step.id), ReleaseWaiting(run.stay.placement_id))
    return show(Replace(gone), effects=effects, conversation=let_go(scene, run))


def _ask(run: Run) -> Screen:
    body = [say("steps/card", title=run.title)]
    match _challenge(run).evidence:
        case "photo":
            body.extend((say("challenge/ask_photo"), say("challenge/photo_rules")))
        case "either":
            body.extend((say("challenge/ask_either"), say("challenge/photo_rules")))
        case _:
            body.append(say("challenge/ask_word"))
    rows = ((step_button("challenge/plain_button", run, "plain"),), (pause_button(run),))
    return Screen((*body, say("challenge/private")), rows)


def handle(scene: Scene, event: Event) -> Outcome:
    """`/challenge`, and whatever comes while a challenge waits to be told."""
    if isinstance(event, Command):
        return closed(scene) or _todays(scene, event)
    if isinstance(event, Tap):
        return closed(scene) or _more(scene, event)
    run = waiting(scene)
    if run is None or not run.stay.may_travel_on:
        return unheld(scene, event)
    if isinstance(event, Words) and event.text.rstrip().endswith("?") and not scene.conversation.data.get("asked"):
        return kit.handle(scene, event)
    problem = too_long(event)
    if isinstance(event, Words) and problem is not None:
        return refused(scene, event.text, problem, scene.conversation)
    entry = entry_of(event) if isinstance(event, Words | Photo | Voice) else None
    if entry is None:
        return show(Say(screen(say("challenge/tell_please"))))
    after, effects = kept(run, entry)
    done = praise(after, say("challenge/told", title=run.title), rows=share_button(scene, after))
    return thanked(scene, entry.get("words", ""), done, effects)


# --- /challenge -----------------------------------------------------------------------------------


def _todays(scene: Scene, event: Event) -> Outcome:
    run = todays(scene)
    if run is None:
        more = ((button("challenge/more_button", "challenge:more"),),) if one_more(scene) is not None else ()
        return show(answer(event, Screen(_none(scene), (*more, MENU_ROW))))
    return _given(scene, run, event)


def _given(scene: Scene, run: Run, event: Event) -> Outcome:
    effects = (*saved(run), ReleaseWaiting(run.stay.placement_id))
    return show(answer(event, shown(run)), effects=effects, conversation=_awaits(scene, run))


def _more(scene: Scene, event: Event) -> Outcome:
    """`challenge:more`: one that has not come yet; the one that is open already, when a button is tapped twice."""
    run = todays(scene) or one_more(scene)
    if run is None:
        return show(Toast(say("challenge/no_more"), alert=True))
    return _given(scene, run, event)


def one_more(scene: Scene) -> Run | None:
    """A challenge for a learner who wants one now: never one that came before, and one that would not come by itself
    rather than tomorrow's."""
    stay = scene.stay
    if scene.script is None or stay is None or stay.itinerary is None or stay.stage != "during":
        return None
    come = {view.id for view in scene.steps if view.state}
    left = [s for s in scene.script.journey.steps if s.kind == "challenge" and s.stage == "during" and s.id not in come]
    if not left:
        return None
    length = nights(stay.itinerary)
    beyond = [s for s in left if (s.conditions.min_nights or 0) > length]
    step = (beyond or left[::-1])[0]
    return Run(stay, step, scene.script.item(step), StepView(step.id, step.kind, "offered"))


def todays(scene: Scene) -> Run | None:
    """The challenge to do now: one begun, else the newest that is due."""
    runs = [run for run in (*agenda.due(scene), *agenda.parked(scene)) if run.step.kind == "challenge"]
    return runs[-1] if runs else None


def _none(scene: Scene) -> tuple[Text, ...]:
    ahead = [v.due_at for v in scene.steps if v.kind == "challenge" and v.state == "" and v.due_at is not None]
    coming = min((due for due in ahead if due > scene.now), default=None)
    if coming is None:
        return (say("challenge/none"),)
    return (say("challenge/none"), say("challenge/next", when=Moment(coming, "short")))


def _challenge(run: Run) -> Challenge:
    assert isinstance(run.item, Challenge)
    return run.item
