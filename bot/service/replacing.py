"""Somebody else takes a learner's place: same host, dates, contact persons and group, another person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.clock import local_date
from bot.errors import BadInput
from bot.rules.names import full_name
from bot.rules.typed import parse_code, parse_day, parse_email, parse_language, parse_name, parse_phone
from bot.service import invites, planning, readiness
from bot.service.audit import note
from bot.service.cohorts import find as find_cohort
from bot.service.core import Core
from bot.service.import_new import invite
from bot.service.learners import find
from bot.service.stays import itinerary_of
from bot.store.tables import Cohort, Invite, Membership, Person, Placement

# What belongs to the place, not to the person who had it.
KEPT = (
    "home_city", "home_country", "home_zone", "host_city", "host_country", "host_zone", "kit", "host_organisation",
    "host_phone", "tutor_name", "tutor_email", "tutor_id", "accommodation", "departure_date", "arrival_date",
    "return_date", "referent_id", "backup_id", "local_contact_id", "travel_group", "trade", "status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who comes, as typed."""

    code: str
    first_name: str
    last_name: str = ""
    language: str | None = None
    birth_date: str | None = None
    phone: str | None = None
    email: str | None = None


def replace(core: Core, code: str, cohort: str | None, new: Newcomer, now: datetime) -> dict[str, Any]:
    """The first learner's stay ends, the newcomer gets its place and an invite. Returns it. Raises BadInput."""
    person = Person(
        first_name=parse_name(new.first_name), last_name=parse_name(new.last_name) if new.last_name else "",
        birth_date=parse_day(new.birth_date) if new.birth_date else None,
        phone=parse_phone(new.phone) if new.phone else None, email=parse_email(new.email) if new.email else None,
        created_at=now,
    )  # fmt: skip
    fresh = parse_code(new.code)
    with core.store.transaction() as session:
        old = find(session, code, cohort)
        goes = session.get_one(Person, old.person_id)
        home = session.get_one(Cohort, old.cohort_id)
        taken = session.scalar(
            select(Placement.id).where(Placement.cohort_id == home.id, func.lower(Placement.code) == fresh.lower())
        )
        if taken is not None:
            raise BadInput(f"The code {fresh} is taken in {home.code}: give the newcomer another one with --code.")
        person.language = parse_language(new.language) if new.language else goes.language
        session.add(person)
        session.flush()
        place = Placement(
            **{name: getattr(old, name) for name in KEPT}, cohort_id=home.id, person_id=person.id, code=fresh,
            partner_id=old.partner_id, created_at=now,
        )  # fmt: skip
        token = Invite(**invite(person.id, home.id, "learner", fresh, now))
        member = Membership(person_id=person.id, role="learner", code=fresh, cohort_id=home.id, created_at=now)
        session.add_all([place, member, token])
        session.flush()
        session.execute(update(Placement).where(Placement.partner_id == old.id).values(partner_id=place.id))
        _leave(old, now)
        invites.revoke(session, goes.id, "learner", now)
        planning.replan(session, old.id, now)
        readiness.watch(session, home.id, now)
        note(session, None, "replaced", goes.id, now, cohort=home.code)
        note(session, None, "replacement", person.id, now, cohort=home.code)
        return {
            "left": old.code, "left_on": old.ended_on.isoformat() if old.ended_on else None, "code": fresh,
            "name": full_name(person), "cohort": home.code,
            "url": invites.link(token, invites.bot_address(session)), "token": token.token,
        }  # fmt: skip


def _leave(old: Placement, now: datetime) -> None:
    trip = itinerary_of(old)
    if trip is not None:
        day = local_date(now, trip.zone_at(now))
        old.ended_on = min(day, trip.return_)
    old.partner_id, old.plan_at = None, now


def codes_of_group(core: Core, cohort: str, group: str) -> list[str]:
    """The codes of who travels in a group. Raises NotFound for the cohort, BadInput for a group that has nobody."""
    with core.store.transaction() as session:
        home = find_cohort(session, cohort)
        rows = session.execute(
            select(Placement.code, Placement.travel_group)
            .join(Person, Person.id == Placement.person_id)
            .where(Placement.cohort_id == home.id, Placement.travel_group.is_not(None), Person.erased_at.is_(None))
            .order_by(Placement.id)
        ).all()
    found = [code for code, name in rows if (name or "").casefold() == group.strip().casefold()]
    if not found:
        known = ", ".join(sorted({name for _, name in rows if name})) or "there is none; lists name them in `group`"
        raise BadInput(f"Nobody in {cohort} travels in the group “{group}”: known are {known}.")
    return found
