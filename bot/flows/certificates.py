"""Certificates in the chat: `certificate:home`, `certificate:<kind>:<number>[:<language>]`.

`number` is the walk's for the course of host companies, else 0. Whether somebody has earned one is asked again by the
use case that writes it down; what is on it comes from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.content.languages import COMPLETE
from bot.content.versions import Script
from bot.flows.effects import IssueCertificate
from bot.flows.naming import town
from bot.flows.running import MENU_ROW, OF_WALK, answer
from bot.flows.scene import Scene, StepView
from bot.flows.vocabulary import Attachment, Button, Drawing, Event, Outcome, Rows, Screen, Tap, button, screen, show
from bot.i18n import Country, Day, LanguageName, Text, Value, say, verbatim
from bot.rules.certificates import KINDS, Training, training

NEEDS: frozenset[str] = frozenset({"steps", "walks"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A certificate that somebody has, or works for."""

    kind: str
    walk_id: int
    line: Text
    ready: bool


def handle(scene: Scene, event: Event) -> Outcome:
    """The list, or the certificate that a button names."""
    parts = (*event.data.split(":"), "", "", "") if isinstance(event, Tap) else ("certificate", "home", "", "", "")
    kind, number, language = parts[1:4]
    if kind not in KINDS or not number.isdecimal() or len(number) > 18:
        return show(answer(event, _home(scene)))
    chosen = language if language in COMPLETE else None
    placement = scene.stay.placement_id if scene.stay else 0
    return show(effects=(IssueCertificate(kind, placement, int(number), chosen),))


def _home(scene: Scene) -> Screen:
    offers = offers_of(scene)
    if not offers:
        return Screen((say("certificate/title"), say("certificate/none")), (MENU_ROW,))
    rows = tuple((_get(offer),) for offer in offers if offer.ready)
    return Screen((say("certificate/title"), *(offer.line for offer in offers)), (*rows, MENU_ROW))


def _get(offer: Offer) -> Button:
    return button(
        "certificate/get_button",
        f"certificate:{offer.kind}:{offer.walk_id}",
        name=say(f"certificate/{offer.kind}/name"),
    )


def offers_of(scene: Scene) -> tuple[Offer, ...]:
    """What this person has earned, or can still earn."""
    found: list[Offer] = []
    stay = scene.stay
    if stay is not None and stay.may_travel_on and scene.script is not None:
        found += _of_training("safety", 0, training_of(scene.script, "safety", scene.steps))
        name = say("certificate/participation/name")
        ready = stay.stage == "after" and stay.itinerary is not None
        line = say("certificate/ready", name=name) if ready else say("certificate/after_return", name=name)
        found.append(Offer("participation", 0, line, ready))
    for walk in scene.walks:
        found += _of_training("host", walk.id, training_of(walk.script, "host", walk.steps))
    return tuple(found)


def training_of(script: Script, kind: str, views: tuple[StepView, ...]) -> Training:
    """How far the person is with the quizzes of a journey that certify a kind."""
    return training(script, kind, {view.id for view in views if view.state == "done"})


def _of_training(kind: str, walk_id: int, found: Training) -> list[Offer]:
    if not found.quizzes:
        return []
    name = say(f"certificate/{kind}/name")
    line = say("certificate/open", name=name, passed=found.passed, total=len(found.quizzes))
    return [Offer(kind, walk_id, say("certificate/passed", name=name) if found.complete else line, found.complete)]


# --- what the use case shows ----------------------------------------------------------------------


def not_yet() -> Screen:
    """Something is still to be done."""
    return screen(say("certificate/not_yet"), rows=(MENU_ROW,))


def earned(kind: str, step_id: str) -> Screen:
    """After the last quiz that counts: the certificate is a tap away. `step_id` tells whose walk it is."""
    walk, found, _ = step_id.partition(OF_WALK)
    name = say(f"certificate/{kind}/name")
    rows = ((button("certificate/get_button", f"certificate:{kind}:{walk if found else 0}", name=name),),)
    return screen(say("certificate/earned", name=name), rows=rows)


def document(kind: str, walk_id: int, code: str, name: str, facts: Mapping[str, Any], language: str | None) -> Screen:
    """The certificate as a PDF. `facts`: day, issuer, modules (ids of their titles), and for participation kit, city,
    country, arrival, return_, host, steps; days as ISO dates."""
    labels = tuple(
        button(
            "certificate/language_button", f"certificate:{kind}:{walk_id}:{tag}", language=LanguageName(tag, own=True)
        )
        for tag in COMPLETE
    )
    rows: Rows = (labels[:3], labels[3:], MENU_ROW)
    drawing = Drawing("certificate", {"language": language, **_words(kind, code, name, facts)})
    attachment = Attachment("document", name=f"compagnon-{kind}.pdf", drawing=drawing)
    return Screen((say("certificate/here", name=say(f"certificate/{kind}/name")),), rows, attachment=attachment)


def _words(kind: str, code: str, name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    lines: list[Text] = []
    body = say(f"certificate/{kind}/body")
    if kind == "participation":
        body = say(
            "certificate/participation/body", place=_place(facts), arrival=_day(facts["arrival"]),
            return_=_day(facts["return_"]),
        )  # fmt: skip
        if facts["host"]:
            lines.append(say("certificate/at", name=facts["host"]))
        if facts["steps"]:
            lines.append(say("certificate/participation/done", n=facts["steps"]))
        lines.append(say("certificate/participation/limits"))
    return {
        "title": say(f"certificate/{kind}/title"), "before": say("certificate/certified_name"), "name": name,
        "body": body, "lines": lines, "modules_title": say("certificate/modules"),
        "modules": [Text(title) for title in facts["modules"]],
        "issued": say("certificate/issued", day=_day(facts["day"]), issuer=verbatim(facts["issuer"])),
        "code": say("certificate/code", code=code), "verify": say("certificate/verify", code=code),
    }  # fmt: skip


def _day(iso: str) -> Day:
    return Day(date.fromisoformat(iso))


def _place(facts: Mapping[str, Any]) -> Value:
    """The town by its name in the reader's language, and the country."""
    known = town(facts["kit"], facts["city"])
    country = Country(facts["country"]) if facts["country"] else None
    if known is None or country is None:
        return known or country or say("kit/abroad")
    return say("certificate/place", town=known, country=country)
