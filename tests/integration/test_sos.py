"""`/sos`: from anywhere, at any time, by anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.flows.vocabulary import Place
from bot.service.core import Core
from bot.store.tables import Alert, Cohort, Membership, Outbox, Placement, SharedPlace, StepRun
from tests.support.alerting import alerted, missed, resolve
from tests.support.cohort import BACKUP, LEARNER, REFERENT, Small
from tests.support.looking import change_stay, dump, rows

LATITUDE, LONGITUDE = 37.38612, -5.99234


def last_ones(small: Small, count: int, chat: int = LEARNER) -> str:
    return "\n".join(m.text for m in small.world.phone(chat).messages[-count:])


def test_numbers_of_the_country_come_with_the_very_same_tap_that_alerts(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    assert "Spain" in last_ones(abroad, 2)
    assert "112" in last_ones(abroad, 2)
    (alert,) = rows(core, Alert)
    assert (alert.reason, alert.severity, alert.raised_at) == ("asked_for_help", "red", abroad.world.now)


def test_before_the_stay_the_numbers_are_those_of_home(small: Small) -> None:
    small.join()
    small.world.say(LEARNER, "/sos")
    assert "France" in last_ones(small, 3)


def test_it_works_before_language_and_consent_are_chosen(core: Core, small: Small) -> None:
    small.join_staff()
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    small.world.say(LEARNER, "/sos")
    assert "Asked for help" in small.world.phone(REFERENT).last.text
    assert "Asked for help" in small.world.phone(BACKUP).last.text


def test_a_stranger_gets_112_and_the_truth_that_nobody_is_told(core: Core, small: Small) -> None:
    small.world.say(99, "/sos")
    assert "112" in small.world.phone(99).last.text
    assert "can't alert anybody" in small.world.phone(99).last.text
    assert rows(core, Alert) == []


def test_a_referent_who_tries_it_alerts_nobody(core: Core, small: Small) -> None:
    small.join_staff()
    small.world.say(REFERENT, "/sos")
    assert "112" in small.world.phone(REFERENT).last.text
    assert rows(core, Alert) == []


def test_pressed_twice_it_is_one_alert_and_the_referents_are_not_flooded(core: Core, abroad: Small) -> None:
    for _ in range(5):
        abroad.world.say(LEARNER, "/sos")
    assert len(rows(core, Alert)) == 1
    assert sum(m.kind == "alert" for m in abroad.world.phone(REFERENT).messages) == 1


def test_pressed_again_while_somebody_is_on_it_that_somebody_hears_it(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.tap(REFERENT, "I'm on it")
    others = len(abroad.world.phone(BACKUP).messages)
    abroad.world.say(LEARNER, "/sos")
    assert abroad.world.phone(REFERENT).last.kind == "alert"
    assert len(abroad.world.phone(BACKUP).messages) == others


def test_taken_back_it_stays_open_and_says_call_all_the_same(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.tap(LEARNER, "Pressed by mistake")
    assert "by mistake" in abroad.world.phone(REFERENT).last.text
    assert rows(core, Alert)[0].resolved_at is None


def test_taking_back_what_was_never_pressed_says_nothing_to_anybody(abroad: Small) -> None:
    before = len(abroad.world.phone(REFERENT).messages)
    abroad.world.forge(LEARNER, "sos:mistake")
    assert len(abroad.world.phone(REFERENT).messages) == before


def test_in_the_middle_of_a_quiz_the_quiz_goes_on_afterwards(core: Core, small: Small) -> None:
    small.join()
    with core.store.transaction() as session:
        session.scalars(select(StepRun).where(StepRun.step == "safety-travel-quiz")).one().state = "offered"
    small.world.forge(LEARNER, "step:safety-travel-quiz:open")
    question = small.world.phone(LEARNER).messages[0]  # the message that the forged button edits
    answers = [data for _, data in question.buttons if data.startswith("step:safety-travel-quiz:a:")]
    before = rows(core, StepRun, StepRun.step == "safety-travel-quiz")[0].data
    small.world.say(LEARNER, "/sos")
    small.world.forge(LEARNER, answers[0])
    (run,) = rows(core, StepRun, StepRun.step == "safety-travel-quiz")
    assert run.state == "open"
    assert run.data != before


def test_a_reflection_that_waits_for_words_is_still_there_after_sos(core: Core, small: Small) -> None:
    small.join()
    small.world.forge(LEARNER, "step:goals:open")
    small.world.say(LEARNER, "/sos")
    (run,) = rows(core, StepRun, StepRun.step == "goals")
    assert run.state == "open"
    small.world.say(LEARNER, "/menu")
    assert any("goals" in data for _, data in small.world.phone(LEARNER).last.buttons)


def test_a_location_goes_to_those_who_were_told_as_a_pin(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.locate(LEARNER, LATITUDE, LONGITUDE)
    for chat in (REFERENT, BACKUP):
        assert str(LATITUDE) in abroad.world.phone(chat).text()


def test_a_location_without_an_alert_is_shown_to_nobody(abroad: Small) -> None:
    abroad.world.locate(LEARNER, LATITUDE, LONGITUDE)
    assert str(LATITUDE) not in abroad.world.phone(REFERENT).text()


def test_a_location_of_a_stranger_is_not_kept(core: Core, small: Small) -> None:
    small.world.locate(99, LATITUDE, LONGITUDE)
    assert rows(core, SharedPlace) == []


def test_a_location_is_forgotten_after_a_day(core: Core, abroad: Small) -> None:
    abroad.world.locate(LEARNER, LATITUDE, LONGITUDE)
    abroad.world.clock.set(abroad.world.now + timedelta(hours=23, minutes=59))
    abroad.world.turn()
    assert len(rows(core, SharedPlace)) == 1
    abroad.world.clock.set(abroad.world.now + timedelta(minutes=1))
    abroad.world.turn()
    assert rows(core, SharedPlace) == []


def test_after_a_day_a_location_is_in_no_table_at_all(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.locate(LEARNER, LATITUDE, LONGITUDE)
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.clock.set(abroad.world.now + timedelta(hours=24))
    abroad.world.turn()
    assert str(LATITUDE) not in dump(core)


def test_a_live_location_moves_on_without_a_word_each_time(core: Core, abroad: Small) -> None:
    abroad.world.event(LEARNER, Place(LATITUDE, LONGITUDE, live=True))
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.event(LEARNER, Place(LATITUDE + 1, LONGITUDE, live=True, update=True))
    assert len(abroad.world.phone(LEARNER).messages) == before
    assert len(rows(core, SharedPlace)) == 2


def test_a_town_without_known_numbers_still_gets_112(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        session.get_one(Placement, abroad.placements["lea"]).host_country = "JP"
    abroad.world.say(LEARNER, "/sos")
    assert "emergency number" in last_ones(abroad, 2)


def test_safety_is_said_before_what_was_queued_long_ago(core: Core, abroad: Small) -> None:
    abroad.world.telegram_up = False
    abroad.world.say(LEARNER, "/menu")
    abroad.world.say(LEARNER, "/sos")
    order = rows(core, Outbox, Outbox.chat_id == REFERENT, Outbox.state == "queued")
    assert [row.kind for row in order] == ["alert"]


def test_a_call_for_help_is_newer_than_what_was_said_before_it(abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.wait(minutes=7)
    abroad.world.say(LEARNER, "/sos")
    shown = abroad.world.phone(REFERENT).last.text
    assert "Asked for help. (Mon 2 Mar 21:07)" in shown
    assert "Alert since: Mon 2 Mar 21:00" in shown
    assert "I'm fine" not in shown


def test_a_second_call_after_a_mistake_was_said_is_heard_at_once(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.tap(LEARNER, "Pressed by mistake")
    assert "by mistake" in abroad.world.phone(REFERENT).last.text
    abroad.world.say(LEARNER, "/sos")
    assert alerted(abroad, REFERENT) == 2
    assert "by mistake" not in abroad.world.phone(REFERENT).last.text


def test_words_of_danger_right_after_a_call_for_help_are_heard_too(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.say(LEARNER, "I want to kill myself")
    assert alerted(abroad, REFERENT) == 2
    assert "words that sound like danger" in abroad.world.phone(REFERENT).last.text


def test_words_of_danger_reach_who_has_the_alert_as_what_they_are(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.say(LEARNER, "I want to kill myself")
    assert "words that sound like danger" in abroad.world.phone(REFERENT).last.text


def test_where_nobody_is_on_duty_the_numbers_still_come_first(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        for name in ("claire", "marco"):
            session.get_one(Membership, abroad.memberships[name]).away_until = abroad.world.now + timedelta(days=1)
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.say(LEARNER, "/sos")
    first, *rest = [m.text for m in abroad.world.phone(LEARNER).messages[before:]]
    assert "Emergency numbers in Spain" in first
    assert any("Nobody is on duty" in text for text in rest)
    abroad.world.wait(minutes=5)
    assert "skipped" not in abroad.world.phone(REFERENT).last.text


def test_a_mistake_said_after_the_end_is_passed_on_to_nobody_and_says_so(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.tap(REFERENT, "I'm on it")
    resolve(abroad)
    before = len(abroad.world.phone(REFERENT).messages)
    abroad.world.tap(LEARNER, "Pressed by mistake")
    assert "over already" in abroad.world.phone(LEARNER).text()
    assert len(abroad.world.phone(REFERENT).messages) == before


def test_the_assistance_of_the_insurance_is_there_for_the_learner_and_in_the_alert(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        cohort = session.get_one(Cohort, abroad.cohort_id)
        cohort.assistance_name, cohort.assistance_phone = "Example Assist", "+33 1 99 00 77 77"
    abroad.world.say(LEARNER, "/sos")
    read, alert = abroad.world.phone(LEARNER), abroad.world.phone(REFERENT).last.text
    assert any(
        "Example Assist, assistance of your insurance: <b>+33 1 99 00 77 77</b>" in m.text for m in read.messages
    )
    assert "Assistance of the insurance, Example Assist: +33 1 99 00 77 77" in alert
    assert "Emergency, Spain: <b>112</b>" in alert


def test_who_is_referent_and_backup_at_once_has_one_number(core: Core, abroad: Small) -> None:
    change_stay(core, abroad, backup_id=abroad.memberships["claire"])
    abroad.world.say(LEARNER, "/sos")
    assert [m.text.count("Claire Exemple: <b>") for m in abroad.world.phone(LEARNER).messages][-1:] == [1]
    assert abroad.world.phone(REFERENT).last.text.count("Claire Exemple: <b>") == 1


def test_who_travels_along_is_called_by_learners_and_contact_persons(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        member = session.get_one(Membership, abroad.memberships["marco"])
        member.role = "accompanying"
    change_stay(core, abroad, backup_id=None)
    abroad.world.say(LEARNER, "/sos")
    assert any("Marco Esempio: <b>+33 1 99 00 00 01</b>" in m.text for m in abroad.world.phone(LEARNER).messages)
    assert "Accompanying person Marco Esempio: +33 1 99 00 00 01" in abroad.world.phone(REFERENT).last.text


def test_where_the_learner_is_reaches_whoever_is_told_after_it_was_shared(abroad: Small) -> None:
    abroad.world.locate(LEARNER, LATITUDE, LONGITUDE)
    abroad.world.say(LEARNER, "/sos")
    for chat in (REFERENT, BACKUP):
        assert str(LATITUDE) in abroad.world.phone(chat).text()


@pytest.mark.parametrize("words", ["SOS", "sos!", "🆘"])
def test_the_word_alone_calls_for_help(core: Core, abroad: Small, words: str) -> None:
    abroad.world.say(LEARNER, words)
    assert [alert.reason for alert in rows(core, Alert)] == ["asked_for_help"]
