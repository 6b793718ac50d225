"""A sensible answer to everything that is not a conversation."""

from __future__ import annotations

from bot.flows.effects import NoteMembership
from bot.flows.scene import Scene
from bot.flows.vocabulary import (
    Command,
    Edited,
    Event,
    Forwarded,
    Group,
    Membership,
    Outcome,
    Place,
    Say,
    Tap,
    Toast,
    Voice,
    screen,
    show,
)
from bot.i18n import Text, say

NEEDS: frozenset[str] = frozenset()


def handle(scene: Scene, event: Event) -> Outcome:
    """Says what came, and what works instead."""
    match event:
        case Group():
            return show(Say(screen(say("common/group"))))
        case Membership(member):
            return Outcome(effects=(NoteMembership(member),))
        case Edited():
            return show(Say(screen(say("common/edited"))))
        case Forwarded():
            return show(Say(screen(say("common/forwarded"))))
        case Tap():
            return show(Toast(say("common/old_button"), alert=True))
        case Voice():
            return show(Say(screen(say("common/voice"))))
        case Place():
            return show(Say(screen(say("common/place"))))
        case Command(name):
            return show(Say(screen(say("common/unknown_command", name=name[:32]))))
        case _:
            return show(Say(screen(_cannot_read(scene))))


def _cannot_read(scene: Scene) -> Text:
    return say("common/cannot_read") if scene.person_id is not None else say("join/no_invite")
