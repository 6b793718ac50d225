"""How well I know the language by my own judgement: five skills, each from its first words to mastery; or the result of
an OLS test, with its month. Both beside the language test, or instead of it."""

from __future__ import annotations

from datetime import date

from bot.clock import local_date
from bot.flows.effects import KeepLanguageClaim
from bot.flows.language_run import check_of, is_done, language_of, left_again, saved, test_for
from bot.flows.language_views import ALL
from bot.flows.language_words import SEE, SKILLS, UNKNOWN, level_name, skill_name
from bot.flows.running import MENU_ROW, Run, callback, finished, pause_button, praise, step_button
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Outcome, Replace, Rows, Screen, button, in_rows, show
from bot.i18n import Day, LanguageName, Listing, Text, say
from bot.rules.language_test import RANKS

LEVELS = (*RANKS, "C1", "C2")
OLS_LEVELS = LEVELS[1:]
MONTHS = 12  # an OLS test of the last months has its month on a button


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome | None:
    """`grid` and `ols` begin, `g:S:L` gives skill S the level L, `at:S` goes back to a skill, `o:L` gives the level of
    an OLS test, `m:L:M` its month (M months ago); None for anything else."""
    match action, args:
        case "grid", ():
            run = run.but(at="grid", grid={}, language=language_of(scene, run))
            return show(Replace(_skill(scene, run, 0)), effects=saved(run))
        case "at", (skill,) if run.data.get("at") == "grid" and skill <= len(_given(run)):
            run = run.but(grid=dict(list(_given(run).items())[:skill]))
            return show(Replace(_skill(scene, run, skill)), effects=saved(run))
        case "g", (skill, level) if run.data.get("at") == "grid" and skill == len(_given(run)) and level < len(LEVELS):
            return _rated(scene, run, SKILLS[skill], LEVELS[level])
        case "ols", ():
            run = run.but(at="ols", language=language_of(scene, run))
            return show(Replace(_ols(scene, run)), effects=saved(run))
        case "o", (level,) if run.data.get("at") == "ols" and level < len(OLS_LEVELS):
            return show(Replace(_month(scene, run, level)))
        case "m", (level, ago) if run.data.get("at") == "ols" and level < len(OLS_LEVELS) and ago <= MONTHS:
            on = None if ago == MONTHS else _months(scene, run)[ago]
            return _kept(scene, run, "ols", {ALL: OLS_LEVELS[level]}, on)
        case _:
            return None


def current(scene: Scene, run: Run) -> Screen | None:
    """The question on show; None when neither grid nor OLS is."""
    match run.data.get("at"):
        case "grid":
            return _skill(scene, run, len(_given(run)))
        case "ols":
            return _ols(scene, run)
        case _:
            return None


# --- the grid ---------------------------------------------------------------------------------------


def _given(run: Run) -> dict[str, str]:
    return dict(run.data.get("grid") or {})


def _rated(scene: Scene, run: Run, skill: str, level: str) -> Outcome:
    given = {**_given(run), skill: level}
    if len(given) < len(SKILLS):
        run = run.but(grid=given)
        return show(Replace(_skill(scene, run, len(given))), effects=saved(run))
    return _kept(scene, run, "grid", given)


def _skill(scene: Scene, run: Run, number: int) -> Screen:
    skill = SKILLS[min(number, len(SKILLS) - 1)]
    head = say(
        "languages/grid_head", language=_name(scene, run), skill=skill_name(skill), n=number + 1, all=len(SKILLS)
    )  # fmt: skip
    lines = [
        say("languages/can_line", level=level, words=say(f"languages/can/{skill}/{level.lower()}"))
        for level in RANKS[1:]
    ]
    can = say("languages/lines", lines=Listing((*lines, say("languages/can_more")), lines=True))
    ask = (say("languages/grid_ask"),) if number == 0 else ()
    return Screen((head, *ask, can), _level_rows(run, number))


def _level_rows(run: Run, number: int) -> Rows:
    buttons = [
        Button(level_name(level), callback(run.step.id, "g", number, place)) for place, level in enumerate(LEVELS)
    ]
    back = (step_button("assessment/back_button", run, "at", number - 1),) if number else ()
    return ((buttons[0],), tuple(buttons[1:4]), tuple(buttons[4:]), (*back, pause_button(run)))


# --- OLS --------------------------------------------------------------------------------------------


def _ols(scene: Scene, run: Run) -> Screen:
    buttons = [Button(level_name(level), callback(run.step.id, "o", n)) for n, level in enumerate(OLS_LEVELS)]
    back = () if is_done(run) else (step_button("assessment/back_button", run, "ways"),)
    body = (say("languages/ols_ask", language=_name(scene, run)),)
    return Screen(body, (tuple(buttons[:3]), tuple(buttons[3:]), (*back, pause_button(run))))


def _month(scene: Scene, run: Run, level: int) -> Screen:
    buttons = [
        Button(say("languages/month_button", month=Day(month, "month")), callback(run.step.id, "m", level, ago))
        for ago, month in enumerate(_months(scene, run))
    ]
    earlier = (button("languages/earlier_button", callback(run.step.id, "m", level, MONTHS)),)
    back = (step_button("assessment/back_button", run, "ols"), pause_button(run))
    return Screen((say("languages/ols_when", level=OLS_LEVELS[level]),), (*in_rows(buttons, 3), earlier, back))


def _months(scene: Scene, run: Run) -> list[date]:
    """This month and those before, by their first days."""
    today = local_date(scene.now, run.stay.zone)
    counted = 12 * today.year + today.month - 1
    return [date((counted - ago) // 12, (counted - ago) % 12 + 1, 1) for ago in range(MONTHS)]


# --- what both end with -----------------------------------------------------------------------------


def _kept(scene: Scene, run: Run, source: str, levels: dict[str, str], on: date | None = None) -> Outcome:
    language = language_of(scene, run) or UNKNOWN
    keep = KeepLanguageClaim(run.stay.placement_id, check_of(run).phase, language, source, levels, on)
    over = run.but(at=None, grid=None)
    body: tuple[Text, ...] = (say("languages/ols_kept"),) if source == "ols" else (say("languages/grid_kept"),)
    if is_done(run):
        return show(Replace(Screen(body, (*SEE, MENU_ROW))), effects=(keep, *left_again(over)))
    if source == "ols" or test_for(scene, run) is None:
        return show(Replace(praise(run, *body, rows=SEE)), effects=(keep, *finished(over)))
    start = (step_button("language_test/start_button", run, "go"),)
    stop = (step_button("language_test/enough_button", run, "enough"),)
    return show(Replace(Screen((*body, say("languages/then_test")), (start, stop))), effects=(keep, *saved(over)))


def _name(scene: Scene, run: Run) -> LanguageName | Text:
    language = language_of(scene, run)
    return LanguageName(language) if language else say("language_test/of_the_place")
