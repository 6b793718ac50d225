"""A roll call is a question of its own: it hurries, says what it is, and takes no daily check-in away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bot.service import rollcall, status
from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, Placement, TelegramAccount
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.looking import change, march, rows

TODAY = date(2026, 3, 2)


def called(core: Core, small: Small) -> dict[str, Any]:
    """The roll is called now; what the desk reads of Lea."""
    (found,) = rollcall.call(core, "SPRING", None, small.world.now)
    small.world.turn()
    return found


def daily(core: Core) -> CheckIn:
    return rows(core, CheckIn, CheckIn.day == TODAY, CheckIn.roll_call == 0)[0]


def calls(core: Core) -> list[CheckIn]:
    return rows(core, CheckIn, CheckIn.roll_call > 0)


def prompts(small: Small) -> int:
    """Those in the chat that still ask."""
    return sum(message.kind == "check_in" for message in small.world.phone(LEARNER).messages)


def test_who_answered_a_roll_call_before_noon_is_asked_in_the_evening_all_the_same(core: Core, abroad: Small) -> None:
    called(core, abroad)
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.travel(march(2, 18, 1))
    assert (daily(core).state, daily(core).due_at, prompts(abroad)) == ("delivered", march(2, 18), 1)


def test_an_answer_in_the_hours_before_the_check_in_counts_for_both(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 15))
    called(core, abroad)
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.travel(march(2, 21))
    assert (daily(core).state, daily(core).answered_at, prompts(abroad)) == ("answered", march(2, 15), 0)


def test_a_roll_call_says_what_it_is_and_asks_for_no_mood(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 15))
    called(core, abroad)
    assert "Roll call. Lea, the people who look after you want to know right now" in abroad.world.phone(LEARNER).text()
    abroad.world.wait(minutes=16)
    assert "the roll call still waits for you" in abroad.world.phone(LEARNER).last.text
    abroad.world.tap(LEARNER, "I'm fine")
    last = abroad.world.phone(LEARNER).last
    assert (last.text, last.buttons) == ("Thank you. I pass on that you answered.", [])


def test_silence_at_a_roll_call_alerts_within_the_hour_and_the_alert_names_it(core: Core, abroad: Small) -> None:
    assert called(core, abroad)["alert_at"] == march(2, 12).isoformat()
    abroad.world.wait(minutes=61)
    assert "Did not answer the roll call of 12:00." in abroad.world.phone(REFERENT).text()
    abroad.world.say(REFERENT, "/alerts")
    assert "Did not answer the roll call of 12:00." in abroad.world.phone(REFERENT).last.text
    assert daily(core).state == "planned"


def test_a_second_roll_call_on_one_day_is_a_second_question(core: Core, abroad: Small) -> None:
    questions = set()
    for _ in range(2):
        called(core, abroad)
        questions.add(abroad.world.phone(LEARNER).find("I'm fine")[0].id)
        abroad.world.tap(LEARNER, "I'm fine")
        abroad.world.wait(minutes=5)
    assert len(questions) == 2
    assert [(row.roll_call, row.state) for row in calls(core)] == [(1, "answered"), (2, "answered")]


def test_while_a_roll_call_still_asks_another_one_does_not_and_says_by_when(core: Core, abroad: Small) -> None:
    called(core, abroad)
    abroad.world.wait(minutes=20)
    assert called(core, abroad)["state"] == "waiting"
    assert len(calls(core)) == 1


def test_whoever_has_not_answered_the_evening_question_answers_it_with_the_roll_call(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18, 30))
    called(core, abroad)
    abroad.world.say(LEARNER, "/checkin")
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.travel(march(2, 21))
    assert {row.state for row in [daily(core), *calls(core)]} == {"answered"}
    assert rows(core, Alert) == []


def test_an_answer_to_the_evening_question_reaches_who_was_alerted_by_a_roll_call(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 17, 30))
    called(core, abroad)
    abroad.world.travel(march(2, 18, 40))
    abroad.world.forge(LEARNER, f"check_in:fine:{daily(core).id}")
    assert "I had already told Claire Exemple" in abroad.world.phone(LEARNER).text()
    assert "Has answered now" in abroad.world.phone(REFERENT).last.text
    assert {row.state for row in [daily(core), *calls(core)]} == {"answered"}


def test_the_button_of_an_answered_question_answers_the_roll_call_that_waits(core: Core, abroad: Small) -> None:
    called(core, abroad)
    abroad.world.tap(LEARNER, "I'm fine")
    called(core, abroad)
    first, _ = calls(core)
    abroad.world.forge(LEARNER, f"check_in:fine:{first.id}")
    assert [row.state for row in calls(core)] == ["answered", "answered"]


def test_a_roll_call_stands_beside_the_check_ins_of_the_day(core: Core, abroad: Small) -> None:
    called(core, abroad)
    found = status.of_cohort(core, "SPRING", abroad.world.now)
    assert found["check_ins"]["today"]["planned"] == 1
    assert [row["code"] for row in found["roll_call"]["not_answered"]] == ["L01"]
    abroad.world.tap(LEARNER, "I'm fine")
    found = status.of_cohort(core, "SPRING", abroad.world.now + timedelta(hours=14))["roll_call"]
    assert (found["answered"], found["waiting"], found["not_answered"]) == (1, 0, [])


def test_who_has_no_telegram_is_called_on_the_telephone(core: Core, abroad: Small) -> None:
    change(core, rows(core, Placement)[0], by_phone=True)
    change(core, rows(core, TelegramAccount, TelegramAccount.chat_id == LEARNER)[0], revoked_at=abroad.world.now)
    assert called(core, abroad)["state"] == "asking"
    assert "<b>Roll call:</b> please call <b>Lea Beispiel</b> right now" in abroad.world.phone(REFERENT).last.text
