"""What somebody thought of a stay: sentences answered from 1 to 5 by a tap, and at the end one of their own, or none.

Data: `at`, the question on show (from 0; past the last one it is the sentence of their own), and `answers`, 1 to 5 by
question, 0 where it was passed over. What is finished is kept without a name (`KeepSurvey`) and no longer here. While
it waits for words the conversation is `Conversation("survey", {"placement", "step"})`.
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.items import Survey
from bot.flows.care import NEEDS as CARE_NEEDS, care
from bot.flows.effects import Effect, KeepSurvey
from bot.flows.entries import unheld
from bot.flows.listening import hear, needs_help_first, topic_told
from bot.flows.running import (
    Run,
    callback,
    find,
    finished,
    let_go,
    pause_button,
    praise,
    saved,
    stale,
    step_button,
    words_for,
)
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    IDLE,
    Button,
    Conversation,
    Event,
    Outcome,
    Replace,
    Rows,
    Say,
    Screen,
    Words,
    screen,
    show,
)
from bot.i18n import Text, say, utf16_length, verbatim
from bot.rules.survey import HIGHEST, LOWEST

NEEDS: frozenset[str] = frozenset({"steps", "walks", "contacts"}) | CARE_NEEDS
PASSED_OVER = 0
LONGEST = 500  # UTF-16 units of the sentence of one's own


def shown(run: Run) -> Screen:
    """The question where somebody is, or the request for a sentence."""
    questions, at = _item(run).questions, _position(run)
    if at == len(questions):
        body: tuple[Text, ...] = (say("steps/card", title=run.title), run.text("remark"), say("survey/remark_rules"))
        back = step_button("assessment/back_button", run, "at", at - 1)
        return Screen(body, ((step_button("survey/finish_button", run, "end"),), (back, pause_button(run))))
    head = say("survey/head", title=run.title, question=at + 1, questions=len(questions))
    intro = (run.text("intro"), say("survey/anonymous")) if at == 0 else ()
    asked = say("survey/question", words=run.text(f"questions/{questions[at].id}/text"))
    return Screen((head, *intro, asked, say("survey/scale")), _rows(run, at))


def begin(scene: Scene, run: Run) -> Outcome:
    """From the first question, or where it was left."""
    return _at(scene, run.but(at=_position(run), answers=_answers(run)))


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """`a:Q:V` answers question Q with V (0: passed over), `at:Q` goes back, `end` finishes without a sentence."""
    at, questions = _position(run), _item(run).questions
    if action == "a" and len(args) == 2 and args[0] == at < len(questions) and PASSED_OVER <= args[1] <= HIGHEST:
        return _at(scene, run.but(at=at + 1, answers={**_answers(run), questions[at].id: args[1]}))
    if action == "at" and len(args) == 1 and args[0] <= len(_answers(run)):
        return _at(scene, run.but(at=args[0], answers=_answers(run)))
    if action == "end" and at == len(questions):
        done, effects = _finished(run, None)
        return show(Replace(done), effects=effects, conversation=let_go(scene, run))
    return stale(run, shown(run))


def handle(scene: Scene, event: Event) -> Outcome:
    """The sentence of their own."""
    scene, run = _waiting(scene)
    if run is None or not run.stay.may_travel_on or run.view.state == "done":
        return unheld(scene, event)
    words = event.text.strip() if isinstance(event, Words) else ""
    if not words:
        return show(Say(screen(say("survey/words_please"))))
    danger = hear(scene, words)
    if needs_help_first(danger):
        # Told in a survey, it is told to nobody: help comes, and the sentence goes into no report.
        return _helped(scene, run, care(scene, danger, topic_told(scene, words)))
    if utf16_length(words) > LONGEST:
        return show(Say(screen(say("survey/too_long", length=utf16_length(words), limit=LONGEST))))
    done, effects = _finished(run, words)
    return show(Say(done), effects=effects, conversation=IDLE)


def _helped(scene: Scene, run: Run, cared: Outcome) -> Outcome:
    _, effects = _finished(run, None)
    kept = Say(screen(say("survey/kept_without")))
    return Outcome((*cared.shown, kept), (*cared.effects, *effects), cared.conversation or IDLE)


def _waiting(scene: Scene) -> tuple[Scene, Run | None]:
    """The survey whose words the conversation waits for, in the own journey or in a course beside it."""
    step_id = str(scene.conversation.data.get("step", ""))
    for walk in scene.walks:
        there = replace(scene, stays=(walk.stay,), script=walk.script, steps=walk.steps)
        if (run := find(there, step_id)) is not None:
            return scene, run
    run = find(scene, step_id)
    here = run is not None and run.stay.placement_id == scene.conversation.data.get("placement")
    return scene, run if here else None


def _at(scene: Scene, run: Run) -> Outcome:
    """Shows where the run is; the last page waits for words."""
    waits: Conversation | None = let_go(scene, run)
    if _position(run) == len(_item(run).questions):
        waits = words_for(run)
    return show(Replace(shown(run)), effects=saved(run), conversation=waits)


def _finished(run: Run, remark: str | None) -> tuple[Screen, tuple[Effect, ...]]:
    given = {question: value for question, value in _answers(run).items() if value != PASSED_OVER}
    keep = KeepSurvey(run.stay.placement_id, run.step.id, run.step.use, given, remark)
    thanks = praise(run, say("survey/thanks"))
    return thanks, (keep, *finished(run.but(at=None, answers=None)))


def _rows(run: Run, at: int) -> Rows:
    chosen = _answers(run).get(_item(run).questions[at].id)
    values = tuple(_value(run, at, value, value == chosen) for value in range(LOWEST, HIGHEST + 1))
    back = (step_button("assessment/back_button", run, "at", at - 1),) if at else ()
    return (values, (step_button("survey/pass_button", run, "a", at, PASSED_OVER),), (*back, pause_button(run)))


def _value(run: Run, at: int, value: int, chosen: bool) -> Button:
    label = verbatim(str(value))
    return Button(say("assessment/chosen", answer=label) if chosen else label, callback(run.step.id, "a", at, value))


def _item(run: Run) -> Survey:
    assert isinstance(run.item, Survey)
    return run.item


def _answers(run: Run) -> dict[str, int]:
    return dict(run.data.get("answers", {}))


def _position(run: Run) -> int:
    at = run.data.get("at", 0)
    return max(0, min(at if isinstance(at, int) else 0, len(_answers(run)), len(_item(run).questions)))
