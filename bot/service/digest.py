"""The morning digest: at each coordinator's own hour, once a day, and only when there is something to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import ONE_DAY, local_date
from bot.flows import effects as fx
from bot.flows.cohort import alerts_in
from bot.flows.digest import Move, News, digest
from bot.flows.naming import city
from bot.flows.scene import AlertView, CohortView, Scene, Stay
from bot.flows.vocabulary import Kind
from bot.i18n import Value
from bot.rules.digest import OFF, hour_of, look
from bot.rules.names import full_name
from bot.rules.retention import NOTICE
from bot.service import drafts, retention, status
from bot.service.alert_views import alerts_for
from bot.service.check_ins import OPEN
from bot.service.cohort_views import absent, cohorts_for, undecided
from bot.service.core import Core
from bot.service.scenes import scene_of
from bot.service.stays import load_stays
from bot.service.work import Applier, Work
from bot.store.tables import CheckIn, Cohort, Membership, Placement, TelegramAccount

COORDINATOR = "coordinator"
SOON = timedelta(days=7)  # before an arrival: who has not joined or agreed is worth a line every morning
SETTLED = timedelta(days=3)  # an unanswered check-in of the day before is news, one of last week has its alert


def wake(core: Core, now: datetime, limit: int) -> int:
    """Look after coordinators whose hour has come. Returns how many memberships were looked at."""
    with core.store.transaction() as session:
        due = select(Membership).where(Membership.digest_next <= now).order_by(Membership.digest_next).limit(limit)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for person_id in sorted({row.person_id for row in rows}):
            _look_after(core, session, person_id, now)
        for row in rows:  # whoever coordinates no longer is not looked at again
            if row.ended_at is not None or row.role != COORDINATOR:
                row.digest_next = None
    return len(rows)


def _theirs(session: Session, person_id: int) -> Sequence[Any]:
    """The memberships as coordinator, locked, the oldest first: its clock and hour are those of the person."""
    return session.execute(
        select(Membership, Cohort.home_zone)
        .outerjoin(Cohort, Cohort.id == Membership.cohort_id)
        .where(Membership.person_id == person_id, Membership.role == COORDINATOR, Membership.ended_at.is_(None))
        .order_by(Membership.id)
        .with_for_update(of=Membership)
    ).all()  # fmt: skip


def _look_after(core: Core, session: Session, person_id: int, now: datetime) -> None:
    found = _theirs(session, person_id)
    if not found:
        return
    first, home_zone = found[0]
    hour = hour_of(first.digest_at)
    if hour is None:
        _keep(session, person_id, None, None)
        return
    done = max((row.digest_on for row, _ in found if row.digest_on), default=None)
    todo = look(now, hour, first.zone or home_zone or "UTC", done)
    if todo.due and not any(row.away_until and row.away_until > now for row, _ in found):
        _send(core, session, person_id, todo.done, now)
    _keep(session, person_id, todo.done, todo.again)


def _keep(session: Session, person_id: int, done: date | None, again: datetime | None) -> None:
    session.execute(
        update(Membership)
        .where(Membership.person_id == person_id, Membership.role == COORDINATOR, Membership.ended_at.is_(None))
        .values(digest_on=done, digest_next=again)
    )  # fmt: skip


def _send(core: Core, session: Session, person_id: int, day: date, now: datetime) -> None:
    chat_id = session.scalar(
        select(TelegramAccount.chat_id).where(
            TelegramAccount.person_id == person_id, TelegramAccount.revoked_at.is_(None),
            TelegramAccount.blocked_at.is_(None),
        )
    )  # fmt: skip
    if chat_id is None:
        return
    scene = scene_of(core, session, person_id, chat_id, now)
    seen = alerts_for(session, scene)
    found = [news_of(session, scene, view, seen) for view in cohorts_for(session, scene)]
    news = [one for one in found if one.anything]
    if news:
        # At the hour they chose themselves, whatever the quiet hours of a cohort are.
        draft = drafts.Draft(chat_id, digest(news), Kind.NOTICE, person_id, key=f"digest:{person_id}:{day}")
        drafts.queue(session, [draft], now)


# --- what there is to say -----------------------------------------------------------------------


def news_of(session: Session, scene: Scene, view: CohortView, alerts: Sequence[AlertView]) -> News:
    """What is worth a line about one cohort this morning."""
    stays = [s for s in load_stays(session, Placement.cohort_id == view.id, scene.now) if s.itinerary]
    if not stays:
        return News(view)
    accounts, members = status.accounts_of(session, view.id), status.members_of(session, view.id)
    today = local_date(scene.now, view.zone)
    abroad = [stay for stay in stays if stay.stage != "after"]
    lost = status.unreachable(abroad, accounts)
    if any(stay.stage == "during" for stay in stays):
        lost += [row for row in status.unreachable_members(members, accounts) if row["why"] == "blocked"]
    soon = [stay for stay in abroad if stay.itinerary and stay.itinerary.departure - today <= SOON]
    return News(
        view, tuple(alerts_in(alerts, view)), _unanswered(session, stays, scene.now),
        tuple(row["name"] for row in lost), _moves(stays, today),
        tuple(stay.learner for stay in absent(soon, accounts, today)),
        tuple(stay.learner for stay in undecided(soon, accounts)),
        *_going(session, view, scene.now),
    )  # fmt: skip


def _going(session: Session, view: CohortView, now: datetime) -> tuple[tuple[str, ...], date | None]:
    """Whose data go, announced since yesterday, and from which day on."""
    people = retention.announced(session, view.id, now)
    days = [p.erasure_told_at + NOTICE for p in people if p.erasure_told_at is not None]
    return tuple(full_name(p) for p in people), local_date(max(days), view.zone) if days else None


def _unanswered(session: Session, stays: Sequence[Stay], now: datetime) -> tuple[str, ...]:
    """Who was asked and has not answered on the day before, by their own clock."""
    days = {stay.placement_id: (stay, local_date(now, stay.zone) - ONE_DAY) for stay in stays}
    rows = session.scalars(
        select(CheckIn).where(
            CheckIn.placement_id.in_(days), CheckIn.day.in_({day for _, day in days.values()}),
            CheckIn.state.in_(OPEN), CheckIn.due_at > now - SETTLED,
        )
    )  # fmt: skip
    silent = {row.placement_id for row in rows if row.day == days[row.placement_id][1]}
    return tuple(sorted(days[placement_id][0].learner for placement_id in silent))


def _moves(stays: Sequence[Stay], today: date) -> tuple[Move, ...]:
    """Who leaves, arrives or returns today or tomorrow."""
    found: dict[tuple[str, str], dict[str, tuple[Value, list[str]]]] = {}
    for stay in stays:
        if stay.itinerary is None or stay.ended:
            continue
        trip = stay.itinerary
        days = {"arrives": trip.arrival, "returns": trip.return_}
        if trip.departure != trip.arrival:
            days["leaves"] = trip.departure
        for what, day in days.items():
            when = {today: "today", today + ONE_DAY: "tomorrow"}.get(day)
            if when is not None:
                towns = found.setdefault((when, what), {})
                towns.setdefault(stay.host_city or "", (city(stay), []))[1].append(stay.learner)
    return tuple(
        Move(what, when, town, tuple(names))
        for (when, what), towns in sorted(found.items())
        for town, names in towns.values()
    )


# --- from the chat ------------------------------------------------------------------------------


def _set(work: Work, effect: fx.SetDigest) -> None:
    for row, _ in _theirs(work.session, work.me):
        row.digest_at = effect.hour
        row.digest_next = None if effect.hour == OFF else work.now


APPLIERS: dict[type, Applier] = {fx.SetDigest: _set}
