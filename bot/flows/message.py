"""`/message`: a message to a cohort, written on the road: words, whom, how it looks, confirmed, called off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.content.markup import CAPTION, MESSAGE
from bot.errors import BadInput
from bot.flows.effects import CallOffMessage, NarrowMessage, PlanMessage, SendMessage
from bot.flows.running import answer, turn_pages
from bot.flows.scene import CohortView, Scene, SentView
from bot.flows.vocabulary import (
    IDLE,
    Attachment,
    Button,
    Conversation,
    Document,
    Event,
    Outcome,
    Photo,
    Replace,
    Rows,
    Say,
    Screen,
    Tap,
    Toast,
    Voice,
    Words,
    button,
    screen,
    show,
)
from bot.i18n import LanguageName, Listing, Moment, Text, say, utf16_length, verbatim
from bot.rules.typed import parse_language

NEEDS = frozenset({"cohorts", "message"})
SHOWN = 12  # cohorts to choose from
PAGE = 8  # cities or people to choose from, at a time
LARGEST = {"photo": 10_000_000, "document": 50_000_000}  # bytes that Telegram takes (Bot API, sending files)
# What a button calls them, and whom that means: an audience, and a stage of the stay.
WHOM: Mapping[str, tuple[str, str | None]] = {
    "all": ("learners", None),
    "before": ("learners", "before"),
    "during": ("learners", "during"),
    "after": ("learners", "after"),
    "referents": ("referents", None),
    "hosts": ("hosts", None),
    "families": ("families", None),
}
WHEN = ("now", "morning", "urgent")


def handle(scene: Scene, event: Event) -> Outcome:
    """`/message`; `message:new:<cohort>`, `message:to:<whom>`, `message:<words|whom|stop>`, `message:send:<when>`,
    `message:<report|off>:<id>`; and the message itself as words, or as a picture with words."""
    if not scene.writes_to_cohorts or not any(c.may_write for c in scene.cohorts):
        return show(answer(event, screen(say("message/not_for_you"))), conversation=IDLE)
    if isinstance(event, Tap):
        return _tapped(scene, event)
    if scene.conversation.flow != "message" or not isinstance(event, Words | Photo | Document):
        return show(Say(screen(say("message/only_text")))) if _waits(scene, event) else _begin(scene, event)
    return _written(scene, event)


def _waits(scene: Scene, event: Event) -> bool:
    return scene.conversation.flow == "message" and isinstance(event, Voice)


def _begin(scene: Scene, event: Event) -> Outcome:
    cohorts = [c for c in scene.cohorts if c.may_write]
    if len(cohorts) == 1:
        return _ask(event, cohorts[0])
    rows = tuple((button("cohort/one_button", f"message:new:{c.id}", cohort=c.name),) for c in cohorts[:SHOWN])
    return show(answer(event, Screen((say("message/which"),), rows)), conversation=IDLE)


def _ask(event: Event, cohort: CohortView) -> Outcome:
    asked = Screen((say("message/write", cohort=verbatim(cohort.name)),), (_stop(),))
    return show(answer(event, asked), conversation=Conversation("message", {"cohort": cohort.id}))


def _tapped(scene: Scene, event: Tap) -> Outcome:
    action, value, *_ = (*event.data.split(":")[1:], "", "")
    if action in ("report", "off"):
        return _of_sent(scene, event, action)
    if action == "new":
        cohort = next((c for c in scene.cohorts if c.may_write and str(c.id) == value), None)
        return _begin(scene, event) if cohort is None else _ask(event, cohort)
    if action == "stop":
        return show(Replace(screen(say("message/stopped"))), conversation=IDLE)
    draft = scene.conversation.data if scene.conversation.flow == "message" else {}
    if "words" not in draft:
        return show(Toast(say("message/gone"), alert=True))
    match action:
        case "words":
            again = Conversation("message", {k: v for k, v in draft.items() if k != "writes"})
            return show(Replace(Screen((say("message/write_again"),), (_stop(),))), conversation=again)
        case "to" if value in WHOM:
            return _chosen(draft, value)
        case "city" | "member" | "lang" | "reads" | "plan" | "wide" if draft.get("to") in WHOM:
            return _narrowed(draft, action, value)
        case "by" if value in ("city", "member") and draft.get("to") in WHOM:
            page = event.data.split(":")[3:4]
            number = int(page[0]) if page and page[0].isdecimal() and len(page[0]) < 5 else 0
            return show(effects=(NarrowMessage(_plan(draft, draft["to"]), value, number),))
        case "send" if value in WHEN and draft.get("to") in WHOM:
            return show(effects=(SendMessage(_plan(draft, draft["to"]), value),), conversation=IDLE)
        case _:
            wide = {k: v for k, v in draft.items() if k not in ("near", "member", "writes")}
            return show(Replace(_whom(draft)), conversation=Conversation("message", wide))


# --- words and whom -------------------------------------------------------------------------------


def _narrowed(draft: Mapping[str, Any], action: str, value: str) -> Outcome:
    """One city or person more or less, a version to write, or another reader; the plan follows."""
    if action == "lang":
        if not _is_language(value):
            return show(Toast(say("message/gone"), alert=True))
        asked = Screen((say("message/version", language=LanguageName(value, inside=True)),), (_back(), _stop()))
        return show(Replace(asked), conversation=Conversation("message", {**draft, "writes": value}))
    kept = {k: v for k, v in draft.items() if k != "writes"}
    reads = value if action == "reads" and _is_language(value) else None
    if action == "wide":
        kept = {k: v for k, v in kept.items() if k not in ("near", "member")}
    elif action in ("city", "member") and value.isdecimal() and len(value) <= 18:
        kept["near" if action == "city" else "member"] = int(value)
    plan = replace(_plan(kept, kept["to"]), reads=reads)
    return show(effects=(plan,), conversation=Conversation("message", kept))


def _is_language(tag: str) -> bool:
    try:
        return parse_language(tag) == tag
    except BadInput:
        return False


def _back() -> tuple[Button, ...]:
    return (button("message/back_button", "message:plan"),)


def _version(draft: Mapping[str, Any], event: Words | Photo | Document) -> Outcome:
    """The words for readers of one language; the file stays the one it is."""
    words = event.text.strip() if isinstance(event, Words) else ""
    if not words:
        return show(Say(screen(say("message/version_words"))))
    most = CAPTION if draft.get("file") else MESSAGE
    if utf16_length(words) > most:
        return show(Say(screen(say("message/too_long", n=utf16_length(words), most=most))))
    tag = draft["writes"]
    kept = {k: v for k, v in draft.items() if k != "writes"} | {"versions": {**draft.get("versions", {}), tag: words}}
    return show(effects=(replace(_plan(kept, kept["to"]), reads=tag),), conversation=Conversation("message", kept))


def _written(scene: Scene, event: Words | Photo | Document) -> Outcome:
    before = scene.conversation.data
    if "writes" in before and before.get("to") in WHOM:
        return _version(before, event)
    if isinstance(event, Document) and event.size > LARGEST["document"]:
        return show(Say(screen(say("message/too_large", most=LARGEST["document"] // 10**6))))
    words = (event.text if isinstance(event, Words) else event.caption).strip()
    if not words:
        return show(Say(screen(say("message/no_words"))))
    file: dict[str, str] = {}
    if not isinstance(event, Words):
        kind = "photo" if isinstance(event, Photo) else "document"
        file = {"kind": kind, "file": event.file_id, "name": getattr(event, "name", "")[:200]}
    most = CAPTION if file else MESSAGE
    if utf16_length(words) > most:
        return show(Say(screen(say("message/too_long", n=utf16_length(words), most=most))))
    draft = {"cohort": scene.conversation.data.get("cohort"), "words": words, **file}
    return show(Say(_whom(draft)), conversation=Conversation("message", draft))


def _whom(draft: Mapping[str, Any]) -> Screen:
    def to(whom: str) -> Button:
        return button(f"message/to/{whom}", f"message:to:{whom}")

    rows = ((to("all"),), (to("before"), to("during"), to("after")), (to("referents"), to("families")), (to("hosts"),))
    return Screen((say("message/whom"),), (*rows, _stop()))


def _chosen(draft: Mapping[str, Any], whom: str) -> Outcome:
    return show(
        effects=(replace(_plan(draft, whom), ask=True),), conversation=Conversation("message", {**draft, "to": whom})
    )


def _plan(draft: Mapping[str, Any], whom: str) -> PlanMessage:
    to, stage = WHOM[whom]
    return PlanMessage(
        int(draft["cohort"]),
        str(draft["words"]),
        to,
        stage,
        draft.get("kind"),
        draft.get("file"),
        draft.get("name", ""),
        draft.get("versions", {}),
        draft.get("near"),
        draft.get("member"),
    )


def _stop() -> tuple[Button, ...]:
    return (button("message/stop_button", "message:stop"),)


# --- before it goes -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """What a planned message would be: how many get it, when the last one will be out, who gets nothing, who is asleep
    just now, and in which other languages people read."""

    cohort: str
    words: str
    file: Attachment | None
    people: int
    last_out: datetime
    not_joined: tuple[str, ...]
    by_phone: int
    asleep: int
    languages: tuple[str, ...]  # without a version of their own
    spoken: tuple[str, ...]  # of all who get it
    narrowed: bool = False


def copy_of(found: Preview) -> Screen:
    """The message exactly as people will get it."""
    return screen(verbatim(found.words), attachment=found.file)


def languages(found: Preview) -> Screen:
    """Which languages people read, and which have no version yet."""
    named = [Listing(tuple(LanguageName(t, inside=True) for t in tags)) for tags in (found.spoken, found.languages)]
    body = (say("message/spoken", languages=named[0]), say("message/languages", languages=named[1]))
    return Screen(body, (*_writing(found), (button("message/go_on_button", "message:plan"),), _stop()))


def _tagged(key: str, action: str, tags: tuple[str, ...]) -> Rows:
    return tuple((button(key, f"message:{action}:{tag}", language=LanguageName(tag)),) for tag in tags[:SHOWN])


def _writing(found: Preview) -> Rows:
    return _tagged("message/version_button", "lang", found.languages)


def preview(found: Preview) -> Screen:
    """What will happen with the message that is shown above."""
    last = Moment(found.last_out, "time")
    body: list[Text] = [say("message/people", n=found.people, cohort=verbatim(found.cohort), last=last)]
    if found.not_joined:
        body.append(say("message/not_joined", n=len(found.not_joined), codes=_codes(found.not_joined)))
    if found.by_phone:
        body.append(say("message/by_phone", n=found.by_phone))
    if found.languages:
        spoken = tuple(LanguageName(tag, inside=True) for tag in found.languages)
        body.append(say("message/languages", languages=Listing(spoken)))
    if found.asleep:
        body.append(say("message/asleep", n=found.asleep))
    return Screen(tuple(body), _choices(found))


def _choices(found: Preview) -> Rows:
    if found.asleep:
        go: Rows = (
            (button("message/morning_button", "message:send:morning"),),
            (button("message/urgent_button", "message:send:urgent"),),
        )
    else:
        go = ((button("message/send_button", "message:send:now", n=found.people),),)
    change = (button("message/words_button", "message:words"), button("message/whom_button", "message:whom"))

    writing = _writing(found)
    reading = _tagged("message/reads_button", "reads", found.spoken) if len(found.spoken) > 1 else ()
    narrow = (button("message/city_button", "message:by:city"), button("message/member_button", "message:by:member"))
    wide = ((button("message/wide_button", "message:wide"),),) if found.narrowed else ()
    return (*writing, *reading, *go, narrow, *wide, change, _stop())


def narrowing(by: str, choices: Sequence[tuple[int, Text]], page: int) -> Screen:
    """Cities or people to choose one of, a page at a time."""
    page = min(page, max(len(choices) - 1, 0) // PAGE)
    shown = choices[page * PAGE : (page + 1) * PAGE]
    rows = tuple((Button(name, f"message:{by}:{number}"),) for number, name in shown)
    pages = turn_pages(f"message:by:{by}", page, len(choices), PAGE)
    return Screen((say(f"message/which_{by}"),), (*rows, *pages, _back(), _stop()))


def nobody() -> Screen:
    """Nobody fits the choice."""
    return Screen((say("message/nobody"),), ((button("message/whom_button", "message:whom"),), _stop()))


def _codes(codes: tuple[str, ...]) -> Listing:
    return Listing((*codes[:SHOWN], *(("…",) if len(codes) > SHOWN else ())))


# --- after it went --------------------------------------------------------------------------------


def sent(message_id: int, people: int, first: datetime, last: datetime, *, later: bool) -> Screen:
    """It is written down; the sender does the rest."""
    key = "message/planned" if later else "message/sent"
    return Screen((say(key, n=people, first=Moment(first, "short"), last=Moment(last, "time")),), _after(message_id))


def _after(message_id: int) -> Rows:
    return (
        (button("message/report_button", f"message:report:{message_id}"),),
        (button("message/off_button", f"message:off:{message_id}"),),
    )


def called_off(stopped: int, out: int) -> Screen:
    """How much of it could still be stopped."""
    return screen(say("message/called_off", n=stopped), say("message/out_already", n=out))


def _of_sent(scene: Scene, event: Tap, action: str) -> Outcome:
    if scene.message is None:
        return show(Toast(say("message/gone"), alert=True))
    if action == "off" and not scene.message.cancelled:
        return show(effects=(CallOffMessage(scene.message.id),))
    return show(answer(event, _report(scene.message)))


def _report(message: SentView) -> Screen:
    lines = [say(f"message/state/{state}", n=n) for state, n in message.counts.items() if n]
    open_ones = message.counts.get("planned", 0) + message.counts.get("waiting", 0)
    rows = _after(message.id) if open_ones and not message.cancelled else _after(message.id)[:1]
    return Screen((say("message/report", id=str(message.id), cohort=message.cohort), *lines), rows)
