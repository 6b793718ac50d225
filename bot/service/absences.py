"""Being away: a substitute is asked and agrees, it is refused where learners would be left with nobody, it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.errors import BadInput
from bot.flows import away as talk, effects as fx
from bot.flows.scene import DutyView
from bot.flows.vocabulary import Kind, Screen
from bot.rules.names import full_name
from bot.service import coverage, drafts, notices
from bot.service.audit import note
from bot.service.contacts import name_of
from bot.service.core import Core
from bot.service.ladder import LAST_RUNG
from bot.service.watch import away_at, line_of
from bot.store.tables import Absence, Cohort, Membership, Person, TelegramAccount

LADDER = ("referent", *LAST_RUNG)
ANSWER_WITHIN = timedelta(hours=12)
SHOWN = 8  # people to choose from, as buttons
OPEN = ("asked", "agreed")


# --- what the chat shows ------------------------------------------------------------------------


def duties_of(session: Session, person_id: int, now: datetime) -> tuple[DutyView, ...]:
    """The cohorts on whose ladders somebody stands, with absences and who could stand in."""
    rows = session.execute(
        select(Cohort, Membership)
        .join(Membership, Membership.cohort_id == Cohort.id)
        .where(Membership.person_id == person_id, Membership.role.in_(LADDER), Membership.ended_at.is_(None))
        .order_by(Membership.id)
    ).all()
    found = {cohort.id: (cohort, membership) for cohort, membership in reversed(rows)}
    return tuple(_view(session, *found[key], now) for key in sorted(found))


def _view(session: Session, cohort: Cohort, mine: Membership, now: datetime) -> DutyView:
    row = _open(session, mine.person_id, cohort.id)
    current = row is not None and row.until > now
    members = _members(session, cohort.id)
    names = {m.id: name for m, name, _ in members}
    others = row is not None and current and row.substitute_id is None
    return DutyView(
        cohort.id, cohort.name, mine.zone or cohort.home_zone,
        until=row.until if row and current else None,
        substitute=names.get(row.substitute_id) if row and current and row.substitute_id else None,
        asked=row is not None and current and row.state == "asked",
        alone=coverage.alone(session, cohort, now, row.until) if row and others else None,
        candidates=_candidates(members, mine.person_id, now),
        standing_in=tuple(_standing_in(session, mine.person_id, cohort.id, now)),
    )  # fmt: skip


def _open(session: Session, person_id: int, cohort_id: int) -> Absence | None:
    mine = Absence.person_id == person_id, Absence.cohort_id == cohort_id, Absence.state.in_(OPEN)
    return session.scalars(select(Absence).where(*mine).order_by(Absence.id.desc()).with_for_update()).first()


def _members(session: Session, cohort_id: int) -> list[tuple[Membership, str, bool]]:
    """Everybody on the ladders of a cohort: membership, name, reached by the bot."""
    rows = session.execute(
        select(Membership, Person, TelegramAccount)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(TelegramAccount, (TelegramAccount.person_id == Person.id) & TelegramAccount.revoked_at.is_(None))
        .where(Membership.cohort_id == cohort_id, Membership.role.in_(LADDER), Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return [(m, full_name(p), account is not None and account.blocked_at is None) for m, p, account in rows]


def _candidates(members: list[tuple[Membership, str, bool]], me: int, now: datetime) -> tuple[tuple[int, str], ...]:
    found: dict[int, tuple[int, str]] = {}
    for membership, name, linked in members:
        if linked and membership.person_id != me and not away_at(membership, now):
            found.setdefault(membership.person_id, (membership.id, name))
    return tuple(found.values())[:SHOWN]


def _standing_in(session: Session, person_id: int, cohort_id: int, now: datetime) -> list[tuple[str, datetime]]:
    mine = select(Membership.id).where(Membership.person_id == person_id, Membership.cohort_id == cohort_id)
    rows = session.execute(
        select(Person, Absence.until)
        .join(Absence, Absence.person_id == Person.id)
        .where(Absence.substitute_id.in_(mine), Absence.state == "agreed", Absence.until > now)
        .order_by(Absence.id)
    )
    return [(full_name(p), until) for p, until in rows]


# --- from the chat ------------------------------------------------------------------------------


def apply(core: Core, session: Session, person_id: int, effect: fx.DutyEffect, now: datetime) -> Screen:
    """Carry out what somebody said about their duty; returns what they read. Raises nothing: refusals are screens."""
    match effect:
        case fx.GoAway(cohort_id, until, substitute_id):
            return _request(session, person_id, cohort_id, until, substitute_id, now)
        case fx.AnswerStandIn(absence_id, yes):
            return _answer(session, person_id, absence_id, yes, now)
        case fx.EndAbsence(cohort_id):
            return _back(session, person_id, cohort_id, now)


def _mine(session: Session, person_id: int, cohort_id: int) -> list[Membership]:
    """The memberships by which somebody stands on the ladders of a cohort, locked."""
    query = select(Membership).where(
        Membership.person_id == person_id, Membership.cohort_id == cohort_id, Membership.role.in_(LADDER),
        Membership.ended_at.is_(None),
    )  # fmt: skip
    return list(session.scalars(query.order_by(Membership.id).with_for_update()))


def _request(
    session: Session, person_id: int, cohort_id: int, until: datetime, substitute_id: int | None, now: datetime
) -> Screen:
    mine = _mine(session, person_id, cohort_id)
    if not mine:
        return talk.news("not_needed")
    substitute = session.get(Membership, substitute_id) if substitute_id is not None else None
    if substitute_id is not None and not _may_stand_in(session, substitute, mine, now):
        return talk.news("not_them", name_of(session, substitute.person_id) if substitute else "?")
    refusal = would_leave(session, mine, until, substitute_id, now)
    if refusal is not None:
        return refusal
    _close(session, person_id, cohort_id, "ended", now)
    row = Absence(
        cohort_id=cohort_id, person_id=person_id, substitute_id=substitute_id, state="asked", asked_at=now,
        until=until, wake_at=min(until, now + ANSWER_WITHIN),
    )  # fmt: skip
    session.add(row)
    session.flush()
    if substitute is None:
        hold(session, row, mine, now)
        return talk.holds(until, coverage.alone(session, session.get_one(Cohort, cohort_id), now, until))
    cohort = session.get_one(Cohort, cohort_id)
    asked = talk.please(row.id, name_of(session, person_id), cohort.name, until)
    _write(session, substitute.person_id, asked, f"away:{row.id}:please", now)
    return talk.asked(name_of(session, substitute.person_id))


def _may_stand_in(session: Session, substitute: Membership | None, mine: list[Membership], now: datetime) -> bool:
    """Around the same cohort, reached here, not away, and not held up by the very person who asks."""
    if substitute is None or substitute.ended_at is not None or substitute.cohort_id != mine[0].cohort_id:
        return False
    known = {m.id: m for m, _, _ in _members(session, substitute.cohort_id or 0)}
    if substitute.id not in known or away_at(substitute, now):
        return False
    if any(one.person_id == mine[0].person_id for one in line_of(substitute, known, now)):
        return False
    return drafts.chat_of(session, substitute.person_id) is not None


def would_leave(
    session: Session, mine: list[Membership], until: datetime, substitute_id: int | None, now: datetime
) -> Screen | None:
    """What to answer where an absence would leave learners with nobody who can be reached; nothing stays of the try."""
    cohort = session.get_one(Cohort, mine[0].cohort_id)
    before = coverage.holes_of(session, cohort, now, until, linked=True)
    attempt = session.begin_nested()
    _mark(mine, now, until, substitute_id)
    added = coverage.grouped(
        session, coverage.more(before, coverage.holes_of(session, cohort, now, until, linked=True))
    )
    attempt.rollback()
    if not added:
        return None
    return talk.hole(added[0].codes[:6], *added[0].when[0])


def _mark(mine: list[Membership], start: datetime | None, until: datetime | None, substitute_id: int | None) -> None:
    for membership in mine:
        membership.away_from, membership.away_until, membership.substitute_id = start, until, substitute_id


def hold(session: Session, row: Absence, mine: list[Membership], now: datetime) -> None:
    """From now on the person is away."""
    _mark(mine, now, row.until, row.substitute_id)
    row.state, row.agreed_at, row.wake_at = "agreed", now, row.until
    note(session, row.person_id, "away", row.person_id, now, until=row.until.isoformat())
    _tell_stood_in_for(session, row, [one.id for one in mine], now)


def _tell_stood_in_for(session: Session, row: Absence, mine: list[int], now: datetime) -> None:
    """Whom they stand in for had read that their alerts are in these hands."""
    held = Absence.substitute_id.in_(mine), Absence.state == "agreed", Absence.until > now
    people = session.scalars(select(Absence.person_id).where(*held, Absence.person_id != row.person_id)).all()
    if people:
        hole = coverage.alone(session, session.get_one(Cohort, row.cohort_id), now, row.until)
        shown = talk.substitute_away(name_of(session, row.person_id), row.until, hole)
        for person in people:
            notices.notify(session, person, shown, now=now)


def enter(session: Session, member: Membership, substitute: Membership | None, until: datetime, now: datetime) -> None:
    """What the desk has arranged: it holds at once, both read it. Raises BadInput where the substitute cannot."""
    cohort_id = member.cohort_id or 0
    mine = _mine(session, member.person_id, cohort_id)
    if not mine:
        raise BadInput(f"{name_of(session, member.person_id)} is on no ladder, so no alert waits for them.")
    if substitute is not None and not _may_stand_in(session, substitute, mine, now):
        raise BadInput(
            f"{name_of(session, substitute.person_id)} cannot stand in: away, not joined, or not on the ladder. "
            "Name somebody else with --substitute."
        )
    _close(session, member.person_id, cohort_id, "ended", now)
    row = Absence(
        cohort_id=cohort_id, person_id=member.person_id, substitute_id=substitute.id if substitute else None,
        state="agreed", asked_at=now, until=until,
    )  # fmt: skip
    session.add(row)
    session.flush()
    hold(session, row, mine, now)
    notices.notify(session, member.person_id, talk.news("sent_away", until=until), now=now)
    if substitute is not None:
        shown = talk.news("you_stand_in", name_of(session, member.person_id), until)
        _write(session, substitute.person_id, shown, f"away:{row.id}:entered", now)


def _answer(session: Session, person_id: int, absence_id: int, yes: bool, now: datetime) -> Screen:
    row = session.scalars(select(Absence).where(Absence.id == absence_id).with_for_update()).first()
    asked = session.get(Membership, row.substitute_id) if row is not None and row.substitute_id is not None else None
    if row is None or asked is None or asked.person_id != person_id or row.state != "asked" or row.until <= now:
        return talk.news("not_needed")
    name, other = name_of(session, row.person_id), name_of(session, person_id)
    mine = _mine(session, row.person_id, row.cohort_id)
    if not yes or not mine:
        _end(row, "declined")
        _write(session, row.person_id, talk.news("declined", other), f"away:{row.id}:declined", now)
        return talk.news("you_declined", name)
    refusal = would_leave(session, mine, row.until, row.substitute_id, now)
    if refusal is not None or not _may_stand_in(session, asked, mine, now):
        _end(row, "declined")
        _write(session, row.person_id, refusal or talk.news("not_them", other), f"away:{row.id}:declined", now)
        return talk.news("not_needed")
    hold(session, row, mine, now)
    _write(session, row.person_id, talk.news("agreed", other, row.until), f"away:{row.id}:agreed", now)
    return talk.news("you_agreed", name, row.until)


def _back(session: Session, person_id: int, cohort_id: int, now: datetime) -> Screen:
    row = _open(session, person_id, cohort_id)
    if row is None:
        return talk.news("was_back")
    was = row.state
    come_back(session, person_id, cohort_id, now)
    return talk.news("back" if was == "agreed" else "withdrawn")


def come_back(session: Session, person_id: int, cohort_id: int, now: datetime) -> bool:
    """End an absence, or a request, and tell who stood in. False when there was none."""
    row = _open(session, person_id, cohort_id)
    held = _close(session, person_id, cohort_id, "ended", now)
    if held:
        note(session, person_id, "back", person_id, now)
    return row is not None


def _close(session: Session, person_id: int, cohort_id: int, state: str, now: datetime) -> bool:
    """End whatever is open; whoever stood in, or was asked to, learns it. True when an absence held."""
    held = False
    while (row := _open(session, person_id, cohort_id)) is not None:
        held |= row.state == "agreed"
        _thank(session, row, now)
        _end(row, state)
        session.flush()
    if held:
        _mark(_mine(session, person_id, cohort_id), None, None, None)
    return held


def _end(row: Absence, state: str) -> None:
    row.state, row.wake_at = state, None


def _thank(session: Session, row: Absence, now: datetime) -> None:
    if row.state == "agreed" and row.substitute_id is not None:
        stood_in = session.get_one(Membership, row.substitute_id).person_id
        notices.notify(session, stood_in, talk.news("they_are_back", name_of(session, row.person_id)), now=now)


# --- by the clock -------------------------------------------------------------------------------


def wake(core: Core, now: datetime, limit: int) -> int:
    """End absences that are over, give up requests that nobody answered. Returns how many."""
    with core.store.transaction() as session:
        due = select(Absence).where(Absence.wake_at <= now).order_by(Absence.wake_at).limit(limit)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            if row.state == "agreed":
                _over(session, row, now)
            elif row.state == "asked":
                substitute = session.get(Membership, row.substitute_id) if row.substitute_id is not None else None
                name = name_of(session, substitute.person_id) if substitute is not None else ""
                _end(row, "lapsed")
                notices.notify(session, row.person_id, talk.news("lapsed", name), now=now)
            row.wake_at = None
    return len(rows)


def _over(session: Session, row: Absence, now: datetime) -> None:
    _thank(session, row, now)
    _end(row, "ended")
    mine = _mine(session, row.person_id, row.cohort_id)
    _mark(mine, None, None, None)
    note(session, None, "back", row.person_id, now)
    if mine:
        notices.notify(session, row.person_id, talk.news("over"), now=now)


# --- when somebody leaves -----------------------------------------------------------------------


def leave(session: Session, membership: Membership, successor: Membership | None, now: datetime) -> None:
    """Whoever leaves stands in for nobody any more: the one who takes over does, where that is somebody else."""
    if membership.cohort_id is not None and membership.role in LADDER:
        _close(session, membership.person_id, membership.cohort_id, "ended", now)
    of_them = Absence.substitute_id == membership.id, Absence.state.in_(OPEN)
    for row in session.scalars(select(Absence).where(*of_them).with_for_update()):
        takes_over = successor if successor is not None and successor.person_id != row.person_id else None
        row.substitute_id = takes_over.id if takes_over is not None else None
        session.execute(
            update(Membership)
            .where(Membership.person_id == row.person_id, Membership.substitute_id == membership.id)
            .values(substitute_id=row.substitute_id)
        )
        if row.state == "asked":
            _end(row, "lapsed")
            name = name_of(session, membership.person_id)
            notices.notify(session, row.person_id, talk.news("lapsed", name), now=now)


# --- small things -------------------------------------------------------------------------------


def _write(session: Session, person_id: int, shown: Screen, key: str, now: datetime) -> None:
    """At once: somebody waits for it."""
    chat_id = drafts.chat_of(session, person_id)
    if chat_id is not None:
        drafts.queue(session, [drafts.Draft(chat_id, shown, Kind.RELAY, person_id, key=key)], now)
