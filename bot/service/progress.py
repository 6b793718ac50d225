"""Points as the ledger has them: of a learner, of a team, and the badge that the last thing brought."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.flows import badges as talk
from bot.flows.effects import FinishStep
from bot.flows.scene import ProgressView
from bot.flows.vocabulary import Screen
from bot.rules import badges
from bot.rules.points import LedgerRow, by_competence, total
from bot.store.tables import Placement, Point, StepRun

TEAM = 3  # learners with points: of fewer, the sum would say what the other one has


def view_of(session: Session, placement_id: int, cohort_id: int) -> ProgressView:
    """What /progress shows of one stay."""
    awards = _awards(session, placement_id)
    states = session.scalars(select(StepRun.state).where(StepRun.placement_id == placement_id)).all()
    done = sum(state == "done" for state in states)
    return ProgressView(
        total(awards), done, len(states), by_competence(awards), _things(awards), _team(session, cohort_id)
    )


def _awards(session: Session, placement_id: int) -> list[LedgerRow]:
    found = session.execute(select(Point.points, Point.competences).where(Point.placement_id == placement_id))
    return [LedgerRow(points, tuple(competences)) for points, competences in found]


def _things(awards: list[LedgerRow]) -> dict[str, int]:
    return dict(Counter(competence for award in awards for competence in award.competences))


def _team(session: Session, cohort_id: int) -> int | None:
    points, learners = session.execute(
        select(func.coalesce(func.sum(Point.points), 0), func.count(Point.placement_id.distinct()))
        .join(Placement, Placement.id == Point.placement_id)
        .where(Placement.cohort_id == cohort_id)
    ).one()
    return int(points) if learners >= TEAM else None


def new_badges(session: Session, effect: FinishStep, now: datetime) -> list[Screen]:
    """The badges that a step which was finished just now brought; none where nothing is to be celebrated."""
    if not effect.points or effect.quiet:
        return []
    just_now = select(Point.id).where(
        Point.placement_id == effect.placement_id, Point.step == effect.step, Point.at == now
    )
    if session.scalar(just_now) is None:  # it was rewarded before
        return []
    things = _things(_awards(session, effect.placement_id))
    return [talk.new(one, things[one]) for one in effect.competences if badges.is_new(things[one])]
