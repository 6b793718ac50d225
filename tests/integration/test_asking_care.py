"""What protects both sides of a question to a former learner: a second look, the night, reports, danger, reminders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.flows.asking import mark_of
from bot.service import own_data
from bot.service.core import Core
from bot.store.tables import Alert, Audit, Case, Consent, Membership, Question, TelegramAccount
from tests.support.asking import CORA, LEAD, MILA, Pair, pair
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.command_line import CommandLine
from tests.support.looking import change, march, rows, set_person


@pytest.fixture
def both(core: Core, abroad: Small) -> Pair:
    return pair(core, abroad)


def one(both: Pair) -> Question:
    return both.questions()[-1]


def case_naming(both: Pair, name: str) -> None:
    with both.core.store.transaction() as session:
        session.add(Case(placement_id=both.small.placements["lea"], cohort_id=both.small.cohort_id, told=[],
                         opened_at=both.small.world.now, named_role="other",
                         named_id=both.small.people[name]))  # fmt: skip


def guardian_withdraws(both: Pair) -> None:
    word = rows(both.core, Consent, Consent.kind == "guardian")[0]
    change(both.core, word, withdrawn_at=both.small.world.now)


def nobody_in_the_chat(both: Pair) -> None:
    for account in rows(both.core, TelegramAccount, TelegramAccount.chat_id.in_((CORA, LEAD))):
        change(both.core, account, blocked_at=both.small.world.now)


# --- shown once more --------------------------------------------------------------------------------


def test_own_words_go_only_after_they_were_shown_once_more(both: Pair) -> None:
    both.tap(LEARNER, f"ask:own:{both.stay}")
    both.say(LEARNER, "Were the trams full?")
    assert "A coordinator reads this before Mila does" in both.last(LEARNER)
    assert "Were the trams full?" in both.last(LEARNER)
    both.say(LEARNER, "Were the buses full?")
    both.tap(LEARNER, f"ask:send:{mark_of('Were the trams full?')}")
    assert "nothing here to send" in both.small.world.phone(LEARNER).toasts[-1]
    both.small.world.tap(LEARNER, "Change it")
    both.say(LEARNER, "Were the boats full?")
    assert both.questions() == []
    both.small.world.tap(LEARNER, "Send")
    both.tap(LEARNER, f"ask:send:{mark_of('Were the boats full?')}")  # tapped twice
    assert [row.words for row in both.questions()] == ["Were the boats full?"]


def test_words_that_are_dropped_or_sent_half_an_hour_later_stay_here(both: Pair) -> None:
    number = both.ask()
    both.tap(MILA, f"ask:answer:{number}")
    both.say(MILA, "The night trams were full.")
    assert "A coordinator reads this before whoever asked does" in both.last(MILA)
    both.small.world.tap(MILA, "Don't send")
    both.tap(MILA, f"ask:send:{mark_of('The night trams were full.')}")
    both.tap(MILA, f"ask:answer:{number}")
    both.say(MILA, "The night trams were full.")
    both.small.world.clock.set(both.small.world.now + timedelta(minutes=31))
    both.small.world.tap(MILA, "Send")
    assert "half an hour has gone by" in both.last(MILA)
    assert one(both).answer is None


# --- the night --------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_the_night", ["case", "withdrawal"])
def test_a_question_for_the_morning_stays_here_if_one_of_the_two_may_no_longer(both: Pair, in_the_night: str) -> None:
    both.small.world.clock.set(march(2, 22))  # 23:00 where Mila is
    both.tap(LEARNER, f"ask:q:{both.stay}:work:tasks")
    case_naming(both, "mila") if in_the_night == "case" else guardian_withdraws(both)
    both.hours_later(9)
    assert both.read(MILA) == ""
    assert "Your question to Mila is closed" in both.last(LEARNER)


def test_an_answer_passed_on_at_night_comes_in_the_morning_unless_a_case_was_opened(both: Pair) -> None:
    number = both.ask()
    both.answer(number, "Long, and everybody was kind.")
    both.small.world.clock.set(march(2, 23))
    both.tap(CORA, f"ask:yes:{number}")
    assert "comes in the morning" in both.last(CORA)
    assert one(both).state == "passed"
    case_naming(both, "mila")
    both.hours_later(8)
    assert "everybody was kind" not in both.read(LEARNER)
    assert "closed by now" in both.read(MILA)
    change(both.core, rows(both.core, Case)[0], closed_at=both.small.world.now - timedelta(days=9))
    change(both.core, one(both), state="passed", wake_at=both.small.world.now)
    both.hours_later(0)
    assert "everybody was kind" in both.last(LEARNER)


def test_who_passes_on_what_may_not_go_any_more_is_told_so(both: Pair) -> None:
    both.ask_in_words("Were the trams full?")
    guardian_withdraws(both)
    both.tap(CORA, f"ask:yes:{one(both).id}")
    assert "It doesn't go on" in both.last(CORA)


def test_who_is_off_the_map_before_answering_is_not_told_that_the_answer_is_on_its_way(both: Pair) -> None:
    number = both.ask()
    both.tap(MILA, f"ask:answer:{number}")
    both.say(MILA, "It was fine")
    change(both.core, rows(both.core, Consent, Consent.kind == "on_map")[0], withdrawn_at=both.small.world.now)
    both.small.world.tap(MILA, "Send")
    assert "closed" in both.last(MILA)
    assert one(both).answer is None


def test_after_a_no_of_the_coordinator_nobody_reads_that_one_is_still_to_look(both: Pair) -> None:
    both.tap(CORA, f"ask:vet:{both.stay}:no")
    both.tap(MILA, "ask:home")
    assert "Your coordinator decided that you are not on the map" in both.last(MILA)


# --- danger and reports -----------------------------------------------------------------------------


def test_an_answer_that_sounds_like_danger_is_told_to_who_looks_after_the_learner(both: Pair) -> None:
    number = both.ask()
    both.answer(number, "You should just kill yourself")
    assert "hasn't gone on" in both.last(MILA)
    for chat in (LEAD, CORA):
        assert "sounds like danger or a threat" in both.last(chat)
    both.small.world.tap(LEAD, "Read it")
    assert "kill yourself" in both.last(LEAD)
    assert "Why it waits: it sounds like danger" in both.last(LEAD)
    assert "kill" not in both.read(LEARNER)


def test_a_hard_day_that_is_over_alarms_nobody_and_is_read_first(both: Pair) -> None:
    set_person(both.core, both.small.people["lea"], birth_date=date(2000, 1, 1))
    both.answer(both.ask(), "I wanted to go home after two days, I am glad I stayed.")
    assert "If it still is today" in both.read(MILA)
    assert one(both).held_for == "heavy"
    assert "tells of something hard" in both.last(LEAD)
    assert rows(both.core, Alert) == []


def test_a_report_that_nobody_else_can_read_goes_to_the_contact_person_without_the_words(both: Pair) -> None:
    number = both.ask()
    both.answer(number, "Sure, you sound nice.")
    both.tap(CORA, f"ask:yes:{number}")
    nobody_in_the_chat(both)
    both.tap(LEARNER, f"ask:report:{number}")
    assert "reports what a former learner, Mila, wrote" in both.last(REFERENT)
    assert "you sound nice" not in both.read(REFERENT)
    assert "your contact person has been told that you reported something" in both.last(LEARNER)
    both.tap(LEARNER, f"ask:report:{number}")
    assert "reported already" in both.last(LEARNER)


def test_a_report_leaves_out_a_contact_person_whom_a_case_names_and_says_that_it_waits(both: Pair) -> None:
    number = both.ask()
    nobody_in_the_chat(both)
    referent = rows(both.core, Membership, Membership.code == "R01")[0]
    both.small.people["claire"] = referent.person_id
    case_naming(both, "claire")
    both.tap(LEARNER, f"ask:report:{number}")
    assert "reports" not in both.read(REFERENT)
    assert "kept for the school's office" in both.last(LEARNER)


def test_a_card_shows_why_it_waits_and_what_was_written_before(both: Pair) -> None:
    set_person(both.core, both.small.people["lea"], birth_date=date(2000, 1, 1))
    both.ask_in_words("The first half of it: 06 12 3")
    both.tap(CORA, f"ask:see:{one(both).id}")
    assert "Why it waits: there may be a phone number in it" in both.last(CORA)
    both.small.world.clock.set(both.small.world.now + timedelta(days=1, minutes=1))
    both.ask_in_words("Is the workshop a quiet place? 45")
    both.tap(CORA, f"ask:see:{one(both).id}")
    assert "Between these two before" in both.last(CORA)
    assert "The first half of it: 06 12 3" in both.last(CORA)


# --- nobody looks -----------------------------------------------------------------------------------


def test_coordinators_are_reminded_after_a_day_and_every_third_and_nobody_blames_the_other_side(both: Pair) -> None:
    both.ask_in_words("Were the trams full?")
    reminders = []
    for _ in range(7):
        both.hours_later(24)
        reminders.append(both.read(CORA).count("waited more than a day for you"))
    assert reminders == [1, 1, 1, 2, 2, 2, 2]
    assert "No coordinator read your question in time" in both.last(LEARNER)
    assert both.read(MILA) == ""


def test_a_held_answer_that_nobody_read_is_told_to_both(both: Pair) -> None:
    both.answer(both.ask(), "Long, and everybody was kind.")
    both.hours_later(7 * 24)
    assert "no coordinator read it in time" in both.last(LEARNER)
    assert "No coordinator read your answer in time" in both.last(MILA)


def test_a_report_is_reminded_of_until_somebody_has_looked_into_it(both: Pair, run: CommandLine) -> None:
    number = both.ask()
    both.tap(LEARNER, f"ask:report:{number}")
    both.hours_later(25)
    assert "still waits for somebody to look into it" in both.last(LEAD)
    assert run.good("map", "questions", "--open", "--json").json[0]["waits_for_you"]
    assert "Noted" in run.good("map", "question", str(number), "--looked-into").out
    assert "No report" in run("map", "question", str(number), "--looked-into").err
    both.hours_later(100)
    assert both.read(LEAD).count("still waits for somebody") == 1


def test_what_was_reported_outlives_an_erasure_without_a_name_until_it_was_looked_into(both: Pair) -> None:
    number = both.ask()
    both.answer(number, "Sure, you sound nice.")
    both.tap(CORA, f"ask:yes:{number}")
    both.tap(LEARNER, f"ask:report:{number}")
    proof = own_data.erase(both.core, "MILA", None, both.small.world.now).proof
    assert next(one for one in proof["tables"] if one["table"] == "question")["why"] == "report"
    both.tap(LEAD, f"ask:see:{number}")
    assert "you sound nice" in both.last(LEAD)
    assert "Mila" not in both.last(LEAD)
    both.small.world.tap(LEAD, "Looked into")
    assert both.questions() == []
    assert [row.action for row in rows(both.core, Audit, Audit.action == "report_settled")] == ["report_settled"]


# --- who tries again and again ----------------------------------------------------------------------


def test_after_five_refused_tries_nothing_more_goes_until_tomorrow(both: Pair) -> None:
    number = both.ask()
    both.tap(MILA, f"ask:answer:{number}")
    for _ in range(5):
        both.say(MILA, "t.me/mila")
    assert "asking and answering go on tomorrow" in both.last(MILA)
    both.tap(MILA, f"ask:answer:{number}")
    assert "go on tomorrow" in both.small.world.phone(MILA).toasts[-1]
    both.say(MILA, "It was fine")
    assert one(both).answer is None
    both.small.world.deliver()
    assert both.read(CORA).count("tried") == 1
    both.small.world.clock.set(both.small.world.now + timedelta(days=1))
    both.answer(number, "It was fine")
    assert one(both).answer == "It was fine"
