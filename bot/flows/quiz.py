"""A quiz: one question at a time in one message, with an explanation after each answer.

Data: `at`, the question on show (from 0; as many as there are questions means the result), and `answers`, option ids
by question id. A score counts when it reaches the pass mark; below that the quiz can be taken again.
"""

from __future__ import annotations

from bot.content.items import Option, Question, Quiz
from bot.flows.effects import ReleaseWaiting
from bot.flows.running import MENU_ROW, Run, callback, finished, pause_button, praise, saved, stale, step_button
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Outcome, Replace, Screen, show
from bot.i18n import Text, say, verbatim

LETTERS = ("A", "B", "C", "D")


def shown(run: Run) -> Screen:
    """The question, its answer, or the result: whatever the learner has reached."""
    at = _position(run)
    if at == len(_quiz(run).questions):
        return _result(run)
    return _answered(run, at) if _quiz(run).questions[at].id in _answers(run) else _asked(run, at)


def begin(scene: Scene, run: Run) -> Outcome:
    """From the first question, or where it was left."""
    run = run.but(at=_position(run), answers=_answers(run))
    return show(Replace(shown(run)), effects=saved(run))


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """`a:Q:O` answers question Q with option O, `next:Q` goes on after it, `again` starts over."""
    if action == "a" and len(args) == 2:
        return _answer(run, *args)
    if action == "next" and len(args) == 1:
        return _next(run, args[0])
    if action == "again" and _position(run) == len(_quiz(run).questions):
        run = run.but(at=0, answers={})
        return show(Replace(shown(run)), effects=saved(run))
    return stale(run, shown(run))


def _answer(run: Run, number: int, chosen: int) -> Outcome:
    questions = _quiz(run).questions
    if number != _position(run) or number >= len(questions):
        return stale(run, shown(run))
    question = questions[number]
    if question.id in _answers(run) or chosen >= len(question.options):
        return stale(run, shown(run))
    run = run.but(at=number, answers={**_answers(run), question.id: question.options[chosen].id})
    return show(Replace(shown(run)), effects=saved(run))


def _next(run: Run, number: int) -> Outcome:
    questions = _quiz(run).questions
    if number != _position(run) or number >= len(questions) or questions[number].id not in _answers(run):
        return stale(run, shown(run))
    run = run.but(at=number + 1, answers=_answers(run))
    if number + 1 < len(questions):
        return show(Replace(shown(run)), effects=saved(run))
    if passed(run):
        return show(Replace(_result(run)), effects=finished(run, score(run)))
    return show(Replace(_result(run)), effects=(*saved(run), ReleaseWaiting(run.stay.placement_id)))


# --- what is on show ------------------------------------------------------------------------------


def _asked(run: Run, at: int) -> Screen:
    question = _quiz(run).questions[at]
    letters = tuple(
        Button(verbatim(LETTERS[number]), callback(run.step.id, "a", at, number))
        for number in range(len(question.options))
    )
    body = (_head(run, at), run.text(f"questions/{question.id}/prompt"), _options(run, question))
    return Screen(body, (letters, (pause_button(run),)))


def _options(run: Run, question: Question) -> Text:
    # In the message, since a phone cuts off a button after some thirty characters.
    texts = {letter: _option(run, question, option) for letter, option in zip("abcd", question.options, strict=False)}
    match len(texts):
        case 2:
            return say("quiz/options/two", **texts)
        case 3:
            return say("quiz/options/three", **texts)
        case _:
            return say("quiz/options/four", **texts)


def _answered(run: Run, at: int) -> Screen:
    question = _quiz(run).questions[at]
    right = _right(question)
    if _answers(run)[question.id] == right.id:
        verdict = say("quiz/right")
    else:
        verdict = say("quiz/wrong", answer=_option(run, question, right))
    last = at == len(_quiz(run).questions) - 1
    label = say("quiz/result_button") if last else say("quiz/next_button")
    on = Button(label, callback(run.step.id, "next", at))
    body = (_head(run, at), run.text(f"questions/{question.id}/prompt"), verdict)
    explanation = run.text(f"questions/{question.id}/explanation")
    return Screen((*body, explanation), ((on, pause_button(run)),))


def _result(run: Run) -> Screen:
    tally = say("quiz/tally", title=run.title, right=count_right(run), all=len(_quiz(run).questions))
    if passed(run):
        return praise(run, tally, say("quiz/passed"))
    rows = ((step_button("quiz/again_button", run, "again"),), MENU_ROW)
    return Screen((tally, say("quiz/not_yet")), rows)


def _head(run: Run, at: int) -> Text:
    return say("quiz/head", title=run.title, question=at + 1, questions=len(_quiz(run).questions))


def _option(run: Run, question: Question, option: Option) -> Text:
    return run.text(f"questions/{question.id}/options/{option.id}/text")


# --- scoring --------------------------------------------------------------------------------------


def count_right(run: Run) -> int:
    """How many questions were answered with the right option."""
    answers = _answers(run)
    return sum(answers.get(question.id) == _right(question).id for question in _quiz(run).questions)


def score(run: Run) -> float:
    """The share of right answers, 0 to 1."""
    return count_right(run) / len(_quiz(run).questions)


def passed(run: Run) -> bool:
    """Whether the share of right answers reaches the pass mark."""
    return score(run) >= _quiz(run).pass_mark


def _right(question: Question) -> Option:
    return next(option for option in question.options if option.right)


def _quiz(run: Run) -> Quiz:
    assert isinstance(run.item, Quiz)
    return run.item


def _answers(run: Run) -> dict[str, str]:
    return dict(run.data.get("answers", {}))


def _position(run: Run) -> int:
    at = run.data.get("at", 0)
    return max(0, min(at if isinstance(at, int) else 0, len(_quiz(run).questions)))
