"""Help that stays in sight and fits the place: care screens, and whose numbers an answer names."""

from bot.flows import kit
from bot.flows.care import ask_help, care
from bot.flows.vocabulary import Say, Tap
from bot.rules.danger import Danger
from tests.support.scenes import library, scene, screens, stay, text_ids


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
