"""How learners see themselves in the key competences: kept by statement, for them alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.flows.effects import KeepAssessment
from bot.flows.scene import SkillsView
from bot.store.prepared import rows
from bot.store.tables import SelfAssessment
from bot.store.writing import upsert

_ANSWERS = (
    select(SelfAssessment.phase, SelfAssessment.statement, SelfAssessment.value)
    .where(SelfAssessment.placement_id == bindparam("placement"))
    .order_by(SelfAssessment.id)
)


def keep(session: Session, effect: KeepAssessment, now: datetime) -> None:
    """One row a statement; who answers a second time in the same phase changes what there is."""
    for statement, value in effect.answers.items():
        key = {
            "placement_id": effect.placement_id, "phase": effect.phase, "item": effect.item, "statement": statement,
        }  # fmt: skip
        upsert(session, SelfAssessment, key, {"value": value, "answered_at": now})


def view_of(session: Session, placement_id: int) -> SkillsView:
    """Every answer of a stay, by phase, in the order in which they were given."""
    phases: dict[str, dict[str, int]] = {}
    for row in rows(session, _ANSWERS, placement=placement_id):
        phases.setdefault(row.phase, {})[row.statement] = row.value
    return SkillsView(phases)
