"""`/language` and `lang:xx`: at any time, in the middle of anything; the very next word is in the new language."""

from __future__ import annotations

from bot.flows.effects import SetLanguage
from bot.flows.running import answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Screen, Tap, Toast, button, in_rows, show
from bot.i18n import LanguageName, Text, locale_of, say, show_value
from bot.rules.fold import fold

NEEDS: frozenset[str] = frozenset()


def handle(scene: Scene, event: Event) -> Outcome:
    """Shows the languages, those spoken in part behind a button, or takes one."""
    chosen = event.data.split(":", 1)[1] if isinstance(event, Tap) and ":" in event.data else "choose"
    if chosen == "choose":
        return show(answer(event, _choice(scene)))
    if chosen == "more":
        return show(answer(event, _choice(scene, more=True)))
    if chosen not in scene.content.catalogues.languages:
        return show(Toast(say("language/unknown")))
    body = (say("language/done", language=LanguageName(chosen, own=True)), *partly(scene, chosen))
    return show(Replace(Screen(body, _after(scene))), effects=(SetLanguage(chosen),))


def partly(scene: Scene, chosen: str) -> tuple[Text, ...]:
    """What somebody should know who chooses a language that is not spoken in full."""
    return (say("language/partly"),) if scene.content.catalogues.partly(chosen) else ()


def offered(scene: Scene, first: str, more: bool = False) -> tuple[tuple[str, ...], bool]:
    """The languages to choose from by their own names, `first` ahead, and whether there are more: those spoken only
    in part."""
    catalogues = scene.content.catalogues
    in_full = [tag for tag in catalogues.languages if more or tag == first or not catalogues.partly(tag)]
    in_full.sort(key=lambda tag: fold(show_value(LanguageName(tag, own=True), locale_of(tag), "UTC")))
    ahead = [first] if first in in_full else []
    return (*ahead, *(tag for tag in in_full if tag != first)), len(in_full) < len(catalogues.languages)


def _choice(scene: Scene, more: bool = False) -> Screen:
    languages, others = offered(scene, scene.language, more)
    pairs = in_rows([Button(_label(scene, tag), f"lang:{tag}") for tag in languages], 2)
    rest: Rows = ((button("language/more_button", "lang:more"),),) if others else ()
    return Screen((say("language/ask"),), (*pairs, *rest))


def _label(scene: Scene, tag: str) -> Text:
    name = LanguageName(tag, own=True)
    return say("language/current", language=name) if tag == scene.language else say("language/other", language=name)


def _after(scene: Scene) -> Rows:
    return ((button("steps/menu_button", "menu:home"),),) if scene.person_id is not None else ()
