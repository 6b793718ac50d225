"""What comes in: once each, whatever it is, and never in the way of the next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.flows.vocabulary import (
    Command,
    Document,
    Edited,
    Event,
    Forwarded,
    Incoming,
    Other,
    Photo,
    Place,
    Start,
    Tap,
    Voice,
    Words,
)
from bot.service import intake
from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, Heartbeat, JournalEntry, ParkedUpdate, Relay, SeenUpdate, TelegramAccount
from tests.support.cohort import LEARNER, REFERENT, Small
from tests.support.looking import march, rows

LONG = "long " * 2_000


def test_the_same_update_twice_changes_and_says_nothing(core: Core, abroad: Small) -> None:
    abroad.world.event(LEARNER, Command("sos"), update_id=7_000)
    before = len(abroad.world.phone(LEARNER).messages)
    again = abroad.world.event(LEARNER, Command("sos"), update_id=7_000)
    assert again.deliveries == ()
    assert len(abroad.world.phone(LEARNER).messages) == before


def test_ids_that_start_again_lower_are_received(abroad: Small) -> None:
    abroad.world.event(LEARNER, Command("menu"), update_id=900_000_000)
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.event(LEARNER, Command("menu"), update_id=12)
    assert len(abroad.world.phone(LEARNER).messages) == before + 1


def test_ids_are_forgotten_when_they_can_no_longer_come_back(core: Core, abroad: Small) -> None:
    known = len(rows(core, SeenUpdate))
    assert intake.forget_seen(core, abroad.world.now + timedelta(days=7)) == 0
    assert intake.forget_seen(core, abroad.world.now + timedelta(days=9)) == known


def test_answers_come_in_the_order_of_the_questions(abroad: Small) -> None:
    for name in ("help", "privacy", "menu"):
        abroad.world.say(LEARNER, f"/{name}")
    texts = [m.text for m in abroad.world.phone(LEARNER).messages[-3:]]
    assert "Your data" in texts[1]
    assert "Seville" in texts[2]


def test_an_update_that_cannot_be_handled_is_put_aside_and_answered(core: Core, abroad: Small) -> None:
    incoming = Incoming(5_000, LEARNER, Words("private words"))
    handled = intake.park(core, incoming, "Traceback …", abroad.world.now)
    assert len(handled.deliveries) == 1
    (parked,) = rows(core, ParkedUpdate)
    assert parked.payload == {"chat_id": LEARNER, "event": "Words"}
    assert intake.receive(core, incoming, abroad.world.now).deliveries == ()


def test_writing_proves_that_the_bot_is_not_blocked_any_more(core: Core, abroad: Small) -> None:
    abroad.world.block(LEARNER)
    abroad.world.phone(LEARNER).blocked = False
    abroad.world.say(LEARNER, "/menu")
    (account,) = rows(core, TelegramAccount, TelegramAccount.chat_id == LEARNER)
    assert account.blocked_at is None


def test_activity_is_noted_to_the_minute(core: Core, abroad: Small) -> None:
    abroad.world.wait(minutes=7)
    abroad.world.say(LEARNER, "/menu")
    (account,) = rows(core, TelegramAccount, TelegramAccount.chat_id == LEARNER)
    assert account.last_active_at == abroad.world.now


def test_hearing_telegram_writes_the_heartbeat(core: Core, abroad: Small) -> None:
    intake.heard(core, march(5, 5))
    assert {b.name: b.at for b in rows(core, Heartbeat)}["intake"] == march(5, 5)


def test_the_command_list_is_sent_once_and_again_after_a_new_language(abroad: Small) -> None:
    assert abroad.world.say(LEARNER, "/menu").menu is None
    abroad.world.forge(LEARNER, "lang:fr")
    after = [abroad.world.say(LEARNER, "/menu").menu, abroad.world.say(LEARNER, "/menu").menu]
    assert after[-1] is None


# --- anything at all, in every place where words are awaited ------------------------------------------


def nowhere(small: Small) -> None:
    """No conversation waits."""


def in_relay(small: Small) -> None:
    small.world.forge(LEARNER, "relay:new")


def in_reflection(small: Small) -> None:
    small.world.forge(LEARNER, "step:goals:open")


def in_challenge(small: Small) -> None:
    small.world.travel(march(2, 11, 31))
    small.world.forge(LEARNER, "step:way-back:open")


def in_wrong_stay(small: Small) -> None:
    small.world.forge(LEARNER, "join:stay:wrong")


PLACES = [nowhere, in_relay, in_reflection, in_challenge, in_wrong_stay]
THINGS: dict[str, Event] = {
    "long words": Words(LONG),
    "empty words": Words(""),
    "html": Words("<b>&amp;</i> \u202e {name} %s %(x)s"),
    "unknown command": Command("does_not_exist", LONG),
    "long kit question": Command("kit", LONG),
    "forwarded": Forwarded("/sos"),
    "edited": Edited("other words"),
    "sticker": Other("sticker"),
    "voice": Voice("v-1", 3),
    "photo": Photo("p-1", LONG),
    "document": Document("d-1", "x" * 300),
    "place": Place(0.0, 0.0),
    "start": Start(None),
    "odd token": Start("x" * 64),
    "empty tap": Tap("", 1),
    "odd tap": Tap(":::::", 1),
    "foreign tap": Tap("step:nothing:open:1:2:3", 1),
    "huge number": Tap(f"learners:one:{'9' * 18}", 1),
    "answer to nothing": Words("hello", reply_to=123456),
}


@pytest.mark.parametrize("place", PLACES)
def test_whatever_comes_gets_one_sensible_answer(core: Core, abroad: Small, place: object) -> None:
    for name, thing in THINGS.items():
        place(abroad)  # type: ignore[operator]
        phone = abroad.world.phone(LEARNER)
        before, toasts = len(phone.messages), len(phone.toasts)
        edited = [m.text for m in phone.messages]
        abroad.world.event(LEARNER, thing)
        shown = len(phone.messages) - before + len(phone.toasts) - toasts
        changed = [m.text for m in phone.messages[:before]] != edited
        assert shown >= 1 or changed, f"{name} got no answer in {place}"
        assert all(len(m.text) <= 4096 for m in phone.messages), name
        assert "xxxxxxxxxxxxxxx" not in phone.text().replace("x" * 64, ""), name
    assert rows(core, Alert) == []


def test_referents_get_a_sensible_answer_to_anything(abroad: Small) -> None:
    phone = abroad.world.phone(REFERENT)
    for name, thing in THINGS.items():
        before, toasts = len(phone.messages), len(phone.toasts)
        abroad.world.event(REFERENT, thing)
        assert len(phone.messages) - before + len(phone.toasts) - toasts >= 1, name


def test_a_forwarded_command_does_nothing(core: Core, abroad: Small) -> None:
    abroad.world.event(LEARNER, Forwarded("/sos"))
    assert rows(core, Alert) == []


def test_ten_thousand_characters_are_never_half_kept(core: Core, abroad: Small) -> None:
    for place in (in_relay, in_reflection, in_challenge, in_wrong_stay):
        place(abroad)
        abroad.world.event(LEARNER, Words(LONG))
    assert rows(core, Relay) == []
    assert rows(core, JournalEntry) == []


def test_danger_at_the_end_of_ten_thousand_characters_is_heard(core: Core, abroad: Small) -> None:
    abroad.world.event(LEARNER, Words(LONG + " I want to kill myself"))
    assert [a.reason for a in rows(core, Alert)] == ["crisis_words"]


def test_old_buttons_say_that_they_are_old(core: Core, abroad: Small) -> None:
    abroad.world.forge(LEARNER, "nonsense:1")
    assert "no longer works" in abroad.world.phone(LEARNER).toasts[-1]
    assert rows(core, CheckIn)
