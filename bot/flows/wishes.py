"""What comes by itself, as the learner wants it: how often challenges, and which kinds of steps at all.

`wishes:open`, `wishes:rhythm:<daily|twice|off>`, `wishes:kind:<kind>`. Safety, papers and
check-ins are no matter of taste.
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.items import RHYTHMS
from bot.flows.effects import SetWishes
from bot.flows.gate import closed
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Screen, Tap, Toast, button, show
from bot.i18n import Text, say
from bot.rules.wishes import NO_WISHES, SWITCHABLE, Wishes

NEEDS: frozenset[str] = frozenset({"wishes"})


def handle(scene: Scene, event: Event) -> Outcome:
    """The page itself, and each of its buttons: the page again as it is then."""
    refusal = closed(scene)
    if refusal is not None or scene.stay is None:
        return refusal or Outcome()
    parts = (*event.data.split(":"), "", "") if isinstance(event, Tap) else ("wishes", "open", "", "")
    now = scene.wishes or NO_WISHES
    match parts[1], parts[2]:
        case "rhythm", word if (chosen := next((r for r in RHYTHMS if r == word), None)) is not None:
            return _changed(scene.stay, replace(now, rhythm=chosen, quiet=now.quiet - {"challenge"}))
        case "kind", kind if kind in SWITCHABLE:
            return _changed(scene.stay, now.toggled(kind))
        case "open", _:
            return show(Replace(page(now)))
        case _:
            return show(Toast(say("steps/gone")))


def _changed(stay: Stay, wishes: Wishes) -> Outcome:
    return show(Replace(page(wishes)), effects=(SetWishes(stay.placement_id, wishes),))


def page(wishes: Wishes) -> Screen:
    """What holds now, and a button for everything that can change."""
    body = (say("wishes/title"), _rhythm(wishes), *_quiet(wishes), say("wishes/always"))
    back = (button("settings/back_button", "settings:home"),)
    return Screen(body, (*_rhythms(wishes), *_kinds(wishes), back))


def _rhythm(wishes: Wishes) -> Text:
    if "challenge" in wishes.quiet or wishes.rhythm == "off":
        return say("wishes/challenges_off")
    match wishes.rhythm:
        case "daily":
            return say("wishes/challenges_daily")
        case "twice":
            return say("wishes/challenges_twice")
        case _:
            return say("wishes/challenges_unset")


def _quiet(wishes: Wishes) -> tuple[Text, ...]:
    lines = {
        "reflection": say("wishes/no_reflections"),
        "quiz": say("wishes/no_quizzes"),
        "text": say("wishes/no_tips"),
        "holiday": say("wishes/no_holidays"),
    }
    return tuple(line for kind, line in lines.items() if kind in wishes.quiet)


def _rhythms(wishes: Wishes) -> Rows:
    chosen = "off" if "challenge" in wishes.quiet else wishes.rhythm
    labels = {
        "daily": button("wishes/daily_button", "wishes:rhythm:daily"),
        "twice": button("wishes/twice_button", "wishes:rhythm:twice"),
        "off": button("wishes/off_button", "wishes:rhythm:off"),
    }
    return (tuple(label for word, label in labels.items() if word != chosen),)


def _kinds(wishes: Wishes) -> Rows:
    return tuple((_switch(kind, kind in wishes.quiet),) for kind in SWITCHABLE if kind != "challenge")


def _switch(kind: str, quiet: bool) -> Button:
    tap = f"wishes:kind:{kind}"
    match kind:
        case "reflection":
            return (
                button("wishes/reflections_on_button", tap) if quiet else button("wishes/reflections_off_button", tap)
            )
        case "quiz":
            return button("wishes/quizzes_on_button", tap) if quiet else button("wishes/quizzes_off_button", tap)
        case "holiday":
            return button("wishes/holidays_on_button", tap) if quiet else button("wishes/holidays_off_button", tap)
        case _:
            return button("wishes/tips_on_button", tap) if quiet else button("wishes/tips_off_button", tap)
