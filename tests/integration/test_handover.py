"""Somebody who looks after learners leaves: nothing of theirs is nobody's for an instant."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.errors import BadInput
from bot.rules.alert import Reason, Severity
from bot.service import alerts, handover, referents
from bot.service.core import Core
from bot.store.tables import Alert, Membership, Placement
from tests.support.alerting import missed
from tests.support.cohort import BACKUP, LEARNER, REFERENT, Small
from tests.support.looking import rows

CODE = "SPRING"


def raised(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        stay = session.get_one(Placement, small.placements["lea"])
        alerts.raise_alert(core, session, stay, Reason.NOT_ARRIVED, Severity.AMBER, small.world.now)
    small.world.turn()


def test_it_is_refused_without_somebody_who_takes_over(core: Core, abroad: Small) -> None:
    raised(core, abroad)
    with pytest.raises(BadInput, match="Claire Exemple looks after L01 and has 1 open alert: say who takes over"):
        handover.end(core, CODE, "R01", None, abroad.world.now)


def test_learner_and_both_contact_persons_read_it(core: Core, abroad: Small) -> None:
    found = handover.end(core, CODE, "R01", "R02", abroad.world.now)
    abroad.world.turn()
    assert (found["learners"], found["to"], found["no_backup"]) == (["L01"], "Marco Esempio", ["L01"])
    assert "is now <b>Marco Esempio</b>" in abroad.world.phone(LEARNER).last.text
    assert "taken over from <b>Claire Exemple</b>" in abroad.world.phone(BACKUP).last.text
    assert "no longer see: Lea Beispiel (L01)" in abroad.world.phone(REFERENT).last.text
    abroad.world.say(REFERENT, "/learners")
    assert "Lea" not in abroad.world.phone(REFERENT).last.text


def test_an_alert_they_had_taken_sounds_at_who_takes_over(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    handover.end(core, CODE, "R01", "R02", abroad.world.now)
    abroad.world.turn()
    (row,) = rows(core, Alert)
    assert (row.acknowledged_by, row.state["told"]) == (None, [abroad.memberships["marco"]])
    (sounded,) = (m.text for m in abroad.world.phone(BACKUP).messages if m.kind == "alert")
    assert "Claire Exemple had taken this alert and no longer looks after it" in sounded
    abroad.world.tap(REFERENT, "Resolved")
    assert rows(core, Alert)[0].resolved_at is None
    abroad.world.tap(BACKUP, "I'm on it")
    assert rows(core, Alert)[0].acknowledged_by == abroad.memberships["marco"]


def test_a_dry_run_changes_nothing(core: Core, abroad: Small) -> None:
    before = len(abroad.world.phone(BACKUP).messages)
    assert handover.end(core, CODE, "R01", "R02", abroad.world.now, dry_run=True)["learners"] == ["L01"]
    abroad.world.turn()
    assert len(abroad.world.phone(BACKUP).messages) == before
    assert rows(core, Membership, Membership.code == "R01")[0].ended_at is None


def test_lists_go_on_naming_who_left(core: Core, abroad: Small) -> None:
    handover.end(core, CODE, "R01", "R02", abroad.world.now)
    with core.store.transaction() as session:
        found = referents.by_code(session, abroad.cohort_id)
    assert [m.id for m in found["r01"]] == [abroad.memberships["marco"]]


@pytest.mark.parametrize(("to", "says"), [("R01", "to themselves"), ("R09", "Nobody around SPRING has the code")])
def test_who_cannot_take_over_is_named(core: Core, abroad: Small, to: str, says: str) -> None:
    with pytest.raises(Exception, match=says):
        handover.end(core, CODE, "R01", to, abroad.world.now)


def test_who_has_not_joined_cannot_take_over(core: Core, small: Small) -> None:
    small.join_staff(backup=False)
    with pytest.raises(BadInput, match="Marco Esempio has not joined"):
        handover.end(core, CODE, "R01", "R02", small.world.now)


def test_erasing_oneself_hands_over_first(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    erase(abroad)
    with core.store.transaction() as session:
        stay = session.scalars(select(Placement)).one()
        assert stay.referent_id == abroad.memberships["marco"]
    assert rows(core, Alert)[0].acknowledged_by is None
    assert any(m.kind == "alert" for m in abroad.world.phone(BACKUP).messages)


def test_the_last_one_cannot_erase_themselves_while_learners_are_theirs(core: Core, abroad: Small) -> None:
    abroad.world.block(BACKUP)
    with core.store.transaction() as session:
        session.get_one(Membership, abroad.memberships["marco"]).ended_at = abroad.world.now
    erase(abroad)
    assert "nobody else of your group can take over" in abroad.world.phone(REFERENT).last.text
    assert rows(core, Membership, Membership.code == "R01")[0].ended_at is None


def erase(small: Small) -> None:
    small.world.say(REFERENT, "/privacy")
    small.world.forge(REFERENT, "privacy:erase:yes")
