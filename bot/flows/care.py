"""Help first: what is said when words sound like danger, before anything else and without any game around it.

Immediate danger alerts by itself. Somebody who confides something hard is believed, shown help and asked; nobody is
told behind their back. An idiom ("I could die laughing") only asks back.
"""

from __future__ import annotations

from bot.flows.effects import RaiseAlert
from bot.flows.scene import Scene
from bot.flows.vocabulary import IDLE, Kind, Outcome, Rows, Say, Screen, button, show
from bot.i18n import Listing, Text, say
from bot.rules.danger import Danger
from bot.rules.kit_answer import emergency_numbers_in

NEEDS: frozenset[str] = frozenset({"contacts"})

WAYS: Rows = (
    (button("gate/sos_button", "sos:open"),),
    (button("care/write_button", "relay:new"),),
    (button("care/help_button", "kit:t:mental_health"),),
)


def care(scene: Scene, danger: Danger) -> Outcome:
    """What is said and done about a danger; for `Danger.NONE` nothing."""
    match danger:
        case Danger.CRISIS:
            return _crisis(scene)
        case Danger.DISCLOSURE:
            return show(
                Say(Screen((say("care/believe"), say("care/no_secret"), _call(scene)), WAYS)), conversation=IDLE
            )
        case Danger.IDIOM:
            return show(Say(Screen((say("care/are_you_ok"),), WAYS[:2])))
        case _:
            return Outcome()


def _crisis(scene: Scene) -> Outcome:
    told = (say("care/told"),) if scene.stay else ()
    alert = (RaiseAlert(scene.stay.placement_id, "crisis_words"),) if scene.stay else ()
    help_first = Screen((say("care/crisis"), _call(scene), *told), WAYS)
    return show(Say(help_first, kind=Kind.SAFETY), effects=alert, conversation=IDLE)


def _call(scene: Scene) -> Text:
    stay = scene.stay
    country = (stay.host_country if stay.stage == "during" else stay.home_country) if stay else None
    numbers = emergency_numbers_in(scene.library, country or "")
    if not numbers:
        return say("care/call_local")
    return say("care/call", numbers=Listing(tuple(dict.fromkeys(number.number for number in numbers))))
