"""Where do I stand in the language of my stay? A test that goes by the answers, five questions about oneself, or the
result of an OLS test. Nothing is said to be right or wrong in between; nobody else sees the result.

Data: `language`, `at` (what is on show: test, grid or ols), `answers` of the test as [item, place of the answer],
`grid` (levels by skill given so far), and `taken`, how often the test was taken to its end, by language.
"""

from __future__ import annotations

from typing import Any

from bot.content.language_tests import LanguageTest, TestItem
from bot.flows import language_grid
from bot.flows.effects import Effect, KeepLanguageTest, SkipStep
from bot.flows.language_run import (
    attempt,
    candidates,
    check_of,
    is_done,
    language_of,
    left_again,
    saved,
    taken,
    test_for,
)
from bot.flows.language_words import SEE, level_name, means, possible, tally_lines
from bot.flows.running import MENU_ROW, Run, callback, finished, pause_button, praise, stale, step_button
from bot.flows.scene import Scene
from bot.flows.vocabulary import Button, Outcome, Replace, Rows, Screen, Toast, screen, show
from bot.i18n import LanguageName, Text, say, utf16_length, verbatim
from bot.rules.language_test import MOST, UNSURE, Result, next_item, options, result_of, tallies

LETTERS = ("A", "B", "C", "D")
SHORT, MIDDLE = 14, 28  # UTF-16 units that a phone shows on a button: two in a row, one in a row
DONT_KNOW = 4  # the button after the four answers


def shown(run: Run) -> Screen:
    """The way into the step: where somebody is in it only the scene knows."""
    return screen(run.title, rows=((step_button("steps/go_on_button", run, "open"),),))


def begin(scene: Scene, run: Run) -> Outcome:
    """The choice of ways, or where it was left."""
    return show(Replace(_current(scene, run)), effects=saved(run))


def tap(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """`lang:L` chooses a language, `go` begins the test, `a:N:P` answers its question N (from 0) with the answer at
    place P, `ways` shows the ways, `home` skips, `enough` ends; the rest is the grid's."""
    match action, args:
        case "lang", (number,) if number < len(candidates(scene, run)):
            run = run.but(language=candidates(scene, run)[number])
            return show(Replace(_ways(scene, run)), effects=saved(run))
        case "ways", ():
            run = run.but(at=None)
            return show(Replace(_ways(scene, run)), effects=saved(run))
        case "go", () if run.data.get("at") != "test" and test_for(scene, run) is not None:
            run = run.but(language=language_of(scene, run), at="test", answers=[])
            return show(Replace(_current(scene, run)), effects=saved(run))
        case "a", (number, place):
            return _answer(scene, run, number, place)
        case "home", () if not is_done(run):
            return _at_home(run)
        case "enough", () if not is_done(run) and run.data.get("at") != "test":
            return show(Replace(praise(run, say("language_test/enough"), rows=SEE)), effects=finished(run))
        case _:
            return language_grid.tap(scene, run, action, args) or stale(run, _current(scene, run))


def after_done(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    """The test again, or how one sees oneself now, after the step was finished; old buttons change nothing."""
    match action:
        case "again":
            return show(Replace(_again(scene, run)))
        case "park":
            rows = ((step_button("steps/go_on_button", run, "open"),), MENU_ROW)
            return show(Replace(screen(say("steps/parked", title=run.title), rows=rows)), effects=left_again(run))
        case "open" if run.data.get("at"):
            return show(Replace(_current(scene, run)))
        case "a" if run.data.get("at") == "test":
            return tap(scene, run, action, args)
        case "go" | "grid" | "ols" | "g" | "at" | "o" | "m":
            return tap(scene, run, action, args)
        case _:
            return show(Toast(say("steps/done_already")))


def _current(scene: Scene, run: Run) -> Screen:
    """The question, or whatever else was on show last."""
    if run.data.get("at") == "test":
        test = test_for(scene, run)
        item = _next(run, test) if test else None
        if test and item:
            return _question(run, test, item)
    return language_grid.current(scene, run) or _ways(scene, run)


# --- the ways ---------------------------------------------------------------------------------------


def _ways(scene: Scene, run: Run) -> Screen:
    """The test where there is one; saying it oneself, or OLS, always."""
    known, language = candidates(scene, run), language_of(scene, run)
    if language is None and len(known) > 1:
        rows = tuple((_choice(run, number, code),) for number, code in enumerate(known))
        return Screen((run.text("intro"), say("language_test/which")), (*rows, (pause_button(run),)))
    name = LanguageName(language, inside=True) if language else say("language_test/of_the_place")
    own = (step_button("language_test/grid_button", run, "grid"), step_button("language_test/ols_button", run, "ols"))
    home: Rows = () if is_done(run) else ((step_button("language_test/home_button", run, "home"),),)
    if test_for(scene, run) is None:
        return Screen((say("language_test/no_test", language=name),), (own, *home, (pause_button(run),)))
    start = ((step_button("language_test/start_button", run, "go"),),)
    body = (run.text("intro"), say("language_test/about", language=name))
    return Screen(body, (*start, own, *home, (pause_button(run),)))


def _choice(run: Run, number: int, code: str) -> Button:
    return Button(say("language_test/language_button", language=LanguageName(code)), _data(run, "lang", number))


def _data(run: Run, action: str, *numbers: int) -> str:
    return callback(run.step.id, action, *numbers)


def _at_home(run: Run) -> Outcome:
    effects: tuple[Effect, ...] = (*saved(run.but(at=None)), SkipStep(run.stay.placement_id, run.step.id))
    return show(Replace(screen(say("language_test/at_home"), rows=(MENU_ROW,))), effects=effects)


def _again(scene: Scene, run: Run) -> Screen:
    if test_for(scene, run) is None:
        return _ways(scene, run)
    rows = ((step_button("language_test/start_button", run, "go"),), *SEE, MENU_ROW)
    return screen(say("language_test/again"), rows=rows)


# --- the test ---------------------------------------------------------------------------------------


def _answer(scene: Scene, run: Run, number: int, place: int) -> Outcome:
    test = test_for(scene, run)
    item = _next(run, test) if test and run.data.get("at") == "test" else None
    if test is None or item is None or number != len(_answers(run)) or place > DONT_KNOW:
        return stale(run, _current(scene, run))
    chosen = UNSURE if place == DONT_KNOW else options(item, test.id)[place]
    run = run.but(answers=[*run.data.get("answers", []), [item.id, chosen]])
    if (then := _next(run, test)) is not None:
        return show(Replace(_question(run, test, then)), effects=saved(run))
    return _ended(run, test)


def _ended(run: Run, test: LanguageTest) -> Outcome:
    given, count = _answers(run), attempt(run, test.language)
    result = result_of(tallies(test, given))
    kept = KeepLanguageTest(
        run.stay.placement_id, check_of(run).phase, test.language, test.form, count, tuple(given), result
    )
    over = run.but(at=None, answers=None, taken={**taken(run), test.language: count})
    body = _result(test, result, count)
    more: Rows = ((step_button("language_test/grid_button", run, "grid"),), *SEE)
    if is_done(run):
        return show(Replace(Screen(body, (*more, MENU_ROW))), effects=(kept, *left_again(over)))
    return show(Replace(praise(run, *body, rows=more)), effects=(kept, *finished(over)))


def _result(test: LanguageTest, result: Result, count: int) -> tuple[Text, ...]:
    """The level with what the answers leave open, and where that comes from."""
    name = LanguageName(test.language)
    second = (say("language_test/not_first"),) if count > 1 else ()
    return (
        say("language_test/result", language=name, level=level_name(result.level)), means(result.level),
        possible(result), tally_lines(result), say("languages/honest"), *second,
    )  # fmt: skip


def _question(run: Run, test: LanguageTest, item: TestItem) -> Screen:
    number = len(_answers(run))
    words = [item.options[place] for place in options(item, test.id)]
    body: list[Text] = [say("language_test/head", language=LanguageName(test.language), question=number + 1, most=MOST)]
    if item.text is not None:
        body.append(say("language_test/text", words=item.text))
    body.append(say("language_test/prompt", words=item.prompt))
    rows = _short_rows(run, number, words)
    if not rows:
        a, b, c, d = (verbatim(word) for word in words)
        body.append(say("quiz/options/four", a=a, b=b, c=c, d=d))
        rows = (tuple(_option(run, number, place, letter) for place, letter in enumerate(LETTERS)),)
    unsure = Button(say("language_test/unsure_button"), _data(run, "a", number, DONT_KNOW))
    return Screen(tuple(body), (*rows, (unsure, pause_button(run))))


def _short_rows(run: Run, number: int, words: list[str]) -> Rows:
    """Answers on their buttons, two in a row or one; none where a phone would cut them off."""
    buttons = tuple(_option(run, number, place, word) for place, word in enumerate(words))
    longest = max(utf16_length(word) for word in words)
    if longest <= SHORT:
        return (buttons[:2], buttons[2:])
    return tuple((one,) for one in buttons) if longest <= MIDDLE else ()


def _option(run: Run, number: int, place: int, words: str) -> Button:
    return Button(verbatim(words), _data(run, "a", number, place))


def _next(run: Run, test: LanguageTest) -> TestItem | None:
    count = attempt(run, test.language)
    seed = f"{run.stay.placement_id}/{test.id}/{(count + 1) // 2}"
    return next_item(test, _answers(run), seed, count)


def _answers(run: Run) -> list[tuple[str, int]]:
    given: list[Any] = run.data.get("answers") or []
    return [(str(item_id), int(place)) for item_id, place in given]
