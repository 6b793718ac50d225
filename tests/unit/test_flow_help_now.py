"""Help that stays in sight and fits the place: care screens, and whose numbers an answer names."""

from dataclasses import replace
from typing import Any

import pytest

from bot.flows import kit, router
from bot.flows.care import ask_help, care
from bot.flows.effects import FinishStep, KeepEntry, RaiseAlert
from bot.flows.scene import CheckInView
from bot.flows.vocabulary import Command, Conversation, Edited, Event, Forwarded, Outcome, Photo, Say, Tap, Words
from bot.rules.danger import Danger
from tests.support.scenes import NOW, Talk, buttons, library, only, scene, screens, stay, text_ids


def shown(of: object, topic: str) -> str:
    outcome = kit.handle(scene(of=of), Tap(f"kit:t:{topic}", 1))  # type: ignore[arg-type]
    return "\n".join(library().catalogues.plain(text, "en", "UTC") for text in screens(outcome)[0].body)


def test_what_helps_now_leaves_the_message_with_sos_in_place() -> None:
    cared = care(scene(), Danger.CRISIS)
    data = [b.data for row in screens(cared)[0].rows for b in row]
    assert "kit:new:mental_health" in data
    outcome = kit.handle(scene(), Tap("kit:new:mental_health", 1))
    assert [type(part) for part in outcome.shown] == [Say]


def test_during_the_stay_the_numbers_are_those_of_the_host_country() -> None:
    assert "In Spain: " in shown(stay(), "emergency_numbers")
    assert "Here means" not in shown(stay(), "emergency_numbers")


def test_before_arrival_the_numbers_are_those_of_home_and_those_of_the_stay_can_be_saved() -> None:
    words = shown(stay(stage="before"), "emergency_numbers")
    assert "In France: " in words
    assert "Here means France" in words
    assert "your stay in Spain" in words


def test_after_the_return_the_helplines_are_those_of_home() -> None:
    words = shown(stay(stage="after"), "mental_health")
    assert "in France" in words
    assert "Spain" not in words


def test_a_crisis_labels_its_numbers_as_sos_does() -> None:
    body = screens(care(scene(), Danger.CRISIS))[0].body
    words = "\n".join(library().catalogues.plain(text, "en", "UTC") for text in body)
    assert "Emergency numbers in Spain" in words
    assert "all emergencies" in words


def test_a_bare_cry_for_help_alerts_nobody_and_has_sos_first() -> None:
    outcome = ask_help(scene())
    assert outcome.effects == ()
    data = [b.data for row in screens(outcome)[0].rows for b in row]
    assert data == ["sos:open", "relay:new", "kit:new:emergency_numbers"]
    assert text_ids(outcome) == ["interface/care/help_now"]


# --- words that are not guessed at ------------------------------------------------------------------

OPEN = CheckInView(5, NOW.date(), "delivered", NOW, None)


def routed(event: Event, **more: Any) -> Outcome:
    now = scene(**more)
    flow, needs = router.route(now, event)
    found = flow(only(now, needs) if "check_in" in needs else only(replace(now, check_in=None), needs), event)
    assert isinstance(found, Outcome)
    return found


@pytest.mark.parametrize("words", ["help", "Help!", "help me", "aide moi", "Au secours !!", "à l’aide", "aidez-moi"])
def test_a_bare_cry_for_help_is_no_question_for_the_kit(words: str) -> None:
    assert text_ids(routed(Words(words))) == ["interface/care/help_now"]


def test_a_cry_for_help_is_heard_in_a_reflection_and_before_onboarding_ends() -> None:
    for more in (
        {"conversation": Conversation("reflection", {"placement": 7, "step": "wishes"})},
        {"onboarded": False},
    ):
        assert text_ids(routed(Words("help"), **more)) == ["interface/care/help_now"]


@pytest.mark.parametrize(
    "words", ["ok", "Yes", "fine", "I'm fine", "all good!", "👍", "👍🏽", "oui", "ça va", "tout va bien"]
)
def test_short_words_while_a_check_in_waits_bring_its_buttons(words: str) -> None:
    outcome = routed(Words(words), check_in=OPEN)
    assert text_ids(outcome) == ["interface/check_in/tap"]
    assert buttons(screens(outcome)[0]) == ["check_in:fine:5", "check_in:help:5", "check_in:talk:5"]
    assert outcome.effects == ()


def test_short_words_without_an_open_check_in_are_small_talk() -> None:
    assert "interface/check_in/tap" not in text_ids(routed(Words("ok")))
    answered = replace(OPEN, state="answered", answer="fine")
    assert "interface/check_in/tap" not in text_ids(routed(Words("ok"), check_in=answered))


def test_a_question_while_a_check_in_waits_is_answered_by_the_kit() -> None:
    assert "interface/kit/topic" in text_ids(routed(Words("where can i wash my clothes"), check_in=OPEN))


# --- edited and forwarded ---------------------------------------------------------------------------


def test_a_message_edited_into_sos_is_an_sos() -> None:
    assert RaiseAlert(7, "asked_for_help") in routed(Edited("/sos", 3)).effects


def test_a_message_edited_into_words_of_danger_is_heard() -> None:
    assert routed(Edited("I want to kill myself", 3)).effects == (RaiseAlert(7, "crisis_words"),)


@pytest.mark.parametrize("words", ["/sos", "/SOS@bot please", "I want to kill myself"])
def test_a_forwarded_cry_alerts_nobody_and_shows_sos(words: str) -> None:
    outcome = routed(Forwarded(words))
    assert outcome.effects == ()
    assert text_ids(outcome) == ["interface/common/forwarded", "interface/common/forwarded_danger"]
    assert buttons(screens(outcome)[0]) == ["sos:open"]


# --- chats without a stay ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [
        {"person_id": None, "roles": frozenset(), "onboarded": False},
        {"roles": frozenset({"referent"})},
        {"roles": frozenset({"family"})},
    ],
)
def test_words_of_danger_without_a_stay_get_the_number_to_call(who: dict[str, Any]) -> None:
    outcome = routed(Words("I want to kill myself"), stays=(), script=None, steps=(), **who)
    assert {"interface/care/other_crisis", "interface/care/call_anywhere"} <= set(text_ids(outcome))
    assert ("interface/care/school" in text_ids(outcome)) == ("family" in who["roles"])


@pytest.mark.parametrize(
    "event", [Command("menu"), Command("help"), Command("kit"), Words("hello?"), Tap("menu:home", 1)]
)
def test_a_guardian_reads_whom_to_call_and_how_to_change_their_word(event: Event) -> None:
    outcome = routed(event, stays=(), script=None, steps=(), roles=frozenset({"family"}))
    assert {"interface/help/family", "interface/care/school"} <= set(text_ids(outcome))


def test_a_guardians_sos_has_numbers_and_says_that_it_alerts_nobody() -> None:
    outcome = routed(Command("sos"), stays=(), script=None, steps=(), roles=frozenset({"family"}))
    assert text_ids(outcome) == [
        "interface/care/call_anywhere", "interface/care/school", "interface/help/family_no_alert",
    ]  # fmt: skip


def test_a_guardians_privacy_text_is_about_them() -> None:
    outcome = routed(Command("privacy"), stays=(), script=None, steps=(), roles=frozenset({"family"}))
    assert "interface/privacy/family_what" in text_ids(outcome)


# --- challenges and reflections ---------------------------------------------------------------------


def started() -> Talk:
    talk = Talk(scene(states={"three-hellos": "offered"}))
    talk.tap_data("step:three-hellos:open")
    talk.effects.clear()
    return talk


@pytest.mark.parametrize("evidence", [Words("The baker said hola."), Photo("photo-1", "hola")])
def test_a_challenge_that_was_started_takes_words_or_a_photo_at_once(evidence: Event) -> None:
    talk = started()
    talk.send(evidence, "evidence")
    assert [type(effect) for effect in talk.effects] == [KeepEntry, FinishStep]
    assert talk.step("three-hellos").state == "done"


@pytest.mark.parametrize("words", ["Where can I wash my clothes?", "ok"])
def test_a_question_or_a_short_word_is_no_evidence(words: str) -> None:
    talk = started()
    talk.write(words)
    assert talk.effects == []
    assert talk.state["conversation"][0] == "challenge"


def test_after_i_did_it_any_words_are_evidence() -> None:
    talk = started()
    talk.tap("I did it")
    talk.write("ok")
    assert talk.step("three-hellos").state == "done"


def test_a_command_that_sets_a_reflection_aside_says_so_but_sos_does_not() -> None:
    for command, said in (("menu", True), ("sos", False)):
        talk = Talk(scene(states={"wishes": "offered"}))
        talk.tap_data("step:wishes:open")
        assert ("interface/steps/set_aside" in text_ids(talk.send(Command(command), command))) == said
