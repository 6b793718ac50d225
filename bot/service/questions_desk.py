"""Questions to former learners at the desk: listed with the answers, each reading noted, and decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.loader import Library
from bot.errors import BadInput, NotFound
from bot.flows.asking_screens import words_of
from bot.i18n import SOURCE_LANGUAGE, Text
from bot.rules.asking import FOR_DESK, OPEN, State
from bot.service import asking_desk, asking_views
from bot.service.audit import note
from bot.service.cohorts import find
from bot.service.core import Core
from bot.store.tables import Cohort, Placement, Question


def listed(core: Core, cohort: str | None, open_only: bool, now: datetime) -> list[dict[str, Any]]:
    """The newest first, those that wait for a decision before all others. Raises NotFound."""
    with core.store.transaction() as session:
        query = select(Question, Cohort.code).join(Placement, Placement.id == Question.placement_id)
        query = query.join(Cohort, Cohort.id == Placement.cohort_id)
        if cohort is not None:
            query = query.where(Cohort.id == find(session, cohort).id)
        if open_only:
            open_report = Question.reported_at.is_not(None) & Question.report_settled_at.is_(None)
            query = query.where(Question.state.in_(OPEN) | open_report)
        found = [(row, code) for row, code in session.execute(query.order_by(Question.id.desc()))]
        for row, _ in found:
            note(session, None, "question_read", row.asker_id, now, question=row.id)
        lines = [_line(core.content, session, row, code) for row, code in found]
    return sorted(lines, key=lambda one: not one["waits_for_you"])


def _line(library: Library, session: Session, row: Question, cohort: str) -> dict[str, Any]:
    seen = asking_views.view(library, session, row, "desk")

    def plain(text: Text) -> str:
        return library.catalogues.plain(text, SOURCE_LANGUAGE, "UTC")

    by = {row.asker_id: "learner", row.to_id: "former learner"}
    return {
        "id": row.id, "cohort": cohort, "code": seen.code, "learner": seen.learner,
        "ambassador": f"{seen.name}, {plain(seen.town)}", "state": row.state,
        "question": plain(words_of(library, seen)), "own_words": row.preset is None, "answer": row.answer,
        "held_for": row.held_for,
        "asked_at": row.asked_at.isoformat(timespec="minutes"),
        "goes_at": _iso(row.goes_at), "answered_at": _iso(row.answered_at), "reason": row.reason,
        "reported_by": by.get(row.reported_by or 0), "reported_at": _iso(row.reported_at),
        "report_settled_at": _iso(row.report_settled_at), "waits_for_you": row.state in FOR_DESK or seen.report_open,
    }  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="minutes") if at is not None else None


def settle_report(core: Core, number: int, now: datetime) -> None:
    """Somebody has looked into a report. Raises NotFound, BadInput."""
    with core.store.transaction() as session:
        row = _found(session, number)
        if not asking_desk.settle_report(session, row, None, now):
            raise BadInput(f"No report about question {number} is open.")


def _found(session: Session, number: int) -> Question:
    row = session.scalar(select(Question).where(Question.id == number).with_for_update())
    if row is None:
        raise NotFound(f"There is no question {number}: `compagnon map questions` shows their numbers.")
    return row


def decide(core: Core, number: int, passes: bool, reason: str | None, now: datetime) -> str:
    """Returns what was decided about: question or answer. Raises NotFound, BadInput."""
    with core.store.transaction() as session:
        row = _found(session, number)
        what = "answer" if row.state == State.HELD else "question"
        if not asking_desk.decide(core, session, row, passes, reason, None, now):
            raise BadInput(f"Question {number} waits for nobody's decision: it is {row.state}.")
        ended = passes and row.state == State.ENDED
    if ended:  # which stays so
        raise BadInput(f"Whom question {number} is for can't be asked any more: the learner is told.")
    return what
