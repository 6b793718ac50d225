"""The trail of alerts: never changed, complete, and without names unless they are asked for."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from bot.errors import BadInput
from bot.service import trail
from bot.service.core import Core
from bot.store.tables import AlertEvent, Audit, Membership
from tests.support.alerting import missed, resolve
from tests.support.cohort import BACKUP, REFERENT, Small


@pytest.mark.parametrize("change", [update(AlertEvent).values(what="nothing"), delete(AlertEvent)])
def test_the_database_refuses_to_change_the_trail(core: Core, abroad: Small, change: object) -> None:
    missed(abroad)
    with pytest.raises(DBAPIError, match="never changed"), core.store.transaction() as session:
        session.execute(change)  # type: ignore[call-overload]


def test_the_database_refuses_to_change_the_audit(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        session.add(Audit(at=abroad.world.now, actor_id=None, action="tried", person_id=None, detail={}))
    with pytest.raises(DBAPIError, match="never changed"), core.store.transaction() as session:
        session.execute(delete(Audit))


def test_the_export_tells_who_was_told_when_it_arrived_and_how_it_ended(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=30)
    abroad.world.tap(BACKUP, "I'm on it")
    resolve(abroad, BACKUP)
    found = trail.rows(core, "SPRING", None, names=False)
    assert [(row["event"], row["who"]) for row in found] == [
        ("raised", None),
        ("told", "referent R01"),
        ("delivered", "referent R01"),
        ("told", "referent R02"),
        ("delivered", "referent R02"),
        ("acknowledged", "referent R02"),
        ("resolved", "referent R02"),
    ]
    assert found[2]["channel"] == "telegram"
    assert found[-1]["detail"] == {"outcome": "phone"}


def test_the_export_has_names_only_on_request(core: Core, abroad: Small, tmp_path: Path) -> None:
    missed(abroad)
    plain, named = tmp_path / "plain.csv", tmp_path / "named.json"
    trail.write(plain, trail.rows(core, None, None, names=False), names=False)
    trail.write(named, trail.rows(core, None, None, names=True), names=True)
    assert "Beispiel" not in plain.read_text(encoding="utf-8-sig")
    with plain.open(encoding="utf-8-sig", newline="") as file:
        assert [row["learner"] for row in csv.DictReader(file)] == ["L01"] * 3
    assert json.loads(named.read_text(encoding="utf-8"))[1]["who_name"] == "Claire Exemple"


def test_who_was_passed_over_is_told_by_role_and_code(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        session.get_one(Membership, abroad.memberships["claire"]).away_until = abroad.world.now + timedelta(days=9)
    missed(abroad)
    for names, passed in ((False, {}), (True, {"name": "Claire Exemple"})):
        skipped = next(row for row in trail.rows(core, None, None, names=names) if row["event"] == "skipped")
        assert skipped["detail"] == {"people": [{"who": "referent R01", "why": "away", **passed}]}


def test_another_ending_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"neither \.csv nor \.json"):
        trail.write(tmp_path / "trail.xlsx", [], names=False)


def test_a_message_under_way_is_not_called_told(core: Core, abroad: Small) -> None:
    abroad.world.phone(REFERENT).blocked = True
    missed(abroad)
    text = abroad.world.phone(BACKUP).last.text
    assert "Claire Exemple: the message could not be delivered" in text
    assert "Claire Exemple told" not in text
