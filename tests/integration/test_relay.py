"""Learners and referents write to each other through the bot."""

from __future__ import annotations

from bot.flows.vocabulary import Voice
from bot.service.core import Core
from bot.store.tables import Alert, Membership, Relay
from tests.support.cohort import BACKUP, LEARNER, REFERENT, SECOND_LEARNER, Small, add_learner
from tests.support.looking import rows


def write(small: Small, words: str) -> None:
    small.world.forge(LEARNER, "relay:new")
    small.world.say(LEARNER, words)


def test_words_of_a_learner_reach_the_referent_as_written(abroad: Small) -> None:
    write(abroad, "I <b>lost</b> my key & more")
    assert "I &lt;b&gt;lost&lt;/b&gt; my key &amp; more" in abroad.world.phone(REFERENT).last.text
    assert "Lea Beispiel" in abroad.world.phone(REFERENT).last.text


def test_the_referent_answers_with_the_button(abroad: Small) -> None:
    write(abroad, "Hello")
    abroad.world.tap(REFERENT, "Answer")
    abroad.world.say(REFERENT, "Ask the landlord.")
    assert "Ask the landlord." in abroad.world.phone(LEARNER).last.text


def test_the_referent_answers_by_swiping(abroad: Small) -> None:
    write(abroad, "Hello")
    abroad.world.say(REFERENT, "Swiped.", reply_to=abroad.world.phone(REFERENT).last.id)
    assert "Swiped." in abroad.world.phone(LEARNER).last.text


def test_swiping_to_answer_something_else_sends_nothing(core: Core, abroad: Small) -> None:
    write(abroad, "Hello")
    abroad.world.say(REFERENT, "To nobody.", reply_to=abroad.world.phone(REFERENT).messages[0].id)
    assert len(rows(core, Relay)) == 1


def test_without_the_referent_words_go_to_the_backup(core: Core, small: Small) -> None:
    small.world.say(BACKUP, f"/start {small.tokens['marco']}")
    small.world.tap(BACKUP, "English")
    small.join()
    write(small, "Hello")
    assert "Hello" in small.world.phone(BACKUP).last.text


def test_without_anybody_linked_a_telephone_number_is_offered_instead(small: Small) -> None:
    small.join()
    small.world.forge(LEARNER, "relay:new")
    assert "+33 1 99 00 00 01" in small.world.phone(LEARNER).last.text


def test_dont_write_sends_nothing(core: Core, abroad: Small) -> None:
    abroad.world.forge(LEARNER, "relay:new")
    abroad.world.tap(LEARNER, "Cancel")
    abroad.world.say(LEARNER, "Where can I wash my clothes?")
    assert rows(core, Relay) == []


def test_ten_thousand_characters_are_refused_and_can_be_shortened(core: Core, abroad: Small) -> None:
    write(abroad, "x" * 10_000)
    assert rows(core, Relay) == []
    assert "3,000" in abroad.world.phone(LEARNER).last.text
    abroad.world.say(LEARNER, "Short.")
    assert "Short." in abroad.world.phone(REFERENT).last.text


def test_empty_words_are_not_passed_on(core: Core, abroad: Small) -> None:
    write(abroad, "  \n ")
    assert rows(core, Relay) == []


def test_a_voice_note_is_not_passed_on_and_says_so(core: Core, abroad: Small) -> None:
    abroad.world.forge(LEARNER, "relay:new")
    abroad.world.event(LEARNER, Voice("v-1", 5))
    assert rows(core, Relay) == []
    assert "only pass on words" in abroad.world.phone(LEARNER).last.text


def test_a_learner_cannot_write_to_another_learner_by_forging(core: Core, abroad: Small) -> None:
    add_learner(core, abroad, "ben", "Ben", "Exemplo", "L02")
    abroad.join("ben", SECOND_LEARNER)
    for placement in (abroad.placements["ben"], abroad.placements["lea"]):
        abroad.world.forge(LEARNER, f"relay:to:{placement}:{abroad.people['ben']}")
        abroad.world.say(LEARNER, "Hey you")
    assert rows(core, Relay) == []
    assert "Hey you" not in abroad.world.phone(SECOND_LEARNER).text()


def test_a_former_referent_can_no_longer_write(core: Core, abroad: Small) -> None:
    from_before = abroad.placements["lea"]
    abroad.world.forge(REFERENT, f"relay:to:{from_before}:{abroad.people['lea']}")
    with core.store.transaction() as session:
        session.get_one(Membership, abroad.memberships["claire"]).ended_at = abroad.world.now
    abroad.world.say(REFERENT, "Still me")
    assert "Still me" not in abroad.world.phone(LEARNER).text()


def test_nothing_is_called_sent_that_cannot_arrive(core: Core, small: Small) -> None:
    small.join_staff()
    small.world.forge(REFERENT, f"learners:write:{small.placements['lea']}")
    small.world.say(REFERENT, "Hello Lea")
    assert "Sent to" not in small.world.phone(REFERENT).text()


def test_the_sender_hears_when_the_other_one_has_blocked_the_bot(core: Core, abroad: Small) -> None:
    abroad.world.phone(LEARNER).blocked = True
    abroad.world.forge(REFERENT, f"learners:write:{abroad.placements['lea']}")
    abroad.world.say(REFERENT, "Hello Lea")
    abroad.world.deliver()
    assert [a.reason for a in rows(core, Alert)] == ["blocked"]
    assert "blocked" in abroad.world.phone(REFERENT).last.text


def test_a_command_in_between_sends_nothing(core: Core, abroad: Small) -> None:
    abroad.world.forge(LEARNER, "relay:new")
    abroad.world.say(LEARNER, "/help")
    assert rows(core, Relay) == []


def test_after_a_command_words_are_no_longer_passed_on(core: Core, abroad: Small) -> None:
    abroad.world.forge(LEARNER, "relay:new")
    abroad.world.say(LEARNER, "/menu")
    abroad.world.say(LEARNER, "Where can I wash my clothes?")
    assert rows(core, Relay) == []
