"""How I see myself, before and after: figures as words, and the same as a picture. Nobody but the learner sees it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.flows.gate import closed
from bot.flows.running import MENU_ROW, answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import Attachment, Drawing, Event, Outcome, Rows, Screen, button, show
from bot.i18n import Listing, Text, say
from bot.rules.assessment import PHASES, means
from bot.rules.points import COMPETENCES

NEEDS: frozenset[str] = frozenset({"skills"})


def handle(scene: Scene, event: Event) -> Outcome:
    """`skills:show`."""
    return closed(scene) or show(answer(event, shown(scene)))


def shown(scene: Scene) -> Screen:
    """Each competence by its mean, before and, once there is one, after."""
    known = {} if scene.skills is None else {p: means(a) for p, a in scene.skills.phases.items() if a}
    taken = [known[phase] for phase in PHASES if phase in known]
    if not taken:
        return Screen((say("assessment/title"), say("assessment/nothing")), (MENU_ROW,))
    first, last = taken[0], taken[-1] if len(taken) > 1 else None
    lines = Listing(tuple(_line(name, first, last) for name in COMPETENCES if name in first), lines=True)
    told = say("assessment/both") if last else say("assessment/only_before")
    body = (
        say("assessment/title"), say("assessment/lines", lines=lines), say("assessment/scale_line"), told,
        say("assessment/private"),
    )  # fmt: skip
    return Screen(body, _rows(), attachment=None if scene.plain else _picture(first, last))


def name_of(competence: str) -> Text:
    """What people read for one of the eight."""
    return say(f"competences/{competence}")


def _line(name: str, first: Mapping[str, float], last: Mapping[str, float] | None) -> Text:
    if last is None or name not in last:
        return say("assessment/once", name=name_of(name), value=first[name])
    return say("assessment/twice", name=name_of(name), before=first[name], after=last[name])


def _picture(first: Mapping[str, float], last: Mapping[str, float] | None) -> Attachment:
    rows = [[name_of(name), first[name], (last or {}).get(name)] for name in COMPETENCES if name in first]
    scale = [say(f"assessment/scale/{value}") for value in range(1, 5)]
    facts = {
        "title": say("assessment/picture_title"), "rows": rows, "scale": scale,
        "before": say("assessment/before"), "after": say("assessment/after"),
    }  # fmt: skip
    return Attachment("photo", name="compagnon.png", drawing=Drawing("skills", facts))


def _rows() -> Rows:
    return ((button("assessment/progress_button", "progress:open"),), MENU_ROW)
