"""How I see myself: one statement at a time in one message, answered by a tap; nobody else sees it. No right or wrong.

Data: `at`, the statement on show (from 0), and `answers`, 1 to 4 by statement (`literacy/explain`). What is finished is
kept by statement (`KeepAssessment`) and no longer here.
"""

from __future__ import annotations

from bot.content.items import Assessment
from bot.flows.effects import KeepAssessment
from bot.flows.running import Run, callback, finished, pause_button, praise, saved, stale, step_button
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Outcome, Replace, Rows, Screen, button, show
from bot.i18n import Text, say
from bot.rules.assessment import HIGHEST, LOWEST, minutes_left


def shown(run: Run) -> Screen:
    """The statement where the learner is."""
    return _asked(run, plain=False)


def begin(scene: Scene, run: Run) -> Outcome:
    """From the first statement, or where it was left."""
    run = run.but(at=_position(run), answers=_answers(run))
    return show(Replace(_asked(run, scene.plain)), effects=saved(run))


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """`a:S:V` answers statement S with V, `at:S` goes back to one that is answered."""
    if action == "a" and len(args) == 2 and args[0] == _position(run) and LOWEST <= args[1] <= HIGHEST:
        return _answer(scene, run, args[1])
    if action == "at" and len(args) == 1 and args[0] <= len(_answers(run)):
        run = run.but(at=args[0], answers=_answers(run))
        return show(Replace(_asked(run, scene.plain)), effects=saved(run))
    return stale(run, _asked(run, scene.plain))


def _answer(scene: Scene, run: Run, value: int) -> Outcome:
    statements, at = _item(run).statements, _position(run)
    answers = {**_answers(run), statements[at]: value}
    if at + 1 < len(statements):
        run = run.but(at=at + 1, answers=answers)
        return show(Replace(_asked(run, scene.plain)), effects=saved(run))
    keep = KeepAssessment(run.stay.placement_id, run.step.stage, run.step.use, answers)
    done = run.but(at=None, answers=None)
    after = run.step.stage == "after"
    back = ((button("assessment/then/button", "skills:then"),),) if after else ()
    offered = (say("assessment/then/offered"),) if after else ()
    rows = (*back, (button("assessment/see_button", "skills:show"),))
    told = say("assessment/finished_after" if after else "assessment/finished", title=run.title)
    end = praise(run, told, *offered, rows=rows)
    return show(Replace(end), effects=(keep, *finished(done)))


def _asked(run: Run, plain: bool) -> Screen:
    item, at = _item(run), _position(run)
    statements = item.statements
    head = say("assessment/head", title=run.title, statement=at + 1, statements=len(statements))
    body: list[Text] = [head]
    if not plain:
        body.append(say("assessment/left", n=minutes_left(at, len(statements), item.minutes)))
    if at == 0:
        body.append(run.text("intro"))
    area, _, statement = statements[at].partition("/")
    body.append(say("assessment/statement", words=run.text(f"areas/{area}/statements/{statement}/text")))
    return Screen(tuple(body), _rows(run, at, _answers(run).get(statements[at])))


def _rows(run: Run, at: int, chosen: int | None) -> Rows:
    values = tuple(_value(run, at, value, value == chosen) for value in range(LOWEST, HIGHEST + 1))
    back = (step_button("assessment/back_button", run, "at", at - 1),) if at else ()
    return (values[:2], values[2:], (*back, pause_button(run)))


def _value(run: Run, at: int, value: int, chosen: bool) -> Button:
    label = say(f"assessment/scale/{value}")
    if chosen:
        label = say("assessment/chosen", answer=label)
    return Button(label, callback(run.step.id, "a", at, value))


def _item(run: Run) -> Assessment:
    assert isinstance(run.item, Assessment)
    return run.item


def _answers(run: Run) -> dict[str, int]:
    return dict(run.data.get("answers", {}))


def _position(run: Run) -> int:
    at = run.data.get("at", 0)
    return max(0, min(at if isinstance(at, int) else 0, len(_answers(run)), len(_item(run).statements) - 1))
