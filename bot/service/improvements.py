"""What a flow is to do better than the one before: who sees to it, by when, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local_date
from bot.errors import NotFound
from bot.rules.typed import parse_day, parse_name, parse_text
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.store.tables import Cohort, Improvement


def add(core: Core, code: str, words: str, owner: str, due: str | None, now: datetime) -> int:
    """Write one down; returns its number. Raises NotFound or BadInput."""
    said, who, day = parse_text(words), parse_name(owner), parse_day(due) if due else None
    with core.store.transaction() as session:
        cohort = find(session, code)
        row = Improvement(cohort_id=cohort.id, words=said, owner=who, due=day, created_at=now)
        session.add(row)
        session.flush()
        note(session, None, "improvement_added", None, now, of=row.id, cohort=cohort.code)
        return row.id


def done(core: Core, number: int, outcome: str | None, now: datetime) -> dict[str, Any]:
    """It is done, with what came of it; done again changes the sentence alone. Raises NotFound."""
    said = parse_text(outcome) if outcome else None
    with core.store.transaction() as session:
        row = session.get(Improvement, number)
        if row is None:
            raise NotFound(f"There is no improvement {number}: `compagnon improve list` shows all.")
        cohort = session.get_one(Cohort, row.cohort_id)
        row.done_on = row.done_on or local_date(now, cohort.home_zone)
        row.outcome = said or row.outcome
        note(session, None, "improvement_done", None, now, of=row.id, cohort=cohort.code)
        return _plain(row, cohort.code)


def listing(core: Core, code: str | None) -> list[dict[str, Any]]:
    """Those of a cohort, or all: the open ones first, by the day they are due. Raises NotFound."""
    with core.store.transaction() as session:
        cohorts = [find(session, code).id] if code else list(session.scalars(select(Cohort.id)))
        return of(session, cohorts)


def of(session: Session, cohorts: Sequence[int]) -> list[dict[str, Any]]:
    """Those of some cohorts as plain data."""
    rows = session.execute(
        select(Improvement, Cohort.code)
        .join(Cohort, Cohort.id == Improvement.cohort_id)
        .where(Improvement.cohort_id.in_(cohorts))
    ).all()
    found = [_plain(row, code) for row, code in rows]
    return sorted(found, key=lambda one: (one["done_on"] is not None, one["due"] or "9999", one["id"]))


def _plain(row: Improvement, code: str) -> dict[str, Any]:
    return {
        "id": row.id, "cohort": code, "text": row.words, "owner": row.owner,
        "due": row.due.isoformat() if row.due else None,
        "done_on": row.done_on.isoformat() if row.done_on else None, "outcome": row.outcome,
    }  # fmt: skip
