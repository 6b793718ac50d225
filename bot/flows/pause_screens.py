"""What is said about a pause of check-ins: to its learner, and to those who look after them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.flows.scene import PauseView
from bot.flows.vocabulary import Button, Rows, Screen, button, screen
from bot.i18n import Day, Listing, Moment, Text, say, verbatim
from bot.rules.pause import State


def span(first: date, last: date) -> Text:
    """One day, or from one to another, as part of a sentence."""
    if first == last:
        return say("pause/on_day", day=Day(first, "full"))
    return say("pause/from_to", first=Day(first, "full"), last=Day(last, "full"))


def names_of(people: Sequence[str]) -> Listing:
    """Several people in a sentence."""
    return Listing(tuple(verbatim(name) for name in people))


def stop_row(view: PauseView) -> tuple[Button, ...]:
    """The button that ends a pause, or takes a request back."""
    key = "pause/take_back_button" if view.terms.state is State.ASKED else "pause/end_button"
    return (button(key, f"pause:stop:{view.id}"),)


# --- to the learner -----------------------------------------------------------------------------


def asked(view: PauseView, deciders: Sequence[str], by: datetime) -> Screen:
    """The request is out: who was asked, and until when."""
    body = say("pause/asked", names=names_of(deciders), at=Moment(by, "short", view.zone))
    return screen(body, rows=(stop_row(view),))


def begun(view: PauseView) -> Screen:
    """A pause that nobody needs to agree to."""
    return screen(say("pause/begun", span=span(*view.span)), rows=(stop_row(view),))


def standing(view: PauseView) -> Screen:
    """The pause there is."""
    key = "pause/waiting" if view.terms.state is State.ASKED else "pause/holds"
    return screen(say(key, span=span(*view.span)), rows=(stop_row(view),))


def over(view: PauseView) -> Screen:
    """Ended or taken back, by the learner."""
    if view.terms.back_on is None:
        return screen(say("pause/taken_back"))
    return screen(say("pause/ended", day=Day(view.terms.back_on, "full")))


def told(view: PauseView, by: str, what: str) -> Screen:
    """What somebody decided: agreed, refused or ended."""
    words = say(f"pause/told/{what}", name=verbatim(by), **_day_or_span(view, what))
    rows: Rows = ()
    if what == "agreed":
        rows = (stop_row(view),)
    elif what == "refused":
        rows = ((button("pause/write_button", "relay:new"),),)
    return screen(words, rows=rows)


def told_lapsed() -> Screen:
    """Nobody answered in time."""
    return screen(say("pause/told/lapsed"))


def _day_or_span(view: PauseView, what: str) -> dict[str, Day | Text]:
    if what in ("ended", "ended_by"):
        return {"day": Day(view.terms.back_on or view.terms.first, "full")}
    return {"span": span(*view.span)} if what in ("agreed", "agreed_by", "begun", "withdrawn", "lapsed") else {}


# --- to those who look after them ---------------------------------------------------------------


def request(view: PauseView, by: datetime) -> Screen:
    """A minor asks: agree or not."""
    head = say("pause/desk/request", learner=verbatim(view.learner), code=view.code, span=span(*view.span))
    until = say("pause/desk/answer_by", at=Moment(by, "short"))
    return screen(head, say("pause/desk/means"), until, rows=(decide_row(view),))


def decide_row(view: PauseView) -> tuple[Button, ...]:
    """Agree, or don't."""
    return (
        button("pause/agree_button", f"pause:agree:{view.id}"),
        button("pause/refuse_button", f"pause:refuse:{view.id}"),
    )


def desk(view: PauseView, what: str, by: str | None = None) -> Screen:
    """One line of news; with the button to end the pause where there is one."""
    args = _day_or_span(view, what)
    if by is not None:
        args["name"] = verbatim(by)
    rows: Rows = (stop_row(view),) if what in ("agreed", "agreed_by", "begun") else ()
    if what == "alert_open":
        rows = (decide_row(view),)  # once the alert is settled
    return screen(say(f"pause/desk/{what}", learner=verbatim(view.learner), code=view.code, **args), rows=rows)


def decided(view: PauseView) -> Screen:
    """To who answers too late: what holds."""
    name = view.decided_by or ""
    match view.terms.state:
        case State.ON if view.terms.back_on is not None:
            return desk(view, "ended")
        case State.ON if name:
            return desk(view, "agreed_by", name)
        case State.ON:
            return desk(view, "begun")
        case State.REFUSED:
            return desk(view, "refused_by", name)
        case State.WITHDRAWN:
            return desk(view, "withdrawn")
        case _:
            return screen(say("pause/desk/over"))


def state_line(view: PauseView) -> Text:
    """The pause in a list or on a card."""
    return say(f"pause/state/{view.terms.state.value}", span=span(*view.span))
