"""A reflection: a question about oneself, answered by a choice, in writing or by voice; private unless shared.

Data: `choice` (the id of what was chosen; conditions of later steps look at it) or `entries` (`bot.flows.entries`).
While it waits for words the conversation is `Conversation("reflection", {"placement", "step"})`.
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.items import RHYTHMS, Reflection
from bot.flows.care import NEEDS as CARE_NEEDS
from bot.flows.effects import Effect, GiveConsent, SetWishes
from bot.flows.entries import entry_of, kept, refused, share_button, thanked, too_long, unheld
from bot.flows.running import (
    Run,
    callback,
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
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    Button,
    Event,
    Outcome,
    Replace,
    Rows,
    Say,
    Screen,
    Voice,
    Words,
    button,
    screen,
    show,
)
from bot.i18n import say
from bot.rules.wishes import NO_WISHES

NEEDS: frozenset[str] = frozenset({"steps", "contacts", "wishes"}) | CARE_NEEDS


def shown(run: Run) -> Screen:
    """The question with its choices, or with what happens to the words."""
    head = say("steps/card", title=run.title)
    pause = (pause_button(run),)
    choices = _reflection(run).choices
    if not choices:
        return Screen((head, run.text("prompt"), say("reflection/private"), say("reflection/how")), (pause,))
    rows = tuple(
        (Button(run.text(f"choices/{choice.id}/text"), callback(run.step.id, "choose", number)),)
        for number, choice in enumerate(choices)
    )
    return Screen((head, run.text("prompt")), (*rows, pause))


def begin(scene: Scene, run: Run) -> Outcome:
    """Shows the question; a free one waits for words from now on."""
    conversation = None if _reflection(run).choices else words_for(run)
    return show(Replace(shown(run)), effects=saved(run), conversation=conversation)


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """`choose:N` answers with a choice."""
    choices = _reflection(run).choices
    if action != "choose" or len(args) != 1 or args[0] >= len(choices):
        return stale(run, shown(run))
    choice = choices[args[0]]
    chosen = say("reflection/chosen", title=run.title, choice=run.text(f"choices/{choice.id}/text"))
    run = run.but(choice=choice.id)
    effects = (*_wish(scene, run, choice.id), *_consent(run, choice.id), *finished(run))
    return show(Replace(praise(run, chosen, rows=_on_the_map(run, choice.id))), effects=effects,
                conversation=let_go(scene, run))  # fmt: skip


def _on_the_map(run: Run, choice: str) -> Rows:
    """Who would like to be asked, and is of age, may go on the map."""
    wants = _reflection(run).sets == "ambassador" and choice == "yes"
    return ((button("asking/home_button", "ask:home"),),) if wants and not run.stay.minor else ()


def _wish(scene: Scene, run: Run, choice: str) -> tuple[Effect, ...]:
    """A question on how often challenges should come settles it."""
    chosen = next((rhythm for rhythm in RHYTHMS if rhythm == choice), None)
    if _reflection(run).sets != "rhythm" or chosen is None:
        return ()
    return (SetWishes(run.stay.placement_id, replace(scene.wishes or NO_WISHES, rhythm=chosen)),)


def _consent(run: Run, choice: str) -> tuple[Effect, ...]:
    """The invitation to be asked by those who go next; a no is kept as well."""
    if _reflection(run).sets != "ambassador":
        return ()
    return (GiveConsent("ambassador", choice == "yes", run.stay.placement_id),)


def add(scene: Scene, run: Run) -> Outcome:
    """One more entry for a reflection that is done: waits for words again."""
    return show(Replace(screen(say("reflection/add", title=run.title))), conversation=words_for(run))


def handle(scene: Scene, event: Event) -> Outcome:
    """Whatever comes while words are awaited."""
    run = waiting(scene)
    if run is None or not run.stay.may_travel_on:
        return unheld(scene, event)
    problem = too_long(event)
    if isinstance(event, Words) and problem is not None:
        return refused(scene, event.text, problem, words_for(run, refused=True))
    entry = entry_of(event) if isinstance(event, Words | Voice) else None
    if entry is None:
        return show(Say(screen(say("reflection/words_please"))))
    after, effects = kept(run, entry)
    return thanked(scene, entry.get("words", ""), _thanks(scene, run, after), effects)


def _thanks(scene: Scene, run: Run, after: Run) -> Screen:
    body = [say("reflection/kept")]
    if scene.conversation.data.get("refused"):
        body.append(say("reflection/kept_part"))
    rows = (*share_button(scene, after), (step_button("reflection/add_button", after, "add"),))
    if run.view.state == "done":
        return Screen(tuple(body), rows)
    return praise(after, *body, rows=rows)


def _reflection(run: Run) -> Reflection:
    assert isinstance(run.item, Reflection)
    return run.item
