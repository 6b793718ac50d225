"""Somebody confided something hard: "whom may I tell?", one by one, and what if it is about one of them.

The choice stands in the buttons themselves, so that what is sent is what the message showed when it was tapped. Numbers
in a button count only if they are on the list as it stands now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.flows.effects import Confide, OpenCase
from bot.flows.scene import ConfideView, Scene
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Screen, Tap, Toast, button, screen, show
from bot.i18n import Listing, Text, say
from bot.rules.confiding import Confidant, leave_out, receivers

NEEDS = frozenset({"confide"})

SOS = (button("gate/sos_button", "sos:open"),)
# Where nobody here can be told: people outside.
OUTSIDE = tuple(
    (button(f"care/{key}", f"kit:new:{topic}"),)
    for key, topic in (("help_button", "harassment"), ("numbers_button", "emergency_numbers"))
)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"  # numbers are written short: seven of them fit into a button


def handle(scene: Scene, event: Event) -> Outcome:
    """The taps `confide:<list|send>[:<chosen>]`, `confide:about`, `confide:<name|case>:<whom>`, `confide:none`,
    `confide:nobody`."""
    view, parts = scene.confide, event.data.split(":") if isinstance(event, Tap) else []
    if view is None or len(parts) < 2:
        return show(Toast(say("confide/gone"), alert=True))
    action, named = parts[1], parts[2] if len(parts) > 2 else ""
    match action:
        case "send":
            return _send(view, _chosen(view, named))
        case "about":
            return show(Replace(_about(view)))
        case "none":
            return show(Toast(say("confide/not_listed"), alert=True), Replace(choose(view)))
        case "name" | "case" if named in view.nameable:
            return _name(view, named) if action == "name" else _case(view, named)
        case "nobody":
            return show(Replace(screen(say("confide/nobody"), rows=(SOS,))))
        case "list":
            return show(Replace(choose(view, _chosen(view, named))))
        case _:
            return show(Toast(say("confide/gone")), Replace(choose(view)))


# --- whom may I tell? -----------------------------------------------------------------------------


def choose(view: ConfideView, chosen: Sequence[int] = ()) -> Screen:
    """Everybody who could be told, each to be switched on; nobody is by default."""
    known = [one.membership_id for one in view.people]
    toggles = tuple((_toggle(one, chosen, known),) for one in view.people)
    send = ((button("confide/send_button", f"confide:send:{_written(chosen)}"),),) if chosen else ()
    about = ((button("confide/about_button", "confide:about"),),) if view.nameable else ()
    body = [say("confide/choose") if view.people else say("confide/nobody_reached")]
    if view.people and any(lead.reached for lead in view.leads):
        body.append(say("confide/then_lead", names=_names(lead for lead in view.leads if lead.reached)))
    return Screen(tuple(body), (*toggles, *send, *about, (button("confide/nobody_button", "confide:nobody"),)))


def _toggle(one: Confidant, chosen: Sequence[int], known: Sequence[int]) -> Button:
    key = "confide/on" if one.membership_id in chosen else "confide/off"
    after = leave_out(chosen, one.membership_id, known)
    return button(key, f"confide:list:{_written(after)}", name=one.name, role=_role(one))


def _send(view: ConfideView, chosen: tuple[int, ...]) -> Outcome:
    if not chosen:
        return show(Toast(say("confide/pick_first"), alert=True), Replace(choose(view)))
    told = [one for one in view.people if one.membership_id in chosen]
    return show(Replace(sent(view, told)), effects=(Confide(view.placement_id, chosen),))


def sent(view: ConfideView, told: Sequence[Confidant]) -> Screen:
    """Who reads it now, and how to write to them."""
    rest = [lead for lead in view.leads if lead.reached and lead not in told]
    body = [say("confide/sent", names=_names(told))]
    if rest:
        body.append(say("confide/then_lead", names=_names(rest)))
    return Screen(tuple(body), (*_write(view, told), SOS))


def _write(view: ConfideView, told: Iterable[Confidant]) -> Rows:
    return tuple(
        (button("confide/write_button", f"relay:to:{view.placement_id}:{one.person_id}", name=one.name),)
        for one in told
        if one.reached
    )


# --- it is about one of them ----------------------------------------------------------------------


def _about(view: ConfideView) -> Screen:
    rows = tuple(
        (button("confide/one", f"confide:name:{key}", name=one.name, role=_role(one)),)
        for key, one in view.nameable.items()
    )
    back = ((button("confide/none_button", "confide:none"),), (button("confide/back_button", "confide:list:"),))
    return screen(say("confide/who"), rows=(*rows, *back))


def _name(view: ConfideView, key: str) -> Outcome:
    """What would happen, before anything does."""
    one = view.nameable[key]
    to = receivers(view.leads, view.coordinators, one.person_id)
    what = (
        say("confide/confirm", names=_names(to), name=one.name) if to else say("confide/confirm_nobody", name=one.name)
    )
    body = [what]
    if not to and all(other.person_id == one.person_id for other in view.people):
        body.append(say("confide/confirm_alone", name=one.name))
    rows = ((button("confide/case_button", f"confide:case:{key}"),), (button("confide/back_button", "confide:about"),))
    return show(Replace(Screen(tuple(body), (*(() if to else OUTSIDE), *rows))))


def _case(view: ConfideView, key: str) -> Outcome:
    one = view.nameable[key]
    return show(effects=(OpenCase(view.placement_id, one.role, int(key) if key.isdecimal() else None),))


def case_opened(view: ConfideView, named: Confidant, told: Sequence[Confidant], *, new: bool) -> Screen:
    """To the learner: who was told, and that the person named sees nothing. Where nobody looks after such things, a
    contact person who isn't meant can still be told: the list comes again."""
    before = "" if new else "_before"
    nobody = "" if told else "_nobody"
    text = say(f"confide/told{before}{nobody}", name=named.name, **({"names": _names(told)} if told else {}))
    if told:
        return Screen((text,), (*_write(view, told), SOS))
    rest = [one for one in view.people if one.person_id != named.person_id]
    known = [one.membership_id for one in rest]
    toggles = tuple((_toggle(one, (), known),) for one in rest)
    return Screen((text, *((say("confide/choose"),) if rest else ())), (*toggles, *OUTSIDE, SOS))


# --- words and numbers ------------------------------------------------------------------------------


def _role(one: Confidant) -> Text:
    return say(f"confide/role/{one.role}")


def _names(people: Iterable[Confidant]) -> Listing:
    return Listing(tuple(dict.fromkeys(one.name for one in people)))


def _chosen(view: ConfideView, written: str) -> tuple[int, ...]:
    numbers = {_read(word) for word in written.split(".")}
    return tuple(one.membership_id for one in view.people if one.membership_id in numbers)


def _written(numbers: Iterable[int]) -> str:
    return ".".join(_short(number) for number in numbers)


def _short(number: int) -> str:
    word = ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        word = DIGITS[digit] + word
    return word


def _read(word: str) -> int | None:
    if not word or len(word) > 12 or any(letter not in DIGITS for letter in word):
        return None
    return int(word, len(DIGITS))
