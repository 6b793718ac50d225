"""How many people used which part in which year, from what is kept for other reasons: nothing is tracked for this.

Kit, map and help are asked without a trace, so nobody can be counted there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rules.disclosure import quiet
from bot.service.report_facts import Facts, of_stays
from bot.store.tables import (
    CheckIn,
    JournalEntry,
    LanguageResult,
    OutcomeWeek,
    Placement,
    Portfolio,
    StepRun,
    Walk,
    WalkStep,
)

STEPS = ("lesson", "quiz", "challenge", "reflection", "checklist", "assessment", "survey")
LEARNING = frozenset({*STEPS, "journal", "language_test", "portfolio", "skills_log"})


def users(session: Session, cohorts: Sequence[int], facts: Facts) -> list[dict[str, Any]]:
    """Rows of tool, year and people: how many different people used it that year; None for one to four. What learners
    made of their journey counts of those who agreed."""
    person_of: dict[int, int] = {
        row[0]: row[1]
        for row in session.execute(select(Placement.id, Placement.person_id).where(Placement.cohort_id.in_(cohorts)))
    }
    found: dict[tuple[str, int], set[int]] = {}
    for tool, stay, at in _uses(session, cohorts, facts):
        if tool not in LEARNING or facts.known[stay].agreed:
            found.setdefault((tool, at.year), set()).add(person_of[stay])
    for person_id, at in session.execute(_courses(cohorts)):
        found.setdefault(("course", at.year), set()).add(person_id)
    counts = {key: len(people) for key, people in sorted(found.items())}
    return [
        {"tool": tool, "year": year, "people": quiet({0: n})[0]} for (tool, year), n in counts.items()
    ]  # fmt: skip


def _uses(session: Session, cohorts: Sequence[int], facts: Facts) -> Iterator[tuple[str, int, datetime]]:
    steps = of_stays(cohorts, StepRun.placement_id, StepRun.step, StepRun.done_at).where(StepRun.done_at.is_not(None))
    for stay, step, at in session.execute(steps):
        kind = facts.kinds[stay].get(step)
        if kind in STEPS:
            yield kind, stay, at
    for tool, columns in (
        ("check_in", (CheckIn.placement_id, CheckIn.answered_at)),
        ("journal", (JournalEntry.placement_id, JournalEntry.written_at)),
        ("language_test", (LanguageResult.placement_id, LanguageResult.taken_at)),
        ("portfolio", (Portfolio.placement_id, Portfolio.changed_at)),
        ("skills_log", (OutcomeWeek.placement_id, OutcomeWeek.closed_at)),
    ):
        for stay, at in session.execute(of_stays(cohorts, *columns).where(columns[1].is_not(None))):
            yield tool, stay, at


def _courses(cohorts: Sequence[int]) -> Any:
    """Those who accompany, with a step of their own course done."""
    return (
        select(Walk.person_id, WalkStep.done_at)
        .join(WalkStep, WalkStep.walk_id == Walk.id)
        .where(Walk.cohort_id.in_(cohorts), WalkStep.done_at.is_not(None))
    )
