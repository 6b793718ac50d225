"""Alerts: the ladder, who may take them, how they end."""

from __future__ import annotations

from datetime import timedelta

from bot.flows.vocabulary import Membership as Blocked
from bot.service import alerts as use_case
from bot.service.core import Core
from bot.store.tables import Alert, Cohort, Membership, Outbox, Person, Project
from tests.support.alerting import alerted, missed, resolve, the_alert
from tests.support.cohort import BACKUP, COORDINATOR, LEARNER, REFERENT, SECOND_LEARNER, Small, add_learner, add_staff
from tests.support.looking import march, rows

OUTSIDER = 31


def away(core: Core, small: Small, name: str, substitute: str | None = None) -> None:
    with core.store.transaction() as session:
        member = session.get_one(Membership, small.memberships[name])
        member.away_until = small.world.now + timedelta(days=7)
        member.substitute_id = small.memberships[substitute] if substitute else None


def outsider(core: Core, small: Small) -> None:
    """A referent of another cohort joins."""
    project = rows(core, Project)[0]
    with core.store.transaction() as session:
        other = Cohort(
            project_id=project.id, code="AUTUMN", name="Autumn", journey="learner-short", home_zone="Europe/Paris",
            check_in_at="19:00", check_in_days="daily", answer_window=14400, reminder_after=3600, grace=7200,
            escalate_after=1800, quiet_hours="22:00-07:00", created_at=small.world.now,
        )  # fmt: skip
        session.add(other)
        session.flush()
        number = other.id
    here, small.cohort_id = small.cohort_id, number
    add_staff(core, small, "otto", "Otto", "Outsider", "referent", "R01")
    small.cohort_id = here
    small.world.say(OUTSIDER, f"/start {small.tokens['otto']}")
    small.world.tap(OUTSIDER, "English")


# --- the ladder -----------------------------------------------------------------------------------


def test_amber_goes_to_the_referent_alone(abroad: Small) -> None:
    missed(abroad)
    assert (alerted(abroad, REFERENT), alerted(abroad, BACKUP)) == (1, 0)


def test_amber_that_nobody_takes_goes_to_the_backup_after_the_set_time(abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=29)
    assert alerted(abroad, BACKUP) == 0
    abroad.world.wait(minutes=1)
    assert (alerted(abroad, REFERENT), alerted(abroad, BACKUP)) == (1, 1)


def test_the_backup_reads_who_was_told_before(abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=30)
    assert "Claire Exemple told at 21:00" in abroad.world.phone(BACKUP).last.text


def test_two_contact_persons_of_one_name_are_two_who_were_told(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        person = session.get_one(Person, abroad.people["marco"])
        person.first_name, person.last_name = "Claire", "Exemple"
    missed(abroad)
    abroad.world.wait(minutes=60)
    assert abroad.world.phone(REFERENT).last.text.count("Claire Exemple told at") == 2


def test_an_exhausted_ladder_says_so_to_all_and_to_the_learner(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=60)
    for chat in (REFERENT, BACKUP):
        assert "There is nobody after you" in abroad.world.phone(chat).last.text
    assert "Nobody has answered yet" in abroad.world.phone(LEARNER).last.text
    assert the_alert(core).severity == "red"


def test_an_exhausted_alert_never_ends_silently(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=75)
    assert alerted(abroad, REFERENT) >= 4
    assert the_alert(core).next_at is not None


def test_a_referent_who_never_joined_is_skipped_at_once(core: Core, small: Small) -> None:
    small.world.clock.set(march(2, 11))
    small.world.say(BACKUP, f"/start {small.tokens['marco']}")
    small.world.tap(BACKUP, "English")
    small.join()
    missed(small)
    assert alerted(small, BACKUP) == 1
    assert "Claire Exemple skipped" in small.world.phone(BACKUP).last.text


def test_an_alert_opened_later_still_says_who_was_skipped_and_why(core: Core, abroad: Small) -> None:
    abroad.world.block(REFERENT)
    missed(abroad)
    abroad.world.forge(BACKUP, f"alerts:open:{the_alert(core).id}")
    assert "Claire Exemple skipped" in abroad.world.phone(BACKUP).last.text


def test_a_referent_who_blocked_the_bot_is_skipped_at_once(abroad: Small) -> None:
    abroad.world.block(REFERENT)
    missed(abroad)
    assert alerted(abroad, BACKUP) == 1


def test_a_referent_whose_chat_turns_out_blocked_is_not_waited_for(core: Core, abroad: Small) -> None:
    abroad.world.phone(REFERENT).blocked = True
    missed(abroad)
    assert alerted(abroad, BACKUP) == 1
    assert the_alert(core).raised_at == abroad.world.now


def test_a_referent_who_is_away_is_replaced_by_their_substitute(core: Core, abroad: Small) -> None:
    add_staff(core, abroad, "sam", "Sam", "Stand", "local_contact", "R09")
    abroad.world.say(COORDINATOR, f"/start {abroad.tokens['sam']}")
    abroad.world.tap(COORDINATOR, "English")
    away(core, abroad, "claire", "sam")
    missed(abroad)
    assert (alerted(abroad, REFERENT), alerted(abroad, COORDINATOR), alerted(abroad, BACKUP)) == (0, 1, 0)


def test_when_nobody_is_on_duty_everybody_hears_it_and_hears_that(core: Core, abroad: Small) -> None:
    away(core, abroad, "claire")
    away(core, abroad, "marco")
    missed(abroad)
    for chat in (REFERENT, BACKUP):
        assert "Nobody is on duty" in abroad.world.phone(chat).last.text
    assert "Nobody is on duty" in abroad.world.phone(LEARNER).last.text


def test_when_nobody_at_all_is_linked_the_learner_is_told_whom_to_call(core: Core, small: Small) -> None:
    small.world.clock.set(march(2, 11))
    small.join()
    small.world.say(LEARNER, "/sos")
    shown = small.world.phone(LEARNER).text()
    assert "can't reach anybody" in shown
    assert "+33 1 99 00 00 01" in shown


def test_where_nobody_can_be_reached_an_alert_is_tried_every_five_minutes_and_not_without_end(
    core: Core, abroad: Small
) -> None:
    for chat in (REFERENT, BACKUP):
        abroad.world.phone(chat).blocked = True
    abroad.world.say(LEARNER, "/sos")
    abroad.world.wait(minutes=21)
    tried = rows(core, Outbox, Outbox.kind == "alert")
    assert 2 <= len(tried) <= 12, "both, at once and after 5, 10, 15 and 20 minutes"


def test_a_red_alert_with_a_blocked_referent_reaches_the_others_once(abroad: Small) -> None:
    abroad.world.phone(REFERENT).blocked = True
    abroad.world.say(LEARNER, "/sos")
    assert alerted(abroad, BACKUP) == 1


def test_everybody_on_duty_hears_red_at_once_and_again_after_five_minutes(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    assert (alerted(abroad, REFERENT), alerted(abroad, BACKUP)) == (1, 1)
    abroad.world.wait(minutes=5)
    assert (alerted(abroad, REFERENT), alerted(abroad, BACKUP)) == (2, 2)


def test_alerts_make_a_sound_and_the_rest_is_silent(abroad: Small) -> None:
    missed(abroad)
    loud = {m.kind for m in abroad.world.phone(REFERENT).messages if not m.silent}
    silent = {m.kind for m in abroad.world.phone(REFERENT).messages if m.silent}
    assert loud == {"alert"}
    assert silent == {"answer", "notice"}


# --- taking it ------------------------------------------------------------------------------------


def test_the_first_to_take_it_wins_and_the_others_are_told(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=30)
    abroad.world.tap(BACKUP, "I'm on it")
    assert the_alert(core).acknowledged_by == abroad.memberships["marco"]
    assert "Marco Esempio is on it" in abroad.world.phone(REFERENT).last.text
    abroad.world.tap(REFERENT, "I'm on it")
    assert the_alert(core).acknowledged_by == abroad.memberships["marco"]
    assert "Marco Esempio already" in abroad.world.phone(REFERENT).toasts[-1]


def test_the_learner_reads_who_has_it(abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    assert "Claire Exemple is on it" in abroad.world.phone(LEARNER).last.text


def test_a_taken_alert_rests(abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    before = len(abroad.world.phone(REFERENT).messages)
    abroad.world.wait(minutes=119)
    assert (len(abroad.world.phone(REFERENT).messages), alerted(abroad, BACKUP)) == (before, 0)


def test_a_taken_alert_that_stays_open_comes_back_after_two_hours(abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.wait(hours=2)
    assert "Are you still on it?" in abroad.world.phone(REFERENT).last.text
    assert alerted(abroad, BACKUP) == 0


def test_who_does_not_say_that_they_are_still_on_it_loses_it_to_all(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.wait(hours=2, minutes=30)
    assert the_alert(core).acknowledged_by is None
    assert alerted(abroad, BACKUP) == 1


def test_the_learner_reads_that_who_took_it_is_no_longer_waited_for(abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.wait(minutes=151)
    assert "Claire Exemple took this on, but I haven't heard" in abroad.world.phone(LEARNER).last.text


def test_who_is_still_on_it_keeps_it_for_two_more_hours(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    abroad.world.wait(hours=2)
    abroad.world.tap(REFERENT, "Still on it")
    abroad.world.wait(hours=1, minutes=59)
    assert the_alert(core).acknowledged_by == abroad.memberships["claire"]
    assert alerted(abroad, BACKUP) == 0


def test_tapping_twice_tells_nobody_twice(abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "I'm on it")
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.forge(REFERENT, "alerts:ack:1")
    abroad.world.forge(REFERENT, "alerts:ack:1")
    assert len(abroad.world.phone(LEARNER).messages) == before


# --- who may not ----------------------------------------------------------------------------------


def test_a_learner_cannot_take_or_resolve_the_alert_about_themselves(core: Core, abroad: Small) -> None:
    missed(abroad)
    for action in ("ack", "res", "spoke", "phone", "other", "write"):
        abroad.world.forge(LEARNER, f"alerts:{action}:{the_alert(core).id}")
    assert (the_alert(core).acknowledged_by, the_alert(core).resolved_at) == (None, None)


def test_another_learner_cannot_see_take_or_resolve_it(core: Core, abroad: Small) -> None:
    add_learner(core, abroad, "ben", "Ben", "Exemplo", "L02")
    abroad.join("ben", SECOND_LEARNER)
    missed(abroad)
    abroad.world.tap(SECOND_LEARNER, "I'm fine")
    leas = rows(core, Alert, Alert.placement_id == abroad.placements["lea"])[0].id
    for action in ("open", "ack", "res", "spoke"):
        abroad.world.forge(SECOND_LEARNER, f"alerts:{action}:{leas}")
    found = rows(core, Alert, Alert.id == leas)[0]
    assert (found.acknowledged_by, found.resolved_at) == (None, None)
    assert "Lea" not in abroad.world.phone(SECOND_LEARNER).text()


def test_a_referent_of_another_cohort_cannot_see_take_or_resolve_it(core: Core, abroad: Small) -> None:
    outsider(core, abroad)
    missed(abroad)
    for action in ("open", "ack", "res", "phone", "write"):
        abroad.world.forge(OUTSIDER, f"alerts:{action}:{the_alert(core).id}")
    abroad.world.say(OUTSIDER, "/alerts")
    abroad.world.say(OUTSIDER, "/learners")
    assert (the_alert(core).acknowledged_by, the_alert(core).resolved_at) == (None, None)
    assert "Beispiel" not in abroad.world.phone(OUTSIDER).text()


def test_a_stranger_cannot_take_it(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.forge(99, f"alerts:ack:{the_alert(core).id}")
    assert the_alert(core).acknowledged_by is None


def test_a_former_referent_cannot_take_it(core: Core, abroad: Small) -> None:
    missed(abroad)
    with core.store.transaction() as session:
        session.get_one(Membership, abroad.memberships["claire"]).ended_at = abroad.world.now
    abroad.world.tap(REFERENT, "I'm on it")
    assert the_alert(core).acknowledged_by is None


def test_a_learner_who_is_also_a_referent_cannot_quiet_the_alert_about_themselves(core: Core, abroad: Small) -> None:
    with core.store.transaction() as session:
        session.add(
            Membership(person_id=abroad.people["lea"], role="coordinator", code="X1", cohort_id=abroad.cohort_id,
                       created_at=abroad.world.now)
        )  # fmt: skip
    missed(abroad)
    abroad.world.forge(LEARNER, f"alerts:ack:{the_alert(core).id}")
    abroad.world.forge(LEARNER, f"alerts:spoke:{the_alert(core).id}")
    abroad.world.say(LEARNER, "/alerts")
    assert (the_alert(core).acknowledged_by, the_alert(core).resolved_at) == (None, None)
    assert alerted(abroad, LEARNER) == 0


def test_made_up_numbers_are_harmless(core: Core, abroad: Small) -> None:
    missed(abroad)
    for data in ("alerts:ack:999", "alerts:ack:x", "alerts:ack:", f"alerts:ack:{'9' * 30}", "alerts:boom:1",
                 "settle:no:999", "settle:no", "alerts"):  # fmt: skip
        abroad.world.forge(REFERENT, data)
    assert the_alert(core).acknowledged_by is None


# --- the end --------------------------------------------------------------------------------------


def test_resolving_needs_an_outcome(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(REFERENT, "Resolved")
    assert the_alert(core).resolved_at is None
    abroad.world.tap(REFERENT, "Through the host")
    assert the_alert(core).outcome == "via_host"


def test_all_who_were_told_get_the_all_clear_but_not_who_gave_it(abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=30)
    resolve(abroad)
    assert "All clear" in abroad.world.phone(BACKUP).last.text
    assert "All clear" not in abroad.world.phone(REFERENT).text()
    assert "Resolved: <b>Lea" in abroad.world.phone(REFERENT).text()


def test_who_was_never_told_hears_no_all_clear(abroad: Small) -> None:
    missed(abroad)
    resolve(abroad)
    assert "All clear" not in abroad.world.phone(BACKUP).text()


def test_after_the_end_nothing_more_is_said(abroad: Small) -> None:
    missed(abroad)
    resolve(abroad)
    told = alerted(abroad, REFERENT), alerted(abroad, BACKUP)
    abroad.world.wait(hours=5)
    assert (alerted(abroad, REFERENT), alerted(abroad, BACKUP)) == told


def test_resolving_twice_changes_and_says_nothing(core: Core, abroad: Small) -> None:
    missed(abroad)
    resolve(abroad)
    before = len(abroad.world.phone(LEARNER).messages)
    abroad.world.forge(REFERENT, f"alerts:other:{the_alert(core).id}")
    assert the_alert(core).outcome == "phone"
    assert len(abroad.world.phone(LEARNER).messages) == before


def test_the_learner_is_asked_whether_it_is_settled(abroad: Small) -> None:
    missed(abroad)
    resolve(abroad)
    abroad.world.tap(LEARNER, "Yes, it's settled")
    abroad.world.wait(hours=3)
    assert alerted(abroad, BACKUP) == 0


def test_not_settled_goes_to_somebody_else_first(core: Core, abroad: Small) -> None:
    missed(abroad)
    resolve(abroad)
    told = alerted(abroad, REFERENT)
    abroad.world.tap(LEARNER, "No, not yet")
    assert (alerted(abroad, REFERENT), alerted(abroad, BACKUP)) == (told, 1)
    assert the_alert(core).resolved_at is None


def test_not_settled_does_not_tell_the_learner_again_that_they_did_not_answer(abroad: Small) -> None:
    missed(abroad)
    resolve(abroad)
    abroad.world.tap(LEARNER, "No, not yet")
    assert "You didn't answer" not in abroad.world.phone(LEARNER).last.text


def test_who_asked_for_help_and_is_not_settled_reads_who_is_told_now(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    resolve(abroad)
    abroad.world.tap(LEARNER, "No, not yet")
    assert "I have told Marco Esempio" in abroad.world.phone(LEARNER).last.text


def test_who_gets_a_reopened_alert_reads_that_it_was_closed_once(abroad: Small) -> None:
    missed(abroad)
    resolve(abroad)
    abroad.world.tap(LEARNER, "No, not yet")
    assert "Claire Exemple closed this alert" in abroad.world.phone(BACKUP).last.text


def test_not_settled_is_newer_than_that_all_is_well(abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.tap(REFERENT, "I'm on it")
    resolve(abroad)
    abroad.world.tap(LEARNER, "No, not yet")
    abroad.world.wait(minutes=40)
    shown = abroad.world.phone(BACKUP).last
    assert shown.kind == "alert"
    assert "not settled" in shown.text
    assert "I'm fine" not in shown.text
    assert "I have told Marco Esempio" in abroad.world.phone(LEARNER).text()


def test_saying_not_settled_twice_reopens_once(core: Core, abroad: Small) -> None:
    missed(abroad)
    resolve(abroad)
    number = the_alert(core).id
    for _ in range(3):
        abroad.world.forge(LEARNER, f"settle:no:{number}")
    assert the_alert(core).state["reopened"] == 1
    assert alerted(abroad, BACKUP) == 1


def test_a_referent_cannot_settle_in_the_learners_name(core: Core, abroad: Small) -> None:
    missed(abroad)
    resolve(abroad)
    abroad.world.forge(REFERENT, f"settle:no:{the_alert(core).id}")
    assert the_alert(core).resolved_at is not None


def test_the_coordinator_may_close_it_from_the_command_line(core: Core, abroad: Small) -> None:
    missed(abroad)
    alert = the_alert(core).id
    with core.store.transaction() as session:
        use_case.resolve(core, session, alert, None, "phone", abroad.world.now)
    abroad.world.deliver()
    assert "Closed by the coordinator" in abroad.world.phone(REFERENT).last.text


def test_who_says_fine_late_wakes_nobody_at_night_and_is_told_nothing_false(abroad: Small) -> None:
    missed(abroad)
    abroad.world.tap(LEARNER, "I'm fine")
    told = abroad.world.phone(LEARNER).text()
    abroad.world.wait(minutes=40)
    assert "Has answered meanwhile" in abroad.world.phone(BACKUP).last.text
    assert "No answer reached me, so I told Marco" not in abroad.world.phone(LEARNER).text()
    assert abroad.world.phone(LEARNER).text() == told
    backup = len(abroad.world.phone(BACKUP).messages)
    abroad.world.travel(abroad.world.now.replace(hour=21, minute=30))
    abroad.world.wait(hours=7)
    assert len(abroad.world.phone(BACKUP).messages) <= backup + 1


def test_a_wish_to_talk_never_becomes_an_emergency_by_itself(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/checkin")
    abroad.world.tap(LEARNER, "Fine, but I'd like to talk")
    abroad.world.wait(hours=30)
    assert "URGENT" not in abroad.world.phone(REFERENT).text()
    assert "Nobody has answered yet" not in abroad.world.phone(LEARNER).text()


def test_a_second_call_for_help_is_heard_by_everybody_while_nobody_has_the_first(abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.wait(minutes=12)
    before = [len(abroad.world.phone(chat).messages) for chat in (REFERENT, BACKUP)]
    abroad.world.say(LEARNER, "/sos")
    after = [len(abroad.world.phone(chat).messages) for chat in (REFERENT, BACKUP)]
    assert [b + 1 for b in before] == after


def test_who_takes_an_arrival_and_forgets_the_button_wakes_nobody_at_night(core: Core, abroad: Small) -> None:
    missed(abroad)
    abroad.world.wait(minutes=70)  # nobody took it: red
    abroad.world.tap(LEARNER, "I'm fine")
    abroad.world.tap(REFERENT, "I'm on it")
    before = alerted(abroad, BACKUP)
    abroad.world.travel(march(3, 5))
    assert alerted(abroad, BACKUP) == before
    abroad.world.travel(march(3, 12))
    assert alerted(abroad, BACKUP) > before


def test_who_looks_for_a_learner_reads_that_the_bot_was_blocked_meanwhile(core: Core, abroad: Small) -> None:
    abroad.world.say(LEARNER, "/sos")
    abroad.world.tap(REFERENT, "I'm on it")
    for _ in range(2):
        abroad.world.event(LEARNER, Blocked(False))
    assert [m.text.count("the bot is blocked") for m in abroad.world.phone(REFERENT).messages[-2:]] == [0, 1]
    assert len(rows(core, Alert)) == 1


def test_who_hears_of_an_alert_late_reads_all_of_it(core: Core, small: Small) -> None:
    small.join()
    small.join_staff()
    small.world.event(BACKUP, Blocked(False))
    small.world.say(LEARNER, "/sos")
    small.world.event(BACKUP, Blocked(True))
    small.world.wait(minutes=6)
    shown = small.world.phone(BACKUP).last
    assert shown.kind == "alert"
    assert "Alert since" in shown.text
    assert "Still open since" in small.world.phone(REFERENT).last.text
