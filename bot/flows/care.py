"""Help first: what is said when words sound like danger, before anything else and without any game around it.

Immediate danger alerts by itself. Somebody who confides something hard is believed, shown help and asked; nobody is
told behind their back. An idiom ("I could die laughing") only asks back.
"""

from __future__ import annotations

from bot.flows.effects import OfferConfiding, RaiseAlert
from bot.flows.scene import Scene
from bot.flows.sos import country_now
from bot.flows.vocabulary import IDLE, Button, Kind, Outcome, Say, Screen, button, show
from bot.i18n import Country, Text, say, verbatim
from bot.rules.danger import Danger
from bot.rules.kit_answer import emergency_numbers_in

NEEDS: frozenset[str] = frozenset({"contacts"})

SOS = (button("gate/sos_button", "sos:open"),)
WRITE = (button("care/write_button", "relay:new"),)
KINDEST = "mental_health"


def care(scene: Scene, danger: Danger, topic: str | None = None, told: Text | None = None) -> Outcome:
    """What is said and done about a danger, with the kit's `topic` that helps; for `Danger.NONE` nothing.

    `told`: who gets the words themselves, where a crisis is told to people who look for the learner already."""
    match danger:
        case Danger.CRISIS:
            return _crisis(scene, told)
        case Danger.DISCLOSURE:
            return _disclosure(scene, topic)
        case Danger.IDIOM:
            return show(Say(Screen((say("care/are_you_ok"),), (WRITE, SOS) if scene.stay else ())))
        case _:
            return Outcome()


def _disclosure(scene: Scene, topic: str | None) -> Outcome:
    """Help first; then, as a message of its own, whom the learner would like to tell."""
    if scene.stay is None:
        desk = (say("confide/desk"),) if scene.is_referent else ()
        return show(Say(Screen((say("care/other_believe"), *call(scene), *desk))), conversation=IDLE)
    body = (say("care/believe"), say("care/no_secret"), *call(scene))
    first = Say(Screen(body, (_helps(topic or KINDEST), SOS)))
    return show(first, effects=(OfferConfiding(scene.stay.placement_id),), conversation=IDLE)


def _helps(topic: str) -> tuple[Button, ...]:
    # A message of its own: what was said first, with the way to a human, stays where it is.
    return (button("care/help_button", f"kit:new:{topic}"),)


def _crisis(scene: Scene, told: Text | None) -> Outcome:
    if scene.stay is None:
        return show(Say(Screen((say("care/other_crisis"), *call(scene))), kind=Kind.SAFETY), conversation=IDLE)
    alert = (RaiseAlert(scene.stay.placement_id, "crisis_words"),)
    who = (told,) if told is not None else (say("care/told"), say("sos/words_go"))
    help_first = Screen((say("care/crisis"), *call(scene), *who), (SOS, WRITE, _helps(KINDEST)))
    return show(Say(help_first, kind=Kind.SAFETY), effects=alert, conversation=IDLE)


def ask_help(scene: Scene) -> Outcome:
    """A bare "help!": it may be anything, so nobody is alerted, but the way to help is one tap."""
    rows = (SOS, WRITE, (button("care/numbers_button", "kit:new:emergency_numbers"),))
    return show(Say(Screen((say("care/help_now"),), rows), kind=Kind.SAFETY))


def call(scene: Scene) -> tuple[Text, ...]:
    """What to dial where they are now, labelled as in `/sos`; for a family whom to call at school besides."""
    if scene.stay is None:
        return (say("care/call_anywhere"), *school(scene))
    country = country_now(scene)
    numbers = emergency_numbers_in(scene.content, country) if country else ()
    if not numbers:
        return (say("care/call_local"),)
    text = say("sos/numbers_in", country=Country(country or ""))
    for number in numbers:
        text = say("sos/lines", first=text, then=say(f"sos/number/{number.what}", number=number.number))
    return (text,)


def school(scene: Scene) -> tuple[Text, ...]:
    """For a parent or guardian: name and phone of the contact persons, where there is a phone."""
    if "family" not in scene.roles:
        return ()
    known = [c for c in scene.contacts if c.role in ("referent", "backup") and c.phone]
    return tuple(say("care/school", name=verbatim(c.name), phone=c.phone or "") for c in known[:2])
