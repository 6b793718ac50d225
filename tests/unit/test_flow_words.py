"""Where words are awaited: reflections, challenges, the journal; and where they are not."""

import pytest

from bot.flows.effects import FinishStep, KeepEntry, ReleaseWaiting, SaveStep, ShareEntry
from bot.flows.vocabulary import Conversation, Edited, Other, Photo, Voice
from tests.support.scenes import Talk, scene, screens, text_ids, toasts


@pytest.fixture
def talk() -> Talk:
    """A reflection that waits for words."""
    talk = Talk(scene(states={"wishes": "offered", "three-hellos": "offered"}))
    talk.tap_data("step:wishes:open")
    talk.effects.clear()
    return talk


def kept(talk: Talk) -> list[KeepEntry]:
    return [effect for effect in talk.effects if isinstance(effect, KeepEntry)]


def test_a_free_reflection_says_beforehand_that_it_is_private() -> None:
    talk = Talk(scene(states={"wishes": "offered"}))
    assert "interface/reflection/private" in text_ids(talk.tap_data("step:wishes:open"))
    assert talk.state["conversation"][0] == "reflection"


def test_words_become_a_private_entry_and_finish_the_step(talk: Talk) -> None:
    talk.write("I want to order a coffee without pointing.")
    assert kept(talk) == [KeepEntry(7, "wishes", "I want to order a coffee without pointing.")]
    assert talk.step("wishes").state == "done"
    assert talk.state["conversation"] == ["", {}]


def test_a_voice_note_is_an_answer_too(talk: Talk) -> None:
    talk.send(Voice("voice-1", 20), "(voice note)")
    assert kept(talk) == [KeepEntry(7, "wishes", None, "voice-1", "voice")]


def test_ten_thousand_characters_are_refused_and_the_bot_goes_on_waiting(talk: Talk) -> None:
    outcome = talk.write("x" * 10_000)
    assert text_ids(outcome) == ["interface/journal/too_long"]
    assert kept(talk) == []
    assert talk.state["conversation"][0] == "reflection"


def test_after_a_refusal_the_answer_says_that_only_the_last_part_is_kept(talk: Talk) -> None:
    talk.write("x" * 10_000)
    assert "interface/reflection/kept_part" in text_ids(talk.write("The rest of it."))


def test_characters_are_counted_as_telegram_counts_them(talk: Talk) -> None:
    assert text_ids(talk.write("🙂" * 2_001)) == ["interface/journal/too_long"]


def test_more_can_be_added_without_more_points(talk: Talk) -> None:
    talk.write("First.")
    talk.tap("Add to it")
    talk.write("Second.")
    assert [entry.words for entry in kept(talk)] == ["First.", "Second."]
    assert sum(isinstance(effect, FinishStep) for effect in talk.effects) == 1
    assert isinstance(talk.effects[-1], SaveStep)


@pytest.mark.parametrize("event", [Other("sticker"), Photo("p"), Other("contact")])
def test_what_a_journal_cannot_hold_is_answered_and_the_bot_goes_on_waiting(talk: Talk, event: Other | Photo) -> None:
    assert text_ids(talk.send(event, "(something else)")) == ["interface/reflection/words_please"]
    assert talk.state["conversation"][0] == "reflection"


def test_an_edited_message_changes_nothing(talk: Talk) -> None:
    assert text_ids(talk.send(Edited("other words", 3), "(edited)")) == ["interface/common/edited"]
    assert talk.effects == []


def test_empty_words_are_no_entry(talk: Talk) -> None:
    talk.write("   \n ")
    assert kept(talk) == []


def test_a_command_sets_the_reflection_aside_and_its_words_go_to_the_kit(talk: Talk) -> None:
    talk.command("/kit")
    talk.write("zzzz qqqq")
    assert ReleaseWaiting(7) in talk.effects
    assert kept(talk) == []
    talk.tap("Go on where I was")
    talk.write("Now these are for my journal.")
    assert [entry.words for entry in kept(talk)] == ["Now these are for my journal."]


def test_a_crisis_shows_help_first_keeps_the_words_and_speaks_of_no_points(talk: Talk) -> None:
    outcome = talk.write("I want to kill myself")
    assert text_ids(outcome)[0] == "interface/care/crisis"
    assert "interface/steps/points" not in text_ids(outcome)
    assert len(kept(talk)) == 1


def test_a_crisis_is_heard_even_in_a_text_that_is_too_long(talk: Talk) -> None:
    outcome = talk.write("x " * 4_000 + " I want to kill myself")
    assert text_ids(outcome)[0] == "interface/care/crisis"
    assert kept(talk) == []


def test_a_choice_is_remembered_for_later_conditions() -> None:
    talk = Talk(scene(states={"trip": "offered"}))
    talk.tap_data("step:trip:open")
    talk.tap("By train")
    assert talk.step("trip").data == {"choice": "train"}
    assert talk.step("trip").state == "done"


def test_a_photo_is_taken_where_a_challenge_asks_to_be_told(talk: Talk) -> None:
    talk.tap_data("step:three-hellos:open")
    talk.tap("I did it")
    talk.send(Photo("photo-1", "a street"), "(photo)")
    assert kept(talk) == [KeepEntry(7, "three-hellos", "a street", "photo-1", "photo")]


# --- the journal ----------------------------------------------------------------------------------


def test_sharing_asks_first_and_names_who_will_read_it(talk: Talk) -> None:
    talk.write("I was brave.")
    outcome = talk.tap("Share it")
    assert not any(isinstance(effect, ShareEntry) for effect in talk.effects)
    question = next(text for text in screens(outcome)[0].body if text.id == "interface/journal/ask")
    assert question.args == {"name": "Marie Dupont"}


def test_a_double_tap_shares_once(talk: Talk) -> None:
    talk.write("I was brave.")
    talk.tap("Share it")
    talk.tap_data("journal:yes:wishes")
    second = talk.tap_data("journal:yes:wishes", "double tap")
    assert talk.effects.count(ShareEntry(7, "wishes")) == 1
    assert toasts(second) == ["interface/journal/shared_already"]


def test_without_a_contact_person_nothing_is_shared() -> None:
    talk = Talk(scene(states={"wishes": "offered"}, contacts=()))
    talk.tap_data("step:wishes:open")
    talk.write("Just for me.")
    assert toasts(talk.tap_data("journal:yes:wishes")) == ["interface/journal/nobody"]


def test_the_journal_shows_own_entries_again(talk: Talk) -> None:
    talk.write("I was brave.")
    talk.command("/journal")
    talk.tap("Three wishes")
    assert "I was brave." in talk.transcript().rsplit("> [Three wishes]", 1)[1]


def test_an_entry_of_full_length_fits_into_one_message(talk: Talk) -> None:
    talk.write("é" * 4_000)
    talk.tap("Share it")
    talk.command("/journal")
    assert screens(talk.tap("Three wishes"))[0].body[-1].args == {"words": "é" * 4_000}


def test_words_for_a_journey_that_may_not_run_are_not_kept_and_that_is_said(talk: Talk) -> None:
    talk.state["stay"]["consented"] = False
    assert "interface/gate/consent" in text_ids(talk.write("Are you there?"))
    assert talk.effects == []
    assert talk.state["conversation"] == ["", {}]


def test_words_for_a_stay_that_is_not_the_one_at_hand_are_not_kept() -> None:
    elsewhere = Conversation("reflection", {"placement": 99, "step": "wishes"})
    talk = Talk(scene(states={"wishes": "open"}, conversation=elsewhere))
    assert text_ids(talk.write("Hello?")) == ["interface/steps/not_waiting"]
    assert talk.effects == []


def test_a_voice_note_in_the_journal_is_sent_as_one(talk: Talk) -> None:
    talk.send(Voice("voice-1", 20), "(voice note)")
    talk.command("/journal")
    shown = screens(talk.tap("Three wishes"))[0]
    assert shown.attachment is not None
    assert shown.attachment.file_id == "voice-1"


def test_entries_of_others_and_made_up_ones_are_not_found(talk: Talk) -> None:
    for data in ("journal:see:wishes:0", "journal:see:nothing:0", "journal:see:wishes:-1", "journal:yes:money"):
        assert toasts(talk.tap_data(data)) == ["interface/journal/gone"]
