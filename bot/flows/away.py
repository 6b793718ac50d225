"""`/away`: whoever is on a ladder says until when they are away, and who stands in; and the other side of it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.flows.effects import AnswerStandIn, EndAbsence, GoAway
from bot.flows.running import answer
from bot.flows.scene import DutyView, Scene
from bot.flows.vocabulary import (
    IDLE,
    Button,
    Conversation,
    Event,
    Outcome,
    Replace,
    Say,
    Screen,
    Tap,
    Words,
    button,
    screen,
    show,
)
from bot.i18n import Listing, Moment, Text, say, verbatim
from bot.rules.away import choices, fits, parse_until

NEEDS = frozenset({"duties"})
NOBODY = 0


def handle(scene: Scene, event: Event) -> Outcome:
    """`/away`; `away:<on|type|back>:<cohort>`, `away:at:<cohort>:<minute>`, `away:who:<cohort>:<minute>:<membership>`,
    `away:<yes|no>:<absence>`; and the day as words. A minute is counted from 1970 in UTC."""
    if isinstance(event, Tap):
        return _tapped(scene, event)
    duty = _duty(scene, scene.conversation.data.get("cohort", 0)) if isinstance(event, Words) else None
    if duty is not None and isinstance(event, Words):
        return _typed(scene, duty, event.text)
    if scene.conversation.flow == "away" and not isinstance(event, Words):
        return show(Say(screen(say("away/not_a_day")))) if _waits_for_words(event) else _begin(scene, event)
    return _begin(scene, event)


def _waits_for_words(event: Event) -> bool:
    return type(event).__name__ in ("Photo", "Voice", "Document")


def _tapped(scene: Scene, event: Tap) -> Outcome:
    action, *numbers = event.data.split(":")[1:]
    if not all(number.isdecimal() and len(number) < 16 for number in numbers) or not numbers:
        return _begin(scene, event)
    first, *rest = (int(number) for number in numbers)
    if action in ("yes", "no"):
        return show(effects=(AnswerStandIn(first, action == "yes"),))
    duty = _duty(scene, first)
    if duty is None:
        return _begin(scene, event)
    match action, rest:
        case "type", []:
            return show(Replace(screen(say("away/type_it"))), conversation=Conversation("away", {"cohort": first}))
        case "back", []:
            return show(effects=(EndAbsence(first),), conversation=IDLE)
        case "at", [minute]:
            return _who(scene, event, duty, _instant(minute))
        case "who", [minute, membership]:
            return _go(scene, event, duty, _instant(minute), membership)
        case _:
            return show(answer(event, _until(scene, duty)), conversation=IDLE)


def _duty(scene: Scene, cohort_id: int) -> DutyView | None:
    return next((duty for duty in scene.duties if duty.cohort_id == cohort_id), None)


def _begin(scene: Scene, event: Event) -> Outcome:
    if not scene.duties:
        return show(answer(event, screen(say("away/not_for_you"))), conversation=IDLE)
    if len(scene.duties) > 1:
        rows = tuple((button("away/which_button", f"away:on:{d.cohort_id}", cohort=d.cohort),) for d in scene.duties)
        return show(answer(event, Screen((say("away/which"), *states(scene)), rows)), conversation=IDLE)
    duty = scene.duties[0]
    shown = _until(scene, duty) if duty.until is None or _wants_to_change(event) else _state(duty)
    return show(answer(event, shown), conversation=IDLE)


def _wants_to_change(event: Event) -> bool:
    return isinstance(event, Tap) and event.data.startswith("away:on:")


# --- how it stands --------------------------------------------------------------------------------


def states(scene: Scene) -> tuple[Text, ...]:
    """A line for each absence of this person and each they stand in for; nothing when all is as usual."""
    return tuple(line for duty in scene.duties for line in _lines(duty))


def _lines(duty: DutyView) -> list[Text]:
    lines = []
    if duty.until is not None:
        at, name = Moment(duty.until, "short"), verbatim(duty.substitute or "")
        if duty.asked:
            lines.append(say("away/state_asked", name=name, until=at))
        elif duty.substitute:
            lines.append(say("away/state_substitute", cohort=duty.cohort, name=name, until=at))
        elif duty.alone:
            start, end = (Moment(instant, "short") for instant in duty.alone)
            lines.append(say("away/state_hole", cohort=duty.cohort, until=at, start=start, end=end))
        else:
            lines.append(say("away/state", cohort=duty.cohort, until=at))
    for who, until in duty.standing_in:
        lines.append(say("away/standing_in", name=verbatim(who), until=Moment(until, "short")))
    return lines


def _state(duty: DutyView) -> Screen:
    back = "away/withdraw_button" if duty.asked else "away/im_back_button"
    rows = (
        (button(back, f"away:back:{duty.cohort_id}"),),
        (button("away/change_button", f"away:on:{duty.cohort_id}"),),
    )
    return Screen(tuple(_lines(duty)), rows)


# --- going away -----------------------------------------------------------------------------------


def _until(scene: Scene, duty: DutyView) -> Screen:
    rows: list[tuple[Button, ...]] = [
        (button(f"away/until_button/{name}", f"away:at:{duty.cohort_id}:{_minute(at)}"),)
        for name, at in choices(scene.now, duty.zone).items()
    ]
    rows.append((button("away/until_button/type", f"away:type:{duty.cohort_id}"),))
    if duty.until is not None:
        back = "away/withdraw_button" if duty.asked else "away/im_back_button"
        rows.append((button(back, f"away:back:{duty.cohort_id}"),))
    return Screen((*_lines(duty), say("away/ask_until", cohort=duty.cohort)), tuple(rows))


def _typed(scene: Scene, duty: DutyView, words: str) -> Outcome:
    until = parse_until(words, scene.now, duty.zone)
    if until is None:
        return show(Say(screen(say("away/not_a_day"))))
    if not fits(until, scene.now):
        return show(Say(screen(say("away/not_then"))))
    return show(Say(_ask_who(duty, until)), conversation=IDLE)


def _who(scene: Scene, event: Tap, duty: DutyView, until: datetime) -> Outcome:
    if not fits(until, scene.now):  # the button of another day
        return show(answer(event, _until(scene, duty)), conversation=IDLE)
    return show(answer(event, _ask_who(duty, until)), conversation=IDLE)


def _ask_who(duty: DutyView, until: datetime) -> Screen:
    data = f"away:who:{duty.cohort_id}:{_minute(until)}"
    rows: list[tuple[Button, ...]] = [
        (button("away/who_button", f"{data}:{membership}", name=name),) for membership, name in duty.candidates
    ]
    rows.append((button("away/nobody_button", f"{data}:{NOBODY}"),))
    rows.append((button("away/back_button", f"away:on:{duty.cohort_id}"),))
    return Screen((say("away/ask_who" if duty.candidates else "away/nobody_to_ask", until=Moment(until)),), tuple(rows))


def _go(scene: Scene, event: Tap, duty: DutyView, until: datetime, membership: int) -> Outcome:
    known = membership == NOBODY or any(membership == candidate for candidate, _ in duty.candidates)
    if not fits(until, scene.now) or not known:
        return show(answer(event, _until(scene, duty)), conversation=IDLE)
    return show(effects=(GoAway(duty.cohort_id, until, membership or None),), conversation=IDLE)


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60


def _instant(minute: int) -> datetime:
    return datetime.fromtimestamp(min(minute, 4_000_000_000 // 60) * 60, UTC)


# --- what the others, and oneself later, read -----------------------------------------------------


def asked(name: str) -> Screen:
    """To who goes: the substitute has been asked."""
    return screen(say("away/asked", name=verbatim(name)))


def please(absence_id: int, name: str, cohort: str, until: datetime) -> Screen:
    """To the substitute."""
    rows = (
        (button("away/yes_button", f"away:yes:{absence_id}"),),
        (button("away/no_button", f"away:no:{absence_id}"),),
    )
    return screen(say("away/please", name=verbatim(name), cohort=cohort, until=Moment(until)), rows=rows)


def news(what: str, name: str | None = None, until: datetime | None = None) -> Screen:
    """One of the plain sentences about an absence: agreed, declined, lapsed, over …"""
    args = {"name": verbatim(name)} if name is not None else {}
    return screen(say(f"away/{what}", **args, **({"until": Moment(until)} if until is not None else {})))


def holds(until: datetime, alone: tuple[datetime, datetime] | None) -> Screen:
    """To who goes without a substitute: the others get the alerts, or when there are none."""
    if alone is None:
        return news("holds", until=until)
    start, end = (Moment(instant, "short") for instant in alone)
    return screen(say("away/holds_hole", until=Moment(until), start=start, end=end))


def substitute_away(name: str, until: datetime, alone: tuple[datetime, datetime] | None) -> Screen:
    """To whom they stand in for: they are away now, too, and the others get the alerts, or nobody is on duty."""
    if alone is None:
        return news("substitute_away", name, until)
    start, end = (Moment(instant, "short") for instant in alone)
    who = verbatim(name)
    return screen(say("away/substitute_away_hole", name=who, until=Moment(until), start=start, end=end))


def hole(codes: tuple[str, ...], start: datetime, end: datetime) -> Screen:
    """To who would go: nobody would be on duty."""
    return screen(
        say("away/hole", codes=Listing(codes), start=Moment(start, "short"), end=Moment(end, "short")),
    )
