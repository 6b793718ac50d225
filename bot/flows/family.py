"""A parent or guardian's chat: whom to call at school, how to change the yes or no, and what to dial in danger."""

from __future__ import annotations

from bot.flows.care import call, care, school
from bot.flows.listening import hear, needs_help_first
from bot.flows.running import answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import Command, Event, Outcome, Say, Screen, Tap, Words, button, screen, show
from bot.i18n import say

NEEDS: frozenset[str] = frozenset({"contacts"})


def is_family(scene: Scene) -> bool:
    """Is this person here as parent or guardian, and nothing else?"""
    return "family" in scene.roles and not scene.is_learner and not scene.is_referent


def handle(scene: Scene, event: Event) -> Outcome:
    """Whatever they send but `/start`, `/privacy` and `/language`."""
    words = event.text if isinstance(event, Words) else event.argument if isinstance(event, Command) else ""
    danger = hear(scene, words)
    if needs_help_first(danger):
        return care(scene, danger)
    if (isinstance(event, Command) and event.name == "sos") or (isinstance(event, Tap) and event.data == "sos:open"):
        return show(Say(screen(*call(scene), say("help/family_no_alert"))))
    rows = ((button("help/family_privacy_button", "privacy:home"),),)
    return show(answer(event, Screen((say("help/family"), *school(scene), say("help/machine")), rows)))
