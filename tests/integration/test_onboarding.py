"""The way in: from the invite to the first message of the journey."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.flows.vocabulary import Edited, Forwarded, Group, Other, Voice
from bot.service.core import Core
from bot.store.tables import DueStep, Person, Placement, Relay, StepRun
from tests.support.cohort import LEARNER, REFERENT, Small, add_staff, small_cohort
from tests.support.looking import march, rows

TUTOR = 41


def test_a_whole_stay_goes_from_the_invite_to_the_return(core: Core) -> None:
    small = small_cohort(core, start=march(18, 9))
    small.join_staff()
    small.join()
    world = small.world
    for day in range(18, 22):
        world.travel(march(day, 18, 5))
        world.tap(LEARNER, "I'm fine" if day < 21 else "I've arrived")
    world.travel(march(24, 18))
    chat = world.phone(LEARNER)
    asked = [m for m in chat.messages if m.kind == "check_in"]
    assert len(asked) + chat.text().count("Have a nice evening") >= 3
    assert "alert" not in {m.kind for m in world.phone(REFERENT).messages}
    assert any(m.kind == "prompt" for m in chat.messages)


def test_an_invite_leads_through_language_consent_stay_and_hour(small: Small) -> None:
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    seen = [small.world.phone(LEARNER).last.text]
    for label in ("English", "Yes, I agree", "Yes, that's right", "Keep 19:00"):
        small.world.tap(LEARNER, label)
        seen.append(small.world.phone(LEARNER).messages[0].text)
    assert "Which language" in seen[0]
    assert "go along with your stay" in seen[1]
    assert "Seville" in seen[2]
    assert "19:00" in seen[3]
    assert "All set" in seen[4]


def test_the_invite_speaks_the_language_that_the_school_wrote_down(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        session.get_one(Person, small.people["lea"]).language = "fr"
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    shown = small.world.phone(LEARNER).last
    assert shown.buttons[0][0] == "Français"


def test_who_joins_early_gets_no_summary(core: Core) -> None:
    small = small_cohort(core, start=march(1, 9) - timedelta(days=80))
    small.join()
    assert "already on its way" not in small.world.phone(LEARNER).text()


def test_who_joins_late_gets_one_summary_and_no_flood(small: Small) -> None:
    small.join()
    chat = small.world.phone(LEARNER)
    assert sum("already on its way" in m.text for m in chat.messages) == 1
    assert len(chat.messages) == 2
    small.world.wait(hours=3)
    assert len(chat.messages) == 2


def test_what_a_late_joiner_missed_is_not_sent_later(core: Core, small: Small) -> None:
    small.join()
    missed = {row.step for row in rows(core, DueStep, DueStep.state == "skipped")}
    small.world.wait(days=4)
    sent = {row.step for row in rows(core, DueStep, DueStep.state == "sent")}
    assert missed
    assert not missed & sent


def test_what_a_late_joiner_missed_can_be_opened_from_the_menu(core: Core, small: Small) -> None:
    small.join()
    small.world.tap(LEARNER, "Show them")
    assert "Insurance" in " ".join(label for label, _ in small.world.phone(LEARNER).messages[-1].buttons)
    assert {run.state for run in rows(core, StepRun)} == {"missed"}


def test_a_wrong_stay_is_passed_on_to_the_referent(core: Core, small: Small) -> None:
    small.join_staff()
    world = small.world
    world.say(LEARNER, f"/start {small.tokens['lea']}")
    world.tap(LEARNER, "English")
    world.tap(LEARNER, "Yes, I agree")
    world.tap(LEARNER, "No, something's wrong")
    world.say(LEARNER, "I go to Lyon, not <b>Seville</b>")
    assert "I go to Lyon, not &lt;b&gt;Seville&lt;/b&gt;" in world.phone(REFERENT).text()
    assert "passed that on" in world.phone(LEARNER).text()
    world.tap(LEARNER, "Keep 19:00")
    assert rows(core, Placement)[0].joined_at is not None


def test_ten_thousand_characters_about_a_wrong_stay_are_refused_and_nothing_is_lost(small: Small) -> None:
    small.join_staff()
    world = small.world
    world.say(LEARNER, f"/start {small.tokens['lea']}")
    for label in ("English", "Yes, I agree", "No, something's wrong"):
        world.tap(LEARNER, label)
    world.say(LEARNER, "x" * 10_000)
    assert "10000" in world.phone(LEARNER).last.text.replace(",", "").replace("\u202f", "")
    assert "xxxx" not in world.phone(REFERENT).text()
    world.say(LEARNER, "Shorter.")
    assert "Shorter." in world.phone(REFERENT).text()


def test_another_check_in_hour_can_be_chosen(core: Core, small: Small) -> None:
    world = small.world
    world.say(LEARNER, f"/start {small.tokens['lea']}")
    for label in ("English", "Yes, I agree", "Yes, that's right", "20:00"):
        world.tap(LEARNER, label)
    assert rows(core, Placement)[0].check_in_at == "20:00"


def test_an_hour_that_was_never_offered_is_refused(core: Core, small: Small) -> None:
    world = small.world
    world.say(LEARNER, f"/start {small.tokens['lea']}")
    for label in ("English", "Yes, I agree", "Yes, that's right"):
        world.tap(LEARNER, label)
    world.forge(LEARNER, "join:hour:0330")
    assert rows(core, Placement)[0].check_in_at is None


def test_words_before_a_choice_show_the_choice_again(small: Small) -> None:
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    small.world.say(LEARNER, "hello?")
    assert ("English", "join:lang:en") in small.world.phone(LEARNER).last.buttons


def test_words_of_danger_during_onboarding_get_help_first(small: Small) -> None:
    small.join_staff()
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    small.world.say(LEARNER, "I want to kill myself")
    assert "112" in small.world.phone(LEARNER).text()
    assert "Lea Beispiel" in [m for m in small.world.phone(REFERENT).messages if m.kind == "alert"][-1].text


def test_start_without_a_token_goes_on_where_somebody_stopped(small: Small) -> None:
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    small.world.say(LEARNER, "/start")
    small.world.tap(LEARNER, "English")
    assert "Yes, I agree" in [label for label, _ in small.world.phone(LEARNER).last.buttons]


def test_a_referent_is_greeted_and_told_what_to_do_with_an_alert(small: Small) -> None:
    small.join_staff()
    assert "I'm on it" in small.world.phone(REFERENT).messages[0].text


def test_the_referent_hears_who_joined_and_can_say_that_it_is_not_them(small: Small) -> None:
    small.join_staff()
    small.join()
    assert "Lea Beispiel" in small.world.phone(REFERENT).last.text
    assert small.world.phone(REFERENT).last.buttons[0][0] == "Not them? Unlink"


def test_strangers_are_told_how_to_get_in_whatever_they_send(small: Small) -> None:
    stranger, world = 99, small.world
    world.say(stranger, "hello")
    world.say(stranger, "/menu")
    world.event(stranger, Other("sticker"))
    world.event(stranger, Voice("v-1", 4))
    world.event(stranger, Edited("hello!"))
    world.event(stranger, Forwarded("/sos"))
    texts = [m.text for m in world.phone(stranger).messages]
    assert len(texts) == 6
    assert "invite" in texts[0]


def test_a_group_is_told_why_and_left(small: Small) -> None:
    handled = small.world.event(-100, Group())
    assert handled.leave
    assert "one to one" in small.world.phone(-100).last.text


def test_empty_words_get_an_answer(small: Small) -> None:
    small.join()
    before = len(small.world.phone(LEARNER).messages)
    small.world.say(LEARNER, "   ")
    assert len(small.world.phone(LEARNER).messages) == before + 1


def test_a_second_tap_on_the_last_button_neither_begins_twice_nor_sums_up_twice(core: Core, small: Small) -> None:
    world = small.world
    world.say(LEARNER, f"/start {small.tokens['lea']}")
    for label in ("English", "Yes, I agree", "Yes, that's right"):
        world.tap(LEARNER, label)
    world.forge(LEARNER, "join:hour:keep")
    world.forge(LEARNER, "join:hour:keep")
    assert world.phone(LEARNER).text().count("already on its way") == 1
    assert rows(core, Relay) == []


def test_a_candidate_without_dates_is_welcome_and_gets_no_prompts(core: Core, small: Small) -> None:
    with core.store.transaction() as session:
        stay = session.get_one(Placement, small.placements["lea"])
        stay.arrival_date = stay.return_date = stay.departure_date = stay.host_city = stay.kit = None
    world = small.world
    world.say(LEARNER, f"/start {small.tokens['lea']}")
    for label in ("English", "Yes, I agree", "Go on", "Keep 19:00"):
        world.tap(LEARNER, label)
    world.wait(days=3)
    assert {m.kind for m in world.phone(LEARNER).messages} == {"answer"}
    world.say(LEARNER, "/menu")
    assert world.phone(LEARNER).last.text


def test_the_journey_of_a_candidate_begins_when_the_dates_are_entered(core: Core, small: Small) -> None:
    test_a_candidate_without_dates_is_welcome_and_gets_no_prompts(core, small)
    with core.store.transaction() as session:
        stay = session.get_one(Placement, small.placements["lea"])
        stay.arrival_date, stay.departure_date = march(1, 0).date(), march(1, 0).date()
        stay.return_date, stay.plan_at = march(21, 0).date(), small.world.now
    small.world.wait(days=4)
    assert "prompt" in {m.kind for m in small.world.phone(LEARNER).messages}


@pytest.mark.parametrize(
    ("taps", "asked"),
    [
        ((), "Which language"),
        (("English",), "need your yes"),
        (("English", "Yes, I agree"), "Is that right?"),
        (("English", "Yes, I agree", "Yes, that's right"), "Which hour suits you?"),
    ],
)
def test_words_where_a_tap_was_asked_for_bring_back_the_question_that_waits(
    small: Small, taps: tuple[str, ...], asked: str
) -> None:
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    for label in taps:
        small.world.tap(LEARNER, label)
    small.world.say(LEARNER, "is it sunny there?")
    assert asked in small.world.phone(LEARNER).last.text


def test_a_tutor_is_not_told_of_alerts_that_never_reach_them(core: Core, small: Small) -> None:
    add_staff(core, small, "tina", "Tina", "Muestra", "host_tutor", "T01")
    small.world.say(TUTOR, f"/start {small.tokens['tina']}")
    small.world.tap(TUTOR, "English")
    welcome = small.world.phone(TUTOR).last
    assert "as a tutor at work" in welcome.text
    assert "receive alerts" not in welcome.text
    assert [label for label, _ in welcome.buttons] == ["My learners", "Menu"]
