"""Calls instead of chats: for who has no Telegram, a contact person asks on the telephone and taps what they heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.flows.effects import RecordCall
from bot.flows.scene import Scene
from bot.flows.vocabulary import Event, Outcome, Replace, Rows, Screen, Tap, Toast, button, screen, show
from bot.i18n import Moment, Text, say, verbatim

NEEDS: frozenset[str] = frozenset()

ANSWERS = {"fine": "fine", "talk": "want_to_talk", "help": "need_help"}
WORDS = ("left", "arrived")
OUTCOMES = {"told": "told", "not_reached": "not_reached", "missed": "not_reached", "later": "later"}


def handle(scene: Scene, event: Event) -> Outcome:
    """`call:<fine|talk|help>:<check-in>`, `call:<left|arrived>:<journey>`, `call:<told|…|later>:<task>`."""
    parts = event.data.split(":") if isinstance(event, Tap) else []
    if len(parts) != 3 or not parts[2].isdecimal() or len(parts[2]) > 18 or not scene.is_referent:
        return show(Toast(say("calls/old_button"), alert=True))
    word, number = parts[1], int(parts[2])
    if word in ANSWERS:
        return _done(word, RecordCall("check_in", number, ANSWERS[word]))
    if word in WORDS:
        return _done(word, RecordCall("travel", number, word))
    if word in OUTCOMES:
        return _done(word, RecordCall("message", number, OUTCOMES[word]))
    return show(Toast(say("calls/old_button"), alert=True))


def _done(word: str, effect: RecordCall) -> Outcome:
    return show(Toast(say("calls/noted")), Replace(screen(say(f"calls/done/{word}"))), effects=(effect,))


# --- what is shown ------------------------------------------------------------------------------


def ask(
    check_in_id: int, name: str, phone: str | None, until: datetime | None = None, *, roll_call: bool = False
) -> Screen:  # fmt: skip
    """To the contact person: whom to call now; `until` in the reminder, after which it alerts."""
    first = say("calls/roll_call" if roll_call else "calls/ask", name=verbatim(name), phone=_phone(phone))
    body = (first,) if until is None else (say("calls/remind", until=Moment(until, "time")), first)
    rows: Rows = tuple((button(f"calls/{word}_button", f"call:{word}:{check_in_id}"),) for word in ANSWERS)
    return Screen((*body, say("calls/not_reached")), rows)


def travels(travel_id: int, name: str, phone: str | None, *, left: bool) -> Screen:
    """To the contact person, on a travel day of somebody they call."""
    rows: Rows = ((button("calls/arrived_button", f"call:arrived:{travel_id}"),),)
    if not left:
        rows = ((button("calls/left_button", f"call:left:{travel_id}"),), *rows)
    return Screen((say("calls/travel", name=verbatim(name), phone=_phone(phone)),), rows)


def read_out(task_id: int, name: str, phone: str | None, words: str) -> Screen:
    """To the contact person: a message to read to somebody."""
    rows: Rows = (
        (button("calls/told_button", f"call:told:{task_id}"),),
        (button("calls/not_reached_button", f"call:not_reached:{task_id}"),),
    )
    return Screen((say("calls/read_out", name=verbatim(name), phone=_phone(phone)), verbatim(words)), rows)


def due(task_id: int, name: str, phone: str | None, steps: Sequence[tuple[Text, str]]) -> Screen:
    """To the contact person: what is due today for somebody; of each step its title, and what there is to say."""
    body = [say("calls/due", name=verbatim(name), phone=_phone(phone))]
    for title, words in steps:
        body += [say("calls/due_step", title=title), *([verbatim(words)] if words else [])]
    rows: Rows = (
        (button("calls/due_told_button", f"call:told:{task_id}"),),
        (button("calls/not_reached_button", f"call:missed:{task_id}"),
         button("calls/later_button", f"call:later:{task_id}")),
    )  # fmt: skip
    return Screen(tuple(body), rows)


def _phone(phone: str | None) -> Text:
    return verbatim(phone) if phone else say("calls/no_number")
