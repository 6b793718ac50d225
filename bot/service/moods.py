"""How the day was: kept for the learner alone, shown to one person only when the learner sends it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.flows import mood as talk
from bot.flows.scene import MoodView, Stay
from bot.flows.vocabulary import Screen
from bot.rules import mood as rules
from bot.rules.check_in import Answer
from bot.service import drafts, notices
from bot.service.stays import stay_of
from bot.store.tables import CheckIn, Mood, Person
from bot.store.writing import upsert

KEPT_FOR = timedelta(days=1)  # how long after its check-in a day can still be told


def view_of(session: Session, stay: Stay, now: datetime) -> MoodView:
    """The last two weeks, and whether the learner wants to be asked."""
    off = session.scalar(select(Person.mood_off_at).where(Person.id == stay.person_id))
    return MoodView(asked=off is None, days=_days(session, stay.placement_id, local_date(now, stay.zone)))


def _days(session: Session, placement_id: int, today: date) -> dict[date, int]:
    within = rules.window(today)
    found = session.execute(
        select(Mood.day, Mood.value).where(Mood.placement_id == placement_id, Mood.day.in_(within)).order_by(Mood.day)
    )
    return {row.day: row.value for row in found}


def offer(session: Session, placement_id: int, thanks: Screen, now: datetime) -> Screen:
    """The thanks for "I'm fine" with five faces; as it is where nobody was asked, it came late, a roll call was
    answered, consent is missing or the learner does not want it."""
    answered = session.execute(
        select(CheckIn.id, CheckIn.roll_call, CheckIn.alerted_at).where(
            CheckIn.placement_id == placement_id, CheckIn.answered_at == now, CheckIn.answer == Answer.FINE.value
        )
    ).all()
    calm = not any(one.roll_call or one.alerted_at for one in answered)
    row = answered[0].id if answered and calm else None
    stay = stay_of(session, placement_id, now) if row is not None else None
    if row is None or stay is None or not stay.may_travel_on:
        return thanks
    off = session.scalar(select(Person.mood_off_at).where(Person.id == stay.person_id))
    return thanks if off is not None else talk.asked(thanks, row)


def keep(session: Session, placement_id: int, check_in_id: int, value: int, now: datetime) -> Screen:
    """How the day of a check-in was. Returns what the learner reads; a day that is over keeps what it has."""
    row = session.scalars(
        select(CheckIn).where(CheckIn.id == check_in_id, CheckIn.placement_id == placement_id)
    ).first()
    stay = stay_of(session, placement_id, now)
    told = row is not None and row.answer == Answer.FINE.value and row.answered_at is not None
    if row is None or stay is None or not stay.may_travel_on or not told or row.answered_at is None:
        return talk.gone()
    if now - row.answered_at > KEPT_FOR or not rules.LOWEST <= value <= rules.HIGHEST:
        return talk.gone()
    upsert(session, Mood, {"placement_id": placement_id, "day": row.day}, {"value": value})
    return talk.noted(value)


def want(session: Session, person_id: int, wanted: bool, now: datetime) -> None:
    """Whether the learner is asked how the day was."""
    session.get_one(Person, person_id).mood_off_at = None if wanted else now
    session.flush()


def share(session: Session, placement_id: int, to: int, day: date, now: datetime) -> None:
    """Show the two weeks up to a day to one person, once a day at most. Nothing is kept of it."""
    stay = stay_of(session, placement_id, now)
    days = _days(session, placement_id, day)
    if stay is None or not stay.may_travel_on or not days:
        return
    shown = Screen(talk.picture(stay.learner, talk.bars(days)))
    notices.notify(session, to, shown, now=now, key=f"moods:{placement_id}:{to}:{day}", ref=drafts.PRIVATE)
