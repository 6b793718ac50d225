"""The audit: who read or changed what about a person, once an hour and kind, without names."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from bot.errors import BadInput, NotFound
from bot.service import audit_log, learner_card, learners, list_looks, looked_at, privacy
from bot.service.audit_log import Wanted
from bot.service.core import Core
from bot.store.tables import Audit
from tests.support.cohort import COORDINATOR, LEARNER, REFERENT, Small, add_learner, add_staff
from tests.support.looking import rows


def lines(core: Core, action: str) -> list[tuple[int | None, int | None]]:
    return [(row.actor_id, row.person_id) for row in rows(core, Audit, Audit.action == action)]


def test_a_contact_persons_looks_are_noted_once_an_hour_for_each_learner_and_kind(core: Core, abroad: Small) -> None:
    add_learner(core, abroad, "ben", "Ben", "Exemplo", "L02")
    claire, lea, ben = (abroad.people[name] for name in ("claire", "lea", "ben"))
    for _ in range(3):
        abroad.world.say(REFERENT, "/learners")
        abroad.world.forge(REFERENT, f"learners:one:{abroad.placements['lea']}")
    assert sorted(lines(core, "list_read")) == [(claire, lea), (claire, ben)]
    assert lines(core, "card_read") == [(claire, lea)]
    abroad.world.clock.set(abroad.world.now.replace(hour=abroad.world.now.hour + 2))
    abroad.world.forge(REFERENT, f"learners:one:{abroad.placements['lea']}")
    assert lines(core, "card_read") == [(claire, lea)] * 2


def test_who_was_shown_nothing_is_not_noted_and_nobody_is_by_looking_at_themselves(core: Core, abroad: Small) -> None:
    before = len(rows(core, Audit))
    abroad.world.say(LEARNER, "/learners")
    abroad.world.forge(LEARNER, f"learners:one:{abroad.placements['lea']}")
    abroad.world.forge(REFERENT, "learners:one:999999")
    abroad.world.forge(REFERENT, "alerts:open:999999")
    assert len(rows(core, Audit)) == before


def test_the_log_tells_who_and_about_whom_by_code_and_filters(core: Core, abroad: Small) -> None:
    abroad.world.forge(REFERENT, f"learners:one:{abroad.placements['lea']}")
    learner_card.show(core, "L01", None, abroad.world.now)
    learners.end(core, "L01", None, None, abroad.world.now)
    about = audit_log.rows(core, Wanted(person="l01"))
    told = [(row["actor"], row["action"], row["person"]) for row in about]
    assert ("referent R01 (SPRING)", "card_read", "learner L01 (SPRING)") in told
    assert ("desk", "shown", "learner L01 (SPRING)") in told
    assert {row["action"] for row in audit_log.rows(core, Wanted(actor="R01"))} >= {"card_read"}
    assert all(row["actor"] == "desk" for row in audit_log.rows(core, Wanted(actor="desk")))
    assert [row["action"] for row in audit_log.rows(core, Wanted(action="shown"))] == ["shown"]
    assert audit_log.rows(core, Wanted(since="2027-01-01")) == []
    assert len(audit_log.rows(core, Wanted(until="2026-12-31", last=2))) == 2
    assert audit_log.rows(core, Wanted(cohort="SPRING", action="card_read"))[0]["person_id"] == abroad.people["lea"]


def test_the_log_holds_no_name_and_no_words(core: Core, abroad: Small) -> None:
    abroad.world.say(REFERENT, "/learners")
    found = audit_log.rows(core, Wanted())
    table = list(csv.DictReader(io.StringIO(audit_log.as_csv(found).decode("utf-8-sig"))))
    assert len(table) == len(found) > 0
    written = json.dumps(found) + json.dumps(table)
    assert [name for name in ("Beispiel", "Claire", "Exemple", "+33") if name in written] == []


@pytest.mark.parametrize(
    ("wanted", "error"),
    [(Wanted(person="nobody"), NotFound), (Wanted(action="seen"), BadInput), (Wanted(since="soon"), BadInput)],
)
def test_what_nobody_can_be_found_by_is_said(core: Core, abroad: Small, wanted: Wanted, error: type[Exception]) -> None:
    with pytest.raises(error):
        audit_log.rows(core, wanted)


def test_a_list_is_one_line_and_stands_in_the_log_of_everybody_who_was_on_it(core: Core, abroad: Small) -> None:
    add_learner(core, abroad, "ben", "Ben", "Exemplo", "L02")
    now = abroad.world.now
    for _ in range(2):
        list_looks.some(core, "alerts", [("SPRING", "l01"), ("SPRING", None)], now)
    list_looks.whole(core, "status", ["SPRING"], now)
    lists = {code: audit_log.rows(core, Wanted(person=code, action="list_shown")) for code in ("L01", "L02")}
    assert [row["detail"]["list"] for row in lists["L01"]] == ["alerts", "status"]
    assert [row["detail"]["list"] for row in lists["L02"]] == ["status"]
    assert lists["L01"][0]["detail"] == {"list": "alerts", "cohort": "SPRING", "people": 1}
    assert len(audit_log.rows(core, Wanted(cohort="SPRING", action="list_shown"))) == 2


def test_who_came_later_was_not_on_a_list_of_before(core: Core, abroad: Small) -> None:
    list_looks.whole(core, "status", ["SPRING"], abroad.world.now - timedelta(minutes=1))
    add_learner(core, abroad, "ben", "Ben", "Exemplo", "L02")
    assert audit_log.rows(core, Wanted(person="L02", action="list_shown")) == []


def test_a_look_at_a_cohort_in_the_chat_is_noted(core: Core, abroad: Small) -> None:
    add_staff(core, abroad, "cora", "Cora", "Ejemplo", "coordinator", "C01")
    abroad.world.say(COORDINATOR, f"/start {abroad.tokens['cora']}")
    abroad.world.tap(COORDINATOR, "English")
    abroad.world.say(COORDINATOR, "/cohort")
    (line,) = audit_log.rows(core, Wanted(person="L01", action="list_shown"))
    assert line["actor"] == "coordinator C01 (SPRING)"


def test_people_read_who_looked_at_their_data_by_name_only_their_own_contact_people(core: Core, abroad: Small) -> None:
    abroad.world.forge(REFERENT, f"learners:one:{abroad.placements['lea']}")
    learner_card.show(core, "L01", None, abroad.world.now)
    abroad.world.say(LEARNER, "/privacy")
    abroad.world.tap(LEARNER, "Who looked at my data")
    told = abroad.world.phone(LEARNER).last.text
    assert "contact person (Claire" in told
    assert "office of your organisation, your page" in told
    with core.store.transaction() as session:
        copy = privacy.export(session, abroad.people["lea"], abroad.world.now)
    assert {(row["by"], row["what"]) for row in copy["looked_at"]} == {("referent", "card"), ("desk", "card")}


def test_who_read_what_was_confided_is_not_told_in_the_chat(core: Core, abroad: Small) -> None:
    lea = abroad.people["lea"]
    with core.store.transaction() as session:
        before = looked_at.looks_of(session, lea, "UTC")
        session.add(Audit(at=abroad.world.now, actor_id=None, action="case_read", person_id=lea, detail={}))
        session.flush()
        assert looked_at.looks_of(session, lea, "UTC") == before
