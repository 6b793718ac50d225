"""The daily "are you fine?" and that of a roll call: asking, reminding, answering; safety never waits for a consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.flows import travel
from bot.flows.effects import AnswerCheckIn
from bot.flows.scene import Scene
from bot.flows.sos import numbers
from bot.flows.vocabulary import Event, Outcome, Rows, Say, Screen, Tap, Toast, button, screen, show
from bot.i18n import Listing, Moment, say

NEEDS = frozenset({"check_in", "travel"})

OPEN = frozenset({"asked", "delivered", "reminded", "alerted"})
ANSWERS = {"fine": "fine", "help": "need_help", "talk": "want_to_talk"}


def handle(scene: Scene, event: Event) -> Outcome:
    """`/checkin`, `check_in:open`, and the answers `check_in:<fine|help|talk>:<id, 0 for today's>`."""
    if scene.stay is None:
        return show(Say(screen(say("check_in/no_stay"))))
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if len(parts) == 3 and parts[1] in ANSWERS and parts[2].isdecimal():
        return _answered(scene, scene.stay.placement_id, ANSWERS[parts[1]], int(parts[2][:18]))
    if scene.travel is not None and not waits(scene):
        return show(Say(travel.today(scene.travel)))
    return show(Say(_today(scene)))


def _today(scene: Scene) -> Screen:
    known = scene.check_in
    if known is not None and known.state == "answered" and known.answer == "fine":
        return screen(say("check_in/already"), rows=(*_rows(known.id), *_quiet(scene)))
    return screen(say("check_in/open"), rows=(*_rows(known.id if known else 0), *_quiet(scene)))


def _quiet(scene: Scene) -> Rows:
    """The way to planned silence, for who is abroad and owes no answer."""
    if scene.stay is None or scene.stay.stage != "during" or waits(scene):
        return ()
    return ((button("pause/open_button", "pause:open"),),)


def waits(scene: Scene) -> bool:
    """Is a check-in asked and not answered yet?"""
    return scene.check_in is not None and scene.check_in.state in OPEN and scene.check_in.answer is None


def tap_please(scene: Scene) -> Screen:
    """The question with its buttons, for words that could mean any of them."""
    return screen(say("check_in/tap"), rows=_rows(scene.check_in.id if scene.check_in else 0))


def _answered(scene: Scene, placement_id: int, answer: str, check_in_id: int) -> Outcome:
    effect = AnswerCheckIn(placement_id, answer, check_in_id or None)
    toast = Toast(say(f"check_in/toast/{answer}"))
    if answer == "need_help":
        return show(toast, *numbers(scene), effects=(effect,))
    return show(toast, effects=(effect,))


# --- what is shown ------------------------------------------------------------------------------


def _rows(check_in_id: int) -> tuple[tuple, ...]:  # type: ignore[type-arg]
    return (
        (button("check_in/fine_button", f"check_in:fine:{check_in_id}"),),
        (button("check_in/help_button", f"check_in:help:{check_in_id}"),),
        (button("check_in/talk_button", f"check_in:talk:{check_in_id}"),),
    )


def ask(check_in_id: int, name: str, *, roll_call: bool = False) -> Screen:
    """The question of the day, or of a roll call: then somebody wants to know right now."""
    key = "check_in/roll_call/ask" if roll_call else "check_in/ask"
    return screen(say(key, name=name), rows=_rows(check_in_id))


def remind(check_in_id: int, name: str, until: datetime, *, roll_call: bool = False) -> Screen:
    """The one reminder: until when, and what happens then."""
    key = "check_in/roll_call/remind" if roll_call else "check_in/remind"
    return screen(say(key, name=name, until=Moment(until, "time")), rows=_rows(check_in_id))


def thanks(late: bool, told: Sequence[str], *, roll_call: bool = False) -> Screen:
    """The learner is fine; when somebody was alerted meanwhile, who hears of it."""
    if late and told:
        return screen(say("check_in/thanks_late", names=Listing(tuple(told))))
    return screen(say("check_in/roll_call/thanks" if roll_call else "check_in/thanks"))


def help_offered(urgent: bool, told: Sequence[str]) -> Screen:
    """Somebody is being told; what to do meanwhile."""
    rows = (
        (button("check_in/write_button", "relay:new"),),
        (button("check_in/sos_button", "sos:open"),),
    )
    key = "check_in/help_urgent" if urgent else "check_in/help_talk"
    if not told:
        return screen(say("check_in/help_nobody"), rows=rows)
    words = (say("sos/words_go"),) if urgent else ()
    return screen(say(key, names=Listing(tuple(told))), *words, rows=rows)


def too_early(counts_from: datetime) -> Screen:
    """Good to know, but today's question still comes."""
    return screen(say("check_in/too_early", at=Moment(counts_from, "time")))


def nothing_due() -> Screen:
    """Fine, on a day without a check-in."""
    return screen(say("check_in/nothing_due"))
