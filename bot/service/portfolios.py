"""Portfolios: what a learner chose, and what there is to choose from beside the journey itself. Theirs alone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.flows.effects import KeepPortfolio
from bot.flows.scene import PaperView, PortfolioView, Stay
from bot.service.certificates import organisation_of
from bot.service.languages import language_results
from bot.service.outcomes import outcomes_of
from bot.store.tables import Certificate, Portfolio
from bot.store.writing import upsert


def view_of(session: Session, stay: Stay) -> PortfolioView:
    """Everything for the stay's own learner."""
    row = session.get(Portfolio, stay.placement_id)
    papers = session.scalars(
        select(Certificate)
        .where(Certificate.person_id == stay.person_id, Certificate.about == f"placement:{stay.placement_id}")
        .order_by(Certificate.id)
    )
    return PortfolioView(
        dict(row.choices) if row is not None else {}, organisation_of(session, stay.cohort_id),
        tuple(PaperView(p.kind, p.code, date.fromisoformat(p.facts["day"]), p.facts["issuer"]) for p in papers),
        outcomes_of(session, stay.placement_id), language_results(session, stay.placement_id),
    )  # fmt: skip


def keep(session: Session, effect: KeepPortfolio, now: datetime) -> None:
    """What changes beside what was chosen before."""
    row = session.get(Portfolio, effect.placement_id)
    choices = {**(row.choices if row is not None else {}), **effect.choices}
    upsert(session, Portfolio, {"placement_id": effect.placement_id}, {"choices": choices, "changed_at": now})
