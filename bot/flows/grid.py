"""The tutor's assessment, in the tutor's own chat: one outcome a message, kept at every tap, handed in at the end.

While it waits for a comment the conversation is `Conversation("grid", {"placement", "moment"})`.
"""

from __future__ import annotations

from dataclasses import replace

from bot.flows.care import NEEDS as CARE_NEEDS, care
from bot.flows.effects import CommentGrid, GradeOutcome, HandInGrid
from bot.flows.entries import too_long
from bot.flows.listening import hear, needs_help_first
from bot.flows.outcome_screens import LIMIT, grade, number_rows, numbered
from bot.flows.outcome_views import Draft, OutcomeView, Tutored
from bot.flows.running import answer, turn_pages
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
from bot.i18n import Day, Text, say, verbatim
from bot.rules.outcomes import GRADES, MOMENTS, NOT_SEEN

NEEDS: frozenset[str] = frozenset({"tutored"}) | CARE_NEEDS
PAGE = 8
MENU = (button("steps/menu_button", "menu:home"),)


def handle(scene: Scene, event: Event) -> Outcome:
    """`grid:home`, `grid:list:<page>`, `grid:of:<p>`, `grid:go|sum|hand|uncomment:<p>:<moment>`,
    `grid:at:<p>:<moment>:<code>`, `grid:v:<p>:<moment>:<code>:<0-4>`, and the comment."""
    if not isinstance(event, Tap):
        return _words(scene, event)
    parts = (*event.data.split(":"), "", "", "", "", "")
    if parts[1] in ("home", "list"):
        page_ = int(parts[2]) if parts[2].isdecimal() and len(parts[2]) < 4 else 0
        return show(answer(event, home(scene, page_)), conversation=IDLE)
    one = learner(scene, parts[2])
    if one is None:
        return show(Toast(say("learners/not_yours"), alert=True))
    if parts[1] == "of" or parts[3] not in MOMENTS or not one.outcomes:
        return show(answer(event, page(one)), conversation=IDLE)
    return _act(one, parts[1], parts[3], parts[4], parts[5])


def learner(scene: Scene, named: object) -> Tutored | None:
    """The learner of that stay, if they are this tutor's."""
    return next((one for one in scene.tutored if str(one.placement_id) == str(named)), None)


# --- whom -----------------------------------------------------------------------------------------


def home(scene: Scene, at: int = 0) -> Screen:
    """The tutor's learners; one alone is shown at once."""
    if not scene.tutored:
        return screen(say("grid/nobody"), rows=(MENU,))
    if len(scene.tutored) == 1:
        return page(scene.tutored[0])
    rows = tuple(
        (Button(say("grid/learner_button", name=verbatim(one.learner)), f"grid:of:{one.placement_id}"),)
        for one in scene.tutored[at * PAGE : (at + 1) * PAGE]
    )
    turn = turn_pages("grid:list", at, len(scene.tutored), PAGE)
    return Screen((say("grid/learners", n=len(scene.tutored)),), (*rows, *turn, MENU))


def page(one: Tutored) -> Screen:
    """One learner: until when they stay, what is assessed, and the ways on."""
    body: list[Text] = [say("grid/of", name=verbatim(one.learner), cohort=verbatim(one.cohort))]
    if one.itinerary is not None:
        body.append(say("grid/stay", arrival=Day(one.itinerary.arrival), return_=Day(one.itinerary.return_)))
    if not one.outcomes:
        return Screen((*body, say("grid/no_outcomes")), (MENU,))
    body += [_state(one, moment) for moment in MOMENTS]
    rows: Rows = (
        (button("review/talk_button", f"review:of:{one.placement_id}"),),
        *((button(f"grid/moment_button/{moment}", f"grid:go:{one.placement_id}:{moment}"),) for moment in MOMENTS),
        (button("grid/home_button", "grid:home"), *MENU),
    )
    return Screen(tuple(body), rows)


def _state(one: Tutored, moment: str) -> Text:
    draft = one.drafts.get(moment, Draft())
    if draft.handed_in:
        line = "grid/changed_line" if draft.changed else "grid/handed_in_line"
        return say(f"grid/state/{moment}", state=say(line))
    done = sum(o.code in draft.grades for o in one.outcomes)
    return say(f"grid/state/{moment}", state=say("grid/so_far", done=done, total=len(one.outcomes)))


# --- outcome by outcome ---------------------------------------------------------------------------


def _act(one: Tutored, action: str, moment: str, code: str, value: str) -> Outcome:
    draft = one.drafts.get(moment, Draft())
    outcome = next((o for o in one.outcomes if o.code == code), None)
    match action:
        case "v" if outcome is not None and value in ("0", "1", "2", "3", "4"):
            return _grade(one, moment, draft, outcome, int(value))
        case "at" if outcome is not None:
            return show(Replace(_asked(one, moment, draft, outcome)), conversation=IDLE)
        case "hand" if not _open(one, draft):
            done = screen(say("grid/handed_in", name=verbatim(one.first_name)), rows=_after(one))
            return show(Replace(done), effects=(HandInGrid(one.placement_id, moment),), conversation=IDLE)
        case "uncomment" if draft.comment:
            after = replace(draft, comment=None)
            return _sum(one, moment, after, CommentGrid(one.placement_id, moment, None))
        case _:
            left = _open(one, draft)
            if left:
                return show(Replace(_asked(one, moment, draft, left[0])), conversation=IDLE)
            return _sum(one, moment, draft)


def _after(one: Tutored) -> Rows:
    return ((button("grid/back_button", f"grid:of:{one.placement_id}"),), MENU)


def _open(one: Tutored, draft: Draft) -> tuple[OutcomeView, ...]:
    return tuple(o for o in one.outcomes if o.code not in draft.grades)


def _asked(one: Tutored, moment: str, draft: Draft, outcome: OutcomeView) -> Screen:
    at = one.outcomes.index(outcome)
    head = say("grid/head", name=verbatim(one.first_name), moment=say(f"grid/moment/{moment}"),
               number=at + 1, total=len(one.outcomes))  # fmt: skip
    unit = () if outcome.unit is None else (say("grid/unit", unit=outcome.unit),)
    body = (head, *unit, say("outcomes/quoted", words=outcome.words), say("grid/ask"))
    one_to_four = [_value(one, moment, draft, outcome, value) for value in GRADES]
    unseen = (_value(one, moment, draft, outcome, NOT_SEEN),)
    where = f"{one.placement_id}:{moment}"
    back = button("assessment/back_button", f"grid:at:{where}:{one.outcomes[at - 1].code}") if at else None
    leave = button("grid/pause_button", f"grid:of:{one.placement_id}")
    last = (back, leave) if back else (leave,)
    return Screen(body, (tuple(one_to_four[:2]), tuple(one_to_four[2:]), unseen, last))


def _value(one: Tutored, moment: str, draft: Draft, outcome: OutcomeView, value: int) -> Button:
    label = say(f"grid/value/{value}")
    if draft.grades.get(outcome.code) == value:
        label = say("assessment/chosen", answer=label)
    return Button(label, f"grid:v:{one.placement_id}:{moment}:{outcome.code}:{value}")


def _grade(one: Tutored, moment: str, draft: Draft, outcome: OutcomeView, value: int) -> Outcome:
    """Kept, then the next one that is open; when none is, all of them to look at."""
    effect = GradeOutcome(one.placement_id, moment, outcome.code, value)
    after = replace(draft, grades={**draft.grades, outcome.code: value})
    at = one.outcomes.index(outcome)
    left = _open(one, after)
    following = next((o for o in one.outcomes[at + 1 :] if o in left), left[0] if left else None)
    if following is not None:
        return show(Replace(_asked(one, moment, after, following)), effects=(effect,), conversation=IDLE)
    summed = _sum(one, moment, after)
    return replace(summed, effects=(effect, *summed.effects))


# --- all of it ------------------------------------------------------------------------------------


def _sum(one: Tutored, moment: str, draft: Draft, *effects: CommentGrid) -> Outcome:
    """Everything to look at before it is handed in, with a comment if the tutor likes: from now on words are one."""
    waiting = Conversation("grid", {"placement": one.placement_id, "moment": moment})
    return show(Replace(_summed(one, moment, draft)), effects=effects, conversation=waiting)


def _summed(one: Tutored, moment: str, draft: Draft) -> Screen:
    lines = numbered(
        one.outcomes,
        lambda number, o: say("grid/line", number=number, words=o.words, grade=grade(draft.grades.get(o.code, 0))),
    )
    head = say("grid/sum", name=verbatim(one.first_name), moment=say(f"grid/moment/{moment}"))
    body = [head, *lines]
    if draft.comment:
        body.append(say("grid/comment", words=verbatim(draft.comment)))
    body.append(say("grid/comment_ask", name=verbatim(one.first_name)))
    where = f"{one.placement_id}:{moment}"
    hand = "grid/hand_again_button" if draft.handed_in else "grid/hand_button"
    rows: list[tuple[Button, ...]] = [(button(hand, f"grid:hand:{where}"),)]
    if draft.comment:
        rows.append((button("grid/uncomment_button", f"grid:uncomment:{where}"),))
    rows += [
        *number_rows(one.outcomes, f"grid:at:{where}"),
        (button("grid/pause_button", f"grid:of:{one.placement_id}"),),
    ]
    return Screen(tuple(body), tuple(rows))


def _words(scene: Scene, event: Event) -> Outcome:
    """The comment; whatever it tells of is heard first."""
    data = scene.conversation.data
    one, moment = learner(scene, data.get("placement")), str(data.get("moment"))
    if one is None or moment not in MOMENTS:
        return show(Say(screen(say("steps/not_waiting"))), conversation=IDLE)
    if not isinstance(event, Words) or not event.text.strip():
        return show(Say(screen(say("grid/words_only"))))
    danger = hear(scene, event.text)
    if needs_help_first(danger):
        return care(scene, danger)
    problem = too_long(event, LIMIT)
    if problem is not None:
        return show(Say(screen(problem)))
    draft = replace(one.drafts.get(moment, Draft()), comment=event.text.strip())
    effect = CommentGrid(one.placement_id, moment, draft.comment)
    return show(Say(_summed(one, moment, draft)), effects=(effect,))
