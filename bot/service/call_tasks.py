"""People without Telegram: what they would read, a contact person reads to them on the telephone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.errors import BadInput, NotFound
from bot.flows import calls as talk
from bot.rules.names import full_name
from bot.rules.typed import parse_choice
from bot.service import notices, step_calls
from bot.service.audit import note
from bot.service.book import Book
from bot.service.broadcast_recipients import words_in
from bot.service.callers import caller_of
from bot.service.cohorts import find
from bot.service.core import Core
from bot.store.tables import CallTask, CheckIn, Cohort, CohortMessage, Person, Placement

OUTCOMES = ("told", "not_reached")


def make(
    session: Session, rows: Sequence[Any], messages: Mapping[int, tuple[CohortMessage, Any]], now: datetime
) -> set[int]:
    """Hand copies for people without Telegram to their contact persons. `rows` have id, message_id, person_id and
    language. Returns the ids of the copies that became calls."""
    called = set()
    for row in rows:
        message = messages[row.message_id][0]
        placement = session.scalars(
            select(Placement).where(
                Placement.cohort_id == message.cohort_id,
                or_((Placement.person_id == row.person_id) & Placement.by_phone.is_(True),
                    (Placement.guardian_id == row.person_id) & Placement.guardian_by_phone.is_(True)),
            )
        ).first()  # fmt: skip
        if placement is None:
            continue
        member = caller_of(Book(session, now, [placement]), placement)
        task = CallTask(
            message_id=message.id, person_id=row.person_id, placement_id=placement.id, created_at=now,
            member_id=member.membership_id if member else None,
        )  # fmt: skip
        session.add(task)
        session.flush()
        called.add(row.id)
        if member is not None:
            person = session.get_one(Person, row.person_id)
            name = full_name(person)
            shown = talk.read_out(task.id, name, person.phone, words(message, person.language))
            notices.notify(session, member.person_id, shown, now=now, key=f"call:{task.id}")
    return called


def words(message: CohortMessage, language: str) -> str:
    """The version that is read to somebody."""
    return words_in(message.words, message.translations, language)


def done(session: Session, task_id: int, outcome: str, person_id: int | None, now: datetime) -> bool:
    """Write down how a call went; the first word counts. False when there is nothing to write."""
    task = session.scalars(select(CallTask).where(CallTask.id == task_id).with_for_update()).first()
    if task is None or task.outcome == "told":
        return False
    if outcome == "later" and task.day is None:
        return False
    if task.day is not None:
        if outcome == "told":
            step_calls.told(session, task, now)
        elif task.outcome is None:
            step_calls.again(session, task, now)
        else:
            return False
    task.done_at, task.done_by, task.outcome = now, person_id, outcome
    note(session, person_id, "called", task.person_id, now, task=task_id, outcome=outcome)
    return True


# --- from the desk ------------------------------------------------------------------------------


def listing(core: Core, cohort_code: str, now: datetime) -> list[dict[str, Any]]:
    """The calls that wait in a cohort: check-ins asked by telephone, messages to be read out, and what is due."""
    with core.store.transaction() as session:
        cohort = find(session, cohort_code)
        return [*_check_ins(session, cohort), *_messages(session, cohort), *_steps(session, cohort)]


def _check_ins(session: Session, cohort: Cohort) -> list[dict[str, Any]]:
    rows = session.execute(
        select(CheckIn, Placement, Person)
        .join(Placement, Placement.id == CheckIn.placement_id)
        .join(Person, Person.id == Placement.person_id)
        .where(Placement.cohort_id == cohort.id, Placement.by_phone.is_(True),
               CheckIn.state.in_(("asked", "delivered", "reminded", "alerted")))
        .order_by(CheckIn.due_at)
    )  # fmt: skip
    return [
        {"what": "roll call" if c.roll_call else "check-in", "task": None, "learner": p.code,
         "call": full_name(person), "phone": person.phone, "since": c.due_at.isoformat(),
         "until": c.deadline.isoformat() if c.deadline else None, "text": None}
        for c, p, person in rows
    ]  # fmt: skip


def _messages(session: Session, cohort: Cohort) -> list[dict[str, Any]]:
    rows = session.execute(
        select(CallTask, Placement, Person, CohortMessage)
        .join(Placement, Placement.id == CallTask.placement_id)
        .join(Person, Person.id == CallTask.person_id)
        .join(CohortMessage, CohortMessage.id == CallTask.message_id)
        .where(Placement.cohort_id == cohort.id, or_(CallTask.outcome.is_(None), CallTask.outcome != "told"))
        .order_by(CallTask.id)
    )
    return [
        {"what": "message", "task": t.id, "learner": p.code, "call": full_name(person), "phone": person.phone,
         "since": t.created_at.isoformat(), "until": None, "text": words(message, person.language)}
        for t, p, person, message in rows
    ]  # fmt: skip


def _steps(session: Session, cohort: Cohort) -> list[dict[str, Any]]:
    rows = session.execute(
        select(CallTask, Placement, Person)
        .join(Placement, Placement.id == CallTask.placement_id)
        .join(Person, Person.id == CallTask.person_id)
        .where(Placement.cohort_id == cohort.id, CallTask.day.is_not(None), CallTask.outcome.is_(None))
        .order_by(CallTask.id)
    )
    return [
        {"what": "journey", "task": t.id, "learner": p.code, "call": full_name(person), "phone": person.phone,
         "since": t.created_at.isoformat(), "until": None, "text": ", ".join(t.steps or [])}
        for t, p, person in rows
    ]  # fmt: skip


def finish(core: Core, task_id: int, outcome: str, now: datetime) -> None:
    """Record from the desk how a call went. Raises NotFound and BadInput."""
    word = parse_choice(outcome.replace("-", "_"), OUTCOMES, "an outcome")
    with core.store.transaction() as session:
        if session.get(CallTask, task_id) is None:
            raise NotFound(f"There is no call {task_id}: `compagnon cohort calls CODE` shows all.")
        if not done(session, task_id, word, None, now):
            raise BadInput(f"Call {task_id} is done already.")
