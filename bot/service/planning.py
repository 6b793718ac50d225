"""Planning ahead: the rolling 72 hours of every stay become rows, idempotently.

Unique keys make planning twice change nothing. Dates, hours and zones that moved are worked out again for all
that is not sent; what is sent stays as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY, Itinerary, local_date, to_utc
from bot.content.loader import Library
from bot.content.versions import Script
from bot.rules import pause, wishes
from bot.rules.calendar import DueStep, LearnerFacts, age_on, around
from bot.rules.check_in_terms import State
from bot.rules.durations import parse_check_in_days
from bot.rules.eves import eves
from bot.service import broadcast_recipients, travel
from bot.service.check_ins import new_row
from bot.service.core import Core
from bot.service.gone_on import Span, spans_elsewhere, within
from bot.service.journeys import script_of
from bot.service.pause_days import pauses_of
from bot.service.stays import itinerary_of
from bot.store.prepared import among, rows, run
from bot.store.tables import CheckIn, Cohort, Consent, DueStep as DueRow, Person, Placement, StepRun, TelegramAccount
from bot.store.writing import insert_or_ignore

AHEAD = timedelta(hours=72)
AGAIN = timedelta(hours=24)
LATE = timedelta(hours=24)  # how far back a check-in is still planned after an outage
OVER = timedelta(days=60)  # after the return nothing is planned any more


def replan(session: Session, placement_id: int, now: datetime) -> None:
    """Plan this stay again at the next turn."""
    session.execute(update(Placement).where(Placement.id == placement_id).values(plan_at=now))


@dataclass(frozen=True, slots=True)
class _Subject:
    """A stay about to be planned: rows of its placement, cohort and person, plain columns and read only."""

    placement: Any
    cohort: Any
    person: Any
    itinerary: Itinerary
    since: datetime  # from when somebody was there to be asked
    walks: bool  # the journey runs: joined, consented


def plan(core: Core, now: datetime, limit: int) -> int:
    """Plan up to `limit` stays whose turn it is. Returns how many."""
    with core.store.transaction() as session:
        stays = rows(session, _DUE, now=now, most=limit)
        if not stays:
            return 0
        subjects = _subjects(session, stays, now)
        elsewhere = spans_elsewhere(session, [s.placement.id for s in subjects])
        _plan_check_ins(session, subjects, now, elsewhere)
        travel.plan(core, session, [(s.placement, s.cohort, s.itinerary, s.since) for s in subjects], now, elsewhere)
        _plan_steps(core, session, subjects, now)
        broadcast_recipients.work_out_again(session, stays, now)
        over = [stay.id for stay in stays if _is_over(stay, now)]
        run(session, _AGAIN, stays=[stay.id for stay in stays], at=now + AGAIN)
        if over:
            run(session, _AGAIN, stays=over, at=None)
    return len(stays)


_STAYS = select(Placement.__table__)
_DUE = (
    _STAYS.where(Placement.plan_at <= bindparam("now"))
    .order_by(Placement.plan_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NAMED = (
    _STAYS.where(among(Placement.id, "stays"), Placement.plan_at.is_not(None)).order_by(Placement.id).with_for_update()
)
_COHORTS = select(Cohort.__table__).where(among(Cohort.id, "cohorts"))
_PEOPLE = select(Person.__table__).where(among(Person.id, "people"))
_LINKED = (
    select(TelegramAccount.person_id, func.min(TelegramAccount.linked_at).label("since"))
    .where(among(TelegramAccount.person_id, "people"))
    .group_by(TelegramAccount.person_id)
)
_AGREED = (
    select(Consent.person_id, Consent.given, Consent.withdrawn_at)
    .where(among(Consent.person_id, "people"), Consent.kind == "data")
    .order_by(Consent.id)
)
_AGAIN = update(Placement).where(among(Placement.id, "stays")).values(plan_at=bindparam("at"))


def _is_over(placement: Any, now: datetime) -> bool:
    itinerary = itinerary_of(placement)
    return itinerary is None or local_date(now, itinerary.home_zone) > itinerary.return_ + OVER


def _subjects(session: Session, stays: Sequence[Any], now: datetime) -> list[_Subject]:
    """Stays with dates of people who ever joined: nobody else can be asked anything."""
    numbers = [stay.person_id for stay in stays]
    linked = {account.person_id: account.since for account in rows(session, _LINKED, people=numbers)}
    people = {person.id: person for person in rows(session, _PEOPLE, people=numbers)}
    cohorts = {row.id: row for row in rows(session, _COHORTS, cohorts=list({stay.cohort_id for stay in stays}))}
    agreed = _agreed(session, numbers)
    subjects = []
    for placement in stays:
        cohort, person = cohorts[placement.cohort_id], people[placement.person_id]
        itinerary = itinerary_of(placement)
        known = person.id in linked or placement.by_phone
        if itinerary is None or not known or person.erased_at is not None:
            continue
        walks = placement.joined_at is not None and placement.journey_version_id is not None and person.id in agreed
        since = person.onboarded_at or linked.get(person.id) or placement.created_at
        subjects.append(_Subject(placement, cohort, person, itinerary, since, walks))
    return subjects


def _agreed(session: Session, people: list[int]) -> set[int]:
    """Whose newest word on their data is yes."""
    words = rows(session, _AGREED, people=people)
    return {p for p, yes in {w.person_id: w.given and w.withdrawn_at is None for w in words}.items() if yes}


# --- check-ins ----------------------------------------------------------------------------------


def check_in_times(
    placement: Any, cohort: Any, itinerary: Itinerary, since: datetime, until: datetime
) -> dict[date, datetime]:
    """The check-ins of a stay from `since` until before `until` by their local day: between arrival and return, on the
    days and at the hour that hold for the learner. On the days of arrival and return the journey is asked about."""
    hour = time.fromisoformat(placement.check_in_at or cohort.check_in_at)
    weekdays = parse_check_in_days(placement.check_in_days or cohort.check_in_days)
    # No clock on Earth is two days from UTC, so that other days need no looking at.
    first = max(itinerary.arrival + ONE_DAY, since.date() - timedelta(days=2))
    last = min(itinerary.return_ - ONE_DAY, until.date() + timedelta(days=2))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    times = {day: to_utc(day, hour, itinerary.zone_on(day)) for day in days if day.weekday() in weekdays}
    return {day: due for day, due in times.items() if since <= due < until}


@dataclass(frozen=True, slots=True)
class Replanned:
    """What became of the check-ins of the next days: how many moved to another hour, fell away, or are new."""

    moved: int = 0
    dropped: int = 0
    added: int = 0


def check_ins_now(session: Session, placement_ids: Sequence[int], now: datetime) -> Replanned:
    """Plan the check-ins of these stays in the caller's transaction, after a change of their times."""
    session.flush()
    stays = rows(session, _NAMED, stays=list(placement_ids))
    subjects = _subjects(session, stays, now)
    elsewhere = spans_elsewhere(session, [s.placement.id for s in subjects])
    return _plan_check_ins(session, subjects, now, elsewhere)


def _plan_check_ins(
    session: Session, subjects: list[_Subject], now: datetime, elsewhere: Mapping[int, Sequence[Span]]
) -> Replanned:
    stays = [s.placement.id for s in subjects]
    planned: dict[int, dict[date, CheckIn]] = {}
    quiet = pauses_of(session, stays)
    _plan_paused_again(session, subjects, quiet, now)
    for row in session.scalars(_PLANNED, {"stays": stays}):
        planned.setdefault(row.placement_id, {})[row.day] = row
    new: list[dict[str, Any]] = []
    moved = dropped = 0
    shared: dict[Any, dict[date, datetime]] = {}
    for subject in subjects:
        wanted = _wanted_check_ins(subject, now, shared)
        silence = quiet.get(subject.placement.id)
        if silence:
            wanted = {d: due for d, due in wanted.items() if not pause.paused(silence, subject.itinerary, d)}
        away = elsewhere.get(subject.placement.id)
        if away:
            wanted = {d: due for d, due in wanted.items() if not within(d, away)}
        have = planned.get(subject.placement.id, {})
        for day, row in have.items():
            if row.due_at <= now and subject.itinerary.arrival <= day <= subject.itinerary.return_:
                continue  # its hour has come: it is asked or closed, never forgotten
            if day not in wanted:
                session.delete(row)
                dropped += 1
            elif row.due_at != wanted[day]:
                row.due_at = row.wake_at = wanted[day]
                moved += 1
        new += [new_row(subject.placement.id, day, due) for day, due in wanted.items() if day not in have]
    session.flush()
    return Replanned(moved, dropped, added=insert_or_ignore(session, CheckIn, new))


# A roll call is nobody's plan: it is asked as it was called.
_PLANNED = select(CheckIn).where(
    among(CheckIn.placement_id, "stays"), CheckIn.state == "planned", CheckIn.roll_call == 0
)


def _plan_paused_again(
    session: Session, subjects: list[_Subject], quiet: dict[int, tuple[pause.Pause, ...]], now: datetime
) -> None:
    """Days that a pause had excused and does not cover any more are planned again, while their hour is ahead."""
    for subject in subjects:
        silence = quiet.get(subject.placement.id, ())
        if not silence:
            continue
        excused = session.scalars(
            select(CheckIn).where(
                CheckIn.placement_id == subject.placement.id, CheckIn.state == State.EXCUSED.value,
                CheckIn.asked_at.is_(None), CheckIn.due_at > now, CheckIn.roll_call == 0,
            )
        )  # fmt: skip
        for row in excused:
            by_pause = any(p.first <= row.day <= p.last for p in silence)
            if by_pause and not pause.paused(silence, subject.itinerary, row.day):
                row.state, row.wake_at = State.PLANNED.value, row.due_at
    session.flush()


def _wanted_check_ins(
    subject: _Subject, now: datetime, shared: dict[Any, dict[date, datetime]]
) -> dict[date, datetime]:
    # An hour that passed before anybody was there is not asked for.
    since = max(subject.since, now - LATE)
    # Those who travel together are asked together: worked out once.
    own = subject.placement.check_in_at, subject.placement.check_in_days
    key = (subject.cohort.id, own, subject.itinerary, since)
    if key not in shared:
        shared[key] = check_in_times(subject.placement, subject.cohort, subject.itinerary, since, now + AHEAD)
    return shared[key]


# --- steps --------------------------------------------------------------------------------------


def facts_of(placement: Any, person: Any, itinerary: Itinerary | None, answers: dict[str, str]) -> LearnerFacts:
    """What a journey's conditions may ask about this learner."""
    return LearnerFacts(
        itinerary=itinerary, birth_date=person.birth_date, status=placement.status or "", trade=placement.trade or "",
        language=person.language, home_country=placement.home_country or "", host_country=placement.host_country or "",
        host_city=placement.kit or placement.host_city or "", answers=answers,
        wishes=wishes.parse(placement.rhythm, placement.quiet_kinds),
    )  # fmt: skip


def answers_of(session: Session, placement_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Choices made in earlier steps, by stay and step id."""
    found: dict[int, dict[str, str]] = {}
    for placement_id, step, data in rows(session, _DONE, stays=list(placement_ids)):
        if isinstance(data.get("choice"), str):
            found.setdefault(placement_id, {})[step] = data["choice"]
    return found


_DONE = select(StepRun.placement_id, StepRun.step, StepRun.data).where(
    among(StepRun.placement_id, "stays"), StepRun.state == "done"
)
_STEPS = select(DueRow).where(among(DueRow.placement_id, "stays"))
_NOT_WALKED = delete(DueRow).where(among(DueRow.placement_id, "stays"), DueRow.state == "planned")


def asks_for_answers(script: Script) -> bool:
    """Does any step depend on an earlier answer?"""
    return any(step.conditions.answers for step in script.journey.steps)


def _plan_steps(core: Core, session: Session, subjects: list[_Subject], now: datetime) -> None:
    walking = [s for s in subjects if s.walks]
    stays = [s.placement.id for s in walking]
    if waiting := [s.placement.id for s in subjects if not s.walks]:
        run(session, _NOT_WALKED, stays=waiting)
    known: dict[int, dict[str, DueRow]] = {}
    for row in session.scalars(_STEPS, {"stays": stays}):
        known.setdefault(row.placement_id, {})[row.step] = row
    scripts = {v: script_of(session, v) for v in {s.placement.journey_version_id for s in walking} if v is not None}
    longest = {v: max((step.worth for step in script.journey.steps), default=AHEAD) for v, script in scripts.items()}
    asking = any(asks_for_answers(script) for script in scripts.values())
    answers = answers_of(session, stays) if asking else {}
    new: list[dict[str, Any]] = []
    shared: dict[Any, list[DueStep]] = {}
    for subject in walking:
        version = subject.placement.journey_version_id
        assert version is not None
        facts = facts_of(subject.placement, subject.person, subject.itinerary, answers.get(subject.placement.id, {}))
        have = known.get(subject.placement.id, {})
        near = _near(scripts[version], version, facts, now, have, shared, longest[version])
        near = [*near, *_eves(core.content, facts, now, shared)]
        found = {item.step.id: item for item in near}
        wanted = {step: item for step, item in found.items() if _in_reach(item, subject, now)}
        _move(session, have, wanted, found)
        new += [_row(subject, version, item) for step, item in wanted.items() if step not in have]
    session.flush()
    insert_or_ignore(session, DueRow, new)


def _near(
    script: Script, version: int, facts: LearnerFacts, now: datetime, have: Collection[str],
    shared: dict[Any, list[DueStep]], longest: timedelta,
) -> list[DueStep]:  # fmt: skip
    """What is due within reach, worked out once for all who travel together and are alike in what steps ask about."""
    if have or facts.answers:
        return around(script.journey, facts, now, now + AHEAD, also=have)
    key = (
        version, facts.itinerary, facts.status, facts.trade, facts.language, facts.home_country, facts.host_country,
        facts.host_city, facts.wishes, _age(longest, facts.birth_date, now),
    )  # fmt: skip
    if key not in shared:
        shared[key] = around(script.journey, facts, now, now + AHEAD)
    return shared[key]


def _eves(library: Library, facts: LearnerFacts, now: datetime, shared: dict[Any, list[DueStep]]) -> list[DueStep]:
    """What the calendar of the place brings, worked out once for all who stay there on the same days."""
    key = "eves", facts.itinerary, facts.host_country, facts.host_city, facts.wishes.quiet
    if key not in shared:
        shared[key] = eves(library, facts, now - LATE, now + AHEAD)
    return shared[key]


def _age(longest: timedelta, birth_date: date | None, now: datetime) -> int | date | None:
    """The age for the whole reach of planning; the birth date itself where a birthday falls into it. `longest`: how
    long a step of the journey is worth anything at most."""
    first, last = (now - longest - AHEAD).date(), (now + AHEAD + AHEAD).date()
    then = age_on(birth_date, first)
    return then if then == age_on(birth_date, last) else birth_date


def _in_reach(item: DueStep, subject: _Subject, now: datetime) -> bool:
    joined = subject.placement.joined_at
    return joined is not None and item.due_at >= joined and item.due_at < now + AHEAD and item.expires_at > now


def _row(subject: _Subject, version: int, item: DueStep) -> dict[str, Any]:
    return {
        "placement_id": subject.placement.id, "version_id": version, "step": item.step.id, "planned_at": item.due_at,
        "due_at": item.due_at, "expires_at": item.expires_at, "state": "planned",
    }  # fmt: skip


def _move(session: Session, have: dict[str, DueRow], wanted: dict[str, DueStep], found: dict[str, DueStep]) -> None:
    """Bring rows that are not sent up to date; one that only waits for room in the day keeps waiting."""
    for step, row in have.items():
        if row.state != "planned":
            continue
        if step not in wanted:
            # Not for this learner any more, or moved out of reach; what is merely late expires with its reason.
            if step not in found or found[step].due_at != row.planned_at:
                session.delete(row)
        elif row.planned_at != wanted[step].due_at:
            row.planned_at = row.due_at = wanted[step].due_at
            row.expires_at, row.why = wanted[step].expires_at, None
