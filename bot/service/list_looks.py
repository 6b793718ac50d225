"""Who looked at a list with names, in the chat or from the desk: one line of the audit for each reader, list and hour.

A line names the cohort and how many people were on the list; who they were it keeps where they were a few, else whoever
belonged to the cohort then was on it (`bot.service.audit_log`). So a list of five thousand costs what one of five does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.service.cohorts import find
from bot.service.core import Core
from bot.store.tables import Audit, Cohort, CohortMessage, Membership, Placement

LISTED = "list_shown"
AGAIN = timedelta(hours=1)
FEW = 200  # people of a list that are kept by their numbers


def note_list(
    session: Session, actor_id: int | None, what: str, cohort: Cohort, now: datetime,
    people: Collection[int] | None = None,
) -> None:  # fmt: skip
    """Somebody was shown a list: of these people, or with None of everybody in the cohort."""
    detail: dict[str, Any] = {"list": what, "cohort": cohort.code}
    if people is None or len(people) > FEW:
        members = select(func.count(Membership.person_id.distinct())).where(
            Membership.cohort_id == cohort.id, Membership.ended_at.is_(None)
        )
        detail["people"] = session.scalar(members) if people is None else len(people)
    else:
        detail |= {"people": len(people), "who": sorted(people)}
    if not detail["people"]:
        return
    lately = select(Audit.detail).where(
        Audit.cohort_id == cohort.id, Audit.at > now - AGAIN, Audit.action == LISTED,
        Audit.actor_id.is_(None) if actor_id is None else Audit.actor_id == actor_id,
    )  # fmt: skip
    if detail not in session.scalars(lately).all():
        session.add(Audit(at=now, actor_id=actor_id, action=LISTED, person_id=None, cohort_id=cohort.id, detail=detail))


def whole(core: Core, what: str, codes: Iterable[str], now: datetime) -> None:
    """From the desk: a list of whole cohorts, by their codes."""
    with core.store.transaction() as session:
        for code in codes:
            note_list(session, None, what, find(session, code), now)


def some(core: Core, what: str, rows: Iterable[tuple[str, str | None]], now: datetime) -> None:
    """From the desk: a list of single people, by cohort and code."""
    listed: dict[str, set[str]] = defaultdict(set)
    for cohort, code in rows:
        if code:
            listed[cohort].add(code.casefold())
    if not listed:
        return
    with core.store.transaction() as session:
        for name, codes in listed.items():
            found = find(session, name)
            note_list(session, None, what, found, now, _called(session, found.id, codes))


def of_message(core: Core, message_id: int, codes: Iterable[str | None], now: datetime) -> None:
    """From the desk: what became of a message, person by person."""
    with core.store.transaction() as session:
        query = select(Cohort.code).join(CohortMessage, CohortMessage.cohort_id == Cohort.id)
        cohort = session.scalars(query.where(CohortMessage.id == message_id)).one()
    some(core, "message", ((cohort, code) for code in codes), now)


def _called(session: Session, cohort_id: int, codes: Collection[str]) -> set[int]:
    found: set[int] = set()
    for table in (Placement, Membership):
        known = select(table.code, table.person_id).where(table.cohort_id == cohort_id)
        found |= {person for code, person in session.execute(known) if (code or "").casefold() in codes}
    return found
