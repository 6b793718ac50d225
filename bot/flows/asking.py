"""Asking a former learner through the bot, answering, and becoming one who is asked.

Minors ask what the content offers, or what a coordinator has read first; adults write freely within the same filter
(`bot.rules.contact_words`). Neither side learns who the other is, and coordinators can read everything, which both are
told before the first word. Own words are shown once more, with who reads them first, before they go. Of who asks, words
that tell of danger go nowhere: help comes first; an answer that does is read by those who look after the learner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zlib import crc32

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
    SettleReport,
    VetAmbassador,
)
from bot.flows.asking_views import AskingView, QuestionView
from bot.flows.awaiting import asked, asked_within
from bot.flows.care import NEEDS as CARE_NEEDS, care
from bot.flows.listening import hear, hear_looking_back, needs_help_first, topic_told
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    IDLE,
    Conversation,
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
from bot.rules.asking import LIMITS, LONGEST, MOST_REFUSED, REASONS, No, State
from bot.rules.contact_words import Reading, Verdict, read
from bot.rules.danger import Danger

NEEDS: frozenset[str] = frozenset({"asking"}) | CARE_NEEDS
FLOW = "ask"
NOTHING = AskingView()
MEANT_FOR_IT = timedelta(minutes=30)  # how long after the tap words are meant for the other
LISTED = 8  # questions shown at once to a coordinator


def handle(scene: Scene, event: Event) -> Outcome:
    """`ask:new|own:<stay>`, `ask:th:<stay>:<theme>`, `ask:q:<stay>:<theme>:<question>`, `ask:mine`; of who is asked
    `ask:answer|skip:<id>`, of both `ask:stop|report|back:<id>`, `ask:send:<mark>`, `ask:change|drop` of words;
    `ask:home|become|agree|leave`, `ask:limit:<n>`; of coordinators `ask:list`, `ask:see|yes|no:<id>[:<reason>]`,
    `ask:looked:<id>`, `ask:vet:<stay>:yes|no`; and words."""
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
        case [("answer" | "skip" | "stop" | "report" | "back" | "see" | "yes" | "no" | "looked") as what, _, *rest]:
            return _about(scene, view, what, rest)
        case ["send", mark]:
            return _draft(scene, view, "send", mark)
        case [("change" | "drop") as what]:
            return _draft(scene, view, what, "")
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
    """Words, shown once more before they go anywhere."""
    shut, answers = _shut(scene, view), "answer" in scene.conversation.data
    looks_back = answers and shut is None
    danger = hear_looking_back(scene, text) if looks_back else hear(scene, text)
    if needs_help_first(danger) and not looks_back:
        return care(scene, danger, topic_told(scene, text))
    if shut is not None:
        return shut
    if danger is Danger.CRISIS:
        return _alarmed(scene, view, text)
    if not text.strip():
        return show(Say(screen(say("asking/words_only"))))
    if len(text) > LONGEST:
        return show(Say(screen(say("asking/too_long", n=len(text), limit=LONGEST))))
    found = read(text, view.said, view.surnames)
    if found.verdict is Verdict.REFUSE:
        return _refused(view, found.why)
    # Answers tell of hard days that are over: "I cried the first night" is asked about, and is theirs to send.
    helped = show(Say(screens.still_heavy())) if danger is Danger.DISCLOSURE else care(scene, danger)
    held = _held_for(view, found, danger, answers) is not None
    shown = Say(screens.preview(view.ambassador if not answers else None, text, mark_of(text), held))
    return show(*helped.shown, shown, effects=helped.effects, conversation=_awaiting(scene, draft=text))


def mark_of(text: str) -> str:
    """What a button that sends words knows of them: an older one sends nothing newer."""
    return f"{crc32(text.encode()):08x}"


def _awaiting(scene: Scene, **data: Any) -> Conversation:
    """Words to the same person, from now on."""
    whom = {key: scene.conversation.data[key] for key in ("to", "answer") if key in scene.conversation.data}
    return asked(scene, FLOW, **whom, **data)


def _shut(scene: Scene, view: AskingView) -> Outcome | None:
    """Why no words are awaited, or not any more."""
    if not asked_within(scene, MEANT_FOR_IT):
        return show(Say(screen(say("steps/not_waiting"))), conversation=IDLE)
    if "answer" not in scene.conversation.data:
        if view.ambassador is None or view.no is not None:
            return show(Say(screens.no(view.no or No.GONE)), conversation=IDLE)
    elif not _may_answer(view.question):
        return show(Say(screens.closed("gone")), conversation=IDLE)
    elif view.enough:
        return show(Say(screens.closed("enough")), conversation=IDLE)
    return None


def _held_for(view: AskingView, found: Reading, danger: Danger, answers: bool) -> str | None:
    """Why a coordinator reads these words first."""
    if danger is not Danger.NONE:
        return "heavy" if needs_help_first(danger) else "idiom"
    if found.verdict is Verdict.HOLD:
        return found.why
    young = (view.question is None or view.question.read_first) if answers else view.minor
    return "young" if young else None


def _alarmed(scene: Scene, view: AskingView, text: str) -> Outcome:
    """An answer that sounds like danger, to who wrote it or to who would read it: help, and humans on both sides."""
    assert view.question is not None
    helped = care(scene, Danger.CRISIS, topic_told(scene, text))
    kept = AnswerQuestion(view.question.id, text[:LONGEST], "danger", at_once=True)
    told = Say(screens.answer_alarm())
    return show(*helped.shown, told, effects=(*helped.effects, kept), conversation=IDLE)


def _refused(view: AskingView, why: str) -> Outcome:
    note = NoteRefused(why, view.question.id if view.question is not None else None)
    last = view.refused + 1 >= MOST_REFUSED
    return show(Say(screens.refused(why, last)), effects=(note,), conversation=IDLE if last else None)


def _draft(scene: Scene, view: AskingView, what: str, mark: str) -> Outcome:
    """Words that were shown once more: sent, changed or dropped."""
    text = scene.conversation.data.get("draft") if scene.conversation.flow == FLOW else None
    if text is None or (what == "send" and mark != mark_of(text)):
        return show(Toast(say("asking/draft_gone"), alert=True), conversation=scene.conversation)
    shut = _shut(scene, view)
    if what == "drop":
        return show(Replace(screens.dropped()), conversation=IDLE)
    if shut is not None:
        return shut if asked_within(scene, MEANT_FOR_IT) else show(Replace(screens.too_late()), conversation=IDLE)
    answers = "answer" in scene.conversation.data
    if what == "change":
        again = screens.write_answer(scene.content, view.question) if answers and view.question else None
        if again is None and view.ambassador is not None:
            again = screens.own(view.ambassador, view.minor)
        return show(*([Say(again)] if again else []), conversation=_awaiting(scene))
    found = read(text, view.said, view.surnames)
    if found.verdict is Verdict.REFUSE:  # together with what went meanwhile
        return _refused(view, found.why)
    held_for = _held_for(view, found, (hear_looking_back if answers else hear)(scene, text), answers)
    if answers and view.question is not None:
        return show(effects=(AnswerQuestion(view.question.id, text, held_for),), conversation=IDLE)
    assert view.ambassador is not None
    return show(effects=(AskQuestion(view.ambassador.placement_id, words=text, held_for=held_for),), conversation=IDLE)


# --- a question there is ----------------------------------------------------------------------------


def _may_answer(one: QuestionView | None) -> bool:
    return one is not None and one.side == "ambassador" and one.state is State.SENT


def _about(scene: Scene, view: AskingView, what: str, rest: Sequence[str]) -> Outcome:
    one = view.question
    if one is None:
        return show(Toast(say("asking/closed/gone"), alert=True))
    match one.side, what, rest:
        case "ambassador", "answer", []:
            if not _may_answer(one) or view.enough:
                how = "enough" if _may_answer(one) else "gone"
                return show(Toast(say(f"asking/closed/{how}"), alert=True))
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
    if how == "reported":  # who hears of it is known once they were told
        return show(effects=(CloseQuestion(one.id, how),), conversation=IDLE)
    return show(Say(screens.closed(how)), effects=(CloseQuestion(one.id, how),), conversation=IDLE)


def _desk(scene: Scene, one: QuestionView, what: str, rest: Sequence[str]) -> Outcome:
    waits = one.may_decide and one.state in (State.WAITS, State.HELD)
    match what, rest:
        case "see", []:
            return show(Replace(screens.card(scene.content, one)), effects=(ReadQuestions((one.id,)),))
        case "yes", [] if waits:
            return show(effects=(DecideQuestion(one.id, True),))
        case "no", [] if waits:
            return show(Replace(screens.why(one)))
        case "no", [reason] if waits and reason in REASONS:
            return show(effects=(DecideQuestion(one.id, False, reason),))
        case "looked", [] if one.report_open:
            return show(Replace(screens.looked_into()), effects=(SettleReport(one.id),))
        case _:
            return show(Toast(say("asking/decided_already"), alert=True))
