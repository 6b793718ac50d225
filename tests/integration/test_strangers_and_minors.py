"""Every way in which a stranger could reach a minor through questions to former learners, tried and refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bot.flows.vocabulary import Document, Edited, Event, Forwarded, Other, Photo, Place, Voice, Words
from bot.service import asking, own_data, places, retention
from bot.service.core import Core
from bot.store.tables import Case, Consent, Membership, Outbox, Placement, TelegramAccount
from tests.support.asking import CORA, LEAD, MILA, Pair, former, in_chat, pair
from tests.support.cohort import (
    GUARDIAN,
    LEARNER,
    REFERENT,
    SECOND_LEARNER,
    Small,
    add_learner,
    add_staff,
)
from tests.support.looking import add_guardian, change, rows, set_person

NOBODY = 99  # a chat that belongs to nobody here


@pytest.fixture
def both(core: Core, abroad: Small) -> Pair:
    return pair(core, abroad)


def on_the_map(both: Pair) -> list[str]:
    with both.core.store.transaction() as session:
        found = places.public(session, both.core.content, both.small.world.now)
        return [place.name for place in found if place.kind == "ambassador"]


def stay_of(both: Pair, name: str = "mila") -> Placement:
    return rows(both.core, Placement, Placement.id == both.small.placements[name])[0]


# --- who is not, or no longer, somebody to ask ------------------------------------------------------


def _minor(both: Pair) -> None:
    set_person(both.core, both.small.people["mila"], birth_date=date(2008, 3, 3))  # 18 tomorrow


def _no_birth_date(both: Pair) -> None:
    set_person(both.core, both.small.people["mila"], birth_date=None)


def _staff_without_birth_date(both: Pair) -> None:
    set_person(both.core, both.small.people["mila"], birth_date=None)
    change(both.core, stay_of(both), status="staff")


def _withdrawn(both: Pair) -> None:
    both.tap(MILA, "ask:leave")


def _withdrawn_in_settings(both: Pair) -> None:
    both.tap(MILA, "settings:ambassador:off")


def _erased(both: Pair) -> None:
    own_data.erase(both.core, "MILA", None, both.small.world.now)


def _blocked(both: Pair) -> None:
    both.small.world.block(MILA)


def _unlinked(both: Pair) -> None:
    account = rows(both.core, TelegramAccount, TelegramAccount.chat_id == MILA)[0]
    change(both.core, account, revoked_at=both.small.world.now)


def _other_role(both: Pair) -> None:
    with both.core.store.transaction() as session:
        session.add(Membership(person_id=both.small.people["mila"], role="referent", code="R9",
                               cohort_id=both.small.cohort_id, created_at=both.small.world.now))  # fmt: skip


def _learner_again(both: Pair) -> None:
    add_learner(both.core, both.small, "again", "Mila", "Muestra", "AGAIN")
    change(both.core, stay_of(both, "again"), person_id=both.small.people["mila"])


def _named_in_a_case(both: Pair) -> None:
    with both.core.store.transaction() as session:
        session.add(Case(placement_id=both.small.placements["lea"], cohort_id=both.small.cohort_id, told=[],
                         opened_at=both.small.world.now, named_role="other",
                         named_id=both.small.people["mila"]))  # fmt: skip


def _case_closed_since(both: Pair) -> None:
    _named_in_a_case(both)
    change(both.core, rows(both.core, Case)[0], closed_at=both.small.world.now)


def _taken_off_by_the_desk(both: Pair) -> None:
    both.tap(CORA, f"ask:vet:{both.stay}:no")


def _agreed_too_long_ago(both: Pair) -> None:
    word = rows(both.core, Consent, Consent.kind == "on_map")[0]
    change(both.core, word, at=both.small.world.now - timedelta(days=366))


WAYS = (
    _minor, _no_birth_date, _staff_without_birth_date, _withdrawn, _withdrawn_in_settings, _erased, _blocked, _unlinked,
    _other_role, _learner_again, _named_in_a_case, _case_closed_since, _taken_off_by_the_desk, _agreed_too_long_ago,
)  # fmt: skip


@pytest.mark.parametrize("happens", WAYS, ids=lambda one: one.__name__[1:])
def test_who_may_not_be_asked_is_neither_seen_nor_asked_nor_heard(both: Pair, happens: Callable[[Pair], None]) -> None:
    number = both.ask()
    happens(both)
    assert on_the_map(both) == []
    both.tap(LEARNER, f"map:card:a{both.stay}:-:-")
    assert "no longer on the map" in both.small.world.phone(LEARNER).toasts[-1]
    for data in (f"ask:new:{both.stay}", f"ask:own:{both.stay}", f"ask:q:{both.stay}:work:tasks"):
        both.tap(LEARNER, data)
        assert "doesn't answer questions any more" in both.last(LEARNER)
    if happens is not _blocked:  # who writes has unblocked the bot
        both.answer(number, "It was a long day")
    both.small.world.deliver()
    assert "It was a long day" not in both.read(LEARNER)
    assert not [one for one in both.questions() if one.answer]


def test_who_leaves_ends_open_questions_kindly_and_words_under_way_stay_here(both: Pair) -> None:
    both.small.world.clock.set(both.small.world.now + timedelta(hours=10))  # at night nothing goes to Mila
    both.tap(LEARNER, f"ask:q:{both.stay}:work:tasks")
    both.tap(MILA, "ask:leave")
    both.hours_later(11)
    assert "Your question to Mila is closed" in both.read(LEARNER)
    assert "or is there now, asks you" not in both.read(MILA)


def test_a_daily_look_ends_what_a_birthday_or_a_year_has_ended(both: Pair) -> None:
    both.ask()
    _agreed_too_long_ago(both)
    with both.core.store.transaction() as session:
        asking.look(both.core, session, both.small.cohort_id, both.small.world.now)
    assert both.questions()[0].state == "ended"


# --- who may not ask --------------------------------------------------------------------------------


def _no_guardian(both: Pair) -> None:
    word = rows(both.core, Consent, Consent.kind == "guardian")[0]
    change(both.core, word, withdrawn_at=both.small.world.now)


def _back_home(both: Pair) -> None:
    change(both.core, stay_of(both, "lea"), departure_date=date(2026, 2, 1), arrival_date=date(2026, 2, 1),
           return_date=date(2026, 2, 20))  # fmt: skip


@pytest.mark.parametrize("happens", [_no_guardian, _back_home], ids=lambda one: one.__name__[1:])
def test_who_may_not_ask_is_told_and_nothing_goes(both: Pair, happens: Callable[[Pair], None]) -> None:
    happens(both)
    both.tap(LEARNER, f"ask:q:{both.stay}:work:tasks")
    assert "Questions are for learners" in both.last(LEARNER)
    both.tap(LEARNER, f"ask:own:{both.stay}")
    both.say(LEARNER, "How was it?")
    assert both.questions() == []


def test_nobody_asks_themselves_or_as_somebody_without_a_stay(both: Pair) -> None:
    for chat in (MILA, REFERENT, CORA, LEAD, NOBODY):
        both.tap(chat, f"ask:q:{both.stay}:work:tasks")
        both.tap(chat, f"ask:own:{both.stay}")
        both.say(chat, "How was it?")
    assert both.questions() == []


# --- buttons that are not one's own -----------------------------------------------------------------


def test_buttons_of_others_show_and_change_nothing(core: Core, both: Pair) -> None:
    both.ask_in_words("Is the workshop a quiet place?")
    number = both.questions()[0].id
    add_learner(core, both.small, "noe", "Noé", "Ejemplo", "L07")
    in_chat(core, both.small, "noe", SECOND_LEARNER)
    add_guardian(core, both.small, "lea", "Paula", "Beispiel")
    in_chat(core, both.small, "Paula", GUARDIAN)
    add_staff(core, both.small, "tom", "Tom", "Ejemplo", "host_tutor", "T1")
    in_chat(core, both.small, "tom", 41)
    before = (both.questions()[0].state, both.questions()[0].answer)
    for chat in (SECOND_LEARNER, GUARDIAN, REFERENT, 41, NOBODY, MILA):
        for what in ("see", "yes", "no", "answer", "skip", "back"):
            both.tap(chat, f"ask:{what}:{number}")
        both.tap(chat, f"ask:no:{number}:other")
        both.tap(chat, "ask:list")
        both.tap(chat, f"ask:vet:{both.stay}:yes")
        assert "quiet place" not in both.read(chat)
        if chat != MILA:
            both.tap(chat, f"ask:stop:{number}")
            both.tap(chat, f"ask:report:{number}")
    assert (both.questions()[0].state, both.questions()[0].answer) == before
    assert both.questions()[0].reported_at is None


def test_who_asks_passes_nothing_on_themselves(core: Core, both: Pair) -> None:
    """Also where they coordinate other learners."""
    with core.store.transaction() as session:
        session.add(Membership(person_id=both.small.people["lea"], role="coordinator", code="C9",
                               cohort_id=both.small.cohort_id, created_at=both.small.world.now))  # fmt: skip
    both.ask_in_words("Is the workshop a quiet place?")
    both.tap(LEARNER, f"ask:yes:{both.questions()[0].id}")
    assert both.questions()[0].state == "waits"


def test_a_lead_reads_and_decides_nothing(both: Pair) -> None:
    both.ask_in_words("Is the workshop a quiet place?")
    number = both.questions()[0].id
    both.tap(LEAD, f"ask:see:{number}")
    assert "quiet place" in both.last(LEAD)
    both.tap(LEAD, f"ask:yes:{number}")
    assert both.questions()[0].state == "waits"


def test_a_coordinator_named_in_a_case_about_the_learner_reads_nothing(both: Pair) -> None:
    both.ask_in_words("Is the workshop a quiet place?")
    _named_in_a_case(both)
    change(both.core, rows(both.core, Case)[0], named_id=both.small.people["cora"])
    both.tap(CORA, f"ask:see:{both.questions()[0].id}")
    both.tap(CORA, "ask:list")
    assert "quiet place" not in both.read(CORA)
    assert "Lea" not in both.last(CORA)


@pytest.mark.parametrize(
    "data",
    ["ask:", "ask:q:x:work:tasks", "ask:q:0:work:tasks", "ask:q:999999999999999999999:work:tasks", "ask:q:²:work:tasks",
     "ask:answer:-1", "ask:answer:", "ask:see:0", "ask:no:1:nonsense", "ask:limit:99", "ask:vet:1:perhaps",
     "ask:th:1:../danger", "ask:agree"],
)  # fmt: skip
def test_made_up_buttons_change_nothing(both: Pair, data: str) -> None:
    before = rows(both.core, Consent)
    both.tap(LEARNER, data)
    assert both.questions() == []
    assert len(rows(both.core, Consent)) == len(before)


def test_a_preset_that_nobody_wrote_is_not_asked(both: Pair) -> None:
    both.tap(LEARNER, f"ask:q:{both.stay}:work:whats-your-number")
    both.tap(LEARNER, f"ask:q:{both.stay}:nothing:tasks")
    assert both.questions() == []


def test_a_link_into_the_bot_opens_no_conversation_with_anybody(both: Pair) -> None:
    both.say(NOBODY, f"/start ask_{both.stay}")
    both.say(LEARNER, f"/start ask_new_{both.stay}")
    assert "Mila" not in both.read(NOBODY)
    assert both.small.world.phone(LEARNER).messages[-1].buttons == [] or "ask:" not in str(
        both.small.world.phone(LEARNER).messages[-1].buttons
    )


# --- other ways for words to slip through -----------------------------------------------------------

THINGS: tuple[Event, ...] = (
    Photo("p", "call me: 06 12 34 56 78"), Document("d", "hello.pdf", "my address"), Voice("v", 3), Other("contact"),
    Other("sticker"), Other("video_note"), Forwarded("Hello Lea, write to me"), Place(37.38, -5.98),
    Edited("t.me/x", 5),
)  # fmt: skip


def test_only_words_pass_not_pictures_captions_contacts_places_or_what_others_wrote(both: Pair) -> None:
    number = both.ask()
    for chat, opens in ((LEARNER, f"ask:own:{both.stay}"), (MILA, f"ask:answer:{number}")):
        for thing in THINGS:
            both.tap(chat, opens)
            both.small.world.event(chat, thing)
    assert len(both.questions()) == 1
    assert both.questions()[0].answer is None
    for words in ("06 12", "hello.pdf", "my address", "write to me", "t.me"):
        assert words not in both.read(MILA) + both.read(LEARNER)


def test_swiping_to_answer_reaches_nobody_but_where_an_answer_is_awaited(both: Pair) -> None:
    number = both.ask()
    asked = both.small.world.phone(MILA).last.id
    both.small.world.event(MILA, Words("Swiped words", reply_to=asked))
    assert both.questions()[0].answer is None
    both.answer(number, "It was fine")
    got = both.small.world.phone(LEARNER).last.id
    both.small.world.event(LEARNER, Words("Swiped thanks", reply_to=got))
    both.small.world.event(MILA, Words("Swiped once more", reply_to=asked))
    assert len(both.questions()) == 1
    assert "Swiped" not in both.read(LEARNER) + both.read(MILA)


def test_what_is_changed_afterwards_changes_nothing_that_was_passed_on(both: Pair) -> None:
    number = both.ask()
    both.answer(number, "It was fine")
    both.small.world.event(MILA, Edited("It was fine, t.me/mila", 7))
    assert both.questions()[0].answer == "It was fine"
    assert "t.me" not in both.read(LEARNER)


def test_a_question_is_answered_once_and_never_after_its_end(both: Pair) -> None:
    number = both.ask()
    both.tap(MILA, f"ask:answer:{number}")
    both.tap(LEARNER, f"ask:stop:{number}")
    both.say(MILA, "Too late")
    assert "Too late" not in both.read(LEARNER)
    assert both.questions()[0].answer is None


def test_letters_between_learner_and_contact_person_lead_to_no_ambassador(both: Pair) -> None:
    number = both.ask()
    both.answer(number, "It was fine")
    people = both.small.people
    hers = both.small.placements["lea"]
    for chat, stay, to in ((LEARNER, both.stay, "mila"), (LEARNER, hers, "mila"), (MILA, hers, "lea")):
        both.tap(chat, f"relay:to:{stay}:{people[to]}")
        both.say(chat, "Behind your back")
    assert "Behind your back" not in both.read(MILA) + both.read(LEARNER)


def test_neither_side_sees_who_the_other_is(both: Pair) -> None:
    number = both.ask()
    both.answer(number, "It was fine")
    seen = both.read(MILA)
    assert "Lea" not in seen
    assert "Beispiel" not in seen
    assert "Panadería" not in seen
    assert "Muestra" not in both.read(LEARNER)


# --- becoming one -----------------------------------------------------------------------------------


def test_becoming_one_takes_their_own_yes_and_a_coordinators(core: Core, both: Pair) -> None:
    former(core, both.small, "ines", 51, vetted_at=None)
    both.tap(51, "ask:leave")
    both.tap(CORA, f"ask:vet:{both.small.placements['ines']}:yes")
    assert "Ines" not in on_the_map(both)  # no yes of hers
    both.tap(51, "ask:become")
    assert "first name, your trade, the town and the year" in both.last(51)
    both.tap(51, "ask:agree")
    assert "Ines" not in on_the_map(both)  # nobody has vetted her
    both.small.world.deliver()
    both.small.world.tap(CORA, "Put on the map")
    both.small.world.deliver()
    assert "Ines" in on_the_map(both)
    assert "You are on the map now" in both.last(51)
    word = rows(core, Consent, Consent.kind == "on_map", Consent.given.is_(True))[-1]
    assert word.version
    assert word.given_by == "self"


@pytest.mark.parametrize("happens", [_minor, _no_birth_date, _learner_again, _other_role, _named_in_a_case],
                         ids=lambda one: one.__name__[1:])  # fmt: skip
def test_who_may_not_become_one_can_neither_agree_nor_be_vetted(both: Pair, happens: Callable[[Pair], None]) -> None:
    change(both.core, stay_of(both), vetted_at=None)
    happens(both)
    before = len(rows(both.core, Consent))
    both.tap(MILA, "ask:agree")
    both.tap(CORA, f"ask:vet:{both.stay}:yes")
    assert len(rows(both.core, Consent)) == before
    assert stay_of(both).vetted_at is None


def test_a_yes_is_asked_for_again_before_the_year_is_over(both: Pair) -> None:
    word = rows(both.core, Consent, Consent.kind == "on_map")[0]
    change(both.core, word, at=both.small.world.now - timedelta(days=340))
    for _ in range(2):
        with both.core.store.transaction() as session:
            asking.look(both.core, session, both.small.cohort_id, both.small.world.now)
    both.small.world.deliver()
    assert both.read(MILA).count("nearly a year") == 1
    both.small.world.tap(MILA, "Yes, I agree")
    assert on_the_map(both) == ["Mila"]
    assert len(rows(both.core, Consent, Consent.kind == "on_map")) == 2


# --- what is kept -----------------------------------------------------------------------------------


def test_erasing_either_side_takes_the_words_with_it(both: Pair) -> None:
    number = both.ask()
    both.answer(number, "It was fine")

    def copy(code: str) -> str:
        return str(own_data.export(both.core, code, None, both.small.world.now).data)

    assert "It was fine" not in copy("L01")  # a coordinator has not read it yet
    both.tap(CORA, f"ask:yes:{number}")
    for code in ("L01", "MILA"):
        assert "It was fine" in copy(code)
        assert "asker_id" not in copy(code)
    own_data.erase(both.core, "MILA", None, both.small.world.now)
    assert both.questions() == []
    assert not [row for row in rows(both.core, Outbox) if "It was fine" in str(row.payload)]


def test_who_is_asked_stays_as_long_as_their_yes_counts(both: Pair) -> None:
    mila, word = both.small.people["mila"], rows(both.core, Consent, Consent.kind == "on_map")[0]
    with both.core.store.transaction() as session:
        ties = retention.ties_of(session, [mila])[mila]
    assert word.at + timedelta(days=365) in ties
    both.tap(MILA, "ask:leave")
    with both.core.store.transaction() as session:
        assert word.at + timedelta(days=365) not in retention.ties_of(session, [mila])[mila]


def test_words_go_half_a_year_after_they_were_settled_or_after_a_report_was_looked_into(both: Pair) -> None:
    both.answer(both.ask(), "It was fine")
    settled = both.questions()[0]
    long_ago = both.small.world.now - timedelta(days=181)
    change(both.core, settled, closed_at=long_ago, reported_at=long_ago)
    retention.wake(both.core, both.small.world.now, 10)
    assert both.questions()[0].answer == "It was fine"
    change(both.core, settled, closed_at=long_ago, report_settled_at=long_ago)
    retention.wake(both.core, both.small.world.now + timedelta(days=1), 10)
    assert (both.questions()[0].answer, both.questions()[0].preset) == (None, "work/first_day")
