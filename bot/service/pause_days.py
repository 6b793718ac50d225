"""Pauses as rules and flows see them: read by planning, lists, cards and alerts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.flows.scene import PauseView, Stay
from bot.rules import pause as rules
from bot.store.prepared import among, rows
from bot.store.tables import Pause, Person

_PAUSES = (
    select(
        Pause.id, Pause.placement_id, Pause.first_day, Pause.last_day, Pause.state, Pause.back_on,
        Person.first_name, Person.last_name,
    )
    .outerjoin(Person, Person.id == Pause.decided_by)
    .where(among(Pause.placement_id, "placements"))
    .order_by(Pause.id.desc())
)  # fmt: skip


def terms_of(row: Any) -> rules.Pause:
    """A row as the rules see it."""
    return rules.Pause(row.first_day, row.last_day, rules.State(row.state), row.back_on)


def pauses_of(session: Session, placement_ids: Collection[int]) -> dict[int, tuple[rules.Pause, ...]]:
    """Every pause ever asked for, by stay, newest first; stays without one are left out."""
    found: dict[int, tuple[rules.Pause, ...]] = {}
    for row in _rows(session, placement_ids):
        found[row.placement_id] = (*found.get(row.placement_id, ()), terms_of(row))
    return found


def current_pauses(session: Session, stays: Iterable[Stay], now: datetime) -> dict[int, PauseView]:
    """By stay the pause that is asked for, lies ahead or holds; stays without one are left out."""
    by_id = {stay.placement_id: stay for stay in stays}
    found: dict[int, PauseView] = {}
    for row in _rows(session, by_id):
        stay = by_id[row.placement_id]
        if not terms_of(row).over(local_date(now, stay.zone)):
            found.setdefault(row.placement_id, view_of(row, stay))
    return found


def _rows(session: Session, placement_ids: Collection[int]) -> Iterable[Any]:
    return rows(session, _PAUSES, placements=list(placement_ids)) if placement_ids else ()


def view_of(row: Any, stay: Stay) -> PauseView:
    """A row with the name of who decided, as people see it."""
    decided_by = f"{row.first_name or ''} {row.last_name or ''}".strip() or None
    return PauseView(row.id, stay.placement_id, stay.learner, stay.code, terms_of(row), stay.zone, decided_by)


def pause_of(session: Session, pause_id: int, stay: Stay) -> PauseView:
    """One pause of a stay, as flushed."""
    row = next(row for row in _rows(session, [stay.placement_id]) if row.id == pause_id)
    return view_of(row, stay)


def as_data(view: PauseView) -> dict[str, str]:
    """A pause as plain data: its days, and whether it is only asked for."""
    first, last = view.span
    return {"first": first.isoformat(), "last": last.isoformat(), "state": view.terms.state.value}
