"""`/pause`: days without a check-in question, asked for by the learner; a minor's needs somebody who agrees.

Days in callback data are checked again by the rules, here and in the use case.
"""

from __future__ import annotations

from datetime import date, timedelta

from bot.clock import local_date
from bot.flows import pause_screens as screens
from bot.flows.check_in import tap_please
from bot.flows.effects import AskPause, DecidePause, EndPause
from bot.flows.running import MENU_ROW, answer
from bot.flows.scene import PauseView, Quiet, Scene, Stay
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Say, Screen, Tap, Toast, button, screen, show
from bot.i18n import Day, Text, say
from bot.rules import pause as rules
from bot.rules.pause import Refusal, State

NEEDS = frozenset({"quiet", "pause", "check_in"})


def handle(scene: Scene, event: Event) -> Outcome:
    """`/pause`, `pause:open|days`, `pause:from:<day>`, `pause:until|yes:<day>:<day>`, `pause:stop|agree|refuse:<id>`.

    Days are written 20260307.
    """
    parts = (*event.data.split(":"), "", "", "") if isinstance(event, Tap) else ("pause", "open", "", "")
    if parts[1] in ("stop", "agree", "refuse"):
        return _touched(scene, parts[1])
    stay, quiet = scene.stay, scene.quiet
    if stay is None or quiet is None:
        return show(answer(event, screen(say("pause/refusal/no_stay"), rows=(MENU_ROW,))))
    first, last = _day(parts[2]), _day(parts[3])
    match parts[1]:
        case "days":
            return show(answer(event, _other_days(scene, quiet)))
        case "from" if first is not None:
            return _until(scene, quiet, first)
        case "until" if first is not None and last is not None:
            return _confirm(scene, stay, quiet, first, last)
        case "yes" if first is not None and last is not None:
            return _ask(scene, stay, quiet, first, last)
        case _:
            return show(answer(event, home(scene, quiet)))


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if len(written) == 8 and written.isascii() else None
    except ValueError:
        return None


# --- choosing -----------------------------------------------------------------------------------


def home(scene: Scene, quiet: Quiet) -> Screen:
    """The pause there is, why there can be none now, or the choice of days."""
    if quiet.current is not None:
        return screens.standing(quiet.current)
    why = rules.closed(quiet.asker, scene.now)
    if why is Refusal.ANSWER_FIRST:
        return Screen((say("pause/refusal/answer_first"),), tap_please(scene).rows)
    if why is not None:
        return screen(say(f"pause/refusal/{why.value}"), rows=(MENU_ROW,))
    if quiet.asker.minor and not quiet.deciders:
        return screen(say("pause/nobody_to_agree"), rows=(MENU_ROW,))
    choices = _choices(scene, quiet)
    if not choices:
        return screen(say("pause/no_days"), rows=(MENU_ROW,))
    return Screen((say("pause/home"), *_terms(quiet), say("pause/from_when")), (*choices, MENU_ROW))


def _terms(quiet: Quiet) -> tuple[Text, ...]:
    most = say("pause/most", n=quiet.asker.most)
    if not quiet.deciders:
        return (most,)
    key = "pause/must_agree" if quiet.asker.minor else "pause/will_see"
    return most, say(key, names=screens.names_of(quiet.deciders))


def _choices(scene: Scene, quiet: Quiet) -> Rows:
    firsts = rules.first_days(quiet.asker, scene.now)
    today = _today(scene)
    named = {today: "pause/today_button", today + timedelta(days=1): "pause/tomorrow_button"}
    near = tuple(button(key, f"pause:from:{day:%Y%m%d}") for day, key in named.items() if day in firsts)
    rows: list[tuple[Button, ...]] = [near] if near else []
    weekend = rules.weekend(quiet.asker, scene.now)
    if weekend is not None:
        rows.append((button("pause/weekend_button", f"pause:until:{weekend[0]:%Y%m%d}:{weekend[1]:%Y%m%d}"),))
    if any(day not in named for day in firsts):
        rows.append((button("pause/other_day_button", "pause:days"),))
    return tuple(rows)


def _today(scene: Scene) -> date:
    assert scene.stay is not None
    return local_date(scene.now, scene.stay.zone)


def _other_days(scene: Scene, quiet: Quiet) -> Screen:
    firsts = rules.first_days(quiet.asker, scene.now)
    if not firsts:
        return home(scene, quiet)
    rows = tuple((_day_button(day, f"pause:from:{day:%Y%m%d}"),) for day in firsts)
    return screen(say("pause/from_when"), rows=(*rows, _back()))


def _day_button(day: date, data: str) -> Button:
    return button("pause/day_button", data, weekday=Day(day, "weekday"), day=Day(day, "medium"))


def _back() -> tuple[Button, ...]:
    return (button("pause/back_button", "pause:open"),)


def _until(scene: Scene, quiet: Quiet, first: date) -> Outcome:
    if first not in rules.first_days(quiet.asker, scene.now):
        return _again(scene, quiet)
    rows = tuple(
        (_day_button(last, f"pause:until:{first:%Y%m%d}:{last:%Y%m%d}"),)
        for last in rules.last_days(quiet.asker, first)
    )
    return show(Replace(screen(say("pause/until_when", day=Day(first, "full")), rows=(*rows, _back()))))


def _again(scene: Scene, quiet: Quiet) -> Outcome:
    """The days are gone, or never were on a button: show what there is."""
    return show(Toast(say("pause/no_longer")), Replace(home(scene, quiet)))


def _confirm(scene: Scene, stay: Stay, quiet: Quiet, first: date, last: date) -> Outcome:
    if rules.refusal(quiet.asker, first, last, scene.now) is not None:
        return _again(scene, quiet)
    body = [say("pause/confirm", span=screens.span(first, last)), say("pause/confirm_sos")]
    if quiet.asker.minor:
        body.append(say("pause/confirm_minor", names=screens.names_of(quiet.deciders)))
    key = "pause/ask_button" if quiet.asker.minor else "pause/begin_button"
    yes = (button(key, f"pause:yes:{first:%Y%m%d}:{last:%Y%m%d}"),)
    return show(Replace(Screen(tuple(body), (yes, _back()))))


def _ask(scene: Scene, stay: Stay, quiet: Quiet, first: date, last: date) -> Outcome:
    refused = rules.refusal(quiet.asker, first, last, scene.now)
    if refused is not None or (quiet.asker.minor and not quiet.deciders):
        return _again(scene, quiet)
    return show(effects=(AskPause(stay.placement_id, first, last),))


# --- a pause that exists ------------------------------------------------------------------------


def _touched(scene: Scene, action: str) -> Outcome:
    view = scene.pause
    if view is None:
        return show(Toast(say("pause/not_yours"), alert=True))
    if action == "stop":
        return _stop(scene, view)
    mine = scene.stay is not None and scene.stay.placement_id == view.placement_id
    if mine:
        return show(Toast(say("pause/not_yours"), alert=True))
    if view.terms.state is not State.ASKED:
        return show(Replace(screens.decided(view)))
    return show(effects=(DecidePause(view.id, action == "agree"),))


def _stop(scene: Scene, view: PauseView) -> Outcome:
    if view.terms.over(local_date(scene.now, view.zone)):
        mine = scene.stay is not None and scene.stay.placement_id == view.placement_id
        shown = home(scene, scene.quiet) if mine and scene.quiet is not None else screens.decided(view)
        return show(Toast(say("pause/no_longer")), Say(shown) if mine else Replace(shown))
    return show(effects=(EndPause(view.id),))
