"""The travel day: left, delayed, arrived. Safety, so it never waits for a consent; it takes the check-in's place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.flows.effects import ReportTravel
from bot.flows.scene import Scene, TravelView
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
from bot.i18n import Listing, Moment, Text, Value, say
from bot.rules.travel_days import FARTHEST, HOURS, hour_of, new_hours

NEEDS = frozenset({"travel"})

WORDS = {"left": "left", "arrived": "arrived", "still": "still"}
OVER = frozenset({"arrived", "excused", "closed"})
MOST_HOURS = 999  # in callback data


def handle(scene: Scene, event: Event) -> Outcome:
    """`travel:open:<id>`, `travel:<left|arrived|delayed|still>:<id>`, `travel:<at|new>:<id>:<hours>`.

    Hours count from midnight of the day of arrival; what no button offers is refused.
    """
    parts = event.data.split(":") if isinstance(event, Tap) else []
    trip = scene.travel
    if trip is None or len(parts) < 3 or parts[2] != str(trip.id):
        return show(Toast(say("common/old_button"), alert=True))
    word = parts[1]
    if word in WORDS:
        effect = ReportTravel(trip.placement_id, trip.id, WORDS[word])
        return show(Toast(say("check_in/toast/fine")), effects=(effect,))
    if word == "delayed" and trip.state not in OVER:
        return show(Replace(which_hour(trip, scene.now)))
    if word in ("at", "new") and len(parts) == 4:
        return _hour(scene, trip, word, parts[3])
    return show(Replace(today(trip)))


def waits(trip: TravelView) -> bool:
    """Is the learner on the way, or about to be, so that short words may be about the journey?"""
    return trip.state not in OVER


def _hour(scene: Scene, trip: TravelView, word: str, typed: str) -> Outcome:
    hours = int(typed) if typed.isdecimal() and len(typed) <= len(str(MOST_HOURS)) else None
    at = hour_of(trip.arrives_on, trip.zone, hours) if hours is not None else None
    latest = max(scene.now, trip.expected_at) + FARTHEST
    if at is None or (word == "at" and hours not in HOURS) or not scene.now < at <= latest:
        return show(Toast(say("travel/hour_over"), alert=True), Replace(which_hour(trip, scene.now)))
    effect = ReportTravel(trip.placement_id, trip.id, "planned" if word == "at" else "delayed", at)
    return show(Toast(say("check_in/toast/fine")), effects=(effect,))


# --- what is shown ------------------------------------------------------------------------------


def today(trip: TravelView) -> Screen:
    """Where the journey stands, with what can be said now."""
    if trip.state == "arrived":
        return already(trip)
    if trip.state == "planned" and trip.said is None:
        return ask_hour(trip)
    key = "open_left" if trip.left_at is not None else "open"
    return screen(
        say(f"travel/{trip.direction}/{key}", **_place(trip), at=_at(trip)), *_assumed(trip), rows=_rows(trip)
    )


def ask_hour(trip: TravelView) -> Screen:
    """The evening before: when will you be there?"""
    return screen(say(f"travel/{trip.direction}/ask_hour", **_place(trip)), rows=_hours(trip, HOURS, "at"))


def ask(trip: TravelView, name: str) -> Screen:
    """The question of the morning."""
    words = say(f"travel/{trip.direction}/ask", name=name, **_place(trip), at=_at(trip))
    return screen(words, *_assumed(trip), rows=_rows(trip))


def ask_again(trip: TravelView, name: str) -> Screen:
    """Of every later morning on the way."""
    return screen(say("travel/ask_again", name=name, at=_at(trip)), rows=_rows(trip))


def remind(trip: TravelView, name: str, until: datetime) -> Screen:
    """The one reminder: until when, and what happens then."""
    return screen(say("travel/remind", name=name, until=Moment(until, "time", trip.zone)), rows=_rows(trip))


def which_hour(trip: TravelView, now: datetime) -> Screen:
    """Delayed: until when?"""
    hours = new_hours(trip.arrives_on, trip.zone, max(now, trip.expected_at))
    back = (button("travel/back_button", f"travel:open:{trip.id}"),)
    return screen(say("travel/which_hour"), rows=(*_hours(trip, hours, "new"), back))


def noted(trip: TravelView, word: str) -> Screen:
    """After a word: what is expected now. After the hour of the evening before, there is nothing to tap yet."""
    if word == "planned":
        return screen(say(f"travel/{trip.direction}/hour_noted", at=_at(trip)))
    key = "delay_noted" if word == "delayed" else f"{trip.direction}/left"
    return screen(say(f"travel/{key}", **_place(trip), at=_at(trip)), *_assumed(trip), rows=_rows(trip))


def welcome(trip: TravelView, told: Sequence[str]) -> Screen:
    """There; when somebody was alerted meanwhile, who hears of it."""
    body = [say(f"travel/{trip.direction}/welcome", **_place(trip))]
    if told:
        body.append(say("travel/told", names=Listing(tuple(told))))
    return Screen(tuple(body))


def already(trip: TravelView) -> Screen:
    """Said before: since when, and the way back if that was a slip."""
    rows: Rows = (
        (button("travel/still_button", f"travel:still:{trip.id}"),),
        (button("check_in/help_button", "check_in:help:0"),),
    )
    return screen(say("travel/already", at=Moment(trip.arrived_at or trip.expected_at, "short", trip.zone)), rows=rows)


def _rows(trip: TravelView) -> Rows:
    arrived = button("travel/arrived_button", f"travel:arrived:{trip.id}")
    delayed = button("travel/delayed_button", f"travel:delayed:{trip.id}")
    left = () if trip.left_at is not None else ((button("travel/left_button", f"travel:left:{trip.id}"),),)
    return (*left, (arrived,), (delayed,), (button("check_in/help_button", "check_in:help:0"),))


def _hours(trip: TravelView, hours: Sequence[int], word: str) -> Rows:
    return in_rows([_hour_button(trip, n, word) for n in hours], 3)


def _hour_button(trip: TravelView, hours: int, word: str) -> Button:
    if word == "at" and hours >= 24:
        return button("travel/midnight_button", f"travel:{word}:{trip.id}:{hours}")
    return button(
        "travel/hour_button", f"travel:{word}:{trip.id}:{hours}",
        at=Moment(hour_of(trip.arrives_on, trip.zone, hours), "time", trip.zone),
    )  # fmt: skip


def _at(trip: TravelView) -> Moment:
    return Moment(trip.expected_at, "short", trip.zone)


def _assumed(trip: TravelView) -> tuple[Text, ...]:
    """Nobody said an hour: the learner must know that this one is ours, and how to change it."""
    return (say("travel/assumed"),) if trip.assumed else ()


def _place(trip: TravelView) -> dict[str, Value]:
    return {"city": trip.to} if trip.direction == "out" else {}


# --- what others read -----------------------------------------------------------------------------


def arrived(trip: TravelView, learner: str) -> Screen:
    """To the contact person, silently."""
    at = Moment(trip.arrived_at or trip.expected_at, "short", trip.zone)
    return screen(say(f"travel/{trip.direction}/has_arrived", name=learner, at=at, **_place(trip)))


def not_there(trip: TravelView, learner: str) -> Screen:
    """To the contact person, who had read that the learner is there."""
    return screen(say("travel/not_there", name=learner, at=_at(trip)))


def long_delay(trip: TravelView, learner: str) -> Screen:
    """To the contact person: half a day late or more."""
    first = Moment(trip.first_expected_at, "short", trip.zone)
    return screen(say("travel/long_delay", name=learner, at=_at(trip), first=first))


def line(trip: TravelView) -> Text:
    """Where a journey stands, in one line of a list."""
    if trip.state == "arrived":
        return say("travel/line/arrived", at=Moment(trip.arrived_at or trip.expected_at, "short", trip.zone))
    if trip.left_at is not None:
        return say("travel/line/left", since=Moment(trip.left_at, "short", trip.zone), at=_at(trip))
    return say("travel/line/planned", at=_at(trip))
