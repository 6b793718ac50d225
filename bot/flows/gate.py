"""What must be settled before the journey runs: the learner's own yes and, for minors, a guardian's.

Safety and the city kit never ask here.
"""

from __future__ import annotations

from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Outcome, Rows, Say, Screen, button, screen, show
from bot.i18n import Text, say

OPEN_ANYWAY: Rows = (
    (button("gate/kit_button", "kit:home"),),
    (button("gate/sos_button", "sos:open"),),
)


def closed(scene: Scene) -> Outcome | None:
    """Why the journey cannot run for this person now, as an answer; None when it can."""
    reason = missing(scene)
    if reason is None:
        return None
    return show(Say(reason))


def missing(scene: Scene) -> Screen | None:
    """The same as a screen, with what works all the same."""
    stay = scene.stay
    if stay is None:
        return screen(say("gate/no_stay"))
    if stay.may_travel_on:
        return None
    return Screen(_why(stay), _rows(stay))


def _why(stay: Stay) -> tuple[Text, ...]:
    first = say("gate/before")
    if stay.consented:
        return (first, say("gate/guardian"), say("gate/works"))
    if stay.refused:
        return (say("gate/refused"), say("gate/works"))
    return (first, say("gate/consent"), say("gate/works"))


def _rows(stay: Stay) -> Rows:
    if stay.consented:
        return OPEN_ANYWAY
    return ((button("gate/consent_button", "privacy:consent"),), *OPEN_ANYWAY)
