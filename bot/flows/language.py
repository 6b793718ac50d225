"""`/language` and `lang:xx`: at any time, in the middle of anything; the very next word is in the new language."""

from __future__ import annotations

from bot.flows.effects import SetLanguage
from bot.flows.running import answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Screen, Tap, Toast, button, screen, show
from bot.i18n import LanguageName, Text, say

NEEDS: frozenset[str] = frozenset()


def handle(scene: Scene, event: Event) -> Outcome:
    """Shows the languages, or takes one."""
    chosen = event.data.split(":", 1)[1] if isinstance(event, Tap) and ":" in event.data else "choose"
    if chosen == "choose":
        return show(answer(event, _choice(scene)))
    if chosen not in scene.content.catalogues.languages:
        return show(Toast(say("language/unknown")))
    done = screen(say("language/done", language=LanguageName(chosen, own=True)), rows=_after(scene))
    return show(Replace(done), effects=(SetLanguage(chosen),))


def _choice(scene: Scene) -> Screen:
    languages = scene.content.catalogues.languages
    buttons = tuple(Button(_label(scene, tag), f"lang:{tag}") for tag in languages)
    pairs = tuple(buttons[at : at + 2] for at in range(0, len(buttons), 2))
    return Screen((say("language/ask"),), pairs)


def _label(scene: Scene, tag: str) -> Text:
    name = LanguageName(tag, own=True)
    return say("language/current", language=name) if tag == scene.language else say("language/other", language=name)


def _after(scene: Scene) -> Rows:
    return ((button("steps/menu_button", "menu:home"),),) if scene.person_id is not None else ()
