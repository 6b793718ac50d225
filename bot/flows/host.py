"""A tutor's own company: its card on the map, who comes when, and papers. Everything by taps and single lines.

What a tutor changes is shown at once, but a new card, another name, address, town or website waits for a coordinator
(`host:ok|no:…` are the coordinator's buttons). While words are awaited the conversation is
`Conversation("host", {"field", "asked"})`, for half an hour; `find` is the search.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.errors import BadInput
from bot.flows import host_screens as screens
from bot.flows.awaiting import asked, asked_within
from bot.flows.care import NEEDS as CARE_NEEDS, care
from bot.flows.effects import (
    AddHost,
    AgreeHost,
    ClaimHost,
    DecideHost,
    Effect,
    FindHosts,
    KeepHostFact,
    SendTutorPaper,
    WishHostFact,
)
from bot.flows.entries import unheld
from bot.flows.host_views import HostView, OwnHost
from bot.flows.listening import hear, needs_help_first
from bot.flows.running import answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    IDLE,
    Conversation,
    Event,
    Outcome,
    Replace,
    Say,
    Screen,
    Tap,
    Toast,
    Words,
    screen,
    show,
)
from bot.i18n import say
from bot.rules import host_facts
from bot.rules.danger import Danger
from bot.rules.host_facts import CAPACITIES, CONFIRMED, FREE, LISTS, OWN, SIZES, wrong

NEEDS: frozenset[str] = frozenset({"host"}) | CARE_NEEDS
FIELDS = (*OWN, *CONFIRMED)
MEANT_FOR_IT = timedelta(minutes=30)  # words that come later are not meant for the card


def handle(scene: Scene, event: Event) -> Outcome:
    """`host:home|edit|agree|yes|off|find|add|drop`, `host:set|clear:<field>`, `host:put:<field>:<n>`,
    `host:tongue:<tag>`, `host:claim:<id>`, `host:guests[:<page>]`, `host:papers`, `host:paper:<id>[:<placement>]`,
    `host:ok|no:<about>:<number>:<mark>`, and words."""
    if not isinstance(event, Tap):
        return _words(scene, event)
    parts = (*event.data.split(":"), "", "", "", "")
    if parts[1] in ("ok", "no"):
        return _decided(parts)
    view = scene.host
    if view is None:
        return show(Toast(say("learners/not_yours"), alert=True))
    match parts[1]:
        case "guests":
            return show(answer(event, screens.guests(view, _number(parts[2], 4))), conversation=IDLE)
        case "papers":
            return show(answer(event, screens.papers()), conversation=IDLE)
        case "paper":
            return _paper(view, event, parts[2], parts[3])
        case _:
            return (_card if view.host is not None else _unknown)(scene, view, event, parts)


def _waits(scene: Scene, field: str) -> Conversation:
    return asked(scene, "host", field=field)


def _number(part: str, longest: int = 18) -> int:
    return int(part) if part.isascii() and part.isdigit() and len(part) <= longest else 0


def _decided(parts: tuple[str, ...]) -> Outcome:
    if parts[2] not in screens.QUESTIONS:
        return show(Toast(say("common/old_button"), alert=True))
    return show(effects=(DecideHost(parts[2], _number(parts[3]), parts[4], parts[1] == "ok"),))


# --- whose card -----------------------------------------------------------------------------------


def _unknown(scene: Scene, view: HostView, event: Tap, parts: tuple[str, ...]) -> Outcome:
    match parts[1]:
        case "find" if view.asked is None:
            return show(Replace(screens.search()), conversation=_waits(scene, "find"))
        case "claim" if view.asked is None and _number(parts[2]):
            return show(effects=(ClaimHost(_number(parts[2])),), conversation=IDLE)
        case "add" if view.asked is None and not view.found and screens.can_add(view):
            return show(effects=(AddHost(),), conversation=IDLE)
        case _:
            return show(answer(event, screens.unknown(view)), conversation=IDLE)


# --- the card -------------------------------------------------------------------------------------


def _card(scene: Scene, view: HostView, event: Tap, parts: tuple[str, ...]) -> Outcome:
    host = view.host
    assert host is not None
    field = parts[2]
    match parts[1]:
        case "edit":
            return show(answer(event, screens.edit(host)), conversation=IDLE)
        case "set" if field in FIELDS:
            return show(Replace(screens.ask(host, field)), conversation=_waits(scene, field))
        case "clear" if field in OWN:
            return _kept(host, field, [] if field in LISTS else None)
        case "put" if field == "size" and _number(parts[3], 2) < len(SIZES):
            return _kept(host, field, SIZES[_number(parts[3], 2)])
        case "put" if field == "capacity" and _number(parts[3], 2) < len(CAPACITIES):
            return _kept(host, field, CAPACITIES[_number(parts[3], 2)])
        case "tongue" if field in screens.TONGUES or field in host.place.languages:
            spoken = host.place.languages
            after = tuple(t for t in spoken if t != field) if field in spoken else (*spoken, field)
            changed = replace(host, place=replace(host.place, languages=after))
            kept, waiting = KeepHostFact("languages", list(after)), _waits(scene, "languages")
            return show(Replace(screens.ask(changed, "languages")), effects=(kept,), conversation=waiting)
        case "drop" if host.wished:
            back = replace(host, wished={})
            return show(
                Replace(screens.card(scene.content, back)), effects=(WishHostFact("", None),), conversation=IDLE
            )
        case "agree" if host.state in ("unasked", "off"):
            return show(Replace(screens.may_we(host)), conversation=IDLE)
        case "yes" if host.state in ("unasked", "off"):
            return show(effects=(AgreeHost(True),), conversation=IDLE)
        case "off" if host.place.agreed_on is not None and host.withdrawn_on is None:
            return show(effects=(AgreeHost(False),), conversation=IDLE)
        case _:
            return show(answer(event, screens.card(scene.content, host)), conversation=IDLE)


def _kept(host: OwnHost, field: str, value: Any) -> Outcome:
    after = screens.edit(_changed(host, field, value), saved=True)
    return show(Replace(after), effects=(KeepHostFact(field, value),), conversation=IDLE)


def _changed(host: OwnHost, field: str, value: Any) -> OwnHost:
    if field in ("address", "contact_role"):
        return replace(host, **{field: value})
    facts: dict[str, Any] = {field: tuple(value) if field in LISTS else value}
    return replace(host, place=replace(host.place, **facts))


# --- words ----------------------------------------------------------------------------------------


def _words(scene: Scene, event: Event) -> Outcome:
    view, field = scene.host, scene.conversation.data.get("field", "")
    host = view.host if view is not None else None
    if (
        view is None
        or field not in (*FIELDS, "find")
        or (host is None) != (field == "find")
        or not asked_within(scene, MEANT_FOR_IT)
    ):
        return unheld(scene, event) if view is None else _not_kept(scene, event)
    if not isinstance(event, Words):
        return show(Say(screen(say("host/words_please"))))
    danger = hear(scene, event.text)
    if needs_help_first(danger):
        return care(scene, danger)
    if field == "find":
        return show(effects=(FindHosts(event.text[:100]),))
    assert host is not None
    if field in FREE and (why := wrong(event.text)):
        return show(Say(_again(host, field, why)))
    try:
        value = host_facts.parse(field, event.text)
    except BadInput:
        return show(
            Say(_again(host, field, field if field in ("capacity", "website", "languages", "trades") else "text"))
        )
    if field in CONFIRMED and not host.proposed:
        after = replace(host, wished={**host.wished, field: value})
        wish: Effect = WishHostFact(field, value)
        return show(Say(screens.card(scene.content, after)), effects=(wish,), conversation=IDLE)
    kept = screens.edit(_changed(host, field, value), saved=True)
    return show(Say(kept), effects=(KeepHostFact(field, value),), conversation=IDLE)


def _not_kept(scene: Scene, event: Event) -> Outcome:
    """Words that no field waits for any more; who needs help gets it first."""
    danger = hear(scene, event.text) if isinstance(event, Words) else Danger.NONE
    first = care(scene, danger) if needs_help_first(danger) else Outcome()
    said = Say(screen(say("steps/not_waiting")))
    return Outcome((*first.shown, said), first.effects, first.conversation or IDLE)


def _again(host: OwnHost, field: str, why: str) -> Screen:
    asked = screens.ask(host, field)
    return replace(asked, body=(say(f"host/refused/{why}"),))


# --- papers ---------------------------------------------------------------------------------------


def _paper(view: HostView, event: Tap, paper: str, about: str) -> Outcome:
    """About one learner, chosen where there are several; about nobody where there is none."""
    if paper not in screens.PAPERS:
        return show(answer(event, screens.papers()), conversation=IDLE)
    if paper != "minors-at-work" and not about and len(view.guests) > 1:
        return show(answer(event, screens.for_whom(view, paper, 0)), conversation=IDLE)
    if about == "page":
        page = _number((*event.data.split(":"), "")[4], 4)
        return show(answer(event, screens.for_whom(view, paper, page)), conversation=IDLE)
    ids = {one.placement_id for one in view.guests}
    chosen = _number(about) if about else next(iter(ids), 0)
    if chosen and chosen not in ids:
        return show(Toast(say("learners/not_yours"), alert=True))
    return show(effects=(SendTutorPaper(paper, chosen),), conversation=IDLE)
