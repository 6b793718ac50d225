"""Asking a former learner through the bot, answering, and becoming one who is asked.

Minors ask what the content offers, or what a coordinator has read first; adults write freely within the same filter
(`bot.rules.contact_words`). Neither side learns who the other is, and coordinators can read everything, which both are
told before the first word. Words that tell of danger go nowhere: help comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.flows import asking_screens as screens
from bot.flows.asking_effects import (
    AnswerQuestion,
    AskQuestion,
    BeAsked,
    CloseQuestion,
    DecideQuestion,
    NoteRefused,
    ReadQuestions,
    SetAsks,
    VetAmbassador,
)
from bot.flows.asking_views import AskingView, QuestionView
from bot.flows.awaiting import asked, asked_within
from bot.flows.care import NEEDS as CARE_NEEDS, care
from bot.flows.listening import hear, needs_help_first, topic_told
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    IDLE,
    Event,
    Outcome,
    Replace,
    Say,
    Tap,
    Toast,
    Words,
    screen,
    show,
)
from bot.i18n import say
from bot.rules.asking import LIMITS, LONGEST, REASONS, No, State
from bot.rules.contact_words import Verdict, read
from bot.rules.danger import Danger

NEEDS: frozenset[str] = frozenset({"asking"}) | CARE_NEEDS
FLOW = "ask"
NOTHING = AskingView()
MEANT_FOR_IT = timedelta(minutes=30)  # how long after the tap words are meant for the other
LISTED = 8  # questions shown at once to a coordinator


def handle(scene: Scene, event: Event) -> Outcome:
    """`ask:new|own:<stay>`, `ask:th:<stay>:<theme>`, `ask:q:<stay>:<theme>:<question>`, `ask:mine`; of who is asked
    `ask:answer|skip:<id>`, of both `ask:stop|report|back:<id>`; `ask:home|become|agree|leave`, `ask:limit:<n>`; of
    coordinators `ask:list`, `ask:see|yes|no:<id>[:<reason>]`, `ask:vet:<stay>:yes|no`; and words."""
    view = scene.asking or NOTHING
    if scene.person_id is None:
        return show(Say(screen(say("join/no_invite"))))
    match event:
        case Tap(data):
            return _tapped(scene, view, data.split(":")[1:])
        case Words(text):
            return _written(scene, view, text)
        case _:
            return show(Say(screen(say("asking/words_only"))))


def _tapped(scene: Scene, view: AskingView, parts: Sequence[str]) -> Outcome:
    match parts:
        case [("new" | "own" | "th" | "q") as what, _, *rest]:
            return _ask(scene, view, what, rest)
        case [("answer" | "skip" | "stop" | "report" | "back" | "see" | "yes" | "no") as what, _, *rest]:
            return _about(scene, view, what, rest)
        case ["vet", _, ("yes" | "no") as word] if view.candidate is not None:
            vetted = screens.vet_done(view.candidate.name, word == "yes")
            return show(Replace(vetted), effects=(VetAmbassador(view.candidate.placement_id, word == "yes"),))
        case ["list"] if view.decides:
            shown = replace(view, questions=view.questions[:LISTED])
            read = ReadQuestions(tuple(one.id for one in shown.questions))
            return show(Replace(screens.desk(shown)), effects=(read,) if shown.questions else ())
        case ["mine"]:
            return show(Replace(screens.mine(scene.content, view)))
        case _:
            return _myself(view, parts)


def _myself(view: AskingView, parts: Sequence[str]) -> Outcome:
    """As somebody who is, or would like to be, asked."""
    match parts:
        case ["home"]:
            return show(Replace(screens.home(view)))
        case ["become"] if view.standing == "may":
            return show(Replace(screens.consent()))
        case ["agree"] if view.standing != "no":
            done = screens.home(view) if view.standing == "shown" else screens.agreed()
            return show(Replace(done), effects=(BeAsked(True),))
        case ["leave"]:
            return show(Replace(screens.left()), effects=(BeAsked(False),), conversation=IDLE)
        case ["limit", n] if view.standing == "shown" and n in map(str, LIMITS):
            return show(Replace(screens.home(replace(view, limit=int(n)))), effects=(SetAsks(int(n)),))
        case ["become" | "agree" | "limit", *_]:
            return show(Replace(screens.home(view)))
        case _:
            return _old()


def _old() -> Outcome:
    return show(Toast(say("common/old_button"), alert=True))


# --- asking -----------------------------------------------------------------------------------------


def _ask(scene: Scene, view: AskingView, what: str, rest: Sequence[str]) -> Outcome:
    to = view.ambassador
    if to is None or view.no is not None:
        return show(Say(screens.no(view.no or No.GONE)), conversation=IDLE)
    sets = scene.content.questions
    match what, rest:
        case "new", []:
            return show(Say(screens.themes(scene.content, to)))
        case "own", []:
            waits = asked(scene, FLOW, to=to.placement_id)
            return show(Replace(screens.own(to, view.minor)), conversation=waits)
        case "th", [theme] if theme in sets:
            return show(Replace(screens.presets(scene.content, to, theme)))
        case "q", [theme, name] if theme in sets and any(one.id == name for one in sets[theme].questions):
            return show(effects=(AskQuestion(to.placement_id, preset=f"{theme}/{name}"),))
        case _:
            return _old()


def _written(scene: Scene, view: AskingView, text: str) -> Outcome:
    danger = hear(scene, text)
    if needs_help_first(danger):
        return care(scene, danger, topic_told(scene, text))
    if not asked_within(scene, MEANT_FOR_IT):
        return show(Say(screen(say("steps/not_waiting"))), conversation=IDLE)
    answers = "answer" in scene.conversation.data
    if answers and not _may_answer(view.question):
        return show(Say(screens.closed("gone")), conversation=IDLE)
    if not answers and (view.ambassador is None or view.no is not None):
        return show(Say(screens.no(view.no or No.GONE)), conversation=IDLE)
    if not text.strip():
        return show(Say(screen(say("asking/words_only"))))
    if len(text) > LONGEST:
        return show(Say(screen(say("asking/too_long", n=len(text), limit=LONGEST))))
    found = read(text, view.said, view.surnames)
    if found.verdict is Verdict.REFUSE:
        return show(Say(screens.refused(found.why)), effects=(NoteRefused(found.why),))
    asks_back = care(scene, Danger.IDIOM).shown if danger is Danger.IDIOM else ()
    held = found.verdict is Verdict.HOLD or danger is Danger.IDIOM
    held = held or (answers and view.question is not None and view.question.read_first)
    if view.question is not None and answers:
        kept = Say(screens.answer_kept(held))
        return show(*asks_back, kept, effects=(AnswerQuestion(view.question.id, text, held),), conversation=IDLE)
    assert view.ambassador is not None
    question = AskQuestion(view.ambassador.placement_id, words=text, held=held)
    return show(*asks_back, effects=(question,), conversation=IDLE)


# --- a question there is ----------------------------------------------------------------------------


def _may_answer(one: QuestionView | None) -> bool:
    return one is not None and one.side == "ambassador" and one.state is State.SENT


def _about(scene: Scene, view: AskingView, what: str, rest: Sequence[str]) -> Outcome:
    one = view.question
    if one is None:
        return show(Toast(say("asking/closed/gone"), alert=True))
    match one.side, what, rest:
        case "ambassador", "answer", []:
            if not _may_answer(one):
                return show(Toast(say("asking/closed/gone"), alert=True))
            waits = asked(scene, FLOW, answer=one.id)
            return show(Say(screens.write_answer(scene.content, one)), conversation=waits)
        case "ambassador", "skip", [] if one.state is State.SENT:
            return _close(one, "skipped")
        case "asker", "back", [] if one.state in (State.WAITS, State.SENT):
            return _close(one, "taken_back")
        case "asker" | "ambassador", "stop", []:
            return _close(one, "stopped")
        case "asker" | "ambassador", "report", []:
            return _close(one, "reported")
        case "desk", _, _:
            return _desk(scene, one, what, rest)
        case _:
            return show(Toast(say("asking/closed/gone"), alert=True))


def _close(one: QuestionView, how: str) -> Outcome:
    return show(Say(screens.closed(how)), effects=(CloseQuestion(one.id, how),), conversation=IDLE)


def _desk(scene: Scene, one: QuestionView, what: str, rest: Sequence[str]) -> Outcome:
    waits = one.may_decide and one.state in (State.WAITS, State.HELD)
    match what, rest:
        case "see", []:
            return show(Replace(screens.card(scene.content, one)), effects=(ReadQuestions((one.id,)),))
        case "yes", [] if waits:
            return show(Replace(screens.decided(True)), effects=(DecideQuestion(one.id, True),))
        case "no", [] if waits:
            return show(Replace(screens.why(one)))
        case "no", [reason] if waits and reason in REASONS:
            return show(Replace(screens.decided(False)), effects=(DecideQuestion(one.id, False, reason),))
        case _:
            return show(Toast(say("asking/decided_already"), alert=True))
