"""What learners write while people look for them reaches those people."""

from __future__ import annotations

from datetime import timedelta

from bot.flows.vocabulary import Photo, Voice, decode_screen
from bot.service.core import Core
from bot.store.tables import AlertEvent, Outbox, Relay
from tests.support.alerting import resolve
from tests.support.cohort import BACKUP, LEARNER, REFERENT, Small
from tests.support.looking import dump, rows

HERE = "I'm at the bus stop in front of the bakery, please come"
LAUNDRY = "Where can I wash my clothes?"


def call(small: Small) -> None:
    small.world.say(LEARNER, "/sos")


def read(small: Small, words: str) -> set[int]:
    """Chats in which these words stand."""
    return {chat for chat in (REFERENT, BACKUP) if words in small.world.phone(chat).text()}


def last(small: Small, chat: int = LEARNER) -> str:
    return small.world.phone(chat).last.text


def test_words_after_sos_reach_everybody_who_was_told_with_the_alert(core: Core, abroad: Small) -> None:
    call(abroad)
    assert "Whatever you write here from now on, they read too." in last(abroad)
    abroad.world.say(LEARNER, HERE)
    for chat in (REFERENT, BACKUP):
        shown = abroad.world.phone(chat).last
        assert HERE in shown.text
        assert "Lea Beispiel" in shown.text
        assert not shown.silent
        assert [data.split(":")[1] for _, data in shown.buttons] == ["ack", "write"]
    assert "Passed on to Claire Exemple, Marco Esempio" in last(abroad).replace(" and ", ", ")
    assert {row.words for row in rows(core, Relay)} == {HERE}
    assert [row.detail for row in rows(core, AlertEvent, AlertEvent.what == "wrote")] == [{}]


def test_they_answer_by_swiping_and_the_learner_reads_it(abroad: Small) -> None:
    call(abroad)
    abroad.world.say(LEARNER, HERE)
    abroad.world.say(REFERENT, "Stay there.", reply_to=abroad.world.phone(REFERENT).last.id)
    assert "Stay there." in last(abroad)


def test_what_is_swiped_to_answer_the_bot_itself_is_for_them_too(abroad: Small) -> None:
    call(abroad)
    abroad.world.say(LEARNER, HERE, reply_to=abroad.world.phone(LEARNER).last.id)
    assert read(abroad, HERE) == {REFERENT, BACKUP}


def test_once_somebody_has_it_the_others_read_along_without_a_sound(abroad: Small) -> None:
    call(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.say(LEARNER, HERE)
    assert {chat: abroad.world.phone(chat).last.silent for chat in (REFERENT, BACKUP)} == {
        REFERENT: False, BACKUP: True,
    }  # fmt: skip


def test_a_question_about_the_town_is_answered_with_a_tap(abroad: Small) -> None:
    call(abroad)
    abroad.world.say(LEARNER, LAUNDRY)
    assert read(abroad, LAUNDRY) == {REFERENT, BACKUP}
    abroad.world.tap(LEARNER, "It was about the town")
    assert "Washing clothes" in last(abroad)


def test_words_of_danger_are_heard_and_passed_on(abroad: Small) -> None:
    call(abroad)
    words = "he has a knife and says he will kill me, I'm in the kitchen"
    abroad.world.say(LEARNER, words)
    assert "Passed on to" in last(abroad)
    assert "They don't see your words" not in last(abroad)
    assert "words that sound like danger" in abroad.world.phone(REFERENT).text()
    assert read(abroad, words) == {REFERENT, BACKUP}


def test_something_confided_waits_for_a_tap_of_its_own(core: Core, abroad: Small) -> None:
    words = "my boss keeps touching me"
    call(abroad)
    abroad.world.say(LEARNER, words)
    assert read(abroad, words) == set()
    assert rows(core, Relay) == []
    abroad.world.tap(LEARNER, "Yes, pass it on")
    assert read(abroad, words) == {REFERENT, BACKUP}


def test_a_picture_and_a_recording_reach_them_as_they_are(core: Core, abroad: Small) -> None:
    call(abroad)
    abroad.world.event(LEARNER, Photo("photo-1", "this door"))
    abroad.world.event(LEARNER, Voice("voice-1", 9))
    sent = [decode_screen(row.payload).attachment for row in rows(core, Outbox, Outbox.chat_id == REFERENT)]
    assert [one.file_id for one in sent if one] == ["photo-1", "voice-1"]
    assert "this door" in abroad.world.phone(BACKUP).text()


def test_long_words_reach_them_whole(abroad: Small) -> None:
    call(abroad)
    abroad.world.say(LEARNER, "x" * 4000 + "END")
    assert read(abroad, "END") == {REFERENT, BACKUP}


def test_where_nobody_can_be_reached_the_learner_reads_so_and_whom_to_call(core: Core, small: Small) -> None:
    small.join()
    call(small)
    small.world.say(LEARNER, HERE)
    assert "can't reach anybody through the bot" in last(small)
    assert "+33 1 99 00 00 01" in last(small)
    assert rows(core, Relay) == []


def test_after_a_mistake_or_the_end_words_are_questions_again(core: Core, abroad: Small) -> None:
    call(abroad)
    abroad.world.tap(LEARNER, "Pressed by mistake")
    abroad.world.say(LEARNER, LAUNDRY)
    call(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    resolve(abroad)
    abroad.world.say(LEARNER, LAUNDRY)
    assert rows(core, Relay) == []


def test_half_a_day_after_somebody_took_it_words_are_questions_again(core: Core, abroad: Small) -> None:
    call(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.clock.set(abroad.world.now + timedelta(hours=12))
    abroad.world.say(LEARNER, LAUNDRY)
    assert rows(core, Relay) == []


def test_a_reflection_that_waited_gets_none_of_it_after_the_button(core: Core, abroad: Small) -> None:
    abroad.world.forge(LEARNER, "step:goals:open")
    abroad.world.forge(LEARNER, "sos:open")
    abroad.world.say(LEARNER, HERE)
    assert read(abroad, HERE) == {REFERENT, BACKUP}


def test_words_of_nobody_else_open_the_way(core: Core, abroad: Small) -> None:
    call(abroad)
    abroad.world.forge(BACKUP, "sought:pass")
    abroad.world.forge(LEARNER, "sought:pass")
    assert rows(core, Relay) == []
    assert HERE not in dump(core)
