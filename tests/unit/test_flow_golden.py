"""Whole conversations as readable files in `tests/golden/`, rendered in English unless somebody changes the language.

Between every two events the state goes through JSON, as if the bot had been killed and started again.
"""

from bot.flows.scene import AlertView
from bot.flows.vocabulary import Edited, Other, Photo, Voice
from tests.support import golden
from tests.support.scenes import NOW, Talk, scene, stay


def test_a_lesson_and_its_quiz_with_a_pause_old_buttons_and_another_language() -> None:
    talk = Talk(scene(states={"money": "offered"}))
    talk.command("/menu")
    talk.tap("Money abroad")
    talk.tap("Next ›")
    talk.tap_data("step:money:card:1", "double tap")
    talk.tap("Pause")
    talk.command("/menu")
    talk.tap("Money abroad")
    talk.tap("Next ›")
    talk.tap("Finish")
    talk.tap_data("step:money:done", "double tap")
    talk.tap("Try the quiz")
    talk.tap("B")
    talk.tap_data("step:money-quiz:a:0:0", "old button")
    talk.command("/language")
    talk.tap_data("lang:fr", "Français")
    talk.tap_data("step:money-quiz:next:0", "the quiz goes on")
    talk.tap("A")
    talk.tap_data("step:money-quiz:next:1", "result")
    talk.tap_data("lang:en", "English")
    talk.tap_data("step:money-quiz:again", "once more")
    for label in ("A", "Next question", "B", "See the result"):
        talk.tap(label)
    talk.command("/progress")
    golden.check("lesson_and_quiz", talk.transcript())


def test_a_reflection_that_is_interrupted_added_to_and_shared() -> None:
    talk = Talk(scene(states={"wishes": "offered", "trip": "offered"}))
    talk.tap_data("step:wishes:open", "Start")
    talk.send(Other("sticker"), "(a sticker)")
    talk.write("x" * 10_000)
    talk.command("/journal")
    talk.write("zzzz qqqq")
    talk.tap("Go on where I was")
    talk.write("I want to order a coffee without pointing.")
    talk.send(Edited("I want two coffees.", 9), "(edits the message)")
    talk.tap("Add to it")
    talk.send(Voice("voice-1", 30), "(a voice note)")
    talk.command("/journal")
    talk.tap("Three wishes")
    talk.tap("Share it")
    talk.tap("Yes, share it")
    talk.tap_data("journal:yes:wishes", "double tap")
    talk.command("/menu")
    talk.tap("How will you travel?")
    talk.tap("By train")
    golden.check("reflection", talk.transcript())


def test_a_challenge_indoors_told_with_a_photo_and_another_one_not_today() -> None:
    talk = Talk(scene(states={"three-hellos": "offered", "a-walk": "offered"}))
    talk.command("/challenge")
    talk.tap("Not today")
    talk.command("/challenge")
    talk.tap("Indoors instead")
    talk.tap("I did it")
    talk.send(Photo("photo-1", "the radio"), "(a photo: the radio)")
    talk.command("/challenge")
    talk.command("/menu")
    golden.check("challenge", talk.transcript())


def test_a_checklist() -> None:
    talk = Talk(scene(states={"papers": "missed"}))
    talk.command("/menu")
    talk.tap("Papers")
    talk.tap("☐ Identity card")
    talk.tap("That's all for now")
    talk.tap("Go on")
    talk.tap("☐ Learning Agreement")
    golden.check("checklist", talk.transcript())


def test_hard_words_in_a_reflection() -> None:
    talk = Talk(scene(states={"wishes": "offered"}))
    talk.tap_data("step:wishes:open", "Start")
    talk.write("I want to kill myself")
    talk.command("/journal")
    golden.check("hard_words", talk.transcript())


def test_a_minor_whose_guardian_has_not_agreed() -> None:
    talk = Talk(scene(states={"money": "offered"}, of=stay(minor=True, stage="before")))
    talk.command("/menu")
    talk.tap_data("step:money:open", "Start, on an old card")
    talk.command("/progress")
    talk.command("/kit")
    talk.tap("Emergency numbers")
    golden.check("minor_without_guardian", talk.transcript())


def test_settings_and_rights() -> None:
    talk = Talk(scene())
    talk.command("/settings")
    talk.tap("Check-in hour")
    talk.tap_data("settings:hour:2030", "20:30")
    talk.tap("Settings")
    talk.tap("Kit questions")
    talk.tap("Yes, they may")
    talk.command("/privacy")
    talk.tap("A copy of my data")
    talk.tap("Erase my data")
    talk.tap("No, keep it")
    talk.tap("Take my yes back")
    talk.tap("Yes, take it back")
    talk.command("/journal")
    talk.tap("Read and decide")
    talk.tap("Yes, I agree")
    talk.command("/help")
    golden.check("settings_and_rights", talk.transcript())


def test_a_referent() -> None:
    alert = AlertView(1, 8, "Tom", "T1", "SPRING", "not_answered", "amber", NOW, "UTC", None, False, None, None)
    talk = Talk(scene(stays=(), roles=frozenset({"referent"}), name="Marie", script=None, steps=(), alerts=(alert,)))
    talk.command("/menu")
    talk.command("/help")
    talk.command("/privacy")
    talk.write("where is the library")
    golden.check("referent", talk.transcript())


def test_words_after_a_call_for_help() -> None:
    readers = ("Marie Dupont", "Paul Exemple")
    alert = AlertView(
        1, 7, "Lea Martin", "L1", "SPRING", "asked_for_help", "red", NOW, "Europe/Madrid", None, False, None, None,
        about_me=True, readers=readers,
    )  # fmt: skip
    talk = Talk(scene(of=stay(sought=True), alert=alert, states={"wishes": "offered"}))
    talk.tap_data("step:wishes:open", "Start")
    talk.command("/sos")
    talk.write("I'm behind the bakery, please come")
    talk.write("where can I wash my clothes")
    talk.tap("It was about the town")
    talk.send(Voice("voice-1", 9), "(a voice note)")
    talk.write("my boss keeps touching me")
    talk.tap("Yes, pass it on")
    talk.tap_data("sought:pass", "double tap")
    talk.write("he is going to kill me")
    golden.check("after_sos", talk.transcript())
