"""A message to oneself: given back once, on a hard day or after the return, never when it told of danger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.content.items import Reflection
from bot.content.loader import Library
from bot.content.versions import Script
from bot.flows import letter as talk
from bot.flows.effects import KeepMood
from bot.flows.listening import needs_help_first, tells
from bot.flows.vocabulary import Screen
from bot.rules.letter import is_hard_day
from bot.service.core import Core
from bot.service.journeys import script_of
from bot.service.stays import stay_of
from bot.store.tables import CheckIn, Mood, Placement, StepRun


def after_mood(core: Core, session: Session, told: KeepMood, now: datetime) -> list[Screen]:
    """What the learner reads besides after telling how a day was; nothing on most days, nor where it was not kept."""
    placement_id = told.placement_id
    stay, placement = stay_of(session, placement_id, now), session.get_one(Placement, placement_id)
    day = session.scalar(
        select(CheckIn.day)
        .join(Mood, (Mood.placement_id == CheckIn.placement_id) & (Mood.day == CheckIn.day))
        .where(CheckIn.id == told.check_in_id, CheckIn.placement_id == placement_id, Mood.value == told.value)
    )
    if stay is None or stay.itinerary is None or day is None or placement.journey_version_id is None:
        return []
    if not stay.may_travel_on or not is_hard_day(told.value, day, stay.itinerary):
        return []
    script = script_of(session, placement.journey_version_id)
    found = _take(core.content, session, placement_id, _letters(script), local_date(now, stay.zone))
    return [talk.on_a_hard_day(found)] if found is not None else []


def given_back(
    core: Core, session: Session, placement_id: int, script: Script, reflection: str, day: date
) -> dict[str, Any] | None:
    """The letter of that reflection, which from now on counts as given back; None where there is none to give."""
    return _take(core.content, session, placement_id, _letters(script, reflection), day)


def _letters(script: Script, reflection: str | None = None) -> list[str]:
    """Ids of the steps that are letters to oneself."""
    return [
        step.id
        for step in script.journey.steps
        if step.kind == "reflection" and reflection in (None, step.use) and _is_letter(script.item(step))
    ]


def _is_letter(item: object) -> bool:
    return isinstance(item, Reflection) and item.letter


def _take(library: Library, session: Session, placement_id: int, steps: list[str], day: date) -> dict[str, Any] | None:
    """The newest entry of the first letter that was written and not given back; it is marked in the step's data."""
    runs = session.scalars(
        select(StepRun)
        .where(StepRun.placement_id == placement_id, StepRun.step.in_(steps), StepRun.state == "done")
        .order_by(StepRun.id).with_for_update()
    )  # fmt: skip
    for run in runs:
        entries = [one for one in run.data.get("entries", ()) if one.get("words") or one.get("voice")]
        words = " ".join(one.get("words", "") for one in entries)
        if entries and not run.data.get("given") and not needs_help_first(tells(library, words)):
            run.data = {**run.data, "given": day.isoformat()}
            session.flush()
            return dict(entries[-1])
    return None
