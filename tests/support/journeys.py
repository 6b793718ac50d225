"""Small journeys and learners for the tests of calendar, budget and versions."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.clock import Itinerary
from bot.content.fields import PINNED
from bot.content.schema import Journey
from bot.rules.calendar import LearnerFacts


def step(step_id: str, days: int, at: str, **more: Any) -> dict[str, Any]:
    """A text step `days` after arrival, worth two days; `more` overrides, `anchor` and `weekdays` go into `when`."""
    when = {"anchor": more.pop("anchor", "arrival"), "days": days, "at": at, "weekdays": more.pop("weekdays", [])}
    stage = "before" if days < 0 and when["anchor"] != "return" else "during"
    return {"id": step_id, "kind": "text", "use": "x", "stage": stage, "when": when, "worth": "2d", **more}


def journey(*steps: dict[str, Any], **more: Any) -> Journey:
    """A journey of learners from steps."""
    data = {"id": "j", "path": "journeys/j", "roles": ["learner"], "title": "", "steps": list(steps), **more}
    return Journey.model_validate(data, context=PINNED)


def learner(arrival: date, return_: date, *, host: str = "Europe/Madrid", **more: Any) -> LearnerFacts:
    """A learner from Paris who leaves on the day of arrival unless `departure` says otherwise."""
    stay = Itinerary("Europe/Paris", host, more.pop("departure", arrival), arrival, return_)
    return LearnerFacts(stay, **more)
