"""A sensible answer to everything that is not a conversation."""

from __future__ import annotations

from bot.flows.care import NEEDS as CARE_NEEDS, SOS, care
from bot.flows.effects import NoteMembership
from bot.flows.listening import hear, needs_help_first
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

NEEDS: frozenset[str] = CARE_NEEDS


def handle(scene: Scene, event: Event) -> Outcome:
    """Says what came, and what works instead."""
    match event:
        case Group():
            return show(Say(screen(say("common/group"))))
        case Membership(member):
            return Outcome(effects=(NoteMembership(member),))
        case Edited(text):
            # What is changed into a cry for help is one, whatever stood there before.
            danger = hear(scene, text)
            return care(scene, danger) if needs_help_first(danger) else show(Say(screen(say("common/edited"))))
        case Forwarded(text):
            return _forwarded(scene, text)
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


def _forwarded(scene: Scene, text: str) -> Outcome:
    if not (is_sos(text) or needs_help_first(hear(scene, text))):
        return show(Say(screen(say("common/forwarded"))))
    return show(Say(screen(say("common/forwarded"), say("common/forwarded_danger"), rows=(SOS,))))


def is_sos(text: str) -> bool:
    """Is this text the command `/sos`, in any spelling that Telegram allows?"""
    first = text.split(maxsplit=1)[0].casefold() if text.strip() else ""
    return first.partition("@")[0] == "/sos"


def _cannot_read(scene: Scene) -> Text:
    return say("common/cannot_read") if scene.person_id is not None else say("join/no_invite")
