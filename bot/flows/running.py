"""What all kinds of steps share: finding a step, its callback data, opening, parking and finishing it.

Where a learner is within a step is in `StepView.data`, saved after every tap; a message is never the only place
that knows it. Callback data is `step:<step id>:<action>[:<number>…]` and is checked against the scene each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.content.items import ITEM_FOLDERS, Challenge, Item
from bot.content.schema import Step
from bot.flows.effects import Effect, FinishStep, OpenStep, ReleaseWaiting, SaveStep
from bot.flows.scene import Scene, Stay, StepView
from bot.flows.vocabulary import (
    IDLE,
    Button,
    Conversation,
    Outcome,
    Replace,
    Rows,
    Say,
    Screen,
    Tap,
    Toast,
    button,
    screen,
    show,
)
from bot.i18n import Text, say

MENU_ROW = (button("steps/menu_button", "menu:home"),)

OF_WALK = "~"  # between the number of a walk and the id of its step
MAX_DATA = 64  # bytes of callback data, Bot API: InlineKeyboardButton.callback_data
WAIT_FOR_WORDS = frozenset({"reflection", "challenge", "survey"})  # conversations of steps
CAN_OPEN = frozenset({"offered", "open", "skipped", "missed"})
FOLDERS: Mapping[str, str] = {model.kind: folder for folder, model in ITEM_FOLDERS.items()}


class Items(Protocol):
    """Whatever knows what a step shows: a pinned `Script`, or the `Library`."""

    def item(self, step: Step) -> Item:
        """What a step shows."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One step of one learner, with all that its kind needs to go on."""

    stay: Stay
    step: Step
    item: Item
    view: StepView

    @property
    def data(self) -> Mapping[str, Any]:
        return self.view.data

    @property
    def title(self) -> Text:
        return title(self.step, self.item)

    def text(self, field: str) -> Text:
        """A text of the item, `task` or `cards/cash/text`."""
        return Text(f"{self.item.path}/{field}")

    def but(self, **changes: Any) -> Run:
        """The same step with other data (`None` removes a field)."""
        data = {key: value for key, value in {**self.data, **changes}.items() if value is not None}
        return replace(self, view=replace(self.view, data=data))


def title(step: Step, item: Item) -> Text:
    """What a step is called; texts without a title are called by what they are."""
    if getattr(item, "title", None) is None:
        return say("steps/untitled")
    return Text(f"{FOLDERS[step.kind]}/{step.use}/title")


def find(scene: Scene, step_id: str) -> Run | None:
    """The step of that id in the journey this learner walks; None when there is no such step for them."""
    view = next((view for view in scene.steps if view.id == step_id), None)
    return None if view is None else run_of(scene, view)


def run_of(scene: Scene, view: StepView) -> Run | None:
    """The same for a step that is seen already."""
    step = scene.script.step(view.id) if scene.script is not None else None
    if scene.stay is None or scene.script is None or step is None:
        return None
    return Run(scene.stay, step, scene.script.item(step), view)


def waiting(scene: Scene) -> Run | None:
    """The step whose words the conversation waits for."""
    step_id = scene.conversation.data.get("step")
    run = find(scene, str(step_id)) if step_id else None
    if run is None or run.stay.placement_id != scene.conversation.data.get("placement"):
        return None
    return run


def callback(step_id: str, action: str, *numbers: int) -> str:
    """Callback data of a step's button; raises ValueError beyond 64 bytes. A step of a walk names its walk first."""
    kind = "walk" if OF_WALK in step_id else "step"
    data = ":".join((kind, step_id, action, *map(str, numbers)))
    if len(data.encode()) > MAX_DATA:
        raise ValueError(f"the step id '{step_id}' is too long for a button; keep ids under 40 characters")
    return data


def step_button(key: str, run: Run, action: str, *numbers: int) -> Button:
    """A button with an interface label that does something to this step."""
    return button(key, callback(run.step.id, action, *numbers))


def pause_button(run: Run) -> Button:
    """Leaves a step as it stands, to go on later."""
    return step_button("steps/pause_button", run, "park")


def turn_pages(where: str, page: int, count: int, size: int) -> Rows:
    """The row that leads to the page before and to the next one, by callback data `<where>:<page>`; none where all
    fits on one page."""
    before = (button("menu/before_button", f"{where}:{page - 1}"),) if page else ()
    after = (button("menu/after_button", f"{where}:{page + 1}"),) if (page + 1) * size < count else ()
    return ((*before, *after),) if before or after else ()


def numbers(parts: tuple[str, ...]) -> tuple[int, ...]:
    """The numbers at the end of callback data; empty when they are not all small plain numbers."""
    if all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
        return tuple(map(int, parts))
    return ()


# --- what happens to a step -----------------------------------------------------------------------


def begun(run: Run) -> tuple[Effect, ...]:
    """Opens the step unless it is open."""
    return () if run.view.state == "open" else (OpenStep(run.stay.placement_id, run.step.id),)


def saved(run: Run) -> tuple[Effect, ...]:
    """Opens the step if need be and keeps where it is."""
    return (*begun(run), SaveStep(run.stay.placement_id, run.step.id, run.data))


def finished(run: Run, score: float | None = None) -> tuple[Effect, ...]:
    """Done, with its points; the ledger gives them once."""
    step = run.step
    done = FinishStep(run.stay.placement_id, step.id, run.data, step.points, serves(step, run.item), score)
    return (*begun(run), done)


def serves(step: Step, item: Item) -> tuple[str, ...]:
    """The key competences a step is for: those it names, else the one its challenge serves most."""
    if step.competences or not isinstance(item, Challenge) or item.competence is None:
        return tuple(step.competences)
    return (item.competence,)


def words_for(run: Run, **more: Any) -> Conversation:
    """The conversation that waits for words, a photo or a voice note for this step."""
    return Conversation(run.step.kind, {"placement": run.stay.placement_id, "step": run.step.id, **more})


def is_waiting_for(scene: Scene, run: Run) -> bool:
    """Whether the conversation waits for words of just this step."""
    return scene.conversation.flow == run.step.kind and scene.conversation.data.get("step") == run.step.id


def let_go(scene: Scene, run: Run) -> Conversation | None:
    """Where the conversation goes when the step no longer waits: idle, or untouched if it was elsewhere."""
    return IDLE if is_waiting_for(scene, run) else None


def set_aside(scene: Scene, outcome: Outcome, *, running: bool = False) -> Outcome:
    """What a command or a safety prompt does to a step that waits for words: the words that come next are no longer
    meant for it. The conversation remembers it under `parked`, so that the kit can offer to go on; prompts that
    waited may go out unless another step is `running`."""
    waited = scene.conversation.flow in WAIT_FOR_WORDS
    if not waited or outcome.conversation is not None:
        return outcome
    data = scene.conversation.data
    release = () if running else (ReleaseWaiting(data["placement"]),)
    aside = Conversation("", {"parked": data["step"]})
    return replace(outcome, effects=(*outcome.effects, *release), conversation=aside)


def resume_rows(scene: Scene) -> Rows:
    """The button that goes on with a step set aside, for answers to words that may have been meant for it."""
    step_id = scene.conversation.data.get("parked")
    return ((button("steps/resume_button", callback(step_id, "open")),),) if step_id else ()


def park(scene: Scene, run: Run) -> Outcome:
    """Set aside with everything answered so far; the menu offers to go on."""
    parked = screen(
        say("steps/parked", title=run.title),
        rows=((step_button("steps/go_on_button", run, "open"),), MENU_ROW),
    )
    effects = (*saved(run), ReleaseWaiting(run.stay.placement_id))
    return show(Replace(parked), effects=effects, conversation=let_go(scene, run))


def stale(run: Run, current: Screen) -> Outcome:
    """A button that is no longer the one to tap: say so and bring the message up to date."""
    return show(Toast(say("steps/answered")), Replace(current))


def and_then(step: Step) -> Rows:
    """The way to what goes with a step: the skills log, the talk half-way, the tutor's grid."""
    if step.then is None:
        return ()
    # A tutor finds talk and grid behind each learner.
    where = "grid:home" if OF_WALK in step.id else f"{step.then}:home"
    return ((button(f"steps/then/{step.then}", where),),)


def praise(run: Run, *body: Text, rows: Rows = ()) -> Screen:
    """The last screen of a step: what was done, its points, and the way on."""
    points = (say("steps/points", n=run.step.points),) if run.step.points else ()
    return Screen((*body, *points), (*rows, *and_then(run.step), MENU_ROW))


def answer(event: object, shown: Screen) -> Say | Replace:
    """Replaces the tapped message; a new one after words or a command."""
    return Replace(shown) if isinstance(event, Tap) else Say(shown)
