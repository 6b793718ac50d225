"""The roll call: everyone abroad is asked now, by the same check-in that asks every evening.

It does not stand for the evening's question: who answered it long before that hour is asked again then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.errors import NotFound
from bot.flows.scene import Stay
from bot.rules.check_in import State
from bot.rules.towns import Towns, kit_name
from bot.rules.typed import shown
from bot.service import check_ins
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.service.stays import itinerary_of, load_stays
from bot.store.tables import CheckIn, Cohort, Outbox, Placement, TelegramAccount
from bot.store.writing import insert_or_ignore

OPEN = (State.ASKED.value, State.DELIVERED.value, State.REMINDED.value, State.ALERTED.value)
FRESH = {
    "asked_at": None, "delivered_at": None, "remind_at": None, "reminded_at": None, "reminder_delivered_at": None,
    "deadline": None, "counted_to": None, "alerted_at": None, "alert_reason": None, "answered_at": None,
    "answer": None, "extended": 0, "message_id": None,
}  # fmt: skip


def call(core: Core, cohort_code: str, city: str | None, now: datetime) -> list[dict[str, Any]]:
    """Ask every learner of a cohort who is abroad now, in one city if given. Returns code, name, city and `state`:
    asking, waiting (asked before and not answered: the question stands) or not joined. Raises NotFound for a city
    where nobody is."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        stays = load_stays(session, Placement.cohort_id == cohort.id, now)
        abroad = [stay for stay in stays if stay.stage == "during" and not stay.ended]
        if city is not None:
            abroad = [stay for stay in abroad if stay.host_city == _city(core, city, stay)]
            if not abroad:
                raise NotFound(f"Nobody of {cohort.code} is in “{shown(city)}” now: leave out --city to ask everyone.")
        joined = set(
            session.scalars(
                select(TelegramAccount.person_id).where(
                    TelegramAccount.person_id.in_([s.person_id for s in abroad]), TelegramAccount.revoked_at.is_(None)
                )
            )
        )
        found = [
            {
                "code": stay.code, "name": stay.learner, "city": _shown_city(core, stay),
                "state": _ask(session, stay, now) if stay.person_id in joined else "not joined",
            }
            for stay in sorted(abroad, key=lambda s: s.code)
        ]  # fmt: skip
        note(session, None, "roll_call", None, now, cohort=cohort.code, asked=len(found))
    return found


def _city(core: Core, city: str, stay: Stay) -> str:
    """The city as it is stored: a kit's id where there is one."""
    return Towns(core.content).find(city, stay.host_country, stay.zone).city


def _shown_city(core: Core, stay: Stay) -> str:
    return kit_name(core.content, stay.kit) if stay.kit in core.content.kits and stay.kit else stay.host_city or ""


def _ask(session: Session, stay: Stay, now: datetime) -> str:
    today = local_date(now, stay.zone)
    row = session.scalars(
        select(CheckIn).where(CheckIn.placement_id == stay.placement_id, CheckIn.day == today).with_for_update()
    ).first()
    if row is None:
        insert_or_ignore(session, CheckIn, [check_ins.new_row(stay.placement_id, today, now) | {"rolled_at": now}])
        return "asking"
    if row.state in OPEN:
        return "waiting"
    if row.state != State.PLANNED.value:
        _begin_again(session, row, now)
    elif row.due_at > now and row.rolled_at is None:
        row.again_at = row.due_at
    row.state, row.due_at, row.wake_at, row.rolled_at = State.PLANNED.value, now, now, now
    session.flush()
    return "asking"


def resume(core: Core, now: datetime, limit: int) -> int:
    """The hour of the day has come after a roll call: who answered before the window of that hour is asked again. Whose
    question still stands, or rests, is not."""
    with core.store.transaction() as session:
        due = select(CheckIn).where(CheckIn.again_at <= now).order_by(CheckIn.again_at).limit(limit)
        found = session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in found:
            planned, row.again_at = row.again_at, None
            if planned is not None and row.state == State.ANSWERED.value and _too_early(session, row, planned):
                _begin_again(session, row, now)
                row.state, row.due_at, row.wake_at, row.rolled_at = State.PLANNED.value, planned, planned, None
    return len(found)


def _too_early(session: Session, row: CheckIn, planned: datetime) -> bool:
    placement = session.get_one(Placement, row.placement_id)
    policy = check_ins.policy_of(placement, session.get_one(Cohort, placement.cohort_id))
    trip = itinerary_of(placement)
    there = trip is not None and trip.stage_at(planned) == "during"
    return there and row.answered_at is not None and row.answered_at < planned - policy.answer_window


def _begin_again(session: Session, row: CheckIn, now: datetime) -> None:
    """Today's question was asked and answered: it is asked anew, and the earlier answer stays in the log."""
    answered = row.answered_at.isoformat() if row.answered_at else None
    note(session, None, "asked_again", None, now, check_in=row.id, answer=row.answer, answered_at=answered)
    for name, value in FRESH.items():
        setattr(row, name, value)
    # The keys that stop a second question of the same check-in are given back.
    for key in (f"check_in:{row.id}", f"check_in:{row.id}:again"):
        session.execute(
            update(Outbox)
            .where(Outbox.key == key)
            .values(key=f"{key}:until:{now.isoformat()}", ref=None)
            .execution_options(synchronize_session=False)
        )
