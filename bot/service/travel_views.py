"""Journeys there and back as a scene, an alert or a list shows them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.flows.naming import town
from bot.flows.scene import TravelView
from bot.i18n import Country, Value, verbatim
from bot.rules.travel_days import Direction
from bot.rules.travel_terms import State
from bot.store.prepared import among
from bot.store.tables import Placement, Travel

SHOWN_AFTER = timedelta(hours=18)  # how long an arrival is still the news of the day
NEVER_ARRIVED = timedelta(days=2)  # after the deadline other questions have taken over


def view_of(row: Travel, placement: Placement) -> TravelView:
    """A row with the names of its places."""
    here, there = _home(placement), _host(placement)
    back = row.direction == Direction.BACK.value
    return TravelView(
        id=row.id, placement_id=row.placement_id, direction=row.direction, state=row.state, arrives_on=row.arrives_on,
        zone=row.zone, start=there if back else here, to=here if back else there, expected_at=row.expected_at,
        first_expected_at=row.first_expected_at, said=row.said, said_at=row.said_at, left_at=row.left_at,
        arrived_at=row.arrived_at,
    )  # fmt: skip


def _home(placement: Placement) -> Value:
    if placement.home_city:
        return verbatim(placement.home_city)
    return Country(placement.home_country) if placement.home_country else "–"


def _host(placement: Placement) -> Value:
    known = town(placement.kit, placement.host_city)
    return known if known is not None else Country(placement.host_country) if placement.host_country else "–"


def clock_of(placement: Placement, zone: str) -> Value:
    """The place whose clock a zone is: home or where they stay; else as the zone itself is called."""
    place = _home(placement) if zone == placement.home_zone else _host(placement)
    return place if place != "–" else verbatim(zone.rpartition("/")[2].replace("_", " "))


def is_current(row: Travel, now: datetime) -> bool:
    """Is this the journey of these days: asked about, under way, or just over?"""
    match State(row.state):
        case State.PLANNED:
            return row.plan_at is None or row.plan_at <= now
        case State.ASKED | State.LEFT | State.DELAYED:
            return True
        case State.ALERTED:
            return now < row.deadline + NEVER_ARRIVED
        case State.ARRIVED:
            return row.arrived_at is not None and now < row.arrived_at + SHOWN_AFTER
        case _:
            return False


def row_named(session: Session, placement_ids: Collection[int], travel_id: int) -> Travel | None:
    """A journey of one of these stays by its id."""
    return session.scalars(select(Travel).where(Travel.id == travel_id, Travel.placement_id.in_(placement_ids))).first()


_OF_STAYS = select(Travel).where(among(Travel.placement_id, "placements")).order_by(Travel.day, Travel.id)


def current_rows(session: Session, placement_ids: Collection[int], now: datetime) -> dict[int, Travel]:
    """The journey of these days of each stay that has one; one under way before one just over."""
    rows = session.scalars(_OF_STAYS, {"placements": list(placement_ids)}).all()
    found: dict[int, Travel] = {}
    for row in rows:
        held = found.get(row.placement_id)
        if is_current(row, now) and (held is None or held.state == State.ARRIVED.value):
            found[row.placement_id] = row
    return found


def facts(row: Travel) -> dict[str, Any]:
    """A journey as plain data, instants ISO 8601 in UTC; hours are read by the clock of `timezone`."""
    instants = ("left_at", "expected_at", "deadline", "arrived_at", "alerted_at")
    return {
        "direction": row.direction, "state": row.state, "day": row.day.isoformat(), "timezone": row.zone,
        **{name: value.isoformat() if (value := getattr(row, name)) else None for name in instants},
    }  # fmt: skip


def current_views(session: Session, placement_ids: Collection[int], now: datetime) -> dict[int, TravelView]:
    """The journey of these days of each stay that has one, as a list shows it."""
    rows = current_rows(session, placement_ids, now) if placement_ids else {}
    if not rows:
        return {}
    placements = session.scalars(select(Placement).where(Placement.id.in_(rows)))
    return {placement.id: view_of(rows[placement.id], placement) for placement in placements}
