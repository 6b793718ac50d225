"""How I see myself, before and after: figures as words, and the same as a picture. Nobody but the learner sees it.

`skills:show[:light|dark]`, and the look back of `bot.flows.looking_back`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.flows import looking_back
from bot.flows.gate import closed
from bot.flows.running import MENU_ROW, answer
from bot.flows.scene import Scene
from bot.flows.vocabulary import Attachment, Button, Drawing, Event, Outcome, Rows, Screen, Tap, Toast, button, show
from bot.i18n import Listing, Text, say
from bot.rules.assessment import PHASES, THEN, means, moved
from bot.rules.points import COMPETENCES

NEEDS: frozenset[str] = frozenset({"skills", "steps"})
Means = Mapping[str, float]
_COLUMNS = {
    "before": say("assessment/before"), "then": say("assessment/then/column"), "after": say("assessment/after"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """Means by competence: the first answers and when they were given, the last ones, and before as seen from after."""

    first: Means
    last: Means | None
    then: Means | None
    phase: str = PHASES[0]  # of the first answers

    @property
    def columns(self) -> tuple[tuple[str, Means], ...]:
        """What is shown, in the order of time, the look back beside what it is compared with."""
        late = self.last is None and self.phase != PHASES[0]
        before, after = (None, self.first) if late else (self.first, self.last)
        some = (("before", before), ("then", self.then), ("after", after))
        return tuple((name, values) for name, values in some if values)


def handle(scene: Scene, event: Event) -> Outcome:
    """`skills:show`, `skills:then[:<competence>]`, `skills:t:<competence>:<value>`."""
    refusal = closed(scene)
    if refusal is not None:
        return refusal
    parts = (*event.data.split(":"), "", "", "") if isinstance(event, Tap) else ("skills", "show", "", "")
    if parts[1] in ("then", "t"):
        return _look_back(scene, event, parts[1:4])
    return show(answer(event, shown(scene, dark=parts[2] == "dark")))


def _look_back(scene: Scene, event: Event, parts: tuple[str, ...]) -> Outcome:
    run, given = looking_back.answered(scene), looking_back.given(scene)
    if run is None:
        return show(Toast(say("assessment/then/not_yet"), alert=True))
    if parts[0] == "then":
        return show(answer(event, looking_back.asked(run, given, parts[1])))
    kept = looking_back.kept(run, parts[1], parts[2])
    if kept is None:
        return show(Toast(say("steps/answered")))
    now = {**given, **kept.answers}
    following = looking_back.asked(run, now) if looking_back.left(run, now) else shown(scene, now)
    return show(answer(event, following), effects=(kept,))


def shown(scene: Scene, given: Mapping[str, int] | None = None, *, dark: bool = False) -> Screen:
    """Each competence by its mean: before, looking back, after; what there is of it."""
    seen = seen_by(scene, given)
    if seen is None:
        return Screen((say("assessment/title"), say("assessment/nothing")), (MENU_ROW,))
    lines = Listing(tuple(_line(seen, name) for name in COMPETENCES if name in seen.first), lines=True)
    body = (
        say("assessment/title"), say("assessment/lines", lines=lines), say("assessment/scale_line"), *_told(seen),
        say("assessment/private"),
    )  # fmt: skip
    picture = None if scene.plain else _picture(seen, dark)
    return Screen(body, _rows(scene, seen, dark), attachment=picture)


def seen_by(scene: Scene, given: Mapping[str, int] | None = None) -> Seen | None:
    """What was answered, as means; None when nothing was."""
    phases = {} if scene.skills is None else dict(scene.skills.phases)
    taken = [(phase, means(phases[phase])) for phase in PHASES if phases.get(phase)]
    if not taken:
        return None
    then = means(given if given is not None else phases.get(THEN, {}))
    return Seen(taken[0][1], taken[-1][1] if len(taken) > 1 else None, then or None, taken[0][0])


def name_of(competence: str) -> Text:
    """What people read for one of the eight."""
    return say(f"competences/{competence}")


def _line(seen: Seen, name: str) -> Text:
    first, last, then = seen.first[name], (seen.last or {}).get(name), (seen.then or {}).get(name)
    if then is not None and last is not None:
        return say("assessment/thrice", name=name_of(name), before=first, then=then, after=last)
    if last is not None:
        return say("assessment/twice", name=name_of(name), before=first, after=last)
    if then is not None:
        return say("assessment/then/once", name=name_of(name), then=then, after=first)
    return say("assessment/once", name=name_of(name), value=first)


def _told(seen: Seen) -> tuple[Text, ...]:
    """What the figures say, and what they do not."""
    if seen.then is None:
        once = say("assessment/only_before") if seen.phase == PHASES[0] else say("assessment/only_after")
        return (say("assessment/both") if seen.last else once,)
    today = seen.last or seen.first
    _, grown = moved(seen.then, today)
    told = [say("assessment/then/grown", n=grown) if grown else say("assessment/then/same")]
    if seen.last is not None:
        harder, milder = moved(seen.first, seen.then)
        if harder:
            told.append(say("assessment/then/harder", n=harder))
        if milder:
            told.append(say("assessment/then/milder", n=milder))
        if not harder and not milder:
            told.append(say("assessment/then/steady"))
    return (*told, say("assessment/then/honest"))


def _picture(seen: Seen, dark: bool) -> Attachment:
    columns = seen.columns
    names = [name for name in COMPETENCES if name in seen.first]
    facts = {
        "title": say("assessment/picture_title"), "dark": dark,
        "rows": [[name_of(name), *(values.get(name) for _, values in columns)] for name in names],
        "columns": [[column, _COLUMNS[column]] for column, _ in columns],
        "scale": [say(f"assessment/scale/{value}") for value in range(1, 5)],
    }  # fmt: skip
    return Attachment("photo", name="compagnon.png", drawing=Drawing("skills", facts))


def _rows(scene: Scene, seen: Seen, dark: bool) -> Rows:
    run = looking_back.answered(scene)
    back: tuple[Button, ...] = ()
    if run is not None and (seen.then is None or len(seen.then) < len(seen.first)):
        back = (button("assessment/then/go_on_button" if seen.then else "assessment/then/button", "skills:then"),)
    look = "light" if dark else "dark"
    other = () if scene.plain else (button(f"assessment/{look}_button", f"skills:show:{look}"),)
    more = (*other, button("assessment/progress_button", "progress:open"))
    return tuple(row for row in (back, more, MENU_ROW) if row)
