"""`/help`: what the bot does for this person, and the commands; for each role they have."""

from __future__ import annotations

from bot.flows.care import NEEDS as CARE_NEEDS, care
from bot.flows.listening import hear, needs_help_first
from bot.flows.running import answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Event, Outcome, Screen, Words, button, show
from bot.i18n import Text, say

NEEDS: frozenset[str] = CARE_NEEDS


def handle(scene: Scene, event: Event) -> Outcome:
    """`/help` and `help:open`."""
    if isinstance(event, Words) and needs_help_first(hear(scene, event.text)):
        return care(scene, hear(scene, event.text))
    return show(answer(event, shown(scene)))


def shown(scene: Scene) -> Screen:
    """Help for a stranger, a learner, a referent, or somebody who is both."""
    body: list[Text] = []
    if scene.is_learner:
        body.extend((say("help/learner"), say("help/learner_commands"), say("help/urgent")))
    if scene.is_referent:
        body.extend((say("help/referent"), say("help/referent_commands")))
    if scene.sees_cohorts:
        body.append(say("help/cohort_command"))
    if scene.writes_to_cohorts:
        body.append(say("help/message_command"))
    if not body:
        body.append(about(scene))
    body.append(say("help/machine"))
    return Screen(tuple(body), tuple((b,) for b in _buttons(scene)))


def about(scene: Scene) -> Text:
    """What the bot is to somebody who is neither learner nor contact person."""
    if "family" in scene.roles:
        return say("help/family")
    return say("help/tutor" if scene.is_tutor else "help/stranger")


def _buttons(scene: Scene) -> tuple[Button, ...]:
    menu = button("steps/menu_button", "menu:home")
    if scene.is_learner:
        return (button("gate/sos_button", "sos:open"), menu)
    return (menu,) if scene.is_referent or scene.is_tutor else ()
