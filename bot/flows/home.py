"""Tell home I'm OK: a sentence that the learner picks, sent to the family's chat at once. Nobody else starts it."""

from __future__ import annotations

from bot.flows.effects import TellHome
from bot.flows.running import MENU_ROW, answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import Event, Outcome, Replace, Screen, Tap, button, screen, show
from bot.i18n import Listing, Text, say, verbatim

NEEDS: frozenset[str] = frozenset({"family"})
SENTENCES = ("fine", "arrived", "busy", "thinking", "talk")


def handle(scene: Scene, event: Event) -> Outcome:
    """`home:ask`, `home:say:<sentence>`."""
    parts = (*event.data.split(":"), "", "") if isinstance(event, Tap) else ("home", "ask", "")
    stay = scene.stay
    if stay is None:
        return show(answer(event, screen(say("gate/no_stay"), rows=(MENU_ROW,))))
    if not scene.family:
        return show(answer(event, screen(say("home/nobody"), rows=(MENU_ROW,))))
    if parts[1] == "say" and parts[2] in SENTENCES:
        sent = screen(say("home/sent", names=_names(scene), sentence=_sentence(parts[2])), rows=(MENU_ROW,))
        return show(Replace(sent), effects=(TellHome(stay.placement_id, parts[2]),))
    return show(answer(event, _ask(scene)))


def _ask(scene: Scene) -> Screen:
    rows = tuple((button(f"home/sentences/{key}", f"home:say:{key}"),) for key in SENTENCES)
    return Screen((say("home/ask", names=_names(scene)),), (*rows, MENU_ROW))


def _names(scene: Scene) -> Listing:
    return Listing(tuple(verbatim(contact.name) for contact in scene.family))


def _sentence(key: str) -> Text:
    return say(f"home/sentences/{key}")


def to_family(learner: str, key: str) -> Screen:
    """What the family reads, in their language."""
    return screen(say("home/received", name=verbatim(learner), sentence=_sentence(key)), say("home/no_report"))
