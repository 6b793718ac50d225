"""Which conversation gets an event: commands and buttons by name, words by what waits for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType

from bot.flows import (
    alerts,
    asking,
    away,
    calls,
    cases,
    certificates,
    challenge,
    check_in,
    cohort,
    confide,
    fallback,
    family,
    feedback,
    grid,
    help,
    home,
    host,
    journal,
    kit,
    language,
    languages,
    learners,
    map,
    menu,
    message,
    mood,
    near,
    onboarding,
    outcomes,
    pause,
    portfolio,
    privacy,
    progress,
    reflection,
    relay,
    review,
    settings,
    short_words,
    skills,
    skills_log,
    sos,
    sought,
    steps,
    survey,
    travel,
    validation,
    walks,
    wishes,
)
from bot.flows.running import WAIT_FOR_WORDS, find, set_aside
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    IDLE,
    Command,
    Document,
    Edited,
    Event,
    Forwarded,
    Group,
    Membership,
    Outcome,
    Photo,
    Place,
    Start,
    Tap,
    Toast,
    Voice,
    Words,
)
from bot.i18n import say

Flow = Callable[[Scene, Event], Outcome]

COMMANDS: Mapping[str, ModuleType] = {
    "menu": menu,
    "sos": sos,
    "checkin": check_in,
    "pause": pause,
    "kit": kit,
    "map": map,
    "challenge": challenge,
    "journal": journal,
    "progress": progress,
    "portfolio": portfolio,
    "feedback": feedback,
    "language": language,
    "settings": settings,
    "privacy": privacy,
    "help": help,
    "learners": learners,
    "alerts": alerts,
    "away": away,
    "cohort": cohort,
    "message": message,
}
BUTTONS: Mapping[str, ModuleType] = {
    "join": onboarding,
    "menu": menu,
    "sos": sos,
    "check_in": check_in,
    "pause": pause,
    "travel": travel,
    "kit": kit,
    "near": near,
    "map": map,
    "step": steps,
    "journal": journal,
    "progress": progress,
    "portfolio": portfolio,
    "skills": skills,
    "languages": languages,
    "outcomes": outcomes,
    "log": skills_log,
    "grid": grid,
    "review": review,
    "validate": validation,
    "home": home,
    "host": host,
    "certificate": certificates,
    "mood": mood,
    "lang": language,
    "settings": settings,
    "wishes": wishes,
    "walk": walks,
    "challenge": challenge,
    "privacy": privacy,
    "help": help,
    "learners": learners,
    "alerts": alerts,
    "settle": alerts,
    sought.FLOW: sought,
    "confide": confide,
    "case": cases,
    "away": away,
    "relay": relay,
    "call": calls,
    "cohort": cohort,
    "message": message,
    asking.FLOW: asking,
}
ELSEWHERE = frozenset(
    {
        "menu",
        "home",
        "host",
        "skills",
        "languages",
        "outcomes",
        "log",
        "grid",
        "review",
        "validate",
        "certificate",
        "portfolio",
        "pause",
        "kit",
        "near",
        "map",
        "ask",
        "journal",
        "progress",
        "settings",
        "wishes",
        "privacy",
        "help",
    }
)
PARKED_ALOUD = frozenset({"reflection"})
STEPS = frozenset({"steps"})
WAITING: Mapping[str, ModuleType] = {
    "onboarding": onboarding,
    "relay": relay,
    "reflection": reflection,
    "challenge": challenge,
    "feedback": feedback,
    "away": away,
    "message": message,
    "survey": survey,
    "log": skills_log,
    "grid": grid,
    "review": review,
    "validate": validation,
    "host": host,
    asking.FLOW: asking,
}
NOTES = frozenset({"log", "grid", "review", "validate"})  # words about learning outcomes
DRAFTS = frozenset({"host", asking.FLOW})  # what strangers would read: whatever else one does ends it
LETTERS = NOTES | {"relay", "away", "message", "host", asking.FLOW}  # words are for these only as long as one stays
TO_A_QUESTION = NOTES | WAIT_FOR_WORDS | {asking.FLOW}  # an answer by swiping goes to these, too


def route(scene: Scene, event: Event) -> tuple[Flow, frozenset[str]]:
    """The flow for an event and what it needs loaded."""
    module = _module(scene, event)
    needs = module.needs(event) if hasattr(module, "needs") else module.NEEDS
    if (
        scene.conversation.flow in DRAFTS
        and isinstance(event, Command | Tap)
        and module is not WAITING[scene.conversation.flow]
    ):
        return _ending(module.handle), needs
    if not _leads_away(event):
        return module.handle, needs
    title = STEPS if scene.conversation.flow in PARKED_ALOUD else frozenset()
    return _setting_aside(module.handle), needs | title


def _ending(flow: Flow) -> Flow:
    def ended(scene: Scene, event: Event) -> Outcome:
        outcome = flow(scene, event)
        return outcome if outcome.conversation is not None else replace(outcome, conversation=IDLE)

    return ended


def _leads_away(event: Event) -> bool:
    """Does the person turn to something else, so that the words that come next are not meant for a waiting step?"""
    if isinstance(event, Command) or _calls_for_help(event):
        return True
    return isinstance(event, Tap) and event.data.partition(":")[0] in ELSEWHERE


def _calls_for_help(event: Event) -> bool:
    if isinstance(event, Words):
        return short_words.is_sos(event.text)
    if isinstance(event, Command):
        return event.name in ("sos", "checkin")
    return isinstance(event, Tap) and event.data.startswith(("sos:open", "check_in:help"))


def _setting_aside(flow: Flow) -> Flow:
    return lambda scene, event: _no_letter(scene, event, _aloud(scene, event, set_aside(scene, flow(scene, event))))


def _aloud(scene: Scene, event: Event, outcome: Outcome) -> Outcome:
    """Says in the answer which reflection was set aside; help comes without such a line."""
    step_id = outcome.conversation.data.get("parked") if outcome.conversation else None
    if scene.conversation.flow not in PARKED_ALOUD or step_id is None or not outcome.shown:
        return outcome
    run, last = find(scene, step_id), outcome.shown[-1]
    if run is None or isinstance(last, Toast) or _calls_for_help(event):
        return outcome
    line = say("steps/set_aside", title=run.title)
    told = replace(last, screen=replace(last.screen, body=(*last.screen.body, line)))
    return replace(outcome, shown=(*outcome.shown[:-1], told))


def _no_letter(scene: Scene, event: Event, outcome: Outcome) -> Outcome:
    """Who turned to something else is not writing to anybody any more; a letter begun before `/sos` still is one."""
    if scene.conversation.flow not in LETTERS or outcome.conversation is not None:
        return outcome
    if scene.conversation.flow == "relay" and _calls_for_help(event):
        return outcome
    return replace(outcome, conversation=IDLE)


def is_group(event: Event) -> bool:
    """Did this come from a group, which the bot leaves?"""
    return isinstance(event, Group)


def _of_family(scene: Scene, event: Event) -> bool:
    match event:
        case Command(name):
            return name in COMMANDS and name not in ("privacy", "language")
        case Tap(data):
            return data.partition(":")[0] in BUTTONS and data.partition(":")[0] not in ("join", "privacy", "lang")
        case Words():
            return scene.onboarded
        case _:
            return False


def _module(scene: Scene, event: Event) -> ModuleType:
    if family.is_family(scene) and _of_family(scene, event):
        return family
    match event:
        case Start():
            return onboarding
        case Command(name):
            return COMMANDS.get(name, fallback)
        case Tap(data):
            return BUTTONS.get(data.partition(":")[0], fallback)
        case Place():
            if near.is_awaited(scene, event, map.FLOW):
                return map
            return near if near.is_awaited(scene, event) else sos
        case Words(reply_to=int()) if scene.conversation.flow not in TO_A_QUESTION:
            # Swiping to answer somebody's words sends them back; anything else swiped is read as plain words.
            return relay if scene.conversation.flow == "relay" or scene.person_id else fallback
        case Edited(text) if fallback.is_sos(text):
            return sos
        case Words() | Photo() | Voice() | Document():
            return _for_words(scene, event)
        case Edited() | Forwarded() | Group() | Membership():
            return fallback
        case _:
            return (
                WAITING.get(scene.conversation.flow, fallback) if scene.conversation.flow == "reflection" else fallback
            )


def _for_words(scene: Scene, event: Event) -> ModuleType:
    if isinstance(event, Words) and short_words.is_sos(event.text) and _has_sos(scene):
        return sos
    if sought.is_sought(scene) and not _is_asked_for_words(scene):
        return sought
    if isinstance(event, Words) and scene.is_learner and _is_short(scene, event.text):
        return short_words
    if scene.conversation.flow in WAITING:
        return WAITING[scene.conversation.flow]
    if not isinstance(event, Words):
        return fallback
    if scene.person_id is None or (not scene.onboarded and not scene.is_learner):
        return onboarding
    return kit if scene.is_learner else help


def _has_sos(scene: Scene) -> bool:
    """May the word alone call for help? Not within a letter, which reaches somebody as it is."""
    return scene.is_learner and scene.conversation.flow != "relay"


def _is_asked_for_words(scene: Scene) -> bool:
    """Did they say, by a tap, that their next words are for something? A challenge that merely runs takes any."""
    talk = scene.conversation
    if talk.flow == "challenge":
        return bool(talk.data.get("asked"))
    return talk.flow in WAITING and talk.flow != "onboarding"


def _is_short(scene: Scene, words: str) -> bool:
    """Short words with an answer of their own: a cry for help anywhere but in a letter, "ok" where nothing waits."""
    if scene.conversation.flow == "relay":
        return False
    if short_words.cries_for_help(scene, words):
        return True
    talk = scene.conversation
    waits = talk.flow == "onboarding" or _is_asked_for_words(scene)
    return not waits and scene.onboarded and short_words.answers_shortly(scene, words)
