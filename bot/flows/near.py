"""*Near me*: the places of the kit that are nearest, at once from the centre, and from where somebody is who shares it.

A location shared for this is used once and not kept, save while an alert about the learner is open: then it goes where
every location goes (`bot.flows.sos`). For some minutes after the question a location is taken as meant for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.content.kits import Kit
from bot.flows import sos
from bot.flows.awaiting import asked, asked_within
from bot.flows.running import set_aside
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    Button,
    Event,
    Outcome,
    Place,
    Replace,
    ReplyButton,
    Rows,
    Say,
    Screen,
    Tap,
    Toast,
    Venue,
    button,
    screen,
    show,
)
from bot.i18n import Day, Text, say, verbatim
from bot.rules.nearby import HERE_KM as HERE_KM, Near, Spot, any_near, nearest, outside

NEEDS = sos.NEEDS

FLOW = "near"
MEANT_FOR_IT = timedelta(minutes=15)
BUTTON = button("near/button", "near:home")
SHARE = ((ReplyButton(say("near/share_button"), location=True),),)
ELSEWHERE: Rows = ((button("near/numbers_button", "kit:new:emergency_numbers"), button("kit/all_button", "kit:home")),)


def offered(scene: Scene) -> bool:
    """Is there anything to be near to?"""
    kit = kit_of(scene)
    return kit is not None and any_near(kit)


def is_awaited(scene: Scene, place: Place, flow: str = FLOW) -> bool:
    """Is that location an answer to what this flow asked? The steps of a live one never are."""
    return scene.conversation.flow == flow and not place.update and asked_within(scene, MEANT_FOR_IT)


def handle(scene: Scene, event: Event) -> Outcome:
    """`near:home`, `near:place:<place id>`, and a location that is awaited."""
    kit = kit_of(scene)
    if kit is None:
        return show(Toast(say("kit/gone")))
    if isinstance(event, Place):
        return _seen(scene, kit, event)
    name = event.data.removeprefix("near:place:") if isinstance(event, Tap) else ""
    for place in kit.places:
        if place.id == name and place.latitude is not None and place.longitude is not None:
            where = place.address or scene.content.catalogues.plain(_name(kit), scene.language, scene.zone)
            return show(Say(Screen((), venue=Venue(place.latitude, place.longitude, place.name, where))))
    return _asked(scene, kit)


def _asked(scene: Scene, kit: Kit) -> Outcome:
    """The list from the centre, and the keyboard that shares the location."""
    ask = Say(screen(say("near/ask"), reply=SHARE))
    outcome = show(Replace(_list(kit, centre_of(kit), say("near/from_centre", city=_name(kit)))), ask)
    return _awaiting(scene, set_aside(scene, outcome))


def _awaiting(scene: Scene, outcome: Outcome) -> Outcome:
    before = outcome.conversation or scene.conversation
    parked = {"parked": before.data["parked"]} if "parked" in before.data else {}
    return replace(outcome, conversation=asked(scene, FLOW, **parked))


def _seen(scene: Scene, kit: Kit, place: Place) -> Outcome:
    spot = Spot(place.latitude, place.longitude)
    away = outside(kit, spot)
    if away is None:
        found = _list(kit, spot, say("near/from_here"))
    else:
        found = _list(kit, centre_of(kit), say("near/outside", far=far(away), city=_name(kit)))
    if scene.alert is not None:
        kept = sos.handle(scene, place)
        return replace(kept, shown=(*kept.shown, Say(found)))
    used = say("near/used_live" if place.live else "near/used")
    return _awaiting(scene, show(Say(screen(used, reply=())), Say(found)))


def _list(kit: Kit, spot: Spot, head: Text) -> Screen:
    near = nearest(kit, spot)
    checked = say("kit_answer/checked", day=Day(min(one.place.checked for one in near)))
    rows: Rows = tuple((_pin(one),) for one in near)
    return Screen((head, *(_line(one) for one in near), checked), (*rows, *ELSEWHERE))


def _line(near: Near) -> Text:
    kind, name = say(f"near/kinds/{near.place.kind}"), verbatim(near.place.name)
    if near.direction is None:
        return say("near/here", kind=kind, name=name)
    return say("near/line", kind=kind, name=name, far=far(near.kilometres), way=say(f"near/ways/{near.direction}"))


def far(kilometres: float) -> Text:
    """Rounded: 250 m, 3.4 km, 448 km."""
    if kilometres < 0.95:
        return say("near/metres", metres=max(50, round(kilometres * 20) * 50))
    return say("near/kilometres", kilometres=round(kilometres, 1) if kilometres < 20 else round(kilometres))


def _pin(near: Near) -> Button:
    return Button(say("near/pin_button", kind=say(f"near/kinds/{near.place.kind}")), f"near:place:{near.place.id}")


def _name(kit: Kit) -> Text:
    return Text(f"{kit.path}/name")


def centre_of(kit: Kit) -> Spot:
    """The middle of a city."""
    return Spot(kit.latitude, kit.longitude)


def kit_of(scene: Scene) -> Kit | None:
    """The kit of the host city, where there is one."""
    return scene.content.kits.get(scene.stay.kit) if scene.stay and scene.stay.kit else None
