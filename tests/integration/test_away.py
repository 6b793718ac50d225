"""`/away`: a substitute is asked and agrees, holes are refused, it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.rules.alert import Reason, Severity
from bot.service import alerts
from bot.service.core import Core
from bot.store.tables import Absence, Membership, Placement
from tests.support.cohort import BACKUP, COORDINATOR, REFERENT, Small, add_staff
from tests.support.looking import change, change_stay, march, rows


@pytest.fixture
def three(core: Core, abroad: Small) -> Small:
    """With a coordinator who has joined, too."""
    add_staff(core, abroad, "nora", "Nora", "Desk", "coordinator", "C01")
    abroad.world.say(COORDINATOR, f"/start {abroad.tokens['nora']}")
    abroad.world.tap(COORDINATOR, "English")
    return abroad


def membership(core: Core, small: Small, name: str) -> Membership:
    return rows(core, Membership, Membership.id == small.memberships[name])[0]


def raise_amber(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        stay = session.get_one(Placement, small.placements["lea"])
        alerts.raise_alert(core, session, stay, Reason.NOT_ANSWERED, Severity.AMBER, small.world.now)
    small.world.turn()


def ask(small: Small, who: str, until: str = "Until tomorrow, 8:00") -> None:
    small.world.say(REFERENT, "/away")
    small.world.tap(REFERENT, until)
    small.world.tap(REFERENT, who)


def test_it_holds_once_the_substitute_has_said_yes(core: Core, abroad: Small) -> None:
    ask(abroad, "Marco Esempio")
    assert "you're still on duty" in abroad.world.phone(REFERENT).last.text
    assert membership(core, abroad, "claire").away_until is None
    abroad.world.tap(BACKUP, "Yes, I stand in")
    assert "stands in for you" in abroad.world.phone(REFERENT).last.text
    assert membership(core, abroad, "claire").away_until == march(3, 7)
    raise_amber(core, abroad)
    assert "Claire Exemple skipped: away" in abroad.world.phone(BACKUP).last.text
    assert abroad.world.phone(REFERENT).last.kind == "relay"


def test_who_cannot_leaves_the_other_on_duty(core: Core, abroad: Small) -> None:
    ask(abroad, "Marco Esempio")
    abroad.world.tap(BACKUP, "I can't")
    assert "can't stand in" in abroad.world.phone(REFERENT).last.text
    assert membership(core, abroad, "claire").away_until is None


def test_an_old_request_binds_nobody(core: Core, abroad: Small) -> None:
    ask(abroad, "Marco Esempio")
    abroad.world.say(REFERENT, "/away")
    abroad.world.tap(REFERENT, "I'm not away after all")
    abroad.world.tap(BACKUP, "Yes, I stand in")
    assert "aren't needed" in abroad.world.phone(BACKUP).last.text
    assert membership(core, abroad, "claire").away_until is None


def test_without_a_substitute_the_others_do(core: Core, abroad: Small) -> None:
    ask(abroad, "Nobody: the others do")
    assert "You're away until" in abroad.world.phone(REFERENT).last.text
    abroad.world.say(REFERENT, "/away")
    abroad.world.tap(REFERENT, "I'm back")
    assert membership(core, abroad, "claire").away_until is None


def test_the_last_one_may_not_go(core: Core, abroad: Small) -> None:
    abroad.world.block(BACKUP)
    abroad.world.say(REFERENT, "/away")
    abroad.world.tap(REFERENT, "Until tomorrow, 8:00")
    assert [label for label, _ in abroad.world.phone(REFERENT).last.buttons] == ["Nobody: the others do", "← Back"]
    abroad.world.tap(REFERENT, "Nobody: the others do")
    assert "nobody on duty for <b>L01</b>" in abroad.world.phone(REFERENT).last.text
    assert membership(core, abroad, "claire").away_until is None


def test_before_the_departure_everybody_may_go_and_the_last_one_reads_that_nobody_is_on_duty(
    core: Core, abroad: Small
) -> None:
    later = date(2026, 3, 9)
    change_stay(core, abroad, departure_date=later, arrival_date=later, return_date=date(2026, 3, 21))
    change(core, membership(core, abroad, "marco"), away_from=march(2, 10), away_until=march(4, 8))
    ask(abroad, "Nobody: the others do")
    told = "nobody is on duty:</b> an SOS still reaches all of you, but nobody is expected to answer"
    assert told in abroad.world.phone(REFERENT).last.text
    assert membership(core, abroad, "claire").away_until == march(3, 7)
    abroad.world.say(REFERENT, "/away")
    assert told in abroad.world.phone(REFERENT).last.text


def test_duty_hours_of_the_others_count(core: Core, abroad: Small) -> None:
    change(core, membership(core, abroad, "marco"), duty="mon-fri 07:00-22:00")
    ask(abroad, "Nobody: the others do")
    assert "from Mon 2 Mar 22:00 to Tue 3 Mar 07:00" in abroad.world.phone(REFERENT).last.text


def test_a_substitute_serves_in_the_hours_of_whom_they_stand_in_for(core: Core, abroad: Small) -> None:
    change(core, membership(core, abroad, "marco"), duty="mon-fri 07:00-22:00")
    ask(abroad, "Marco Esempio")
    abroad.world.tap(BACKUP, "Yes, I stand in")
    abroad.world.travel(march(3, 1))
    raise_amber(core, abroad)
    assert abroad.world.phone(BACKUP).last.kind == "alert"
    assert "off duty" not in abroad.world.phone(BACKUP).last.text


def test_it_ends_by_itself_and_both_read_it(core: Core, abroad: Small) -> None:
    ask(abroad, "Marco Esempio")
    abroad.world.tap(BACKUP, "Yes, I stand in")
    abroad.world.travel(march(3, 8))
    assert any("You're on duty again" in m.text for m in abroad.world.phone(REFERENT).messages)
    assert any("Claire Exemple</b> is back" in m.text for m in abroad.world.phone(BACKUP).messages)
    assert membership(core, abroad, "claire").away_until is None


def test_a_request_nobody_answers_lapses_and_says_so(core: Core, abroad: Small) -> None:
    ask(abroad, "Marco Esempio", "Until Sunday, 20:00")
    abroad.world.travel(march(3, 8))
    assert any("hasn't answered" in m.text for m in abroad.world.phone(REFERENT).messages)
    assert rows(core, Absence)[0].state == "lapsed"


def test_whoever_stands_in_may_be_stood_in_for(core: Core, three: Small) -> None:
    ask(three, "Marco Esempio")
    three.world.tap(BACKUP, "Yes, I stand in")
    three.world.say(BACKUP, "/away")
    assert "You stand in for <b>Claire Exemple</b>" in three.world.phone(BACKUP).last.text
    three.world.tap(BACKUP, "Until tonight, 20:00")
    labels = [label for label, _ in three.world.phone(BACKUP).last.buttons]
    assert "Nora Desk" in labels
    assert "Claire Exemple" not in labels
    three.world.tap(BACKUP, "Nora Desk")
    three.world.tap(COORDINATOR, "Yes, I stand in")
    assert "Marco Esempio</b>, who stands in for you, is away now as well" in three.world.phone(REFERENT).last.text
    raise_amber(core, three)
    assert three.world.phone(COORDINATOR).last.kind == "alert"


def test_two_cannot_stand_in_for_each_other(core: Core, three: Small) -> None:
    ask(three, "Marco Esempio")
    three.world.tap(BACKUP, "Yes, I stand in")
    data = f"away:who:{three.cohort_id}:{int(march(2, 20).timestamp()) // 60}:{three.memberships['claire']}"
    three.world.forge(BACKUP, data)
    assert membership(core, three, "marco").away_until is None


def test_a_day_is_typed(core: Core, abroad: Small) -> None:
    abroad.world.say(REFERENT, "/away")
    abroad.world.tap(REFERENT, "Another day …")
    abroad.world.say(REFERENT, "next week")
    assert "couldn't read that" in abroad.world.phone(REFERENT).last.text
    abroad.world.say(REFERENT, "6/3 18:00")
    assert "Friday 6 March 18:00" in abroad.world.phone(REFERENT).last.text
    abroad.world.tap(REFERENT, "Marco Esempio")
    assert rows(core, Absence)[0].until == march(6, 17)


def test_a_learner_has_no_away(abroad: Small) -> None:
    abroad.world.say(1, "/away")
    assert "for contact persons" in abroad.world.phone(1).last.text


@pytest.mark.parametrize(
    "data", ["away:who:1:2:3", "away:yes:999", "away:at:77:1", "away:", "away:on:x", "away:back:99"]
)
def test_forged_buttons_change_nothing(core: Core, abroad: Small, data: str) -> None:
    abroad.world.forge(REFERENT, data)
    abroad.world.forge(1, data)
    assert all(m.away_until is None for m in rows(core, Membership))


def test_learners_shows_who_stands_in(core: Core, abroad: Small) -> None:
    ask(abroad, "Marco Esempio")
    abroad.world.tap(BACKUP, "Yes, I stand in")
    abroad.world.say(REFERENT, "/learners")
    assert "Marco Esempio</b> stands in for you" in abroad.world.phone(REFERENT).last.text
    assert abroad.world.now + timedelta() == march(2, 11)
