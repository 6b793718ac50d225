"""`/settings`: language, the hour of the check-in, whether unanswered kit questions may be kept; for coordinators, when
the morning digest comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from bot.flows.asking_effects import BeAsked
from bot.flows.effects import GiveConsent, SetCheckInHour, SetDigest, SetPlain
from bot.flows.running import answer
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import (
    Button,
    Event,
    Outcome,
    Replace,
    Rows,
    Screen,
    Tap,
    Toast,
    button,
    in_rows,
    screen,
    show,
)
from bot.i18n import Hour, LanguageName, Text, say
from bot.rules import digest

NEEDS: frozenset[str] = frozenset({"kit_questions", "moods", "digest"})

# From the end of a working day until there is still somebody awake who can react.
HOURS = tuple(time(minutes // 60, minutes % 60) for minutes in range(17 * 60, 21 * 60 + 31, 30))


def handle(scene: Scene, event: Event) -> Outcome:
    """`/settings`, `settings:home`, `settings:<hour|digest>[:HHMM]`, `settings:digest:off`,
    `settings:questions[:yes|no]`, `settings:plain:on|off`,
    `settings:ambassador:off`."""
    parts = (*event.data.split(":"), "", "") if isinstance(event, Tap) else ("settings", "home", "", "")
    match parts[1], parts[2]:
        case "hour", value if scene.stay is not None:
            return _hour(scene, scene.stay, value)
        case "questions", value if scene.is_learner:
            return _questions(scene, value)
        case "ambassador", "off" if scene.stay is not None:
            taken = show(Replace(screen(say("settings/ambassador_off"), rows=((_back(),),))))
            return replace(taken, effects=(GiveConsent("ambassador", False), BeAsked(False)))
        case "plain", "on" | "off" as value:
            wanted = value == "on"
            now = replace(scene, plain=wanted)
            return show(Replace(_home(now)), effects=(SetPlain(wanted),))
        case "digest", value if scene.writes_to_cohorts:
            return _digest(scene, value)
        case _:
            return show(answer(event, _home(scene)))


def _home(scene: Scene) -> Screen:
    body: list[Text] = [
        say("settings/title"),
        say("settings/language", language=LanguageName(scene.language, own=True)),
    ]
    rows: list[tuple[Button, ...]] = [(button("settings/language_button", "lang:choose"),)]
    body.append(say("settings/plain_on") if scene.plain else say("settings/plain_off"))
    plain = button("settings/plain_off_button", "settings:plain:off") if scene.plain else None
    rows.append((plain or button("settings/plain_on_button", "settings:plain:on"),))
    if scene.stay is not None:
        body.append(say("settings/hour", hour=Hour(_time(scene.stay))))
        body.append(say("settings/questions_on") if scene.kit_questions else say("settings/questions_off"))
        rows.append((button("settings/hour_button", "settings:hour"),))
        if scene.stay.stage == "during":
            rows.append((button("pause/open_button", "pause:open"),))
        if scene.moods is not None and scene.stay.may_travel_on:
            asked = scene.moods.asked
            body.append(say("mood/on") if asked else say("mood/off"))
            rows.append((button("mood/off_button", "mood:off") if asked else button("mood/on_button", "mood:on"),))
        if scene.stay.may_travel_on:
            rows.append((button("wishes/open_button", "wishes:open"),))
        rows.append((button("settings/questions_button", "settings:questions"),))
        if scene.stay.ambassador:
            body.append(say("settings/ambassador_on"))
            rows.append((button("settings/ambassador_button", "settings:ambassador:off"),))
        if scene.stay.stage == "after" and not scene.stay.minor:
            rows.append((button("asking/home_button", "ask:home"),))
    if scene.writes_to_cohorts:
        at = scene.digest_at
        body.append(say("settings/digest", hour=Hour(at)) if at else say("settings/digest_off"))
        rows.append((button("settings/digest_button", "settings:digest"),))
    return Screen(tuple(body), (*rows, (button("steps/menu_button", "menu:home"),)))


# --- the hour of the check-in ---------------------------------------------------------------------


def _hour(scene: Scene, stay: Stay, value: str) -> Outcome:
    if not value:
        return show(Replace(screen(say("settings/ask_hour"), say("settings/hour_local"), rows=_hours(stay))))
    chosen = next((hour for hour in HOURS if hour.strftime("%H%M") == value), None)
    if chosen is None:
        return show(Toast(say("settings/no_such_hour")))
    done = screen(say("settings/hour_set", hour=Hour(chosen)), rows=((_back(),),))
    return show(Replace(done), effects=(SetCheckInHour(stay.placement_id, chosen.strftime("%H:%M")),))


def _hours(stay: Stay) -> Rows:
    return (*_rows(HOURS, _time(stay), "settings:hour"), (_back(),))


def _rows(hours: Sequence[time], now: time | None, data: str) -> Rows:
    return in_rows([Button(_label(hour, now), f"{data}:{hour:%H%M}") for hour in hours], 5)


def _label(hour: time, now: time | None) -> Text:
    if hour == now:
        return say("settings/hour_now", hour=Hour(hour))
    return say("settings/hour_other", hour=Hour(hour))


def _time(stay: Stay) -> time:
    return time.fromisoformat(stay.check_in_at)


# --- the morning digest ---------------------------------------------------------------------------


def _digest(scene: Scene, value: str) -> Outcome:
    if value == digest.OFF:
        return _digest_set(say("settings/digest_off"), digest.OFF)
    chosen = next((hour for hour in digest.HOURS if hour.strftime("%H%M") == value), None)
    if chosen is not None:
        return _digest_set(say("settings/digest_set", hour=Hour(chosen)), chosen.strftime("%H:%M"))
    off = (button("settings/digest_off_button", "settings:digest:off"),)
    rows = (*_rows(digest.HOURS, scene.digest_at, "settings:digest"), off, (_back(),))
    return show(Replace(screen(say("settings/ask_digest"), rows=rows)))


def _digest_set(done: Text, hour: str) -> Outcome:
    return show(Replace(screen(done, rows=((_back(),),))), effects=(SetDigest(hour),))


# --- kit questions --------------------------------------------------------------------------------


def _questions(scene: Scene, value: str) -> Outcome:
    if value not in ("yes", "no"):
        yes = button("settings/questions_yes_button", "settings:questions:yes")
        no = button("settings/questions_no_button", "settings:questions:no")
        return show(Replace(screen(say("settings/ask_questions"), rows=((yes, no), (_back(),)))))
    given = value == "yes"
    done = say("settings/questions_on") if given else say("settings/questions_off")
    return show(Replace(screen(done, rows=((_back(),),))), effects=(GiveConsent("kit_questions", given),))


def _back() -> Button:
    return button("settings/back_button", "settings:home")
