"""Scenes for flow tests, and whole conversations with the flows as the use cases would carry them on.

`scene()` builds a snapshot of a learner; `Talk` sends events, applies what the flows want to a state that is written
to JSON and read back between every two events (the bot may be killed there), and writes a readable transcript.
Content: the shipped one with `small_journey/` laid over it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.clock import Itinerary
from bot.content.loader import Library, load_library
from bot.content.schema import Step
from bot.content.versions import current
from bot.flows import router
from bot.flows.effects import (
    Effect,
    EraseMe,
    FinishStep,
    GiveConsent,
    KeepEntry,
    KeepKitQuestion,
    KeepPortfolio,
    OpenStep,
    SaveStep,
    SetCheckInHour,
    SetLanguage,
    ShareEntry,
    SkipStep,
)
from bot.flows.scene import Contact, PortfolioView, ProgressView, Scene, Stay, StepView
from bot.flows.vocabulary import (
    Command,
    Conversation,
    Event,
    Outcome,
    Replace,
    Say,
    Screen,
    Tap,
    Toast,
    Words,
    decode_screen,
    encode_screen,
)
from bot.i18n import utf16_length
from bot.rules.kit_search import KitSearch

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # second day of the stay, 18:00 in Seville
OFFERED = NOW - timedelta(hours=1)
TRIP = Itinerary("Europe/Paris", "Europe/Madrid", date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 21))
SMALL_JOURNEY = Path(__file__).with_name("small_journey")
CALLBACK_LIMIT = 64  # bytes, Bot API


@cache
def library() -> Library:
    """The shipped content with the small journey over it."""
    return load_library(SMALL_JOURNEY)


@cache
def search() -> KitSearch:
    """The kit's search over the shipped topics."""
    return KitSearch.of(library())


def stay(**more: Any) -> Stay:
    """Lea's three weeks in Seville: of age, with consent, in the small journey."""
    facts: dict[str, Any] = {
        "placement_id": 7, "code": "L1", "cohort_id": 1, "cohort": "SPRING", "journey": "small", "person_id": 3,
        "learner": "Lea Martin", "itinerary": TRIP, "zone": "Europe/Madrid", "stage": "during", "home_country": "FR",
        "host_country": "ES", "host_city": "seville", "kit": "seville", "host_organisation": "Panadería Sol",
        "accommodation": None, "check_in_at": "19:00", "minor": False, "consented": True, "version_id": 1,
    }  # fmt: skip
    return Stay(**{**facts, **more})


def scene(*, states: dict[str, str] | None = None, of: Stay | None = None, **more: Any) -> Scene:
    """A learner's scene; `states` are those of steps of the small journey, met an hour ago; all others are
    not yet due."""
    content = library()
    journey = content.journey("small")
    known = states or {}
    views = tuple(
        StepView(
            step.id, step.kind, known.get(step.id, ""), due_at=OFFERED if step.id in known else due_at(step.when.days)
        )
        for step in journey.steps
    )
    where = of or stay()
    facts: dict[str, Any] = {
        "now": NOW, "content": content, "search": search(), "chat_id": 100, "language": "en", "zone": where.zone,
        "person_id": where.person_id, "name": "Lea", "roles": frozenset({"learner"}), "onboarded": True,
        "stays": (where,), "script": current(journey, content), "steps": views,
        "contacts": (Contact("Marie Dupont", "referent", "+33 6 00 00 00 00", 9, True),),
    }  # fmt: skip
    return Scene(**{**facts, **more})


def _met(step: Step, known: dict[str, str]) -> datetime:
    return OFFERED if step.id in known else due_at(step.when.days)


def due_at(days: int) -> datetime:
    """17:30 UTC some days from arrival: near enough for what flows show."""
    return datetime(2026, 3, 1, 17, 30, tzinfo=UTC) + timedelta(days=days)


def buttons(shown: Screen) -> list[str]:
    """Callback data of all buttons."""
    return [button.data for row in shown.rows for button in row if button.data]


def screens(outcome: Outcome) -> list[Screen]:
    """What an outcome shows in the chat, toasts apart."""
    return [part.screen for part in outcome.shown if not isinstance(part, Toast)]


def toasts(outcome: Outcome) -> list[str]:
    """Text ids of the toasts."""
    return [part.text.id for part in outcome.shown if isinstance(part, Toast)]


def text_ids(outcome: Outcome) -> list[str]:
    """Ids of all paragraphs shown in the chat."""
    return [text.id for shown in screens(outcome) for text in shown.body]


LOADED_FOR: dict[str, dict[str, Any]] = {
    "contacts": {"contacts": ()}, "steps": {"script": None, "steps": ()}, "progress": {"progress": None},
    "alerts": {"alerts": ()}, "learners": {"learners": (), "others": ()}, "kit_questions": {"kit_questions": False},
}  # fmt: skip


def only(now: Scene, needs: frozenset[str]) -> Scene:
    """The scene without what a flow did not ask for: a flow that forgets a need fails its test."""
    for need, empty in LOADED_FOR.items():
        if need not in needs:
            now = replace(now, **empty)
    return now


@dataclass
class Talk:
    """One person's chat with the flows."""

    base: Scene
    state: dict[str, Any] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    messages: list[Screen] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = {
            "language": self.base.language,
            "conversation": [self.base.conversation.flow, dict(self.base.conversation.data)],
            "steps": {view.id: [view.state, dict(view.data)] for view in self.base.steps},
            "points": {}, "stay": {}, "kit_questions": self.base.kit_questions,
            "portfolio": dict(self.base.portfolio.choices) if self.base.portfolio else {},
        }  # fmt: skip

    # --- what the person does

    def command(self, line: str) -> Outcome:
        """`/name argument`."""
        name, _, argument = line.removeprefix("/").partition(" ")
        return self.send(Command(name, argument), line)

    def write(self, words: str) -> Outcome:
        """Free text."""
        return self.send(Words(words), words if len(words) < 80 else f"{words[:60]}… ({len(words)} characters)")

    def tap(self, label: str) -> Outcome:
        """The button with that label on the newest message that has it."""
        for number in range(len(self.messages), 0, -1):
            for row in self.messages[number - 1].rows:
                for button in row:
                    if button.data and self.plain(button.label) == label:
                        return self.send(Tap(button.data, number), f"[{label}]")
        raise AssertionError(f"no button {label!r}\n{self.transcript()}")

    def tap_data(self, data: str, note: str = "an old button") -> Outcome:
        """A button that is no longer shown, or never was."""
        return self.send(Tap(data, len(self.messages)), f"[{data}] ({note})")

    def send(self, event: Event, shown_as: str) -> Outcome:
        """Any event: route, handle, apply, write down."""
        self.state = json.loads(json.dumps(self.state))
        now = self.scene()
        flow, needs = router.route(now, event)
        outcome = flow(only(now, needs), event)
        self.lines.append(f"> {shown_as}")
        for effect in outcome.effects:
            self._apply(effect)
        if outcome.conversation is not None:
            self.state["conversation"] = [outcome.conversation.flow, dict(outcome.conversation.data)]
        for part in outcome.shown:
            self._show(part, event)
        return outcome

    # --- what the bot remembers

    def scene(self) -> Scene:
        """The snapshot that the next event meets."""
        flow, data = self.state["conversation"]
        views = tuple(self._view(view) for view in self.base.steps)
        points = [award for award, _ in self.state["points"].values()]
        return replace(
            self.base, language=self.state["language"], conversation=Conversation(flow, data), steps=views,
            stays=tuple(replace(one, **self.state["stay"]) for one in self.base.stays),
            kit_questions=self.state["kit_questions"], portfolio=self._portfolio(),
            progress=ProgressView(
                sum(points), sum(view.state == "done" for view in views), len(views), self._competences()
            ),
        )  # fmt: skip

    def step(self, step_id: str) -> StepView:
        """A step as it stands."""
        return next(view for view in self.scene().steps if view.id == step_id)

    def _view(self, view: StepView) -> StepView:
        state, data = self.state["steps"][view.id]
        return replace(view, state=state, data=data)

    def _portfolio(self) -> PortfolioView | None:
        return self.base.portfolio and replace(self.base.portfolio, choices=self.state["portfolio"])

    def _competences(self) -> dict[str, int]:
        totals: dict[str, int] = {}
        for award, competences in self.state["points"].values():
            for competence in competences:
                totals[competence] = totals.get(competence, 0) + award
        return totals

    def _apply(self, effect: Effect) -> None:
        self.effects.append(effect)
        match effect:
            case OpenStep(_, step):
                self.state["steps"][step][0] = "open"
            case SaveStep(_, step, data):
                self.state["steps"][step][1] = dict(data)
            case FinishStep(_, step, data, points, competences):
                self.state["steps"][step] = ["done", dict(data)]
                self.state["points"].setdefault(step, [points, list(competences)])
            case SkipStep(_, step):
                self.state["steps"][step][0] = "skipped"
            case KeepPortfolio(_, choices):
                self.state["portfolio"] |= choices
            case SetLanguage(chosen):
                self.state["language"] = chosen
            case GiveConsent("kit_questions", given):
                self.state["kit_questions"] = given
            case GiveConsent("data", given):
                self.state["stay"] |= {"consented": given, "refused": not given}
            case SetCheckInHour(_, hour):
                self.state["stay"]["check_in_at"] = hour
            case KeepEntry() | ShareEntry() | KeepKitQuestion() | EraseMe():
                self.lines.append(f"  * {effect}")
            case _:
                pass

    # --- what is seen

    def _show(self, part: Say | Replace | Toast, event: Event) -> None:
        if isinstance(part, Toast):
            self.lines.append(f"  toast: {self.plain(part.text)}")
            return
        shown = decode_screen(json.loads(json.dumps(encode_screen(part.screen))))
        assert shown == part.screen
        assert all(len(data.encode()) <= CALLBACK_LIMIT for data in buttons(shown))
        number = event.message_id if isinstance(part, Replace) and isinstance(event, Tap) else None
        if number and number <= len(self.messages):
            self.messages[number - 1] = shown
        else:
            self.messages.append(shown)
        self._write(shown, f"({number} edited)" if number else f"({len(self.messages)})")

    def _write(self, shown: Screen, head: str) -> None:
        text = "\n\n".join(self.html(part) for part in shown.body)
        assert utf16_length(text) <= 4096
        self.lines.append(f"  bot {head}")
        self.lines.extend(f"    {line}".rstrip() for line in text.split("\n"))
        if shown.attachment:
            self.lines.append(f"    <{shown.attachment.kind}>")
        self.lines.extend("    " + " ".join(f"[{self.plain(b.label)}]" for b in row) for row in shown.rows)

    def html(self, text: Any) -> str:
        """A text as the person would read it."""
        return self.base.content.catalogues.html(text, self.state["language"], self.base.zone)

    def plain(self, text: Any) -> str:
        """A label as the person would read it."""
        return self.base.content.catalogues.plain(text, self.state["language"], self.base.zone)

    def transcript(self) -> str:
        """The conversation so far."""
        return "\n".join(self.lines) + "\n"
