"""One learner from the desk: finding a stay, changing it, another account, exporting, erasing, consent on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import local_date, to_utc
from bot.errors import BadInput, NotFound
from bot.flows import effects as fx
from bot.rules.names import full_name
from bot.rules.towns import Misplaced, Town, Towns
from bot.rules.typed import parse_country, parse_day, parse_name, parse_phone, parse_text, shown
from bot.service import invites, partings, planning, readiness, steps
from bot.service.audit import note
from bot.service.cohorts import find as find_cohort
from bot.service.consents import record_consent
from bot.service.core import Core
from bot.service.drafts import chat_of
from bot.service.stays import is_minor, itinerary_of, stay_of
from bot.store.tables import Cohort, Person, Placement


def find(session: Session, code: str, cohort: str | None = None) -> Placement:
    """The stay of a learner's code, in any case. Raises NotFound, or BadInput when several cohorts have it."""
    query = select(Placement, Cohort.code).join(Cohort, Cohort.id == Placement.cohort_id)
    if cohort is not None:
        query = query.where(Placement.cohort_id == find_cohort(session, cohort).id)
    rows = session.execute(query.where(func.lower(Placement.code) == code.strip().lower()).order_by(Placement.id)).all()
    if not rows:
        where = f" in {cohort}" if cohort else ""
        raise NotFound(
            f"There is no learner “{shown(code)}”{where}: check the code. Who was erased is called erased-… from "
            "then on; `compagnon audit` has the number."
        )
    if len(rows) > 1:
        cohorts = ", ".join(row[1] for row in rows)
        raise BadInput(f"“{shown(code)}” is a learner of several cohorts ({cohorts}): say which with --cohort.")
    placement: Placement = rows[0][0]
    return placement


# --- changing -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did, as pairs old → new by name."""

    code: str
    name: str
    changes: dict[str, tuple[str, str]]


def end(core: Core, code: str, cohort: str | None, on: str | None, now: datetime) -> Changed:
    """The stay ends early, on a day (today by default): after it nothing is asked any more."""
    with core.store.transaction() as session:
        placement = find(session, code, cohort)
        itinerary = itinerary_of(placement)
        if itinerary is None or placement.return_date is None:
            raise BadInput(f"{placement.code} has no dates yet: there is no stay to end.")
        day = parse_day(on) if on else local_date(now, itinerary.zone_at(now))
        if day > placement.return_date:
            raise BadInput(
                f"{day} is after the planned return on {placement.return_date}: use `compagnon learner postpone`."
            )
        return _change(session, placement, {"ended_on": day}, now)


def postpone(
    core: Core, code: str, cohort: str | None, arrival: str, back: str, departure: str | None, now: datetime
) -> Changed:
    """Other dates; what is not sent yet is planned again. An early end is taken back."""
    goes, returns = parse_day(arrival), parse_day(back)
    leaves = parse_day(departure) if departure else None
    if goes > returns:
        raise BadInput(f"The return on {returns} is before the arrival on {goes}: correct one of them.")
    if leaves and leaves > goes:
        raise BadInput(f"The departure on {leaves} is after the arrival on {goes}: correct one of them.")
    with core.store.transaction() as session:
        placement = find(session, code, cohort)
        dates = {"departure_date": leaves, "arrival_date": goes, "return_date": returns, "ended_on": None}
        return _change(session, placement, dates, now)


@dataclass(frozen=True, slots=True)
class Move:
    """What `compagnon learner move` takes, as typed; what is None stays."""

    host_city: str
    host_country: str | None = None
    host_timezone: str | None = None
    host_organisation: str | None = None
    host_phone: str | None = None
    accommodation: str | None = None


def move(core: Core, code: str, cohort: str | None, to: Move, now: datetime) -> Changed:
    """Another host city: kit, zone and emergency numbers change with it."""
    country = parse_country(to.host_country) if to.host_country else None
    try:
        town: Town = Towns(core.content).find(parse_name(to.host_city), country, to.host_timezone)
    except Misplaced as error:
        raise BadInput(
            str(error).replace("host_country", "--host-country").replace("host_timezone", "--host-timezone")
        ) from None
    values: dict[str, Any] = {
        "host_city": town.city, "host_country": town.country, "host_zone": town.zone, "kit": town.kit,
    }  # fmt: skip
    for name, parse in (("host_organisation", parse_text), ("host_phone", parse_phone), ("accommodation", parse_text)):
        given = getattr(to, name)
        if given is not None:
            values[name] = parse(given)
    with core.store.transaction() as session:
        return _change(session, find(session, code, cohort), values, now)


def _change(session: Session, placement: Placement, values: dict[str, Any], now: datetime) -> Changed:
    """Set what differs, plan again, write it into the log."""
    person = session.get_one(Person, placement.person_id)
    if person.erased_at is not None:
        raise BadInput("The data of this learner were erased: there is nothing to change.")
    changes = {}
    for name, new in values.items():
        old = getattr(placement, name)
        if old != new:
            changes[name] = (_text(old), _text(new))
            setattr(placement, name, new)
    if changes:
        placement.plan_at = now
        session.flush()
        readiness.watch(session, placement.cohort_id, now)
        note(session, None, "placement_changed", person.id, now, fields=sorted(changes))
    return Changed(placement.code, full_name(person), changes)


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


# --- account, data, consent ---------------------------------------------------------------------


def relink(core: Core, code: str, cohort: str | None, now: datetime) -> dict[str, Any]:
    """A lost phone: the old chat is cut off at once, a fresh invite takes its place. Returns it."""
    with core.store.transaction() as session:
        placement = find(session, code, cohort)
        person = session.get_one(Person, placement.person_id)
        if person.erased_at is not None:
            raise BadInput("The data of this learner were erased: there is nobody to invite.")
        left = invites.unlink(session, person.id, now)
        invite = invites.issue(session, person.id, placement.cohort_id, "learner", placement.code, now)
        note(session, None, "relinked", person.id, now)
        return {
            "code": placement.code, "name": full_name(person),
            "url": invites.link(invite, invites.bot_address(session)), "token": invite.token,
            "old_chats_cut_off": len(left),
        }  # fmt: skip


def consent_on_paper(
    core: Core, code: str, cohort: str | None, signed: str, given: bool, now: datetime, kind: str = "guardian"
) -> dict[str, Any]:
    """Record what a guardian signed, or (`kind` data) a learner who takes part by phone, with the day of the signature.

    Opens (or closes) the learner's journey. Raises NotFound and BadInput."""
    day = parse_day(signed)
    with core.store.transaction() as session:
        placement = find(session, code, cohort)
        person = session.get_one(Person, placement.person_id)
        if day > local_date(now, placement.home_zone):
            raise BadInput(f"{day} is in the future: give the day on which the paper was signed.")
        own = kind == "data"
        if own and (not placement.by_phone or chat_of(session, person.id) is not None):
            raise BadInput(f"{placement.code} gives their own consent in the chat: add --guardian for a guardian's.")
        if not own and not is_minor(person.birth_date, day, placement.status):
            raise BadInput(f"{placement.code} was of age on {day}: a guardian's consent is neither needed nor kept.")
        at = to_utc(day, time(12), placement.home_zone)
        told = partings.yes_gone(session, person.id, now) if own and not given else []
        record_consent(session, person.id, kind, given, "paper", None, min(at, now), None if own else placement.id)
        partings.tell(session, told, now)
        planning.replan(session, placement.id, now)
        steps.after_consent(core, session, person.id, fx.GiveConsent(kind, given, placement.id), now)
        stay = stay_of(session, placement.id, now)
        return {
            "code": placement.code, "own_consent" if own else "guardian_consent": given, "paper_date": day.isoformat(),
            "journey_open": stay is not None and stay.may_travel_on, "by_phone": placement.by_phone,
        }  # fmt: skip
