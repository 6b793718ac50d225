"""`/cohort`: how a cohort stands, for whoever runs it or travels with it, on the road."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.flows.readiness_screens import lines
from bot.flows.running import answer
from bot.flows.scene import AlertView, CohortState, CohortView, Scene
from bot.flows.vocabulary import Button, Event, Outcome, Screen, Tap, button, screen, show
from bot.i18n import Listing, Text, say, verbatim

NEEDS = frozenset({"cohorts", "cohort", "alerts"})
SHOWN = 12  # cohorts to choose from
NAMED = 8  # people in a line


def handle(scene: Scene, event: Event) -> Outcome:
    """`/cohort`, `cohort:list`, `cohort:show:<cohort>`."""
    if not scene.cohorts:
        return show(answer(event, screen(say("cohort/none" if scene.sees_cohorts else "cohort/not_for_you"))))
    wants_list = isinstance(event, Tap) and event.data == "cohort:list"
    if scene.cohort is None or wants_list:
        return show(answer(event, _list(scene.cohorts)))
    return show(answer(event, _state(scene, scene.cohort)))


def _list(cohorts: Sequence[CohortView]) -> Screen:
    rows = [(button("cohort/one_button", f"cohort:show:{c.id}", cohort=c.name),) for c in cohorts[:SHOWN]]
    return Screen((say("cohort/which"),), tuple(rows))


def _state(scene: Scene, found: CohortState) -> Screen:
    cohort = found.cohort
    alerts = alerts_in(scene.alerts, cohort)
    body = [
        say("cohort/title", cohort=verbatim(cohort.name), code=cohort.code),
        say("cohort/learners", n=sum(found.stages.values()), joined=found.joined),
        say("cohort/stages", before=found.stages["before"] + found.stages["candidate"],
            during=found.stages["during"], after=found.stages["after"]),
        alerts_line(alerts) if alerts else say("menu/no_alerts"),
    ]  # fmt: skip
    body += _today(found)
    for key in ("unreachable", "absent", "waiting"):
        people = getattr(found, key)
        if people:
            body.append(say(f"cohort/{key}", names=named(people)))
    missing = [*lines(found.gaps, cohort.zone), *([say("cohort/unguarded")] if found.unguarded else [])]
    body += [say("cohort/not_ready"), *missing] if missing else [say("cohort/ready")]
    return Screen(tuple(body), _rows(scene, cohort))


def _rows(scene: Scene, cohort: CohortView) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = [
        (button("menu/alerts_button", "alerts:open"), button("menu/learners_button", "learners:open"))
    ]
    if cohort.may_write:
        rows.append((button("cohort/write_button", f"message:new:{cohort.id}"),))
    if len(scene.cohorts) > 1:
        rows.append((button("cohort/list_button", "cohort:list"),))
    rows.append((button("cohort/again_button", f"cohort:show:{cohort.id}"),))
    return tuple(rows)


def _today(found: CohortState) -> list[Text]:
    if not found.answered and not found.unanswered:
        return []
    said = [say("cohort/answered", n=found.answered)]
    if found.unanswered:
        said.append(say("cohort/unanswered", names=named(found.unanswered)))
    return said


def alerts_in(alerts: Iterable[AlertView], cohort: CohortView) -> list[AlertView]:
    """The open ones of a cohort; drills are none."""
    return [alert for alert in alerts if alert.cohort == cohort.code and alert.reason != "drill"]


def alerts_line(alerts: Sequence[AlertView]) -> Text:
    """How many alerts are open, and about whom."""
    return say("cohort/alerts", n=len(alerts), names=named([alert.learner for alert in alerts]))


def named(people: Sequence[str]) -> Listing:
    """The first names of a list, and whether there are more."""
    known = list(dict.fromkeys(people))
    return Listing((*(verbatim(name) for name in known[:NAMED]), *(("…",) if len(known) > NAMED else ())))
