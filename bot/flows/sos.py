"""`/sos`: from anywhere, in any step, before any consent. The alert is raised with the very same tap."""

from __future__ import annotations

from bot.flows.call_list import called
from bot.flows.effects import RaiseAlert, SharePlace, TakeBack
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    Event,
    Kind,
    Outcome,
    Place,
    Replace,
    ReplyButton,
    Say,
    Screen,
    Tap,
    Toast,
    button,
    screen,
    show,
)
from bot.flows.whereabouts import elsewhere
from bot.i18n import Country, Listing, Text, say, verbatim
from bot.rules.alert import Reason
from bot.rules.kit_answer import EmergencyNumber, emergency_numbers_in
from bot.rules.travel_days import Direction
from bot.rules.travel_terms import State

NEEDS = frozenset({"contacts", "own_alert", "travel"})

# Pressed again while somebody is on it: they alone hear it (bot.rules.escalation).
DANGER = frozenset({Reason.ASKED_FOR_HELP.value, Reason.CRISIS_WORDS.value})
TOLD = frozenset({"referent", "backup", "local_contact", "accompanying", "safeguarding"})
UNDER_WAY = frozenset({State.LEFT.value, State.DELAYED.value, State.ALERTED.value})
SHARE = ((ReplyButton(say("sos/share_button"), location=True),),)


def handle(scene: Scene, event: Event) -> Outcome:
    """`/sos`, `sos:open`, `sos:mistake`, and a location that is shared."""
    if isinstance(event, Place):
        return _place(scene, event)
    if isinstance(event, Tap) and event.data == "sos:mistake" and scene.stay is not None:
        if scene.alert is None or scene.alert.reason not in DANGER:
            return show(Replace(screen(say("sos/over"), rows=((button("gate/sos_button", "sos:open"),),))))
        return show(
            Toast(say("sos/mistake_toast")),
            Replace(screen(say("sos/mistake"))),
            effects=(TakeBack(scene.alert.placement_id),),
        )
    if scene.stay is None:
        return show(Say(_for_stranger(scene)))
    alarm = RaiseAlert(scene.stay.placement_id, "asked_for_help")
    return show(*numbers(scene, share=True), Say(_told(scene), kind=Kind.SAFETY), effects=(alarm,))


def _told(scene: Scene) -> Screen:
    linked = [c for c in scene.contacts if c.linked and not c.blocked and c.alerted and c.role in TOLD]
    names = Listing(tuple(c.name for c in linked))
    holder = scene.alert.acknowledged_by if scene.alert and scene.alert.reason in DANGER else None
    if holder is not None:
        told = say("sos/told_holder", name=verbatim(holder))
    else:
        told = say("sos/told", names=names) if linked else say("sos/trying")
    body = [told, *((say("sos/words_go"),) if holder is not None or linked else ()), *to_call(scene)]
    rows = (
        (button("sos/write_button", "relay:new"),),
        (button("sos/mistake_button", "sos:mistake"),),
    )
    return Screen(tuple(body), rows)


def to_call(scene: Scene) -> list[Text]:
    """Whom else to call, as one paragraph; none where no number is known."""
    contacts = scene.contacts
    abroad = scene.stay is not None and scene.stay.stage == "during"
    roles = ("referent", "backup", "safeguarding", *(("accompanying", "local_contact", "host") if abroad else ()))
    own = [c for c in contacts if c.phone and c.role in roles]
    lines = [say("sos/contact", name=verbatim(c.name), phone=c.phone or "") for c in own]
    lines += [say("sos/contact", name=called(c), phone=c.phone or "") for c in contacts if c.role == "assistance"]
    return [_joined([say("sos/call_too"), *lines])] if lines else []


def country_now(scene: Scene) -> str | None:
    """The country whose numbers help now: the host country during the stay, home before and after."""
    stay = scene.stay
    if stay is None:
        return None
    return stay.host_country if stay.stage == "during" else stay.home_country or stay.host_country


def countries_now(scene: Scene) -> tuple[str, ...]:
    """The same; on a journey, of which nobody knows how far it is, the country where it leads to, then the other; and
    those of other stays at which they may be."""
    stay, trip = scene.stay, scene.travel
    if stay is None or trip is None or trip.state not in UNDER_WAY:
        known = [country_now(scene)]
    else:
        back = trip.direction == Direction.BACK.value
        known = [stay.home_country, stay.host_country] if back else [stay.host_country, stay.home_country]
    known += [stay.host_country for stay in elsewhere(scene.stays)]
    return tuple(country for country in dict.fromkeys(known) if country)


def numbers(scene: Scene, share: bool = False) -> tuple[Say, ...]:
    """The emergency numbers of where the learner is, or may be; with the keyboard that shares the location."""
    known = [text for country in countries_now(scene) for text in _numbers_in(scene, country)]
    body = [*(known or [say("sos/numbers_unknown")]), say("sos/danger_first")]
    if share:
        body.append(say("sos/share_hint"))
    return (Say(Screen(tuple(body), reply=SHARE if share else None), kind=Kind.SAFETY),)


def _numbers_in(scene: Scene, country: str) -> list[Text]:
    lines = [_line(number) for number in emergency_numbers_in(scene.content, country)]
    return [say("sos/numbers_in", country=Country(country)), _joined(lines)] if lines else []


def _joined(lines: list[Text]) -> Text:
    joined = lines[0]
    for line in lines[1:]:
        joined = say("sos/lines", first=joined, then=line)
    return joined


def _line(number: EmergencyNumber) -> Text:
    return say(f"sos/number/{number.what}", number=number.number)


def _for_stranger(scene: Scene) -> Screen:
    return screen(say("sos/stranger"))


def _place(scene: Scene, place: Place) -> Outcome:
    if scene.stay is None or scene.person_id is None:
        return show(Say(screen(say("sos/place_unused"), reply=())))
    share = SharePlace(place.latitude, place.longitude, moved=place.update)
    if place.update:
        # A live location moves on: every step of it needs no answer.
        return show(effects=(share,))
    return show(Say(screen(say("sos/place_kept"), reply=())), effects=(share,))
