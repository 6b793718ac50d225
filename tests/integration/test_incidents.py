"""Most of a cohort silent at once: alerts of their own, one message, one ladder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.service import alert_list, rollcall
from bot.service.core import Core
from bot.store.tables import Alert, AlertEvent
from tests.support.alerting import alerted
from tests.support.cohort import BACKUP, LEARNER, REFERENT, Begin, Small, abroad_cohort, add_learner
from tests.support.looking import march, rows

GATHERED = march(2, 20) + timedelta(seconds=20)
FRIENDS = 5


def with_friends(core: Core) -> Small:
    """Lea and five others, all abroad, all in the bot."""
    abroad = abroad_cohort(core)
    for n in range(FRIENDS):
        add_learner(core, abroad, f"kim{n}", f"Kim{n}", "Exemplo", f"L1{n}")
        abroad.join(f"kim{n}", 100 + n)
    abroad.world.turn()
    return abroad


@pytest.fixture
def group(begin: Begin) -> Small:
    return begin(with_friends)


def open_rows(core: Core) -> list[Alert]:
    return sorted(rows(core, Alert, Alert.resolved_at.is_(None)), key=lambda row: row.id)


def silent(group: Small, *answering: int) -> None:
    """All but those of these chats let the check-in of 2 March pass."""
    group.world.travel(march(2, 18, 30))
    for chat in answering:
        group.world.tap(chat, "I'm fine")
    group.world.travel(GATHERED)


def test_people_are_told_once_and_every_learner_has_an_alert(core: Core, group: Small) -> None:
    silent(group, 104)
    assert alerted(group, REFERENT) == 1
    text = group.world.phone(REFERENT).last.text
    assert "5 learners" in text
    assert all(f"Kim{n}" in text for n in range(4))
    assert "Kim4" not in text
    found = open_rows(core)
    assert len(found) == 5
    assert len({row.incident_id for row in found}) == 1
    assert [row.next_at is None for row in found] == [False, True, True, True, True]


def test_a_group_silent_at_a_roll_call_is_one_incident_though_all_had_answered_in_the_evening(
    core: Core, group: Small
) -> None:
    group.world.travel(march(2, 18))
    for chat in (LEARNER, *range(100, 100 + FRIENDS)):
        group.world.tap(chat, "I'm fine")
    group.world.travel(march(2, 18, 20))
    rollcall.call(core, "SPRING", None, group.world.now)
    group.world.travel(march(2, 19, 21))
    assert alerted(group, REFERENT) == 1
    assert "No answer to the roll call of 19:20 from most of the group" in group.world.phone(REFERENT).last.text


def test_each_learner_reads_who_was_told(group: Small) -> None:
    silent(group)
    for chat in (LEARNER, 100, 104):
        assert "so I told Claire Exemple" in group.world.phone(chat).last.text


def test_when_most_answered_the_others_are_told_of_one_by_one(core: Core, group: Small) -> None:
    silent(group, 100, 101, 102)
    assert alerted(group, REFERENT) == 3
    assert {row.incident_id for row in open_rows(core)} == {None}


def test_one_ladder_climbs_for_all(group: Small) -> None:
    silent(group)
    group.world.wait(minutes=30)
    assert (alerted(group, REFERENT), alerted(group, BACKUP)) == (1, 1)
    group.world.wait(minutes=30)
    assert "There is nobody after you" in group.world.phone(BACKUP).last.text


def test_one_button_takes_it_for_all(core: Core, group: Small) -> None:
    silent(group)
    group.world.tap(REFERENT, "I'm on it, for all")
    assert {row.acknowledged_by for row in open_rows(core)} == {group.memberships["claire"]}
    for chat in (LEARNER, 102):
        assert "Claire Exemple is on it" in group.world.phone(chat).last.text
    group.world.wait(minutes=90)
    assert alerted(group, BACKUP) == 0


def test_it_comes_back_to_who_took_it(group: Small) -> None:
    silent(group)
    group.world.tap(REFERENT, "I'm on it, for all")
    group.world.wait(hours=2)
    assert "Are you still on it?" in group.world.phone(REFERENT).last.text


def test_resolving_asks_once_how_and_asks_those_who_never_answered(core: Core, group: Small) -> None:
    silent(group)
    group.world.tap(101, "I'm fine")
    group.world.tap(REFERENT, "All resolved")
    group.world.tap(REFERENT, "We spoke on the phone")
    assert open_rows(core) == []
    asked = group.world.phone(LEARNER).last.text
    assert "settled for you" in asked
    assert asked.endswith("· Your check-in")  # the learner's own alert, not the incident
    assert "settled for you" not in group.world.phone(101).text()


def test_an_answer_shows_in_the_message_without_a_new_one(group: Small) -> None:
    silent(group)
    before = len(group.world.phone(REFERENT).messages)
    group.world.tap(101, "I'm fine")
    assert len(group.world.phone(REFERENT).messages) == before
    assert "Kim1 Exemplo (L11) has answered: I'm fine" in group.world.phone(REFERENT).last.text


def test_when_all_have_answered_that_is_worth_a_message(group: Small) -> None:
    silent(group)
    for chat in (LEARNER, *range(100, 100 + FRIENDS)):
        group.world.tap(chat, "I'm fine")
    assert "All of them have answered now" in group.world.phone(REFERENT).last.text


def test_a_call_for_help_stands_alone_and_the_rest_goes_on(core: Core, group: Small) -> None:
    silent(group)
    group.world.say(LEARNER, "/sos")
    assert "URGENT" in group.world.phone(BACKUP).last.text
    alone = [row for row in open_rows(core) if row.incident_id is None]
    assert [row.placement_id for row in alone] == [group.placements["lea"]]
    group.world.tap(REFERENT, "I'm on it, for all")
    taken = {row.id for row in open_rows(core) if row.acknowledged_by is not None}
    assert taken == {row.id for row in open_rows(core)} - {alone[0].id}


def test_one_of_many_can_be_taken_and_closed_alone(core: Core, group: Small) -> None:
    silent(group)
    group.world.tap(REFERENT, "Show each")
    labels = [label for label, _ in group.world.phone(REFERENT).last.buttons]
    group.world.tap(REFERENT, next(label for label in labels if label.startswith("Kim2 Exemplo · #")))
    group.world.tap(REFERENT, "I take this one")
    kim = next(row for row in open_rows(core) if row.placement_id == group.placements["kim2"])
    assert (kim.incident_id, kim.acknowledged_by) == (None, group.memberships["claire"])
    assert sum(row.acknowledged_by is not None for row in open_rows(core)) == 1
    group.world.tap(REFERENT, "Resolved")
    group.world.tap(REFERENT, "Through the host")
    assert len(open_rows(core)) == FRIENDS


def test_not_settled_reopens_that_one_alone(core: Core, group: Small) -> None:
    silent(group)
    group.world.tap(REFERENT, "All resolved")
    group.world.tap(REFERENT, "Other")
    group.world.tap(103, "No, not yet")
    (again,) = open_rows(core)
    assert (again.placement_id, again.incident_id) == (group.placements["kim3"], None)
    assert "Kim3" in group.world.phone(BACKUP).last.text


def test_the_second_evening_of_all_makes_it_red(core: Core, group: Small) -> None:
    silent(group)
    group.world.tap(REFERENT, "I'm on it, for all")
    leader = open_rows(core)[0].id
    with core.store.transaction() as session:  # as if Claire said again and again that she is still on it
        session.get_one(Alert, leader).next_at = march(4, 0)
    group.world.travel(march(3, 20) + timedelta(minutes=1))
    assert {row.severity for row in open_rows(core)} == {"red"}
    assert len({row.incident_id for row in open_rows(core)}) == 1
    assert "This is urgent now" in group.world.phone(BACKUP).last.text


def test_a_stranger_cannot_take_an_incident(core: Core, group: Small) -> None:
    silent(group)
    number = open_rows(core)[0].incident_id
    for chat in (99, 100, LEARNER):
        for action in ("all_ack", "all_phone", "each", "ack"):
            group.world.forge(chat, f"alerts:{action}:{number}")
    assert {row.acknowledged_by for row in open_rows(core)} == {None}
    assert "Kim1" not in group.world.phone(99).text()


def test_a_referent_who_cannot_be_reached_is_passed_over(group: Small) -> None:
    group.world.phone(REFERENT).blocked = True
    silent(group)
    assert alerted(group, BACKUP) == 1


def test_the_trail_of_each_learner_tells_everything(core: Core, group: Small) -> None:
    silent(group)
    group.world.tap(REFERENT, "I'm on it, for all")
    for row in open_rows(core):
        trail = [event.what for event in rows(core, AlertEvent, AlertEvent.alert_id == row.id)]
        assert trail == ["raised", "joined", "told", "delivered", "acknowledged"]


def test_a_group_has_a_number_of_its_own_and_its_all_clear_names_who_is_still_open(core: Core, group: Small) -> None:
    silent(group)
    led = open_rows(core)[0]
    assert f"#G{led.id}" in group.world.phone(REFERENT).last.text
    group.world.say(LEARNER, "/sos")
    alone = next(row for row in open_rows(core) if row.incident_id is None)
    group.world.say(REFERENT, "/alerts")
    listed = group.world.phone(REFERENT).last.text
    assert f"(L01) · #{alone.id}" in listed
    assert f"#G{led.id}" in listed
    closed = alert_list.resolve(core, f"G{led.id}", "phone", group.world.now)
    assert len(closed) == FRIENDS
    group.world.deliver()
    clear = next(m.text for m in reversed(group.world.phone(REFERENT).messages) if "All clear for the group" in m.text)
    assert f"#G{led.id}" in clear
    assert (
        f"Not over yet, each with an alert of their own:\n\n🔴 URGENT <b>Lea Beispiel</b> (L01) · #{alone.id}" in clear
    )
