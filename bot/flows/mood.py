"""How was the day? One tap after "I'm fine", for the learner alone; no points, no reminder, and one may look away.

The learner sees two weeks as bars, and may show just these once to a contact person of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.clock import local_date
from bot.flows.effects import AskMood, KeepMood, ShareMoods
from bot.flows.gate import closed
from bot.flows.running import MENU_ROW
from bot.flows.scene import Contact, Scene, Stay
from bot.flows.vocabulary import Button, Event, Outcome, Replace, Rows, Screen, Tap, Toast, button, screen, show
from bot.i18n import Day, Text, say, verbatim
from bot.rules import mood as rules

NEEDS = frozenset({"moods", "contacts"})
READERS = ("referent", "backup")


def handle(scene: Scene, event: Event) -> Outcome:
    """`mood:<1-5>:<check-in>`, `mood:show|share|on|off`, `mood:see:<person>`, `mood:send:<person>:<day>:<digits>`."""
    stay, parts = scene.stay, (*event.data.split(":"), "", "", "", "") if isinstance(event, Tap) else ("mood", "show")
    refusal = closed(scene)
    if stay is None or refusal is not None or scene.moods is None:
        return refusal or Outcome()
    match parts[1:5]:
        case "1" | "2" | "3" | "4" | "5" as value, check_in, *_ if check_in.isdecimal() and len(check_in) < 18:
            return show(Toast(say("mood/toast")), effects=(KeepMood(stay.placement_id, int(check_in), int(value)),))
        case "on" | "off" as wanted, *_:
            return _switched(wanted == "on")
        case "share", *_:
            return _choose(scene, stay)
        case "see", person, *_:
            return _preview(scene, stay, person)
        case "send", person, day, digits:
            return _send(scene, stay, person, f"{day}:{digits}")
        case _:
            return show(Replace(_shown(scene, stay)))


# --- after "I'm fine" ---------------------------------------------------------------------------


def asked(thanks: Screen, check_in_id: int) -> Screen:
    """The thanks for an answer, with five faces below it."""
    faces = tuple(
        button(f"mood/face/{value}", f"mood:{value}:{check_in_id}")
        for value in range(rules.LOWEST, rules.HIGHEST + 1)
    )  # fmt: skip
    return replace(thanks, body=(*thanks.body, say("mood/ask")), rows=(*thanks.rows, faces))


def noted(value: int) -> Screen:
    """Kept; after a hard day with somebody to talk to."""
    body = (say("check_in/thanks"), say("mood/noted", face=say(f"mood/face/{value}")))
    if value > rules.HARD:
        return screen(*body)
    return screen(*body, say("mood/hard"), rows=((button("check_in/write_button", "relay:new"),),))


def gone() -> Screen:
    """The day is over, or it was another answer."""
    return screen(say("mood/gone"))


# --- two weeks ----------------------------------------------------------------------------------


def line(scene: Scene) -> tuple[Text, ...]:
    """The trend in one line, for /progress; nothing where nothing was said."""
    if scene.stay is None or scene.moods is None or not scene.moods.days:
        return ()
    days, today = scene.moods.days, _today(scene, scene.stay)
    told = ", ".join(str(days[day]) for day in sorted(days)) if scene.plain else rules.trend(days, today)
    return (say("mood/trend", bars=verbatim(told)),)


def row(scene: Scene) -> Rows:
    """The button to the days one by one."""
    return ((button("mood/show_button", "mood:show"),),) if line(scene) else ()


def _today(scene: Scene, stay: Stay) -> date:
    return local_date(scene.now, stay.zone)


def _bars(scene: Scene) -> Text:
    return bars(scene.moods.days if scene.moods else {}, plain=scene.plain)


def bars(days: Mapping[date, int], *, plain: bool = False) -> Text:
    """One line a day, oldest first; at least one. `plain`: numbers, for a screen reader spells out every box."""
    said = {day: str(value) if plain else rules.bar(value) for day, value in days.items()}
    lines = [say("mood/day", day=Day(day, "medium"), bar=verbatim(said[day])) for day in sorted(days)]
    joined = lines[0]
    for one in lines[1:]:
        joined = say("mood/lines", first=joined, then=one)
    return joined


def _shown(scene: Scene, stay: Stay) -> Screen:
    if not line(scene):
        return screen(say("mood/nothing"), rows=(MENU_ROW,))
    share: Rows = ((button("mood/share_button", "mood:share"),),) if readers(scene) else ()
    return screen(say("mood/title"), _bars(scene), say("mood/yours"), rows=(*share, MENU_ROW))


def _switched(wanted: bool) -> Outcome:
    done = say("mood/on") if wanted else say("mood/off")
    back = (button("settings/back_button", "settings:home"),)
    return show(Replace(screen(done, rows=(back,))), effects=(AskMood(wanted),))


# --- showing them to somebody -------------------------------------------------------------------


def readers(scene: Scene) -> list[Contact]:
    """Whom a learner can show something of their own."""
    return [c for c in scene.contacts if c.role in READERS and c.linked and c.person_id is not None]


def reader(scene: Scene, person: str) -> Contact | None:
    """The one of them that a button names."""
    return next((c for c in readers(scene) if str(c.person_id) == person), None)


def _choose(scene: Scene, stay: Stay) -> Outcome:
    known = readers(scene)
    if not line(scene) or not known:
        return show(Replace(_shown(scene, stay)))
    if len(known) == 1:
        return _preview(scene, stay, str(known[0].person_id))
    rows = tuple((Button(say("mood/to_button", name=c.name), f"mood:see:{c.person_id}"),) for c in known)
    return show(Replace(screen(say("mood/to_whom"), rows=(*rows, _back()))))


def _back() -> tuple[Button, ...]:
    return (button("mood/no_button", "mood:show"),)


def picture(learner: str, of: Text) -> tuple[Text, ...]:
    """What the contact person reads."""
    return say("mood/shared", name=verbatim(learner)), of


def _preview(scene: Scene, stay: Stay, person: str) -> Outcome:
    """Exactly what would be sent; the button carries it, so that nothing else is."""
    to = reader(scene, person)
    if to is None or not line(scene):
        return show(Toast(say("mood/nobody"), alert=True))
    send = f"mood:send:{person}:{_mark(scene, stay)}"
    body = (say("mood/preview", name=verbatim(to.name)), *picture(stay.learner, _bars(scene)))
    return show(Replace(Screen(body, ((button("mood/send_button", send),), _back()))))


def _mark(scene: Scene, stay: Stay) -> str:
    today = _today(scene, stay)
    return f"{today:%Y%m%d}:{rules.digits(scene.moods.days if scene.moods else {}, today)}"


def _send(scene: Scene, stay: Stay, person: str, mark: str) -> Outcome:
    to = reader(scene, person)
    if to is None or to.person_id is None or mark != _mark(scene, stay):
        # Something changed since: it is shown again before anything goes out.
        return _preview(scene, stay, person)
    done = screen(say("mood/sent", name=verbatim(to.name)), rows=(MENU_ROW,))
    effect = ShareMoods(stay.placement_id, to.person_id, _today(scene, stay))
    return show(Replace(done), effects=(effect,))
