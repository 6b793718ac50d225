"""How learners see themselves: kept by statement, changed and not doubled, handed over and forgotten with the rest."""

from __future__ import annotations

from bot.flows.effects import KeepAssessment
from bot.service import erasing, privacy, skills
from bot.service.core import Core
from bot.store.tables import SelfAssessment
from tests.support.cohort import Small
from tests.support.looking import rows


def test_answers_are_kept_by_statement_and_phase_and_go_with_the_person(core: Core, small: Small) -> None:
    lea, now = small.placements["lea"], small.world.now
    answers = {"literacy/explain": 2, "digital/make": 4}
    with core.store.transaction() as session:
        skills.keep(session, KeepAssessment(lea, "before", "key-competences", answers), now)
        skills.keep(session, KeepAssessment(lea, "after", "key-competences", {"digital/make": 3}), now)
        skills.keep(session, KeepAssessment(lea, "before", "key-competences", {"literacy/explain": 3}), now)
        seen = skills.view_of(session, lea).phases
        exported = privacy.export(session, small.people["lea"], now)["self_assessment"]
        erasing.erase(core, session, small.people["lea"], now, None)
    assert seen == {"before": {"literacy/explain": 3, "digital/make": 4}, "after": {"digital/make": 3}}
    assert len(exported) == 3
    assert rows(core, SelfAssessment) == []
