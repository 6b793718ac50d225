"""What learners want to be sent by itself, as a rule and on its page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.content.schema import ChallengeStep, Step
from bot.errors import BadInput
from bot.flows.effects import SetWishes
from bot.rules.wishes import NO_WISHES, Wishes, parse, stored, wanted
from tests.support.scenes import Talk, buttons, scene, screens, stay, text_ids, toasts

ARRIVAL = date(2026, 3, 1)  # a Sunday
EVERY_DAY = [ARRIVAL + timedelta(days=n) for n in range(28)]


def challenge(**more: object) -> Step:
    given = {
        "id": "one", "use": "one", "kind": "challenge", "stage": "during", "worth": "9h",
        "when": {"anchor": "arrival", "at": "12:30"}, **more,
    }  # fmt: skip
    return ChallengeStep.model_validate(given)


def days(wishes: Wishes, **more: object) -> list[date]:
    return [day for day in EVERY_DAY if wanted(challenge(**more), day, ARRIVAL, wishes)]


def test_until_something_is_chosen_there_is_one_a_day_for_two_weeks_then_two_a_week() -> None:
    assert days(NO_WISHES)[:14] == EVERY_DAY[:14]
    assert [day.strftime("%a") for day in days(NO_WISHES)[14:]] == ["Tue", "Fri", "Tue", "Fri"]


@pytest.mark.parametrize("rhythm, count", [("daily", 28), ("twice", 8), ("off", 0)])
def test_the_chosen_rhythm_holds_from_the_first_day(rhythm: str, count: int) -> None:
    assert len(days(parse(rhythm, None))) == count


def test_what_is_required_comes_whatever_was_switched_off() -> None:
    assert days(Wishes("off", frozenset({"challenge"})), required=True) == EVERY_DAY


def test_the_rhythm_is_for_challenges_of_the_stay_alone() -> None:
    assert days(Wishes("off"), stage="before") == EVERY_DAY


def test_a_kind_switched_off_does_not_come_and_comes_again_when_switched_on() -> None:
    quiet = NO_WISHES.toggled("challenge")
    assert days(quiet) == []
    assert quiet.toggled("challenge") == NO_WISHES


def test_a_checklist_cannot_be_switched_off() -> None:
    with pytest.raises(BadInput, match="cannot be switched off"):
        NO_WISHES.toggled("checklist")


def test_what_is_stored_is_read_back_and_unknown_words_are_passed_over() -> None:
    wishes = Wishes("twice", frozenset({"quiz", "text"}))
    assert parse(*stored(wishes)) == wishes
    assert parse("hourly", "quiz,songs") == Wishes(None, frozenset({"quiz"}))


# --- the page -------------------------------------------------------------------------------------


def test_the_page_offers_every_rhythm_but_the_one_that_holds() -> None:
    outcome = Talk(scene(wishes=Wishes("twice"))).tap_data("wishes:open")
    shown = buttons(screens(outcome)[0])
    assert {"wishes:rhythm:daily", "wishes:rhythm:off"} <= set(shown)
    assert "wishes:rhythm:twice" not in shown


def test_choosing_a_rhythm_is_kept_and_ends_the_silence_of_challenges() -> None:
    talk = Talk(scene(wishes=NO_WISHES.toggled("challenge")))
    talk.tap_data("wishes:rhythm:daily")
    assert [e.wishes for e in talk.effects if isinstance(e, SetWishes)] == [Wishes("daily")]


def test_a_made_up_kind_changes_nothing() -> None:
    talk = Talk(scene(wishes=NO_WISHES))
    talk.tap_data("wishes:kind:checklist")
    assert talk.effects == []


def test_without_consent_the_page_is_closed() -> None:
    outcome = Talk(scene(of=stay(consented=False))).tap_data("wishes:open")
    assert "interface/wishes/title" not in text_ids(outcome)


# --- one more challenge ---------------------------------------------------------------------------


def test_whoever_wants_a_challenge_now_gets_one_that_has_not_come_yet() -> None:
    talk = Talk(scene(states={"three-hellos": "done"}))
    assert "challenge:more" in buttons(screens(talk.command("/challenge"))[0])
    talk.tap_data("challenge:more")
    assert talk.step("a-walk").state == "open"


def test_a_double_tap_shows_the_same_challenge_again() -> None:
    talk = Talk(scene(states={"three-hellos": "done"}))
    talk.tap_data("challenge:more")
    talk.tap_data("challenge:more", "double tap")
    assert talk.step("a-walk").state == "open"


def test_when_all_have_come_it_says_so() -> None:
    talk = Talk(scene(states={"three-hellos": "done", "a-walk": "done"}))
    assert toasts(talk.tap_data("challenge:more")) == ["interface/challenge/no_more"]


def test_before_the_stay_there_are_none_to_ask_for() -> None:
    talk = Talk(scene(of=stay(stage="before")))
    assert "challenge:more" not in buttons(screens(talk.command("/challenge"))[0])
