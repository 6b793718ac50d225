"""What the ways of a language step share: its language, the test for it, how often it was taken, and keeping all that.

A step that is done stays done: what is answered in it again is kept without opening it.
"""

from __future__ import annotations

from bot.content.items import LanguageCheck
from bot.content.language_tests import LanguageTest
from bot.flows.effects import Effect, ReleaseWaiting, SaveStep
from bot.flows.running import Run, saved as saved_open
from bot.flows.scene import Scene
from bot.rules.host_language import host_languages


def check_of(run: Run) -> LanguageCheck:
    """What the step shows."""
    assert isinstance(run.item, LanguageCheck)
    return run.item


def is_done(run: Run) -> bool:
    """Was the step finished before?"""
    return run.view.state == "done"


def saved(run: Run) -> tuple[Effect, ...]:
    """Keeps where the step is; opens it unless it is done."""
    return (SaveStep(run.stay.placement_id, run.step.id, run.data),) if is_done(run) else saved_open(run)


def left_again(run: Run) -> tuple[Effect, ...]:
    """Keeps where a step is that was done before, and lets go on what waited for its end."""
    return (*saved(run), ReleaseWaiting(run.stay.placement_id))


def spoken(scene: Scene, run: Run) -> tuple[str, ...]:
    """The languages of the stay, the one that was looked at before first."""
    stay = run.stay
    found = host_languages(scene.content, stay.kit, stay.host_country, stay.home_country)
    other = [v.data.get("language") for v in scene.steps if v.kind == "language_test" and v.id != run.step.id]
    return tuple(dict.fromkeys((*(str(language) for language in other if language), *found)))


def candidates(scene: Scene, run: Run) -> tuple[str, ...]:
    """Those of them that there is a test for."""
    form = check_of(run).form
    tests = ((language, scene.content.language_test(language, form)) for language in spoken(scene, run))
    return tuple(language for language, test in tests if test is not None and test.playable)


def language_of(scene: Scene, run: Run) -> str | None:
    """The one the step is about; None while there is a choice, or nobody knows what is spoken there."""
    chosen, known, there = run.data.get("language"), candidates(scene, run), spoken(scene, run)
    if chosen in known or (chosen in there and not known):
        return str(chosen)
    if len(known) > 1:
        return None
    return next(iter((*known, *there)), None)


def test_for(scene: Scene, run: Run) -> LanguageTest | None:
    """The test of that language in the form of the step."""
    language = language_of(scene, run)
    found = scene.content.language_test(language, check_of(run).form) if language else None
    return found if found is not None and found.playable else None


def taken(run: Run) -> dict[str, int]:
    """How often the test was taken to its end, by language."""
    return dict(run.data.get("taken", {}))


def attempt(run: Run, language: str) -> int:
    """The number of the attempt that is under way, or would be."""
    return taken(run).get(language, 0) + 1
