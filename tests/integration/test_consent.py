"""Consent: what works without it, what it opens, and what taking it back closes."""

from __future__ import annotations

from datetime import date

from bot.service.core import Core
from bot.store.tables import CheckIn, Consent, DueStep, Placement
from tests.support.cohort import GUARDIAN, LEARNER, REFERENT, Small, small_cohort
from tests.support.looking import SEVENTEEN, add_guardian, march, paper_consent, rows, set_person


def minor(core: Core, small: Small, birth_date: date | None = SEVENTEEN) -> None:
    set_person(core, small.people["lea"], birth_date=birth_date)


def prompts(small: Small) -> int:
    return sum(m.kind == "prompt" for m in small.world.phone(LEARNER).messages)


def test_who_refuses_gets_no_journey(small: Small) -> None:
    small.join(consent=False)
    small.world.wait(days=4)
    assert prompts(small) == 0


def test_who_refuses_is_still_asked_every_day_abroad(core: Core) -> None:
    small = small_cohort(core, start=march(2, 11))
    small.join(consent=False)
    small.world.travel(march(2, 18, 1))
    assert small.world.phone(LEARNER).last.kind == "check_in"


def test_who_refuses_can_ask_the_kit(small: Small) -> None:
    small.join(consent=False)
    small.world.say(LEARNER, "Where can I wash my clothes?")
    assert "agree" not in small.world.phone(LEARNER).last.text
    assert len(small.world.phone(LEARNER).last.text) > 100


def test_who_refuses_can_call_for_help(core: Core, small: Small) -> None:
    small.join_staff()
    small.join(consent=False)
    small.world.say(LEARNER, "/sos")
    assert "Asked for help" in small.world.phone(REFERENT).last.text


def test_a_no_is_kept_with_the_version_of_the_text(core: Core, small: Small) -> None:
    small.join(consent=False)
    (word,) = rows(core, Consent)
    assert (word.given, word.kind, word.given_by, word.version != "") == (False, "data", "self", True)


def test_a_yes_given_later_opens_the_journey(small: Small) -> None:
    small.join(consent=False)
    small.world.say(LEARNER, "/privacy")
    small.world.tap(LEARNER, "Yes, I agree")
    small.world.wait(days=3)
    assert prompts(small) >= 1


def test_a_yes_given_later_also_brings_the_one_summary(small: Small) -> None:
    small.join(consent=False)
    small.world.say(LEARNER, "/privacy")
    small.world.tap(LEARNER, "Yes, I agree")
    assert small.world.phone(LEARNER).text().count("already on its way") == 1


def withdraw(small: Small) -> None:
    small.world.say(LEARNER, "/privacy")
    small.world.tap(LEARNER, "Take my yes back")
    small.world.tap(LEARNER, "Yes, take it back")


def test_a_yes_taken_back_stops_the_journey(core: Core, small: Small) -> None:
    small.join()
    small.world.wait(days=1)
    before = prompts(small)
    withdraw(small)
    small.world.wait(days=5)
    assert prompts(small) == before
    assert rows(core, DueStep, DueStep.state == "planned") == []


def test_a_yes_taken_back_leaves_check_ins_alone(core: Core) -> None:
    small = small_cohort(core, start=march(2, 11))
    small.join()
    withdraw(small)
    small.world.travel(march(2, 18, 1))
    assert rows(core, CheckIn, CheckIn.state == "delivered")


def test_a_step_card_that_is_already_there_does_not_open_without_consent(small: Small) -> None:
    small.join()
    small.world.travel(march(1, 0).replace(month=2, day=2, hour=17))
    withdraw(small)
    small.world.tap(LEARNER, "Start")
    assert "privacy notice" in small.world.phone(LEARNER).last.text


def test_a_yes_given_again_goes_on_without_a_second_beginning(core: Core, small: Small) -> None:
    small.join()
    began = rows(core, Placement)[0].joined_at
    withdraw(small)
    small.world.say(LEARNER, "/privacy")
    small.world.tap(LEARNER, "Yes, I agree")
    small.world.wait(days=3)
    assert rows(core, Placement)[0].joined_at == began
    assert prompts(small) >= 1
    assert small.world.phone(LEARNER).text().count("already on its way") == 1


# --- minors ---------------------------------------------------------------------------------------


def test_a_minor_without_a_guardians_yes_has_only_safety_and_the_kit(core: Core, small: Small) -> None:
    minor(core, small)
    small.join()
    small.world.wait(days=4)
    assert prompts(small) == 0
    assert "parent or guardian" in small.world.phone(LEARNER).text()


def test_without_a_birth_date_somebody_counts_as_a_minor(core: Core, small: Small) -> None:
    minor(core, small, birth_date=None)
    small.join()
    small.world.wait(days=4)
    assert prompts(small) == 0


def test_a_minors_menu_says_what_is_missing_and_offers_no_journal(core: Core, small: Small) -> None:
    minor(core, small)
    small.join()
    small.world.say(LEARNER, "/menu")
    shown = small.world.phone(LEARNER).last
    assert "guardian" in shown.text
    assert not any("ournal" in label for label, _ in shown.buttons)


def test_a_guardians_yes_on_paper_is_enough(core: Core, small: Small) -> None:
    minor(core, small)
    paper_consent(core, small, "lea")
    small.join()
    small.world.wait(days=3)
    assert prompts(small) >= 1


def guardian_says(small: Small, label: str) -> None:
    small.world.say(GUARDIAN, f"/start {small.tokens['Paul']}")
    small.world.tap(GUARDIAN, "English")
    small.world.tap(GUARDIAN, label)


def test_a_guardians_yes_in_their_own_chat_begins_the_journey_and_the_learner_hears(core: Core, small: Small) -> None:
    minor(core, small)
    add_guardian(core, small, "lea", "Paul", "Beispiel")
    small.join()
    guardian_says(small, "Yes, I agree")
    small.world.deliver()
    assert "Your parent or guardian said yes" in small.world.phone(LEARNER).text()
    small.world.wait(days=3)
    assert prompts(small) >= 1


def test_a_guardian_may_say_yes_before_the_learner_joins(core: Core, small: Small) -> None:
    minor(core, small)
    add_guardian(core, small, "lea", "Paul", "Beispiel")
    guardian_says(small, "Yes, I agree")
    small.join()
    small.world.wait(days=3)
    assert prompts(small) >= 1
    assert "said yes" not in small.world.phone(LEARNER).text()


def test_a_guardians_yes_does_not_stand_in_for_the_learners_own(core: Core, small: Small) -> None:
    minor(core, small)
    add_guardian(core, small, "lea", "Paul", "Beispiel")
    small.join(consent=False)
    guardian_says(small, "Yes, I agree")
    small.world.wait(days=3)
    assert prompts(small) == 0


def test_a_guardian_is_not_told_that_a_journey_is_open_which_the_learner_refused(core: Core, small: Small) -> None:
    minor(core, small)
    add_guardian(core, small, "lea", "Paul", "Beispiel")
    small.join(consent=False)
    guardian_says(small, "Yes, I agree")
    assert "is open now" not in small.world.phone(GUARDIAN).text()


def test_a_guardians_no_keeps_the_journey_closed(core: Core, small: Small) -> None:
    minor(core, small)
    add_guardian(core, small, "lea", "Paul", "Beispiel")
    small.join()
    guardian_says(small, "No")
    small.world.wait(days=3)
    assert prompts(small) == 0


def test_a_guardian_who_said_no_can_change_their_mind_in_the_chat(core: Core, small: Small) -> None:
    minor(core, small)
    add_guardian(core, small, "lea", "Paul", "Beispiel")
    small.join()
    guardian_says(small, "No")
    small.world.say(GUARDIAN, f"/start {small.tokens['Paul']}")
    small.world.tap(GUARDIAN, "Yes, I agree")
    small.world.wait(days=3)
    assert prompts(small) >= 1


def test_a_guardian_is_not_asked_for_an_invite_they_already_used(core: Core, small: Small) -> None:
    minor(core, small)
    add_guardian(core, small, "lea", "Paul", "Beispiel")
    guardian_says(small, "Yes, I agree")
    for words in ("hello", "/menu", "/help"):
        small.world.say(GUARDIAN, words)
        assert "parent or guardian" in small.world.phone(GUARDIAN).last.text


def test_a_guardian_cannot_agree_for_somebody_elses_child(core: Core, small: Small) -> None:
    minor(core, small)
    small.join()
    small.join_staff()
    small.world.forge(REFERENT, "join:child:yes")
    small.world.forge(LEARNER, "join:child:yes")
    assert rows(core, Consent, Consent.kind == "guardian") == []


def test_a_learner_cannot_be_their_own_guardian(core: Core, small: Small) -> None:
    minor(core, small)
    add_guardian(core, small, "lea", "Paul", "Beispiel")
    small.join()
    for _ in range(2):
        small.world.say(LEARNER, f"/start {small.tokens['Paul']}")
    small.world.tap(LEARNER, "English")
    small.world.forge(LEARNER, "join:child:yes")
    assert not [word for word in rows(core, Consent, Consent.kind == "guardian") if word.given]


def test_the_journey_opens_on_the_eighteenth_birthday(core: Core, small: Small) -> None:
    minor(core, small, birth_date=date(2008, 2, 4))
    small.join()
    small.world.travel(march(1, 0).replace(month=2, day=9))
    assert prompts(small) >= 1
