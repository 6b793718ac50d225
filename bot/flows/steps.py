"""The steps of the journey: the card of one that is due, and every tap on a `step:` button.

The kinds are an explicit union: each has one file with `shown`, `begin` and `tap`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.content.items import Assessment, LanguageCheck, Lesson, Quiz, Survey
from bot.content.schema import Journey, Step
from bot.flows import assessment, challenge, checklist, language_test, lesson, quiz, reflection, survey, text_step
from bot.flows.gate import closed
from bot.flows.running import CAN_OPEN, Items, Run, and_then, callback, find, numbers, park, set_aside, title
from bot.flows.scene import Scene, Stay, StepView
from bot.flows.vocabulary import Event, Outcome, Replace, Screen, Tap, Toast, button, screen, show
from bot.i18n import Text, say

NEEDS: frozenset[str] = reflection.NEEDS | challenge.NEEDS


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of step can do: show where it is, begin or go on, and answer its own buttons."""

    shown: Callable[[Run], Screen]
    begin: Callable[[Scene, Run], Outcome]
    tap: Callable[[Scene, Run, str, tuple[int, ...]], Outcome]


KINDS: Mapping[str, Kind] = {
    "text": Kind(text_step.shown, text_step.begin, text_step.tap),
    "lesson": Kind(lesson.shown, lesson.begin, lesson.tap),
    "quiz": Kind(quiz.shown, quiz.begin, quiz.tap),
    "challenge": Kind(challenge.shown, challenge.begin, challenge.tap),
    "reflection": Kind(reflection.shown, reflection.begin, reflection.tap),
    "checklist": Kind(checklist.shown, checklist.begin, checklist.tap),
    "assessment": Kind(assessment.shown, assessment.begin, assessment.tap),
    "survey": Kind(survey.shown, survey.begin, survey.tap),
    "language_test": Kind(language_test.shown, language_test.begin, language_test.tap),
}


def offer(items: Items, journey: Journey, step: Step, stay: Stay) -> Screen:
    """What is sent when a step is due: a text itself, anything else as a card with Start and Later."""
    run = Run(stay, step, items.item(step), StepView(step.id, step.kind, "offered"))
    if step.kind == "text":
        return text_step.shown(run)
    start = button("steps/start_button", callback(step.id, "open"))
    later = button("steps/later_button", callback(step.id, "later"))
    return Screen(_card(run), ((start, later), *and_then(step)))


def _card(run: Run) -> tuple[Text, ...]:
    head = say("steps/headed", kind=_kind(run.step), title=title(run.step, run.item))
    if isinstance(run.item, Lesson | Quiz | Assessment | Survey | LanguageCheck):
        return (head, say("steps/minutes", n=run.item.minutes))
    if run.step.kind == "challenge":
        return (head, run.text("task"))
    return (head,)


def _kind(step: Step) -> Text:
    match step.kind:
        case "lesson":
            return say("steps/kinds/lesson")
        case "quiz":
            return say("steps/kinds/quiz")
        case "challenge":
            return say("steps/kinds/challenge")
        case "reflection":
            return say("steps/kinds/reflection")
        case "checklist":
            return say("steps/kinds/checklist")
        case "assessment":
            return say("steps/kinds/assessment")
        case "survey":
            return say("steps/kinds/survey")
        case "language_test":
            return say("steps/kinds/language_test")
        case _:
            return say("steps/kinds/text")


def handle(scene: Scene, event: Event) -> Outcome:
    """A tap on `step:<id>:<action>[:<number>…]`, whoever made it up and whenever."""
    if not isinstance(event, Tap):
        return Outcome()
    return closed(scene) or act(scene, event)


def act(scene: Scene, event: Tap) -> Outcome:
    """What a button of a step does, in the journey that the scene shows."""
    parts = event.data.split(":")
    run = find(scene, parts[1]) if len(parts) >= 3 else None
    if run is None:
        return show(Toast(say("steps/gone"), alert=True))
    return _act(scene, run, parts[2], numbers(tuple(parts[3:])))


def _act(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    if run.view.state == "done":
        return _after_done(scene, run, action, args)
    if run.view.state not in CAN_OPEN and not _follows_its_lesson(scene, run):
        return show(Toast(say("steps/not_yet")))
    match action:
        case "open":
            return set_aside(scene, KINDS[run.step.kind].begin(scene, run), running=True)
        case "later" if run.view.state != "open":
            return show(Replace(_later(run)))
        case "park" | "later":
            return park(scene, run)
        case _:
            return KINDS[run.step.kind].tap(scene, run, action, args)


def _after_done(scene: Scene, run: Run, action: str, args: tuple[int, ...]) -> Outcome:
    if action == "add" and run.step.kind == "reflection":
        return reflection.add(scene, run)
    if run.step.kind == "language_test":
        return language_test.after_done(scene, run, action, args)
    return show(Toast(say("steps/done_already")))


def _later(run: Run) -> Screen:
    start = button("steps/start_button", callback(run.step.id, "open"))
    return screen(say("steps/later", title=run.title), rows=((start,),))


def _follows_its_lesson(scene: Scene, run: Run) -> bool:
    """A quiz may be taken before its day once the lesson on the same subject is done."""
    if run.step.kind != "quiz" or scene.journey is None:
        return False
    lessons = {step.id for step in scene.journey.steps if step.kind == "lesson" and step.use == run.step.use}
    return any(view.id in lessons and view.state == "done" for view in scene.steps)
