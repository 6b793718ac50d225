"""Duty hours and absences, as the desk enters them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import zone as known_zone
from bot.errors import BadInput, NotFound
from bot.rules.away import fits, parse_until
from bot.rules.duty import ALWAYS, next_change, on_duty, parse_duty
from bot.rules.typed import shown
from bot.service import absences, coverage
from bot.service.alerts import name_of
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.referents import ROLES, spelled
from bot.store.tables import Cohort, Membership


def member_of(session: Session, cohort: Cohort, code: str) -> Membership:
    """Whoever lists call so in a cohort, in any case, or `role:code`; locked. Raises NotFound or BadInput."""
    role, _, bare = code.strip().rpartition(":")
    query = select(Membership).where(
        Membership.cohort_id == cohort.id, Membership.role.in_(ROLES.values()), Membership.ended_at.is_(None)
    )
    found = [
        m
        for m in session.scalars(query.order_by(Membership.id).with_for_update())
        if (m.code or "").casefold() == bare.casefold() and role.replace("-", "_") in ("", m.role)
    ]
    if not found:
        raise NotFound(
            f"Nobody around {cohort.code} has the code “{shown(code)}”: "
            f"`compagnon referent list --cohort {cohort.code}` shows everybody."
        )
    if len(found) > 1:
        which = " or ".join(f"{spelled(m.role)}:{m.code}" for m in found)
        raise BadInput(f"“{shown(code)}” is the code of several people: write {which}.")
    return found[0]


def set_duty(
    core: Core, cohort_code: str, code: str, hours: str | None, zone: str | None, now: datetime, *,
    accept_hole: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Change duty hours and the clock they are read by; None leaves each as it is. Returns what holds then.

    Raises BadInput, naming the hours, where a learner would be left with nobody on duty.
    """
    duty = parse_duty(hours) if hours is not None else None
    if zone is not None:
        known_zone(zone)
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        member = member_of(session, cohort, code)
        before = coverage.holes_of(session, cohort, now)
        if duty is not None:
            member.duty = None if duty.text == ALWAYS else duty.text
        if zone is not None:
            member.zone = zone
        if not accept_hole and (duty is not None or zone is not None):
            whose = f"“{member.duty or ALWAYS}” for {name_of(session, member.id)}"
            coverage.refuse_new(session, cohort, before, now, whose)
        if duty is not None or zone is not None:
            note(session, None, "duty_changed", member.person_id, now, cohort=cohort.code, duty=member.duty or ALWAYS)
        return _row(session, cohort, member, now)


def _row(session: Session, cohort: Cohort, member: Membership, now: datetime) -> dict[str, Any]:
    duty, zone = parse_duty(member.duty), member.zone or cohort.home_zone
    change = next_change(duty, zone, now)
    holes = coverage.grouped(session, coverage.holes_of(session, cohort, now, now + coverage.LOOK))
    return {
        "code": member.code, "name": name_of(session, member.id), "role": spelled(member.role),
        "duty": duty.text, "timezone": zone, "on_duty": on_duty(duty, zone, now),
        "next_change": change.isoformat() if change else None, "holes": coverage.sentences(holes, cohort.home_zone),
    }  # fmt: skip


# --- away, as the desk has arranged it ------------------------------------------------------------


def send_away(
    core: Core, cohort_code: str, code: str, until: str, substitute: str | None, now: datetime, *,
    accept_hole: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Somebody is away from now until a day or instant, as typed. The desk has spoken with who stands in: it holds at
    once, and both read it. Raises BadInput or NotFound, also where it would leave learners with nobody."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        member = member_of(session, cohort, code)
        zone = member.zone or cohort.home_zone
        at = parse_until(until, now, zone)
        if at is None:
            raise BadInput(f'“{shown(until)}” is not a day: write one such as 2026-12-24 or "2026-12-24 18:00".')
        if not fits(at, now):
            raise BadInput(f"“{shown(until)}” is over already, or more than 90 days away: write another day.")
        stands_in = member_of(session, cohort, substitute) if substitute is not None else None
        before = coverage.holes_of(session, cohort, now, at)
        absences.enter(session, member, stands_in, at, now)
        if not accept_hole:
            added = coverage.grouped(session, coverage.more(before, coverage.holes_of(session, cohort, now, at)))
            if added:
                raise BadInput(
                    f"{' '.join(coverage.sentences(added, cohort.home_zone))} "
                    "Name who stands in with --substitute REF, or repeat it with --accept-hole."
                )
        return {
            "code": member.code, "name": name_of(session, member.id), "away_until": at.isoformat(), "timezone": zone,
            "substitute": name_of(session, stands_in.id) if stands_in is not None else None,
        }  # fmt: skip


def bring_back(core: Core, cohort_code: str, code: str, now: datetime) -> dict[str, Any]:
    """Somebody is back earlier. Raises BadInput when they were not away."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        member = member_of(session, cohort, code)
        if not absences.come_back(session, member.person_id, cohort.id, now):
            raise BadInput(f"{name_of(session, member.id)} is not away: there is nothing to end.")
        return {"code": member.code, "name": name_of(session, member.id)}
