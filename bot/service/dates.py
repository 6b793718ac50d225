"""A cohort's dates as calendar days: who leaves, arrives and returns when, and when to look whether all is ready."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from sqlalchemy import select

from bot.papers.calendar import DayEvent, calendar
from bot.rules.towns import kit_name
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.stays import itinerary_of
from bot.store.tables import Person, Placement

DRILL = timedelta(days=21)  # before the first arrival: the drill is fresh, and there is time to mend


def ics(core: Core, code: str, now: datetime) -> bytes:
    """The .ics file of a cohort: codes, no names. Raises NotFound."""
    with core.store.transaction() as session:
        cohort = find(session, code)
        stays = session.scalars(
            select(Placement)
            .join(Person, Person.id == Placement.person_id)
            .where(Placement.cohort_id == cohort.id, Person.erased_at.is_(None))
            .order_by(Placement.id)
        ).all()
        found: dict[tuple[date, str, str], list[str]] = defaultdict(list)
        for stay in stays:
            trip = itinerary_of(stay)
            if trip is None:
                continue
            city = kit_name(core.content, stay.kit) if stay.kit else stay.host_city or "?"
            if trip.departure != trip.arrival:
                found[trip.departure, "Departure to", city].append(stay.code)
            found[trip.arrival, "Arrival in", city].append(stay.code)
            found[trip.return_, "Return from", city].append(stay.code)
        events = [
            DayEvent(f"{cohort.code}-{day}-{what}-{city}@compagnon".replace(" ", "-").lower(), day,
                     f"{cohort.code}: {what} {city} ({len(codes)})", ", ".join(codes))
            for (day, what, city), codes in sorted(found.items())
        ]  # fmt: skip
        arrivals = [day for day, what, _ in found if what == "Arrival in"]
        if arrivals:
            day = min(arrivals) - DRILL
            command = f"compagnon cohort drill {cohort.code}"
            events.insert(0, DayEvent(f"{cohort.code}-drill@compagnon".lower(), day, f"{cohort.code}: drill", command))
        return calendar(events, f"{cohort.code} {cohort.name}", now)
