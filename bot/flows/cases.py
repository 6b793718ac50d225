"""A case in the chat of who looks after safeguarding: open it, take it, write to the learner, close it with an outcome.

The message that arrives names nobody: a telephone lies on a table. Opening it is kept in the audit.
"""

from __future__ import annotations

from bot.flows.effects import CloseCase, ReadCase, TakeCase
from bot.flows.relay import begin
from bot.flows.scene import CaseView, Scene
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Say, Screen, Tap, Toast, button, screen, show
from bot.i18n import Moment, Text, say, verbatim
from bot.rules.confiding import CaseOutcome

NEEDS = frozenset({"case"})


def handle(scene: Scene, event: Event) -> Outcome:
    """The taps `case:<open|take|write|close>:<id>` and `case:<outcome>:<id>`."""
    case, action = scene.case, event.data.split(":")[1] if isinstance(event, Tap) and ":" in event.data else ""
    if case is None:
        return show(Toast(say("case/not_yours"), alert=True))
    if case.closed:
        return show(Toast(say("case/closed_before"), alert=True))
    if action == "write":
        return begin(scene, case.placement_id, case.learner, case.person_id)
    if action == "take":
        if case.taken_by is not None and not case.mine:
            return show(Toast(say("case/taken_toast", name=case.taken_by), alert=True))
        return show(Toast(say("case/took_toast")), effects=(TakeCase(case.id),))
    if action == "close":
        return show(Say(_outcomes(case)))
    if action in set(CaseOutcome):
        done = say("case/closed", id=case.id, how=say(f"case/outcome/{action}"))
        return show(Toast(say("case/closed_toast")), Replace(screen(done)), effects=(CloseCase(case.id, action),))
    return show(Say(whole(case)), effects=(ReadCase(case.id),))


def whole(case: CaseView) -> Screen:
    """Everything about a case: who, about whom, since when, what to do."""
    if case.mine:
        state = say("case/taken_you")
    else:
        state = say("case/taken", name=verbatim(case.taken_by)) if case.taken_by else say("case/free")
    body = (
        say("case/head", id=case.id, learner=case.learner, code=case.code, cohort=case.cohort),
        say("case/about", name=verbatim(case.named), role=say(f"confide/role/{case.named_role}")),
        say("case/since", at=Moment(case.opened_at, "short", case.zone)),
        say("case/phone", phone=case.phone) if case.phone else say("case/no_phone"),
        say("case/todo"),
        state,
    )
    take: Rows = () if case.taken_by else ((button("case/take_button", f"case:take:{case.id}"),),)
    rows = (
        (button("case/write_button", f"case:write:{case.id}"),),
        (button("case/close_button", f"case:close:{case.id}"),),
    )
    return Screen(body, (*take, *rows))


def _outcomes(case: CaseView) -> Screen:
    rows = tuple((button(f"case/outcome/{one.value}", f"case:{one.value}:{case.id}"),) for one in CaseOutcome)
    return screen(say("case/which_outcome", name=verbatim(case.named)), rows=rows)


def line(case: CaseView) -> Text:
    """One line of `/alerts`."""
    state = say("case/taken", name=verbatim(case.taken_by)) if case.taken_by else say("case/free")
    return say("case/line", id=case.id, cohort=case.cohort, at=Moment(case.opened_at, "short"), state=state)


def open_button(case_id: int, key: str = "case/open_button") -> tuple[Button, ...]:
    """Leads to the whole of it."""
    return (button(key, f"case:open:{case_id}", **({"id": case_id} if key == "case/line_button" else {})),)


# --- messages ---------------------------------------------------------------------------------------


def new(case_id: int, cohort: str, *, in_place: bool) -> Screen:
    """To who gets it; `in_place`: coordinators, where nobody looks after safeguarding."""
    body = [say("case/new", id=case_id, cohort=cohort), say("case/new_why")]
    if in_place:
        body.append(say("case/in_place"))
    return Screen(tuple(body), (open_button(case_id),))


def reminder(case_id: int, cohort: str, since: Moment) -> Screen:
    """Nobody has taken it in a day."""
    return screen(say("case/reminder", id=case_id, cohort=cohort, at=since), rows=(open_button(case_id),))


def still_open(case_id: int, cohort: str) -> Screen:
    """To who has it, once a week."""
    return screen(say("case/still_open", id=case_id, cohort=cohort), rows=(open_button(case_id),))


def others(case_id: int, name: str) -> Screen:
    """To the others who were told."""
    return screen(say("case/others", id=case_id, name=verbatim(name)))


def learner_taken(name: str, placement_id: int, person_id: int) -> Screen:
    """To the learner: a human has read it."""
    write = ((button("confide/write_button", f"relay:to:{placement_id}:{person_id}", name=name),),)
    return screen(say("case/learner_taken", name=verbatim(name)), rows=write)


def learner_closed(name: str | None) -> Screen:
    """To the learner, who has the last word."""
    text = say("case/learner_closed", name=verbatim(name)) if name else say("case/learner_closed_desk")
    return screen(text, rows=((button("gate/sos_button", "sos:open"),),))
