"""`/menu`: where one is in the stay, what is open, and the way to everything else. SOS is always there for a learner.

Somebody who is learner and referent gets both halves.
"""

from __future__ import annotations

from bot.clock import local_date
from bot.flows import agenda, help, walks
from bot.flows.gate import missing
from bot.flows.naming import city
from bot.flows.running import Run, answer, turn_pages
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Event, Outcome, Rows, Screen, Tap, button, screen, show
from bot.i18n import Listing, Text, say

NEEDS: frozenset[str] = frozenset({"steps", "alerts"}) | walks.NEEDS

ON_TOP = 3  # steps shown in the menu itself
PAGE = 8


def handle(scene: Scene, event: Event) -> Outcome:
    """`/menu`, `menu:home`, `menu:open[:page]`."""
    parts = (*event.data.split(":"), "", "") if isinstance(event, Tap) else ("menu", "home", "", "")
    if parts[1] == "open" and scene.is_learner:
        return show(answer(event, _open(scene, int(parts[2]) if parts[2].isdecimal() and len(parts[2]) < 3 else 0)))
    return show(answer(event, home(scene)))


def home(scene: Scene) -> Screen:
    """The menu of this person."""
    stay = scene.stay
    if stay is None and not scene.is_referent:
        company = (say("host/in_menu"),) if scene.is_tutor else ()
        return screen(help.about(scene), *company, rows=(*_tutor(scene), *walks.rows_of(scene)))
    body: list[Text] = [say("menu/hello", name=scene.name)]
    rows: list[Rows] = []
    if stay is not None:
        body.extend((_where(scene, stay), *_todo(scene)))
        rows.extend((_safety(), _steps(scene), _places(scene, stay)))
    if scene.is_referent:
        body.append(say("menu/alerts", n=len(scene.alerts)) if scene.alerts else say("menu/no_alerts"))
        rows.append(_desk(scene))
    rows += [_tutor(scene), walks.rows_of(scene)]
    rows.append(((button("menu/settings_button", "settings:home"), button("menu/help_button", "help:open")),))
    return Screen(tuple(body), tuple(row for part in rows for row in part))


# --- the learner's half ---------------------------------------------------------------------------


def _where(scene: Scene, stay: Stay) -> Text:
    trip = stay.itinerary
    if trip is None:
        return say("menu/no_dates")
    today = local_date(scene.now, stay.zone)
    match stay.stage:
        case "before":
            return say("menu/before", n=max(1, (trip.arrival - today).days), city=city(stay))
        case "during":
            day, days = (today - trip.arrival).days + 1, (trip.return_ - trip.arrival).days + 1
            if day == 1:  # still on the way, or just there
                return say("menu/arriving", days=days, city=city(stay))
            return say("menu/during", day=day, days=days, city=city(stay))
        case _:
            return say("menu/after", city=city(stay))


def _todo(scene: Scene) -> tuple[Text, ...]:
    closed = missing(scene)
    if closed is not None:
        return closed.body
    lines: list[Text] = []
    parked = agenda.parked(scene)
    if parked:
        lines.append(say("menu/parked", titles=_titles(parked[:ON_TOP])))
    due = agenda.due(scene)
    if due:
        lines.append(say("menu/due", n=len(due)))
    owed = agenda.still_open(scene)
    if owed:
        lines.append(say("menu/still_open", titles=_titles(owed[:ON_TOP])))
    elif not due and not parked:
        lines.append(say("menu/nothing_due"))
    return tuple(lines)


def _titles(runs: tuple[Run, ...]) -> Listing:
    return Listing(tuple(run.title for run in runs))


def _safety() -> Rows:
    return ((button("gate/sos_button", "sos:open"), button("menu/check_in_button", "check_in:open")),)


def _steps(scene: Scene) -> Rows:
    closed = missing(scene)
    if closed is not None:
        return closed.rows[: len(closed.rows) - 2]  # consent; kit and SOS have their places below
    now = (*agenda.parked(scene), *agenda.due(scene), *agenda.still_open(scene))
    more = len(now) > ON_TOP or bool(agenda.catch_up(scene))
    rest: Rows = ((button("menu/open_button", "menu:open"),),) if more else ()
    return (*agenda.step_rows(now[:ON_TOP]), *rest)


def _places(scene: Scene, stay: Stay) -> Rows:
    kit = button("gate/kit_button", "kit:home")
    write = button("menu/write_button", "relay:new")
    if not stay.may_travel_on:
        return ((kit, write),)
    journal = button("menu/journal_button", "journal:home")
    progress = button("menu/progress_button", "progress:open")
    home = ((button("home/open_button", "home:ask"),),) if _is_away(scene, stay) else ()
    return ((kit, write), (journal, progress), *home)


def _is_away(scene: Scene, stay: Stay) -> bool:
    """From the day of departure, on the way there as well, until the return."""
    left = stay.itinerary is not None and local_date(scene.now, stay.zone) >= stay.itinerary.departure
    return left and stay.stage != "after"


def _open(scene: Scene, page: int) -> Screen:
    back = (button("menu/back_button", "menu:home"),)
    closed = missing(scene)
    if closed is not None:
        return closed
    runs = (*agenda.parked(scene), *agenda.due(scene), *agenda.still_open(scene), *agenda.catch_up(scene))
    if not runs:
        return screen(say("menu/nothing_open"), rows=(back,))
    page = min(page, (len(runs) - 1) // PAGE)
    chosen = runs[page * PAGE : (page + 1) * PAGE]
    return screen(
        say("menu/open", n=len(runs)),
        rows=(*agenda.step_rows(chosen), *turn_pages("menu:open", page, len(runs), PAGE), back),
    )


def _tutor(scene: Scene) -> Rows:
    """Of a tutor at work: who comes when, the learners they assess, the company's card, papers."""
    if not scene.is_tutor:
        return ()
    people = (button("host/guests_button", "host:guests"), button("grid/open_button", "grid:home"))
    return (people, (button("host/open_button", "host:home"), button("host/papers_button", "host:papers")))


# --- the referent's half --------------------------------------------------------------------------


def _desk(scene: Scene) -> Rows:
    look = (button("menu/cohort_button", "cohort:open"),) if scene.sees_cohorts else ()
    write = (button("menu/message_button", "message:begin"),) if scene.writes_to_cohorts else ()
    ask: Rows = ((button("asking/desk_open_button", "ask:list"),),) if write else ()
    people = (button("menu/learners_button", "learners:open"), button("menu/alerts_button", "alerts:open"))
    return (people, *(((*look, *write),) if look or write else ()), *ask)
