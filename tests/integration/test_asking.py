"""Questions to former learners, from both sides and from the coordinator's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.service import asking, places
from bot.service.core import Core
from bot.store.tables import Audit, Person
from tests.support import golden
from tests.support.asking import CORA, LEAD, MILA, Pair, former, pair
from tests.support.cohort import LEARNER, Small
from tests.support.looking import march, rows, set_person


@pytest.fixture
def both(core: Core, abroad: Small) -> Pair:
    return pair(core, abroad)


def shown(both: Pair) -> list[str]:
    with both.core.store.transaction() as session:
        found = places.ambassadors(session, both.core.content, both.small.world.now)
        return [place.name for place in found]


def mila(both: Pair) -> Person:
    return rows(both.core, Person, Person.id == both.small.people["mila"])[0]


# --- the way there and back -------------------------------------------------------------------------


def test_a_minor_asks_what_is_offered_and_reads_the_answer(both: Pair) -> None:
    world = both.small.world
    world.say(LEARNER, "/map")
    world.tap(LEARNER, "Mila")
    world.tap(LEARNER, "Ask a question")
    assert "A coordinator can read everything" in both.last(LEARNER)
    world.tap(LEARNER, "At work")
    world.tap(LEARNER, "1")
    assert "goes to Mila" in both.last(LEARNER)
    assert "What was your first day at work like?" in both.last(MILA)
    assert "Lea" not in both.read(MILA)
    world.tap(MILA, "Answer")
    both.send(MILA, "Long, and everybody was kind.")
    assert "Long, and everybody" not in both.read(LEARNER)
    world.tap(CORA, "Read it")
    world.tap(CORA, "Pass it on")
    world.deliver()
    assert "Long, and everybody was kind." in both.last(LEARNER)
    assert "A coordinator can read this, too" in both.last(LEARNER)
    assert "Muestra" not in both.read(LEARNER)


def test_words_after_a_call_for_help_or_long_after_the_tap_go_to_no_stranger(both: Pair) -> None:
    world = both.small.world
    stay = both.small.placements["mila"]
    both.tap(LEARNER, f"ask:own:{stay}")
    world.say(LEARNER, "/sos")
    both.say(LEARNER, "I wait at the bus stop in front of the bakery")
    both.tap(LEARNER, f"ask:own:{stay}")
    world.clock.set(world.now + timedelta(minutes=31))
    both.say(LEARNER, "My flatmate snores and I miss my mum")
    assert both.questions() == []


def test_a_minors_own_words_wait_for_a_coordinator(both: Pair) -> None:
    both.ask_in_words("Were the night trams full?")
    assert "A coordinator reads your question first" in both.last(LEARNER)
    assert both.read(MILA) == ""
    both.small.world.tap(CORA, "Read it")
    assert "Were the night trams full?" in both.last(CORA)
    both.small.world.tap(CORA, "Pass it on")
    both.small.world.deliver()
    assert "Were the night trams full?" in both.last(MILA)


def test_a_coordinator_refuses_with_a_reason_that_the_learner_is_told(both: Pair) -> None:
    both.ask_in_words("Why are you so slow?")
    number = both.questions()[0].id
    both.tap(CORA, f"ask:no:{number}:unkind")
    both.small.world.deliver()
    assert "It could hurt" in both.last(LEARNER)
    assert both.read(MILA) == ""


def test_an_adult_writes_freely_and_doubtful_words_are_read_first(both: Pair) -> None:
    set_person(both.core, both.small.people["lea"], birth_date=date(2000, 1, 1))
    both.ask_in_words("Were the night trams full?")
    both.small.world.deliver()
    assert "Were the night trams full?" in both.last(MILA)
    both.answer(both.questions()[0].id, "Yes. Is WhatsApp common at home, too?")
    assert "A coordinator reads your answer first" in both.last(MILA)
    assert "WhatsApp" not in both.read(LEARNER)
    both.tap(CORA, f"ask:yes:{both.questions()[0].id}")
    both.small.world.deliver()
    assert "WhatsApp" in both.last(LEARNER)


def test_an_answer_with_the_writers_own_surname_is_read_first(both: Pair) -> None:
    both.answer(both.ask(), "Just look for Muestra")
    assert "A coordinator reads your answer first" in both.last(MILA)
    assert "Muestra" not in both.read(LEARNER)


def test_words_of_danger_go_nowhere_and_help_comes_first(both: Pair) -> None:
    both.ask_in_words("I want to kill myself")
    assert both.questions() == []
    assert both.read(MILA) == ""
    assert any(label == "🆘 SOS" or "SOS" in label for label, _ in both.small.world.phone(LEARNER).last.buttons) or (
        "112" in both.read(LEARNER)
    )


# --- nobody gives away how to reach them ------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["My number is 06 12 34 56 78", "add me on insta: lea_b", "zero six one two three four five"]
)
def test_ways_to_reach_somebody_pass_in_neither_direction(both: Pair, words: str) -> None:
    both.ask_in_words(words)
    assert both.questions() == []
    assert "Nothing was passed on" in both.last(LEARNER)
    number = both.ask()
    both.answer(number, words)
    assert "Nothing was passed on" in both.last(MILA)
    assert both.questions()[0].answer is None


def test_who_keeps_trying_is_told_to_a_coordinator(both: Pair) -> None:
    both.tap(LEARNER, f"ask:own:{both.stay}")
    for _ in range(3):
        both.say(LEARNER, "t.me/lea")
    both.small.world.deliver()
    assert "tried 3 times" in both.last(CORA)
    assert "t.me" not in both.read(CORA)


def test_a_number_in_pieces_is_refused(both: Pair) -> None:
    set_person(both.core, both.small.people["lea"], birth_date=date(2000, 1, 1))
    both.ask_in_words("First half of the secret plan: 06 12 3")
    assert both.questions()[0].state == "waits"
    both.small.world.clock.set(both.small.world.now + timedelta(days=1, minutes=1))
    both.ask_in_words("4 56 78")
    assert "Nothing was passed on" in both.last(LEARNER)


# --- bounds -----------------------------------------------------------------------------------------


def test_an_ambassador_gets_them_by_day_and_no_more_than_they_want(core: Core, both: Pair) -> None:
    world = both.small.world
    world.clock.set(march(2, 22))  # 23:00 in Lyon, where Mila is
    both.tap(LEARNER, f"ask:q:{both.stay}:work:first_day")
    assert both.read(MILA) == ""
    assert both.questions()[0].goes_at == march(3, 6)
    both.tap(LEARNER, f"ask:q:{both.stay}:work:tasks")
    assert "within the last day" in both.last(LEARNER)
    both.hours_later(9)
    assert both.read(MILA).count("asks you") == 1
    both.tap(MILA, "ask:limit:1")
    world.clock.set(march(4, 7))
    both.tap(LEARNER, f"ask:q:{both.stay}:work:tasks")
    assert "as many questions this week" in both.last(LEARNER)


def test_three_open_questions_are_enough(core: Core, both: Pair) -> None:
    for number, name in enumerate(("ana", "bob", "eva"), start=31):
        former(core, both.small, name, number)
        both.tap(LEARNER, f"ask:q:{both.small.placements[name]}:work:tasks")
    both.tap(LEARNER, f"ask:q:{both.stay}:work:tasks")
    assert "Three of your questions" in both.last(LEARNER)
    both.tap(LEARNER, f"ask:back:{both.questions()[0].id}")
    both.tap(LEARNER, f"ask:q:{both.stay}:work:tasks")
    assert "goes to Mila" in both.last(LEARNER)


def test_of_questions_passed_on_together_no_more_go_in_a_week_than_they_want(both: Pair) -> None:
    both.tap(MILA, "ask:limit:1")
    for n in range(2):
        both.ask_in_words(f"Was the workshop a quiet place {'then' if n else 'now'}?")
        both.small.world.clock.set(both.small.world.now + timedelta(days=1, minutes=1))
    for one in both.questions():
        both.tap(CORA, f"ask:yes:{one.id}")
    first, second = (one.goes_at for one in both.questions())
    assert first is not None
    assert second is not None
    assert second - first >= timedelta(days=7)


def test_after_a_week_without_an_answer_the_learner_is_told(both: Pair) -> None:
    number = both.ask()
    both.small.world.clock.set(both.small.world.now + timedelta(days=7, hours=1))
    asking.wake(both.core, both.small.world.now, 10)
    both.small.world.deliver()
    assert "There is no answer from Mila" in both.read(LEARNER)
    both.tap(MILA, f"ask:answer:{number}")
    assert "closed" in both.small.world.phone(MILA).toasts[-1]


# --- stopping and reporting -------------------------------------------------------------------------


@pytest.mark.parametrize("chat", [LEARNER, MILA])
def test_either_stops_with_one_tap_and_nothing_goes_any_more(both: Pair, chat: int) -> None:
    number = both.ask()
    both.tap(chat, f"ask:stop:{number}")
    both.tap(MILA, f"ask:answer:{number}")
    both.say(MILA, "Hello again")
    assert both.questions()[0].answer is None
    both.small.world.clock.set(both.small.world.now + timedelta(days=2))
    both.tap(LEARNER, f"ask:new:{both.stay}")
    assert "Nothing goes between you two" in both.last(LEARNER)


def test_a_report_reaches_safeguarding_at_once_and_ends_it(both: Pair) -> None:
    number = both.ask()
    both.answer(number, "Sure, you sound nice.")
    both.small.world.clock.set(march(2, 23))
    both.tap(LEARNER, f"ask:report:{number}")
    assert "reports what a former learner, Mila, wrote" in both.last(LEAD)
    both.small.world.tap(LEAD, "Read it")
    assert "you sound nice" in both.last(LEAD)
    assert [row.action for row in rows(both.core, Audit, Audit.action == "question_read")] == ["question_read"]
    both.small.world.clock.set(both.small.world.now + timedelta(days=2))
    both.tap(LEARNER, f"ask:new:{both.stay}")
    assert "doesn't answer questions any more" in both.last(LEARNER)
    assert shown(both) == []
    assert "Mila" in both.read(CORA)
    both.tap(CORA, f"ask:vet:{both.stay}:yes")
    assert shown(both) == ["Mila"]


# --- a whole conversation ---------------------------------------------------------------------------


def test_a_conversation_from_all_sides_reads_well(both: Pair) -> None:
    world = both.small.world
    world.phone(LEARNER).messages.clear()
    both.tap(LEARNER, f"ask:new:{both.stay}")
    # What a tap puts in its place stays to be read here.
    world.phone(LEARNER).messages.insert(0, replace(world.phone(LEARNER).last, id=0))
    for label in ("People", "2"):
        world.tap(LEARNER, label)
    world.tap(MILA, "Answer")
    both.say(MILA, "Calling my sister. Write me: mila.m@example.org")
    both.send(MILA, "Calling my sister on Sundays, and baking.")
    world.tap(CORA, "Read it")
    world.tap(CORA, "Pass it on")
    world.deliver()
    world.clock.set(march(4, 9))
    world.tap(LEARNER, "Ask something else")
    world.tap(LEARNER, "A question of my own")
    both.send(LEARNER, "Did your sister visit you?")
    world.tap(CORA, "Read it")
    world.tap(CORA, "Don't pass it on")
    world.tap(CORA, "Too private")
    world.deliver()
    world.tap(LEARNER, "My questions")
    chats = {"Lea, who asks": LEARNER, "Mila, who answers": MILA, "Cora, who coordinates": CORA}
    golden.check("asking", "\n\n".join(f"### {who}\n{world.phone(chat).text()}" for who, chat in chats.items()) + "\n")
