"""Help first: what is said when words sound like danger, before anything else and without any game around it.

Immediate danger alerts by itself. Somebody who confides something hard is believed, shown help and asked; nobody is
told behind their back. An idiom ("I could die laughing") only asks back.
"""

from __future__ import annotations

from bot.flows.effects import RaiseAlert
from bot.flows.scene import Scene
from bot.flows.vocabulary import IDLE, Button, Kind, Outcome, Rows, Say, Screen, button, show
from bot.i18n import Listing, Text, say
from bot.rules.danger import Danger
from bot.rules.kit_answer import emergency_numbers_in

NEEDS: frozenset[str] = frozenset({"contacts"})

SOS = (button("gate/sos_button", "sos:open"),)
WRITE = (button("care/write_button", "relay:new"),)
SOMEBODY = ("referent", "backup", "local_contact")
KINDEST = "mental_health"


def care(scene: Scene, danger: Danger, topic: str | None = None) -> Outcome:
    """What is said and done about a danger, with the kit's `topic` that helps; for `Danger.NONE` nothing."""
    match danger:
        case Danger.CRISIS:
            return _crisis(scene)
        case Danger.DISCLOSURE:
            body = (say("care/believe"), say("care/whom"), say("care/no_secret"), _call(scene))
            rows = (*_whom(scene), _helps(topic or KINDEST), SOS)
            return show(Say(Screen(body, rows)), conversation=IDLE)
        case Danger.IDIOM:
            return show(Say(Screen((say("care/are_you_ok"),), (WRITE, SOS))))
        case _:
            return Outcome()


def _whom(scene: Scene) -> Rows:
    """One button per person who can be written to: whoever it is about is left out by not choosing them."""
    stay = scene.stay
    linked = [c for c in scene.contacts if c.linked and c.person_id is not None and c.role in SOMEBODY]
    if stay is None or not linked:
        return (WRITE,) if stay else ()
    return tuple(
        (button("care/to_button", f"relay:to:{stay.placement_id}:{c.person_id}", name=c.name),) for c in linked
    )


def _helps(topic: str) -> tuple[Button, ...]:
    return (button("care/help_button", f"kit:t:{topic}"),)


def _crisis(scene: Scene) -> Outcome:
    told = (say("care/told"),) if scene.stay else ()
    alert = (RaiseAlert(scene.stay.placement_id, "crisis_words"),) if scene.stay else ()
    help_first = Screen((say("care/crisis"), _call(scene), *told), (SOS, WRITE, _helps(KINDEST)))
    return show(Say(help_first, kind=Kind.SAFETY), effects=alert, conversation=IDLE)


def _call(scene: Scene) -> Text:
    stay = scene.stay
    country = (stay.host_country if stay.stage == "during" else stay.home_country) if stay else None
    numbers = emergency_numbers_in(scene.library, country or "")
    if not numbers:
        return say("care/call_local")
    return say("care/call", numbers=Listing(tuple(dict.fromkeys(number.number for number in numbers))))
