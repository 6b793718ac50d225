"""Is a cohort ready to leave: has every ladder been heard lately, is everybody on it reached, is every hour covered?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY, local_date, to_utc
from bot.flows import readiness_screens as talk
from bot.flows.readiness_screens import Gap
from bot.rules.duty import named
from bot.rules.names import full_name
from bot.service import coverage, notices
from bot.service.core import Core
from bot.service.coverage import reachable, some
from bot.service.drills import LadderKey, key_of, ladders, readers
from bot.service.ladder import LAST_RUNG, Staff, staff_of
from bot.service.stays import itinerary_of
from bot.store.tables import Alert, AlertEvent, Cohort, Membership, Placement

FRESH = 30 * ONE_DAY  # an acknowledgement this long before the arrival still says something
AHEAD = (14 * ONE_DAY, 3 * ONE_DAY)  # before an arrival: when coordinators are told that something is missing
AT = time(9)


def gaps_of(session: Session, cohort: Cohort, now: datetime) -> list[Gap]:
    """What stands in the way of a safe stay, ladder by ladder; nothing for a cohort without learners to come."""
    tried = ladders(session, cohort.id, now)
    placements = [placement for group in tried.values() for placement in group]
    if not placements:
        return []
    staff, heard = staff_of(session, placements), _acknowledged(session, cohort, placements)
    found = [gap for key, group in tried.items() for gap in _of_ladder(staff, cohort, key, group, heard)]
    uncovered = coverage.grouped(session, coverage.holes_of(session, cohort, now, now + coverage.LOOK))
    found += [
        Gap("hole", hole.codes, start=hole.when[0][0], end=hole.when[0][1], more=len(hole.when) - 1)
        for hole in uncovered
    ]
    return _merged(found)


def _of_ladder(
    staff: Staff, cohort: Cohort, key: LadderKey, group: list[Placement], heard: Mapping[LadderKey, datetime]
) -> Iterable[Gap]:
    codes = tuple(placement.code for placement in group)
    arrivals = [trip.arrival for placement in group if (trip := itinerary_of(placement)) is not None]
    if arrivals:
        since = min(arrivals) - FRESH
        last = heard.get(key)
        if last is None or last < to_utc(since, time(0), cohort.home_zone):
            yield Gap("no_drill", codes, day=min(arrivals))
    members = coverage.ladder_members(staff, group[0])
    people = {member.person_id for member in members}
    if len(people) < 2:
        yield Gap("alone" if people else "nobody", codes, names=tuple(_name(staff, member) for member in members[:1]))
    for rung in _rungs(members, group[0]):
        if rung and not any(reachable(staff, member) for member in rung):
            yield Gap("unlinked", codes, names=tuple(dict.fromkeys(_name(staff, member) for member in rung)))


def _rungs(members: list[Membership], placement: Placement) -> tuple[list[Membership], ...]:
    last = [m for m in members if m.id == placement.local_contact_id or m.role in LAST_RUNG]
    first = ([m for m in members if m.id == named] for named in (placement.referent_id, placement.backup_id))
    return (*first, last)


def _name(staff: Staff, member: Membership) -> str:
    person = staff.people[member.person_id]
    return full_name(person)


def _acknowledged(session: Session, cohort: Cohort, placements: list[Placement]) -> dict[LadderKey, datetime]:
    """When each ladder last took an alert, a drill's or a real one."""
    keys = {placement.id: key_of(placement) for placement in placements}
    rows = session.execute(
        select(Alert.placement_id, AlertEvent.at)
        .join(AlertEvent, AlertEvent.alert_id == Alert.id)
        .where(Alert.cohort_id == cohort.id, AlertEvent.what == "acknowledged")
        .order_by(AlertEvent.at)
    )
    return {keys[placement_id]: at for placement_id, at in rows if placement_id in keys}


def _merged(found: Iterable[Gap]) -> list[Gap]:
    """What is said of several ladders in the same words is said once."""
    codes: dict[Gap, list[str]] = {}
    for gap in found:
        codes.setdefault(gap.without_codes(), []).extend(gap.codes)
    return [gap.of(tuple(sorted(set(who)))) for gap, who in codes.items()]


def sentences(gaps: Iterable[Gap], cohort: Cohort) -> list[str]:
    """The same for the desk, a sentence each."""
    return [_sentence(gap, cohort) for gap in gaps]


def _sentence(gap: Gap, cohort: Cohort) -> str:
    whose, names = some(gap.codes), ", ".join(gap.names)
    match gap.what:
        case "no_drill":
            begins = gap.day - FRESH if gap.day else None
            return (
                f"Nobody has acknowledged a drill (or an alert) on the ladder of {whose} within 30 days before the "
                f"arrival on {gap.day}: from {begins} on, run `compagnon cohort drill {cohort.code}`."
            )
        case "alone":
            return f"{names} is alone on the ladder of {whose}: add a backup."
        case "nobody":
            return f"Nobody is on the ladder of {whose}: add somebody with `compagnon referent add`."
        case "unlinked":
            return f"Not reached by the bot, on the ladder of {whose}: {names}; hand out the invite."
        case _:
            when = named([(gap.start, gap.end)], cohort.home_zone) if gap.start and gap.end else "at some hours"
            rest = f" and {gap.more} more times" if gap.more else ""
            return f"Nobody is on duty for {whose}: {when}{rest} ({cohort.home_zone})."


# --- told ahead ---------------------------------------------------------------------------------


def watch(session: Session, cohort_id: int, now: datetime) -> None:
    """Something in a cohort changed: note when to look at it next, 14 and 3 days before each arrival that is still to
    come, and that who accompanies it is to be seen to."""
    cohort = session.get_one(Cohort, cohort_id)
    arrivals = session.scalars(
        select(Placement.arrival_date).where(Placement.cohort_id == cohort_id, Placement.arrival_date > now.date())
    )
    looks = [to_utc(day - ahead, AT, cohort.home_zone) for day in set(arrivals) if day for ahead in AHEAD]
    session.execute(
        update(Cohort).where(Cohort.id == cohort_id)
        .values(look_at=min((at for at in looks if at > now), default=None), walks_at=now)
    )  # fmt: skip


def wake(core: Core, now: datetime, limit: int) -> int:
    """Tell coordinators of cohorts that leave soon and are not ready. Returns how many cohorts were looked at."""
    with core.store.transaction() as session:
        due = select(Cohort).where(Cohort.look_at <= now).order_by(Cohort.look_at).limit(limit)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for cohort in rows:
            _tell(session, cohort, now)
            watch(session, cohort.id, now)
    return len(rows)


def _tell(session: Session, cohort: Cohort, now: datetime) -> None:
    """About the next arrival, once for each time ahead; late, but still before it, is better than never."""
    today = local_date(now, cohort.home_zone)
    coming = select(Placement.arrival_date).where(Placement.cohort_id == cohort.id, Placement.arrival_date > today)
    arrival = session.scalar(coming.order_by(Placement.arrival_date).limit(1))
    gaps = gaps_of(session, cohort, now) if arrival is not None else []
    if arrival is None or not gaps or arrival - today > AHEAD[0]:
        return
    ahead = AHEAD[1] if arrival - today <= AHEAD[1] else AHEAD[0]
    shown = talk.not_ready(cohort.name, arrival, gaps, cohort.home_zone)
    for person in readers(session, cohort.id):
        key = f"ready:{cohort.id}:{arrival}:{ahead // ONE_DAY}:{person}"
        notices.notify(session, person, shown, now=now, key=key)
