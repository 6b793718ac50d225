"""One stay as a coordinator may see it: who, where, when, contacts, calendar past and next, alerts.

Never journal entries or kit questions: those are the learner's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.versions import Script, current
from bot.errors import BadInput
from bot.flows.running import title
from bot.flows.scene import Stay
from bot.rules.calendar import calendar
from bot.rules.towns import kit_name
from bot.service import certificates
from bot.service.alert_list import rows_of
from bot.service.audit import note
from bot.service.check_in_settings import reason_for
from bot.service.contacts import contacts_of
from bot.service.core import Core
from bot.service.journeys import script_of
from bot.service.learners import find
from bot.service.pause_days import as_data, current_pauses
from bot.service.planning import facts_of
from bot.service.referents import spelled
from bot.service.stays import itinerary_of, stay_of
from bot.service.step_calls import calls_of
from bot.service.travel_views import current_rows, facts
from bot.store.tables import CheckIn, Cohort, DueStep, Person, Placement, TelegramAccount, Travel

TRAVEL = {"out": "arrival there", "back": "arrival at home"}
PAST_SHOWN = 30  # lines of the calendar, so that a long stay stays readable


@dataclass(frozen=True, slots=True)
class _Line:
    """One entry of the calendar."""

    at: datetime
    what: str  # check_in, or the step's id
    title: str
    state: str


def show(core: Core, code: str, cohort: str | None, now: datetime) -> dict[str, Any]:
    """A stay as plain data, instants ISO 8601 in UTC. Raises NotFound, or BadInput for an ambiguous code."""
    with core.store.transaction() as session:
        placement = find(session, code, cohort)
        person = session.get_one(Person, placement.person_id)
        stay = stay_of(session, placement.id, now)
        if stay is None:
            raise BadInput("The data of this learner were erased: there is nothing to show.")
        note(session, None, "shown", person.id, now)
        trip = current_rows(session, [placement.id], now).get(placement.id)
        alerts = rows_of(session, placement.cohort_id, open_only=False)
        return {
            **_who(stay, person, placement), **_where(core, placement), **_reach(session, person),
            "own_consent": stay.consented, "guardian_consent": stay.guardian_consented,
            "ambassador": stay.ambassador,
            "check_in_at": stay.check_in_at, **_quiet(session, placement, stay, now),
            "safety_training": _training(core, session, stay),
            "travel": facts(trip) if trip is not None else None,
            "contacts": [
                {"role": spelled(c.role), "name": c.name, "phone": c.phone, "joined": c.linked if c.person_id else None}
                for c in contacts_of(session, placement.id)
            ],
            "calls": calls_of(session, placement.id),
            "calendar": _calendar(core, session, stay, placement, person, now),
            "alerts": [row for row in alerts if row["learner"] == placement.code],
        }  # fmt: skip


def _training(core: Core, session: Session, stay: Stay) -> dict[str, int] | None:
    """How many modules of the safety training are passed, of how many; None for a journey without one."""
    found = certificates.safety_of(session, core.content, [stay]).get(stay.placement_id)
    return {"passed": found.passed, "modules": len(found.quizzes)} if found else None


def _quiet(session: Session, placement: Placement, stay: Stay, now: datetime) -> dict[str, Any]:
    """On which days nobody asks, and why."""
    cohort = session.get_one(Cohort, placement.cohort_id)
    view = current_pauses(session, [stay], now).get(stay.placement_id)
    return {
        "check_in_days": placement.check_in_days or cohort.check_in_days,
        "weekend_reason": reason_for(placement, cohort), "pause": as_data(view) if view else None,
    }  # fmt: skip


def _who(stay: Stay, person: Person, placement: Placement) -> dict[str, Any]:
    return {
        "code": placement.code, "cohort": stay.cohort, "name": stay.learner, "language": person.language,
        "phone": person.phone, "minor": stay.minor, "status": placement.status, "trade": placement.trade,
        "stage": stay.stage, "timezone": stay.zone, "journey": stay.journey,
    }  # fmt: skip


def _where(core: Core, placement: Placement) -> dict[str, Any]:
    city = placement.host_city
    if placement.kit is not None and placement.kit in core.content.kits:
        city = kit_name(core.content, placement.kit)
    return {
        "home_city": placement.home_city, "home_country": placement.home_country, "host_city": city,
        "host_country": placement.host_country, "host_organisation": placement.host_organisation,
        "accommodation": placement.accommodation, "departure": _iso(placement.departure_date),
        "arrival": _iso(placement.arrival_date), "return": _iso(placement.return_date),
        "ended_on": _iso(placement.ended_on),
    }  # fmt: skip


def _reach(session: Session, person: Person) -> dict[str, Any]:
    account = session.scalars(
        select(TelegramAccount).where(TelegramAccount.person_id == person.id, TelegramAccount.revoked_at.is_(None))
    ).first()
    return {
        "joined": account is not None, "blocked": account is not None and account.blocked_at is not None,
        "last_active_at": _iso(account.last_active_at) if account else None,
    }  # fmt: skip


def _calendar(
    core: Core, session: Session, stay: Stay, placement: Placement, person: Person, now: datetime
) -> list[dict[str, Any]]:
    """What came and what will come, with its state. Beyond the rolling plan it is worked out from the script."""
    version = placement.journey_version_id
    script = (
        script_of(session, version)
        if version is not None
        else current(core.content.journey(stay.journey), core.content)
    )
    names = {
        step.id: core.content.catalogues.plain(title(step, script.item(step)), "en", "UTC")
        for step in script.journey.steps
    }
    check_ins = session.scalars(select(CheckIn).where(CheckIn.placement_id == placement.id))
    planned = session.scalars(select(DueStep).where(DueStep.placement_id == placement.id)).all()
    lines = [
        _Line(
            row.due_at,
            "roll_call" if row.roll_call else "check_in",
            "roll call" if row.roll_call else "check-in",
            row.state,
        )
        for row in check_ins
    ]
    journeys = session.scalars(select(Travel).where(Travel.placement_id == placement.id))
    lines += [
        _Line(row.arrived_at or row.expected_at, f"travel_{row.direction}", TRAVEL[row.direction], row.state)
        for row in journeys
    ]
    lines += [_Line(row.due_at, row.step, names.get(row.step, row.step), row.state) for row in planned]
    lines += _ahead(script, placement, person, names, {row.step for row in planned}, now)
    lines.sort(key=lambda line: line.at)
    past, coming = [line for line in lines if line.at <= now], [line for line in lines if line.at > now]
    return [
        {"at": line.at.isoformat(), "what": line.what, "title": line.title, "state": line.state}
        for line in past[-PAST_SHOWN:] + coming
    ]


def _ahead(
    script: Script, placement: Placement, person: Person, names: dict[str, str], known: set[str], now: datetime
) -> list[_Line]:
    facts = facts_of(placement, person, itinerary_of(placement), {})
    return [
        _Line(item.due_at, item.step.id, names[item.step.id], "ahead")
        for item in calendar(script.journey, facts)
        if item.due_at > now and item.step.id not in known
    ]


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
