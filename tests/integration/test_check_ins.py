"""The daily check-in: from the hour of asking to the alert, and every way to answer."""

from __future__ import annotations

from datetime import date, timedelta

from bot.rules.alert import Severity
from bot.service import intake
from bot.service.core import Core
from bot.store.tables import Alert, CheckIn, Placement
from tests.support.cohort import BACKUP, LEARNER, REFERENT, SECOND_LEARNER, Small, add_learner, small_cohort
from tests.support.looking import change_stay, march, rows


def alerts_of(core: Core) -> list[Alert]:
    return rows(core, Alert)


def today(core: Core, day: int) -> CheckIn:
    (found,) = rows(core, CheckIn, CheckIn.day == date(2026, 3, day))
    return found


def kinds(small: Small, chat: int) -> list[str]:
    return [m.kind for m in small.world.phone(chat).messages]


def test_the_question_comes_at_the_learners_hour_where_they_are(abroad: Small) -> None:
    abroad.world.travel(march(2, 17, 59))
    assert "check_in" not in kinds(abroad, LEARNER)
    abroad.world.travel(march(2, 18))
    assert abroad.world.phone(LEARNER).last.kind == "check_in"


def test_the_question_makes_a_sound(abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    assert not abroad.world.phone(LEARNER).last.silent


def test_an_answer_replaces_the_question_and_settles_it(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    abroad.world.tap(LEARNER, "I'm fine")
    assert "I'm fine" not in [label for label, _ in abroad.world.phone(LEARNER).last.buttons]
    abroad.world.travel(march(2, 23))
    assert alerts_of(core) == []
    assert "reminder" not in kinds(abroad, LEARNER)


def test_silence_brings_one_reminder_and_then_an_alert(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 19, 59))
    assert kinds(abroad, LEARNER).count("reminder") == 1
    assert alerts_of(core) == []
    abroad.world.travel(march(2, 20))
    (alert,) = alerts_of(core)
    assert (alert.reason, alert.severity, alert.raised_at) == ("not_answered", "amber", march(2, 20))


def test_the_reminder_says_until_when_in_the_learners_own_time(abroad: Small) -> None:
    abroad.world.travel(march(2, 19))
    assert "21:00" in abroad.world.phone(LEARNER).last.text


def test_an_answer_within_the_window_counts_before_the_hour(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 14, 1))
    abroad.world.say(LEARNER, "/checkin")
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.travel(march(2, 23))
    assert "check_in" not in kinds(abroad, LEARNER)
    assert alerts_of(core) == []


def test_an_answer_before_the_window_is_welcome_but_the_question_still_comes(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/checkin")
    abroad.world.tap(LEARNER, "I'm fine")
    assert "15:00" in abroad.world.phone(LEARNER).last.text
    abroad.world.travel(march(2, 18))
    assert abroad.world.phone(LEARNER).last.kind == "check_in"


def test_mere_activity_is_no_answer_but_is_shown_in_the_alert(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18, 40))
    abroad.world.say(LEARNER, "Where can I wash my clothes?")
    abroad.world.travel(march(2, 20))
    assert alerts_of(core)
    assert "19:40" in abroad.world.phone(REFERENT).last.text


def test_the_deadline_counts_from_the_delivery(core: Core, abroad: Small) -> None:
    abroad.world.telegram_up = False
    abroad.world.travel(march(2, 18, 50))
    abroad.world.telegram_up = True
    abroad.world.deliver()
    abroad.world.travel(march(2, 20, 49))
    assert alerts_of(core) == []
    abroad.world.travel(march(2, 20, 50))
    assert len(alerts_of(core)) == 1


def test_a_question_that_never_went_out_is_called_just_that(core: Core, abroad: Small) -> None:
    abroad.world.telegram_up = False
    abroad.world.travel(march(2, 20, 10))
    (alert,) = alerts_of(core)
    assert alert.reason == "could_not_ask"


def test_nobody_is_alerted_while_we_are_not_listening(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 19))
    abroad.world.listening = False
    abroad.world.travel(march(2, 21))
    assert alerts_of(core) == []


def test_when_we_listen_again_the_deadline_has_moved_by_what_we_missed(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 19))
    abroad.world.listening = False
    abroad.world.travel(march(2, 21))
    abroad.world.listening = True
    abroad.world.travel(march(2, 21, 55))
    assert alerts_of(core) == []
    abroad.world.travel(march(2, 22, 5))
    assert [a.reason for a in alerts_of(core)] == ["not_answered"]


def test_an_answer_that_lay_at_telegram_during_our_outage_prevents_the_alert(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 19))
    abroad.world.listening = False
    abroad.world.travel(march(2, 20, 30))
    abroad.world.listening = True
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.travel(march(2, 23))
    assert alerts_of(core) == []


def test_more_than_three_hours_are_never_added(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 19))
    abroad.world.listening = False
    abroad.world.travel(march(2, 23, 5))
    (alert,) = alerts_of(core)
    assert alert.reason == "could_not_ask"
    assert today(core, 2).extended == 3 * 3600


def test_a_blocked_bot_is_alerted_at_once_and_called_blocked(core: Core, abroad: Small) -> None:
    abroad.world.block(LEARNER)
    (alert,) = alerts_of(core)
    assert (alert.reason, alert.severity) == ("blocked", "amber")
    assert "blocked" in abroad.world.phone(REFERENT).last.text


def test_a_bot_blocked_before_the_stay_is_found_out_at_the_first_question(core: Core) -> None:
    small = small_cohort(core, start=march(1, 0) - timedelta(days=1))
    small.join_staff()
    small.join()
    small.world.block(LEARNER)
    assert alerts_of(core) == []
    small.world.travel(march(1, 18, 1))
    assert [a.reason for a in alerts_of(core)] == ["blocked"]


def test_who_unblocks_is_asked_again_the_next_day(core: Core, abroad: Small) -> None:
    abroad.world.block(LEARNER)
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.phone(LEARNER).blocked = False
    abroad.world.say(LEARNER, "/menu")
    abroad.world.travel(march(2, 18))
    assert abroad.world.phone(LEARNER).last.kind == "check_in"


def test_a_resolved_alert_about_a_blocked_bot_does_not_raise_the_next_one(core: Core, abroad: Small) -> None:
    abroad.world.block(LEARNER)
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.tap(REFERENT, "Resolved")
    abroad.world.tap(REFERENT, "We spoke on the phone")
    abroad.world.wait(minutes=30)
    assert [a.resolved_at is not None for a in alerts_of(core)] == [True]


def test_who_never_joined_is_not_asked_and_raises_no_false_alarm(core: Core) -> None:
    small = small_cohort(core, start=march(2, 11))
    small.join_staff()
    small.world.travel(march(3, 12))
    assert rows(core, CheckIn) == []
    assert alerts_of(core) == []


def test_who_joined_without_finishing_is_asked_all_the_same(core: Core) -> None:
    small = small_cohort(core, start=march(2, 11))
    small.world.say(LEARNER, f"/start {small.tokens['lea']}")
    small.world.travel(march(2, 18))
    assert small.world.phone(LEARNER).last.kind == "check_in"


def test_whose_chat_was_given_up_is_alerted_as_not_delivered(core: Core, abroad: Small) -> None:
    abroad.world.tap(REFERENT, "Not them? Unlink")
    abroad.world.tap(REFERENT, "Yes, unlink")
    abroad.world.travel(march(2, 18))
    assert [a.reason for a in alerts_of(core)] == ["not_delivered"]


def test_a_late_answer_reaches_those_who_were_told(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 20, 5))
    abroad.world.tap(LEARNER, "I'm fine")
    assert "I'm fine" in abroad.world.phone(REFERENT).last.text
    assert "Claire Exemple" in abroad.world.phone(LEARNER).last.text
    assert alerts_of(core)[0].resolved_at is None


def test_fine_on_the_next_day_reaches_those_who_still_have_the_alert(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 20, 1))
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.travel(march(2, 22, 1))
    abroad.world.tap(REFERENT, "Still on it")
    abroad.world.clock.set(march(3, 17))
    abroad.world.say(LEARNER, "/checkin")
    abroad.world.tap(LEARNER, "I'm fine")
    assert "Has answered now" in abroad.world.phone(REFERENT).last.text


def test_fine_can_be_changed_into_help(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.say(LEARNER, "/checkin")
    abroad.world.tap(LEARNER, "I need help")
    (alert,) = alerts_of(core)
    assert (alert.reason, alert.severity) == ("asked_for_help", "red")


def test_help_changed_into_fine_leaves_the_alert_with_a_human(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    check_in = today(core, 2).id
    abroad.world.tap(LEARNER, "I need help")
    abroad.world.forge(LEARNER, f"check_in:fine:{check_in}")
    (alert,) = alerts_of(core)
    assert alert.resolved_at is None
    assert "I'm fine" in abroad.world.phone(REFERENT).last.text


def test_a_double_tap_counts_once(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    check_in = today(core, 2).id
    for _ in range(3):
        abroad.world.forge(LEARNER, f"check_in:help:{check_in}")
    assert len(alerts_of(core)) == 1
    assert kinds(abroad, REFERENT).count("alert") == 1


def test_a_wish_to_talk_is_amber(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    abroad.world.tap(LEARNER, "Fine, but I'd like to talk")
    (alert,) = alerts_of(core)
    assert (alert.reason, alert.severity) == ("wants_to_talk", "amber")


def test_help_shows_the_emergency_numbers_first(abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.tap(LEARNER, "I need help")
    assert any("112" in m.text for m in abroad.world.phone(LEARNER).messages[before - 1 :])


def test_help_at_any_time_needs_no_check_in(core: Core, small: Small) -> None:
    small.join_staff()
    small.join()
    small.world.forge(LEARNER, "check_in:help:0")
    assert [a.severity for a in alerts_of(core)] == ["red"]


def test_somebody_elses_check_in_cannot_be_answered(core: Core, abroad: Small) -> None:
    add_learner(core, abroad, "ben", "Ben", "Exemplo", "L02")
    abroad.join("ben", SECOND_LEARNER)
    abroad.world.travel(march(2, 18))
    (leas,) = rows(core, CheckIn, CheckIn.placement_id == abroad.placements["lea"], CheckIn.day == date(2026, 3, 2))
    abroad.world.forge(SECOND_LEARNER, f"check_in:fine:{leas.id}")
    (after,) = rows(core, CheckIn, CheckIn.id == leas.id)
    assert after.answer is None


def test_numbers_that_are_no_check_in_are_harmless(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    for data in ("check_in:fine:999999", "check_in:fine:", "check_in:fine:-1", "check_in:xx:1", "check_in:fine:²",
                 f"check_in:fine:{'9' * 40}", "check_in"):  # fmt: skip
        abroad.world.forge(LEARNER, data)
    assert alerts_of(core) == []


def test_the_second_miss_in_a_row_is_red(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 20, 1))
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.tap(REFERENT, "Resolved")
    abroad.world.tap(REFERENT, "Other")
    abroad.world.travel(march(3, 20, 1))
    assert [a.severity for a in alerts_of(core)] == [Severity.AMBER, Severity.RED]
    assert kinds(abroad, BACKUP)[-1] == "alert"


def test_an_answer_in_between_makes_the_next_miss_a_first_one(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 20, 1))
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.tap(REFERENT, "Resolved")
    abroad.world.tap(REFERENT, "Other")
    abroad.world.travel(march(3, 20, 1))
    assert [a.severity for a in alerts_of(core)] == ["amber", "amber"]


def test_the_hour_stays_the_local_one_when_the_clocks_change(core: Core) -> None:
    small = small_cohort(core, start=march(28, 11))
    change_stay(core, small, arrival_date=date(2026, 3, 20), departure_date=date(2026, 3, 20),
                return_date=date(2026, 4, 10))  # fmt: skip
    small.join()
    small.world.turn()
    due = {row.day: row.due_at for row in rows(core, CheckIn)}
    assert due[date(2026, 3, 28)] == march(28, 18)
    assert due[date(2026, 3, 29)] == march(29, 17)
    assert due[date(2026, 3, 30)] == march(30, 17)


def test_an_hour_that_does_not_exist_on_the_day_of_the_change_moves_forward(core: Core) -> None:
    small = small_cohort(core, start=march(28, 11))
    change_stay(core, small, arrival_date=date(2026, 3, 20), departure_date=date(2026, 3, 20),
                return_date=date(2026, 4, 10))  # fmt: skip
    small.join()
    change_stay(core, small, check_in_at="02:30")
    small.world.turn()
    assert today(core, 29).due_at == march(29, 1, 30)


def test_moved_dates_move_what_is_not_asked_yet(core: Core, abroad: Small) -> None:
    abroad.world.turn()
    change_stay(core, abroad, arrival_date=date(2026, 3, 9), departure_date=date(2026, 3, 9),
                return_date=date(2026, 3, 29))  # fmt: skip
    abroad.world.travel(march(8, 23))
    assert rows(core, CheckIn, CheckIn.day < date(2026, 3, 9)) == []
    abroad.world.travel(march(9, 18))
    assert abroad.world.phone(LEARNER).last.kind == "check_in"


def test_an_hour_changed_by_the_learner_holds_from_today(core: Core, abroad: Small) -> None:
    abroad.world.turn()
    abroad.world.say(LEARNER, "/settings")
    abroad.world.forge(LEARNER, "settings:hour:2030")
    abroad.world.travel(march(2, 18, 1))
    assert "check_in" not in kinds(abroad, LEARNER)
    abroad.world.travel(march(2, 19, 30))
    assert abroad.world.phone(LEARNER).last.kind == "check_in"


def test_who_went_home_early_is_not_asked_any_more(core: Core, abroad: Small) -> None:
    abroad.world.turn()
    change_stay(core, abroad, ended_on=date(2026, 3, 2))
    abroad.world.travel(march(2, 18, 1))
    abroad.world.tap(LEARNER, "I've arrived")
    abroad.world.travel(march(4, 22))
    assert rows(core, CheckIn) == []
    assert alerts_of(core) == []


def test_weekdays_only_means_nothing_on_a_sunday(core: Core) -> None:
    small = small_cohort(core, start=march(6, 11), check_in_days="weekdays")
    small.join()
    small.world.turn()
    assert {row.day.day for row in rows(core, CheckIn)} <= {6, 9}


def test_yesterdays_question_is_not_asked_after_our_own_outage(core: Core, abroad: Small) -> None:
    abroad.world.turn()
    abroad.world.clock.set(march(3, 9))
    abroad.world.turn()
    assert today(core, 2).state == "closed"
    assert "check_in" not in kinds(abroad, LEARNER)
    assert alerts_of(core) == []


def test_after_the_return_nobody_is_asked(core: Core) -> None:
    small = small_cohort(core, start=march(21, 10))
    small.join()
    small.world.travel(march(21, 18))
    small.world.tap(LEARNER, "I've arrived")
    small.world.travel(march(24, 22))
    assert rows(core, CheckIn) == []


def test_silence_is_judged_once_all_that_was_said_by_the_deadline_is_read(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 19, 59))
    abroad.world.listening = False
    intake.heard(core, march(2, 20) - timedelta(seconds=1))
    for second in (0, 20):
        abroad.world.travel(march(2, 20, 0) + timedelta(seconds=second))
        assert alerts_of(core) == []
    intake.heard(core, abroad.world.now)
    abroad.world.turn()
    assert [(alert.reason, alert.raised_at) for alert in alerts_of(core)] == [("not_answered", abroad.world.now)]


def test_unlinked_stays_keep_their_placement(core: Core, abroad: Small) -> None:
    abroad.world.tap(REFERENT, "Not them? Unlink")
    abroad.world.tap(REFERENT, "Yes, unlink")
    assert rows(core, Placement)[0].person_id == abroad.people["lea"]
