"""Nobody can be reached: the learner reads just that, and the desk hears it at once."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select

from bot.service import alert_list, figures, status
from bot.service.core import Core
from bot.store.tables import Placement
from tests.support.alerting import the_alert
from tests.support.cohort import BACKUP, COORDINATOR, LEARNER, REFERENT, Begin, Small, add_staff, small_cohort
from tests.support.command_line import CommandLine
from tests.support.looking import march

GUARDIAN = "+33 6 39 98 00 09"


def with_mother(core: Core) -> None:
    with core.store.transaction() as session:
        stay = session.scalars(select(Placement)).one()
        stay.guardian_name, stay.guardian_phone = "Mae", GUARDIAN


def alone(core: Core) -> Small:
    """Lea is abroad, her mother's number is on file, and nobody of her contact persons has joined."""
    small = small_cohort(core, start=march(2, 11))
    small.join()
    small.world.turn()
    with_mother(core)
    return small


@pytest.fixture
def nobody(begin: Begin) -> Small:
    return begin(alone)


def read(small: Small) -> str:
    return small.world.phone(LEARNER).text()


def test_who_was_sent_nothing_is_not_said_to_be_told_and_family_is_named(nobody: Small) -> None:
    nobody.world.say(LEARNER, "/sos")
    shown = nobody.world.phone(LEARNER).last.text
    assert "can't reach anybody" in shown
    assert f"Mae: <b>{GUARDIAN}" in shown
    assert "I told" not in read(nobody)
    assert "alerting" not in read(nobody)


def test_the_desk_hears_at_once_that_an_alert_reaches_nobody(
    core: Core, nobody: Small, run: CommandLine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        nobody.world.say(LEARNER, "/sos")
    (line,) = [record.getMessage() for record in caplog.records if "reaches nobody" in record.getMessage()]
    assert "Lea" not in line
    assert alert_list.unreached(core) == ["SPRING L01 (#1)"]
    found = {figure.name: figure.value for figure in figures.figures(core, nobody.world.now)}
    assert found["alerts_reaching_nobody"] == 1
    assert "Call L01 Lea Beispiel now" in status.of_cohort(core, "SPRING", nobody.world.now)["todo"][0]
    page = run.good("cohort", "status", "SPRING").out
    assert "REACHES NOBODY" in page
    checked = run("doctor")
    assert checked.status == 1
    assert "SPRING L01 (#1)" in checked.out


def test_who_joins_then_gets_all_of_it_and_it_reaches_somebody_again(core: Core, nobody: Small) -> None:
    nobody.world.say(LEARNER, "/sos")
    nobody.world.say(REFERENT, f"/start {nobody.tokens['claire']}")
    nobody.world.tap(REFERENT, "English")
    nobody.world.wait(minutes=6)
    first = next(m for m in nobody.world.phone(REFERENT).messages if m.kind == "alert")
    assert "Where:" in first.text
    assert alert_list.unreached(core) == []
    assert the_alert(core).state["told"] == [nobody.memberships["claire"]]


def test_a_coordinator_alone_is_reached_and_named(core: Core, nobody: Small) -> None:
    add_staff(core, nobody, "coco", "Coco", "Exemplo", "coordinator", "C01")
    nobody.world.say(COORDINATOR, f"/start {nobody.tokens['coco']}")
    nobody.world.tap(COORDINATOR, "English")
    nobody.world.say(LEARNER, "/sos")
    assert "I have told Coco Exemplo" in read(nobody)
    assert "can't reach" not in read(nobody)


def test_who_has_blocked_the_bot_is_not_said_to_be_alerted(core: Core, abroad: Small) -> None:
    for chat in (REFERENT, BACKUP):
        abroad.world.phone(chat).blocked = True
    abroad.world.say(LEARNER, "/sos")
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.say(LEARNER, "/sos")
    again = " ".join(m.text for m in abroad.world.phone(LEARNER).messages[before:])
    assert "alerting" not in again
    assert alert_list.unreached(core) == ["SPRING L01 (#1)"]


def test_that_nobody_answers_is_said_less_often_and_silently_at_night(core: Core, abroad: Small) -> None:
    with_mother(core)
    abroad.world.travel(
        march(2, 17)
    )  # the evening's own alert joins it later; quiet from 22:00 where she is, 21:00 UTC
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.say(LEARNER, "/sos")
    abroad.world.wait(hours=7)
    told = [m for m in abroad.world.phone(LEARNER).messages[before:] if "Nobody has answered" in m.text]
    assert [("for a long time" in m.text, m.silent) for m in told] == [
        *[(False, False)] * 4, (True, False), (True, True), (True, True),
    ]  # fmt: skip
    assert GUARDIAN not in told[0].text
    assert GUARDIAN in told[4].text
