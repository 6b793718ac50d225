"""Is somebody on duty for every learner at every hour? Holes in the ladders of a cohort, now or after a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY, to_utc
from bot.errors import BadInput
from bot.rules.duty import Stretch, named, without
from bot.service.ladder import LAST_RUNG, Staff, staff_of
from bot.service.stays import itinerary_of
from bot.service.watch import unwatched
from bot.store.tables import Cohort, Membership, Person, Placement, TelegramAccount

LOOK = timedelta(days=30)  # how far ahead the desk is told of holes
WEEKS = timedelta(days=28)  # of a stay: duty repeats week by week, clocks change within a season

Holes = Mapping[int, tuple[Stretch, ...]]  # by placement; those without are left out


@dataclass(frozen=True, slots=True)
class Hole:
    """When nobody is on duty for these learners (codes)."""

    codes: tuple[str, ...]
    when: tuple[Stretch, ...]


def ladder_members(staff: Staff, placement: Placement, *, linked: bool = False) -> list[Membership]:
    """Everybody on the ladder of a stay, whether on duty or not; with `linked` only who can be reached."""
    alive = [m for m in staff.memberships.values() if m.ended_at is None and m.person_id != placement.person_id]
    mine = {placement.referent_id, placement.backup_id, placement.local_contact_id}
    on_it = [m for m in alive if m.id in mine or (m.cohort_id == placement.cohort_id and m.role in LAST_RUNG)]
    return [m for m in on_it if not linked or reachable(staff, m)]


def reachable(staff: Staff, membership: Membership) -> bool:
    """Has a chat, and has not blocked the bot."""
    account = staff.accounts.get(membership.person_id)
    return account is not None and account.blocked_at is None


def stays_in(session: Session, cohort_id: int) -> list[Placement]:
    """Every stay of a cohort whose learner is not erased."""
    query = select(Placement).join(Person, Person.id == Placement.person_id)
    return list(session.scalars(query.where(Placement.cohort_id == cohort_id, Person.erased_at.is_(None))))


def holes_of(session: Session, cohort: Cohort, now: datetime, until: datetime | None = None, *,
             since: datetime | None = None, linked: bool = False) -> Holes:  # fmt: skip
    """When nobody is on duty, stay by stay, while it lasts: until an instant, or for its next four weeks."""
    return _found(session, cohort, linked, lambda placement: _window(placement, since or now, until))


def alone(session: Session, cohort: Cohort, now: datetime, until: datetime) -> Stretch | None:
    """The first stretch until then in which nobody who can be reached is on duty for some learner who may press SOS:
    at any time, also at home, once they have joined."""
    accounts = select(TelegramAccount.person_id).where(TelegramAccount.revoked_at.is_(None))
    joined = set(
        session.scalars(select(Placement.id).where(Placement.cohort_id == cohort.id, Placement.person_id.in_(accounts)))
    )
    holes = _found(session, cohort, True, lambda p: (now, until) if p.id in joined else _window(p, now, until))
    return min((gap for gaps in holes.values() for gap in gaps), default=None)


def _found(session: Session, cohort: Cohort, linked: bool, window_of: Callable[[Placement], Stretch | None]) -> Holes:
    session.flush()
    placements = stays_in(session, cohort.id)
    staff = staff_of(session, placements) if placements else None
    found: dict[int, tuple[Stretch, ...]] = {}
    known: dict[object, tuple[Stretch, ...]] = {}
    for placement in placements:
        window = window_of(placement)
        if staff is None or window is None:
            continue
        key = (placement.referent_id, placement.backup_id, placement.local_contact_id, window)
        if key not in known:
            known[key] = _holes(staff, placement, cohort.home_zone, window, linked)
        if known[key]:
            found[placement.id] = known[key]
    return found


def _holes(staff: Staff, placement: Placement, zone: str, window: Stretch, linked: bool) -> tuple[Stretch, ...]:
    alive = {m.id: m for m in staff.memberships.values() if m.ended_at is None}
    if linked:
        alive = {m.id: m for m in alive.values() if reachable(staff, m)}
    return unwatched(ladder_members(staff, placement, linked=linked), alive, zone, *window)


def _window(placement: Placement, now: datetime, until: datetime | None) -> Stretch | None:
    trip = itinerary_of(placement)
    if trip is None:
        return None
    start = max(now, to_utc(trip.departure, time(0), trip.home_zone))
    end = min(to_utc(trip.return_ + ONE_DAY, time(0), trip.host_zone), until or start + WEEKS)
    return (start, end) if start < end else None


def more(before: Holes, after: Holes) -> Holes:
    """What a change adds."""
    added = {stay: without(gaps, before.get(stay, ())) for stay, gaps in after.items()}
    return {stay: gaps for stay, gaps in added.items() if gaps}


def grouped(session: Session, found: Holes) -> list[Hole]:
    """Holes that are the same for several learners, told once; the earliest first."""
    codes: dict[tuple[Stretch, ...], list[str]] = {}
    names = {p.id: p.code for p in session.scalars(select(Placement).where(Placement.id.in_(found)))} if found else {}
    for stay, gaps in found.items():
        codes.setdefault(gaps, []).append(names[stay])
    return sorted((Hole(tuple(sorted(who)), gaps) for gaps, who in codes.items()), key=lambda hole: hole.when[0])


def sentences(holes: Iterable[Hole], zone: str) -> list[str]:
    """For the desk, a line each, hours by the clock of `zone`."""
    return [f"Nobody is on duty for {some(hole.codes)}: {named(hole.when, zone)} ({zone})." for hole in holes]


def some(codes: Iterable[str], most: int = 6) -> str:
    """The first codes, and how many more."""
    found = list(codes)
    rest = len(found) - most
    return ", ".join(found[:most]) + (f" and {rest} more" if rest > 0 else "")


def refuse_new(session: Session, cohort: Cohort, before: Holes, now: datetime, what: str) -> None:
    """BadInput, naming the hours, when what was just changed leaves learners without anybody on duty."""
    added = grouped(session, more(before, holes_of(session, cohort, now)))
    if added:
        raise BadInput(
            f"{what} leaves a hole: nobody would be on duty for {some(added[0].codes)} from "
            f"{named(added[0].when, cohort.home_zone)} ({cohort.home_zone}). Let somebody else cover these hours, or "
            "repeat it with --accept-hole."
        )
