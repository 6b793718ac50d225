"""Planned silence: asked for in the chat, agreed to by somebody responsible, and what stays awake all the while."""

from __future__ import annotations

from datetime import date

import pytest

from bot.service import erasing, rollcall
from bot.service.core import Core
from bot.store.tables import Alert, Audit, CheckIn, Membership, Pause
from tests.support.cohort import (
    BACKUP,
    COORDINATOR,
    LEARNER,
    REFERENT,
    SECOND_LEARNER,
    Begin,
    Small,
    add_learner,
    add_staff,
    small_cohort,
)
from tests.support.looking import SEVENTEEN, change, change_stay, dump, march, paper_consent, rows, set_person


def seventeen(core: Core) -> Small:
    """Lea is seventeen and abroad; it is Monday, 2 March, noon in Seville."""
    small = small_cohort(core, start=march(2, 11))
    set_person(core, small.people["lea"], birth_date=SEVENTEEN)
    paper_consent(core, small, "lea")
    small.join_staff()
    small.join()
    small.world.turn()
    return small


@pytest.fixture
def minor(begin: Begin) -> Small:
    return begin(seventeen)


def ask(small: Small, *buttons: str) -> None:
    small.world.say(LEARNER, "/pause")
    for label in buttons:
        small.world.tap(LEARNER, label)
    small.world.turn()


def tomorrow(small: Small, days: int = 1, begin: str = "Ask for the pause") -> None:
    """Ask for Tuesday, 3 March, and the days after it."""
    until = ["Tuesday, 3 Mar 2026", "Wednesday, 4 Mar 2026", "Thursday, 5 Mar 2026"][days - 1]
    ask(small, "Tomorrow", until, begin)


def questions(small: Small) -> list[int]:
    """Days of March on which the learner was asked."""
    return [c.day.day for c in rows(small.world.core, CheckIn) if c.asked_at is not None]


def answer_until(small: Small, day: int) -> None:
    """Evening by evening, answering where there is a question."""
    for evening in range(small.world.now.day, day + 1):
        small.world.travel(march(evening, 18, 5))
        if small.world.phone(LEARNER).last.kind == "check_in":
            small.world.tap(LEARNER, "I'm fine")


def the_pause(core: Core) -> Pause:
    (found,) = rows(core, Pause)
    return found


def test_both_referents_are_asked_and_nothing_is_paused_before_one_agrees(core: Core, minor: Small) -> None:
    tomorrow(minor)
    for chat in (REFERENT, BACKUP):
        assert "asks for a pause" in minor.world.phone(chat).last.text
        assert [label for label, _ in minor.world.phone(chat).last.buttons] == ["Agree", "Don't agree"]
    assert the_pause(core).state == "asked"


def test_the_first_answer_wins_and_the_others_are_told(core: Core, minor: Small) -> None:
    tomorrow(minor)
    minor.world.tap(BACKUP, "Agree")
    minor.world.turn()
    assert "Marco Esempio has agreed" in minor.world.phone(REFERENT).last.text
    assert "Marco Esempio has agreed" in minor.world.phone(LEARNER).last.text
    minor.world.tap(REFERENT, "Don't agree")
    assert "Marco Esempio has agreed" in minor.world.phone(REFERENT).last.text
    assert the_pause(core).state == "on"


def test_on_paused_days_nobody_is_asked_and_silence_alerts_nobody(core: Core, minor: Small) -> None:
    tomorrow(minor, days=3)
    minor.world.tap(REFERENT, "Agree")
    answer_until(minor, 8)
    assert questions(minor) == [2, 6, 7, 8]
    assert rows(core, Alert) == []


def test_the_first_check_in_after_a_pause_is_judged_as_usual(core: Core, minor: Small) -> None:
    tomorrow(minor)
    minor.world.tap(REFERENT, "Agree")
    answer_until(minor, 3)
    minor.world.travel(march(4, 20, 5))
    assert [a.reason for a in rows(core, Alert)] == ["not_answered"]


def test_refused_means_check_ins_go_on_and_the_learner_reads_who_said_so(minor: Small) -> None:
    tomorrow(minor)
    minor.world.tap(REFERENT, "Don't agree")
    minor.world.turn()
    assert "Claire Exemple would like your check-ins to go on" in minor.world.phone(LEARNER).last.text
    answer_until(minor, 3)
    assert questions(minor) == [2, 3]


def test_what_nobody_answered_lapses_and_the_learner_knows_before_the_evening(core: Core, minor: Small) -> None:
    tomorrow(minor)
    answer_until(minor, 2)
    minor.world.travel(march(3, 17))
    assert "Nobody has answered your wish for a pause in time" in minor.world.phone(LEARNER).last.text
    assert "Check-ins go on as usual" in minor.world.phone(REFERENT).last.text
    minor.world.tap(REFERENT, "Agree")
    assert "This request is over" in minor.world.phone(REFERENT).text()
    minor.world.travel(march(3, 18))
    assert questions(minor) == [2, 3]
    assert the_pause(core).state == "lapsed"


def test_a_request_at_night_wakes_nobody(minor: Small) -> None:
    answer_until(minor, 2)
    minor.world.travel(march(2, 22))
    before = len(minor.world.phone(REFERENT).messages)
    ask(minor, "Another day", "Wednesday, 4 Mar 2026", "Wednesday, 4 Mar 2026", "Ask for the pause")
    assert len(minor.world.phone(REFERENT).messages) == before
    minor.world.travel(march(3, 6, 1))
    assert "asks for a pause" in minor.world.phone(REFERENT).last.text


def test_three_days_are_the_most_for_a_minor_and_seven_for_who_is_of_age(abroad: Small, core: Core) -> None:
    abroad.world.say(LEARNER, "/pause")
    assert "At most 7 days" in abroad.world.phone(LEARNER).last.text
    abroad.world.tap(LEARNER, "Tomorrow")
    assert len(abroad.world.phone(LEARNER).last.buttons) == 8  # and back
    set_person(core, abroad.people["lea"], birth_date=SEVENTEEN)
    abroad.world.say(LEARNER, "/pause")
    assert "At most 3 days" in abroad.world.phone(LEARNER).last.text
    abroad.world.forge(LEARNER, "pause:yes:20260303:20260306")
    assert rows(core, Pause) == []


def test_who_is_of_age_pauses_at_once_and_the_referents_are_told(core: Core, abroad: Small) -> None:
    tomorrow(abroad, 2, "Begin the pause")
    assert the_pause(core).state == "on"
    for chat in (REFERENT, BACKUP):
        assert "at their own wish" in abroad.world.phone(chat).last.text
    answer_until(abroad, 5)
    assert questions(abroad) == [2, 5]


def test_what_was_planned_for_paused_days_is_excused(core: Core, abroad: Small) -> None:
    tomorrow(abroad, 1, "Begin the pause")
    states = {c.day.day: c.state for c in rows(core, CheckIn)}
    assert (states[2], states[3], states[4]) == ("planned", "excused", "planned")


def test_ending_it_plans_the_days_again(core: Core, abroad: Small) -> None:
    tomorrow(abroad, 3, "Begin the pause")
    answer_until(abroad, 3)
    abroad.world.travel(march(4, 10))
    ask(abroad, "End the pause")
    assert "from Wednesday, 4 March 2026 on" in abroad.world.phone(LEARNER).last.text
    assert "is over" in abroad.world.phone(REFERENT).last.text
    answer_until(abroad, 5)
    assert questions(abroad) == [2, 4, 5]


def test_ending_it_in_the_evening_does_not_bring_a_question_whose_hour_is_over(core: Core, abroad: Small) -> None:
    tomorrow(abroad, 3, "Begin the pause")
    answer_until(abroad, 2)
    abroad.world.travel(march(3, 19))
    ask(abroad, "End the pause")
    assert "from Wednesday, 4 March 2026 on" in abroad.world.phone(LEARNER).last.text
    abroad.world.travel(march(4, 17))
    assert questions(abroad) == [2]


def test_a_referent_ends_it_and_learner_and_others_read_who(abroad: Small) -> None:
    tomorrow(abroad, 3, "Begin the pause")
    answer_until(abroad, 3)
    abroad.world.travel(march(4, 10))
    abroad.world.tap(REFERENT, "End the pause")
    abroad.world.turn()
    assert "Claire Exemple has ended your pause" in abroad.world.phone(LEARNER).last.text
    assert "Claire Exemple has ended the pause" in abroad.world.phone(BACKUP).last.text
    answer_until(abroad, 4)
    assert questions(abroad) == [2, 4]


def test_a_request_can_be_taken_back(core: Core, minor: Small) -> None:
    tomorrow(minor)
    ask(minor, "Take it back")
    assert "no longer wants the pause" in minor.world.phone(REFERENT).last.text
    assert (the_pause(core).state, the_pause(core).wake_at) == ("withdrawn", None)


def test_what_is_asked_for_and_taken_back_at_night_is_no_news_in_the_morning(minor: Small) -> None:
    minor.world.travel(march(2, 18, 5))
    minor.world.tap(LEARNER, "I'm fine")
    minor.world.travel(march(2, 22))
    tomorrow(minor)
    ask(minor, "Take it back")
    minor.world.travel(march(3, 9))
    assert "I've asked Claire" in minor.world.phone(LEARNER).text()
    assert [chat for chat in (REFERENT, BACKUP) if "pause" in minor.world.phone(chat).text()] == []


def test_sos_works_in_a_pause_and_the_alert_says_that_check_ins_pause(core: Core, abroad: Small) -> None:
    tomorrow(abroad, 2, "Begin the pause")
    answer_until(abroad, 3)
    abroad.world.say(LEARNER, "/sos")
    (alert,) = rows(core, Alert)
    assert alert.reason == "asked_for_help"
    assert "Check-ins paused from Tuesday, 3 March 2026" in abroad.world.phone(REFERENT).last.text


def test_with_an_open_alert_there_is_no_pause(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    ask(abroad)
    assert "An alert about you is still open" in abroad.world.phone(LEARNER).last.text
    abroad.world.forge(LEARNER, "pause:yes:20260304:20260304")
    assert rows(core, Pause) == []


def test_an_alert_raised_meanwhile_cannot_be_paused_by_agreeing(core: Core, minor: Small) -> None:
    tomorrow(minor)
    minor.world.say(LEARNER, "/sos")
    minor.world.tap(BACKUP, "Agree")
    assert "is open, so check-ins can't pause now" in minor.world.phone(BACKUP).text()
    assert the_pause(core).state == "asked"


def test_a_question_that_waits_is_answered_first(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    ask(abroad)
    assert "answer it first" in abroad.world.phone(LEARNER).last.text
    abroad.world.tap(LEARNER, "I'm fine")
    ask(abroad)
    assert "From when?" in abroad.world.phone(LEARNER).last.text


def test_with_nobody_to_agree_check_ins_go_on(core: Core) -> None:
    small = small_cohort(core, start=march(2, 11))
    set_person(core, small.people["lea"], birth_date=SEVENTEEN)
    paper_consent(core, small, "lea")
    small.join()
    ask(small)
    assert "can't reach anybody" in small.world.phone(LEARNER).last.text
    small.world.forge(LEARNER, "pause:yes:20260303:20260303")
    assert rows(core, Pause) == []


def test_the_coordinator_is_asked_where_no_referent_can_be_reached(core: Core) -> None:
    small = small_cohort(core, start=march(2, 11))
    add_staff(core, small, "nina", "Nina", "Primer", "coordinator", "C01")
    set_person(core, small.people["lea"], birth_date=SEVENTEEN)
    paper_consent(core, small, "lea")
    small.world.say(COORDINATOR, f"/start {small.tokens['nina']}")
    small.world.tap(COORDINATOR, "English")
    small.join()
    tomorrow(small)
    assert "asks for a pause" in small.world.phone(COORDINATOR).last.text


def test_who_is_away_is_not_asked_but_who_stands_in(core: Core, minor: Small) -> None:
    (claire,) = rows(core, Membership, Membership.id == minor.memberships["claire"])
    change(core, claire, away_until=march(6, 12), substitute_id=minor.memberships["marco"])
    before = len(minor.world.phone(REFERENT).messages)
    tomorrow(minor)
    assert len(minor.world.phone(REFERENT).messages) == before
    minor.world.tap(BACKUP, "Agree")
    assert the_pause(core).state == "on"


def test_nobody_else_decides(core: Core, minor: Small) -> None:
    add_learner(core, minor, "tom", "Tom", "Muster", "L02")
    minor.join("tom", SECOND_LEARNER)
    tomorrow(minor)
    for chat in (LEARNER, SECOND_LEARNER, 99):
        for action in ("agree", "refuse", "stop"):
            if (chat, action) != (LEARNER, "stop"):
                minor.world.forge(chat, f"pause:{action}:{the_pause(core).id}")
    assert the_pause(core).state == "asked"


@pytest.mark.parametrize(
    "data",
    ["pause:", "pause:from", "pause:from:20261399", "pause:until:20260303", "pause:yes:20260303:x", "pause:agree:x",
     "pause:yes:99991231:99991231", "pause:stop:999999999999999999", "pause:stop:²", "pause:from:٢٠٢٦٠٣٠٣"],
)  # fmt: skip
def test_forged_buttons_change_nothing(core: Core, abroad: Small, data: str) -> None:
    abroad.world.forge(LEARNER, data)
    assert rows(core, Pause) == []


def test_agreeing_after_the_hour_was_moved_forward_pauses_nothing(core: Core, minor: Small) -> None:
    tomorrow(minor)
    answer_until(minor, 2)
    change_stay(core, minor, check_in_at="17:00")
    minor.world.travel(march(3, 16, 5))
    minor.world.tap(REFERENT, "Agree")
    minor.world.turn()
    assert the_pause(core).state == "lapsed"
    assert questions(minor) == [2, 3]
    assert "Nobody has answered your wish for a pause in time" in minor.world.phone(LEARNER).text()


def test_a_referents_stop_of_a_request_is_a_refusal(core: Core, minor: Small) -> None:
    tomorrow(minor)
    minor.world.forge(REFERENT, f"pause:stop:{the_pause(core).id}")
    assert the_pause(core).state == "refused"


def test_a_roll_call_asks_in_a_pause_too(core: Core, abroad: Small) -> None:
    tomorrow(abroad, 2, "Begin the pause")
    answer_until(abroad, 2)
    abroad.world.travel(march(3, 10))
    rollcall.call(core, "SPRING", None, abroad.world.now)
    abroad.world.turn()
    assert questions(abroad) == [2, 3]


def test_moved_dates_bring_a_travel_day_its_question_back(core: Core, abroad: Small) -> None:
    tomorrow(abroad, 3, "Begin the pause")
    change_stay(core, abroad, arrival_date=date(2026, 3, 4), departure_date=date(2026, 3, 4))
    abroad.world.turn()
    assert date(2026, 3, 4) not in [c.day for c in rows(core, CheckIn, CheckIn.state == "excused")]


def test_referents_see_the_pause_among_their_learners(minor: Small) -> None:
    tomorrow(minor)
    minor.world.say(REFERENT, "/learners")
    assert "Asks for a pause" in minor.world.phone(REFERENT).last.text
    minor.world.tap(REFERENT, "Lea Beispiel")
    minor.world.tap(REFERENT, "Agree")
    minor.world.say(REFERENT, "/learners")
    assert "Check-ins pause on Tuesday, 3 March 2026" in minor.world.phone(REFERENT).last.text


def test_the_log_keeps_who_asked_and_who_agreed(core: Core, minor: Small) -> None:
    tomorrow(minor)
    minor.world.tap(BACKUP, "Agree")
    found = [(a.action, a.actor_id) for a in rows(core, Audit) if a.action.startswith("pause")]
    assert found == [("pause_asked", minor.people["lea"]), ("pause_agreed", minor.people["marco"])]


def test_erasing_forgets_pauses(core: Core, abroad: Small) -> None:
    tomorrow(abroad, 1, "Begin the pause")
    abroad.world.say(LEARNER, "/privacy")
    with core.store.transaction() as session:
        erasing.erase(core, session, abroad.people["lea"], abroad.world.now, None)
    assert rows(core, Pause) == []
    assert "pause: " not in dump(core)
