"""The school's word on what a learner learnt: outcome by outcome, once the learner lets the contact person see them.

While it waits for a note the conversation is `Conversation("validate", {"placement", "code"})`.
"""

from __future__ import annotations

from dataclasses import replace

from bot.flows.effects import TellValidated, ValidateOutcome
from bot.flows.entries import too_long
from bot.flows.outcome_screens import LIMIT, cut, full, graded, logged, number_rows, numbered, signed
from bot.flows.outcome_views import Examined, OutcomesView, OutcomeView, Verdict
from bot.flows.running import answer
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
    Tap,
    Toast,
    Words,
    button,
    screen,
    show,
)
from bot.i18n import Day, Listing, Text, say, verbatim
from bot.rules.outcomes import VERDICTS

NEEDS: frozenset[str] = frozenset({"examined"})


def handle(scene: Scene, event: Event) -> Outcome:
    """`validate:of|tell:<p>`, `validate:one:<p>:<code>`, `validate:v:<p>:<code>:<1-3>`, and the note."""
    one = scene.examined
    if one is None:
        if isinstance(event, Tap):
            return show(Toast(say("learners/not_yours"), alert=True))
        return show(Say(screen(say("steps/not_waiting"))), conversation=IDLE)
    if one.view is None:
        return show(answer(event, _not_shown(one)), conversation=IDLE)
    if not isinstance(event, Tap):
        return _words(scene, one, one.view, event)
    parts = (*event.data.split(":"), "", "", "")
    outcome = next((o for o in one.view.outcomes if o.code == parts[3]), None)
    match parts[1]:
        case "v" if outcome is not None and parts[4] in ("1", "2", "3"):
            return _verdict(scene, one, one.view, outcome, VERDICTS[int(parts[4]) - 1])
        case "one" if outcome is not None:
            return _one(one, one.view, outcome)
        case "tell" if any(o.verdict for o in one.view.outcomes):
            done = screen(say("validation/told", name=verbatim(one.learner)), rows=_back(one))
            return show(Replace(done), effects=(TellValidated(one.placement_id),), conversation=IDLE)
        case _:
            return show(answer(event, _all(one, one.view)), conversation=IDLE)


def _not_shown(one: Examined) -> Screen:
    rows: Rows = ((button("learners/write_button", f"learners:write:{one.placement_id}"),), *_card(one))
    return screen(say("validation/not_shown", name=verbatim(one.learner)), rows=rows)


def _card(one: Examined) -> Rows:
    return ((button("validation/learner_button", f"learners:one:{one.placement_id}"),),)


def _back(one: Examined) -> Rows:
    return ((button("validation/list_button", f"validate:of:{one.placement_id}"),), *_card(one))


def _all(one: Examined, view: OutcomesView) -> Screen:
    """Every outcome with what shows it, to choose from."""
    done = sum(o.verdict is not None for o in view.outcomes)
    head = say("validation/title", name=verbatim(one.learner), done=done, total=len(view.outcomes))
    body: list[Text] = [head, *numbered(view.outcomes, full)]
    for found in view.grids.values():
        body.append(signed(found))
        if found.comment:
            body.append(say("outcomes/comment", words=verbatim(cut(found.comment))))
    if not view.grids:
        body.append(say("validation/no_grid"))
    numbers = number_rows(view.outcomes, f"validate:one:{one.placement_id}", lambda o: o.verdict)
    tell: Rows = ((button("validation/tell_button", f"validate:tell:{one.placement_id}"),),) if done else ()
    return Screen(tuple(body), (*numbers, *tell, *_card(one)))


def _one(one: Examined, view: OutcomesView, outcome: OutcomeView) -> Outcome:
    """One outcome to decide on; from the first verdict on words are a note on it."""
    waiting = IDLE
    if outcome.verdict is not None:
        waiting = Conversation("validate", {"placement": one.placement_id, "code": outcome.code})
    return show(Replace(_shown(one, view, outcome)), conversation=waiting)


def _shown(one: Examined, view: OutcomesView, outcome: OutcomeView) -> Screen:
    at = next(n for n, o in enumerate(view.outcomes) if o.code == outcome.code)
    proof = tuple(part for part in (logged(outcome), graded(outcome)) if part is not None)
    body: list[Text] = [
        say("validation/head", name=verbatim(one.learner), number=at + 1, total=len(view.outcomes)),
        say("outcomes/quoted", words=outcome.words),
        say("outcomes/lines", lines=Listing(proof, lines=True)),
    ]
    if outcome.verdict is not None:
        body.append(_decided(outcome.verdict))
        if outcome.verdict.note:
            body.append(say("validation/note", words=verbatim(outcome.verdict.note)))
        body.append(say("validation/note_ask", name=verbatim(one.learner)))
    where = f"{one.placement_id}:{outcome.code}"
    rows: list[tuple[Button, ...]] = [
        (_value(where, outcome, number, verdict),) for number, verdict in enumerate(VERDICTS, 1)
    ]
    following = view.outcomes[(at + 1) % len(view.outcomes)]
    steps = [button("validation/list_button", f"validate:of:{one.placement_id}")]
    if following.code != outcome.code:
        steps.append(button("validation/next_button", f"validate:one:{one.placement_id}:{following.code}"))
    return Screen(tuple(body), (*rows, tuple(steps)))


def _decided(verdict: Verdict) -> Text:
    name = verbatim(verdict.by_name) if verdict.by_name else say("validation/nameless")
    return say("validation/decided", verdict=say(f"outcomes/verdict/{verdict.verdict}"), name=name,
               day=Day(verdict.at.date()))  # fmt: skip


def _value(where: str, outcome: OutcomeView, number: int, verdict: str) -> Button:
    label = say(f"validation/verdict_button/{verdict}")
    if outcome.verdict is not None and outcome.verdict.verdict == verdict:
        label = say("assessment/chosen", answer=label)
    return Button(label, f"validate:v:{where}:{number}")


def _verdict(scene: Scene, one: Examined, view: OutcomesView, outcome: OutcomeView, verdict: str) -> Outcome:
    before = outcome.verdict
    said = Verdict(verdict, before.note if before else None, scene.name, "", scene.now)
    after = replace(outcome, verdict=said)
    effect = ValidateOutcome(one.placement_id, outcome.code, verdict)
    shown = _one(one, view.changed(after), after)
    return replace(shown, effects=(effect,))


def _words(scene: Scene, one: Examined, view: OutcomesView, event: Event) -> Outcome:
    """A note on the outcome that was just decided."""
    outcome = next((o for o in view.outcomes if o.code == scene.conversation.data.get("code")), None)
    if outcome is None or outcome.verdict is None:
        return show(Say(screen(say("steps/not_waiting"))), conversation=IDLE)
    if not isinstance(event, Words) or not event.text.strip():
        return show(Say(screen(say("grid/words_only"))))
    problem = too_long(event, LIMIT)
    if problem is not None:
        return show(Say(screen(problem)))
    note = event.text.strip()
    after = replace(outcome, verdict=replace(outcome.verdict, note=note))
    effect = ValidateOutcome(one.placement_id, outcome.code, None, note)
    return show(Say(_shown(one, view.changed(after), after)), effects=(effect,))
