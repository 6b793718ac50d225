"""We heard nothing for a while: noticed once, told once to who looks after learners, and never to learners."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.service import outages
from bot.service.core import Core
from bot.store.tables import CheckIn, Outage, SecondMessage
from scheduler.due import run_due
from tests.support.cohort import BACKUP, COORDINATOR, LEARNER, REFERENT, Small, add_staff, small_cohort
from tests.support.looking import change_stay, march, rows, set_person


def away(small: Small, start: datetime, end: datetime) -> None:
    """The whole service stands still between two instants; then the backlog is read and the schedule turns."""
    world = small.world
    world.travel(start)
    outages.heard(world.core, start)
    world.clock.set(end)
    world.listening = False
    outages.heard(world.core, end)
    world.turn()
    world.listening = True


def notices(small: Small, chat: int) -> list[str]:
    return [m.text for m in small.world.phone(chat).messages if "I was away" in m.text]


def test_a_short_gap_is_nobodys_business(core: Core, abroad: Small) -> None:
    away(abroad, march(2, 12), march(2, 12, 9))
    assert rows(core, Outage) == []
    assert notices(abroad, REFERENT) == []


def test_a_gap_by_day_without_a_question_is_told_once_in_the_readers_words(core: Core, abroad: Small) -> None:
    away(abroad, march(2, 12), march(2, 13, 30))
    (told,) = notices(abroad, REFERENT)
    assert "from <b>Mon 2 Mar 13:00</b> to <b>Mon 2 Mar 14:30</b>" in told
    assert "No check-in was due in that time." in told
    abroad.world.wait(hours=1)
    assert len(notices(abroad, REFERENT)) == len(notices(abroad, BACKUP)) == 1
    assert notices(abroad, LEARNER) == []


def test_at_night_it_waits_for_the_morning(core: Core, abroad: Small) -> None:
    abroad.world.travel(march(2, 18))
    abroad.world.tap(LEARNER, "I'm fine")
    away(abroad, march(3, 1, 10), march(3, 4, 40))
    assert notices(abroad, REFERENT) == []
    abroad.world.travel(march(3, 6, 1))
    (told,) = notices(abroad, REFERENT)
    assert "from <b>Tue 3 Mar 02:10</b> to <b>Tue 3 Mar 05:40</b>" in told


def test_questions_that_came_late_are_counted_and_told_at_once(core: Core, abroad: Small) -> None:
    away(abroad, march(2, 17, 30), march(2, 21, 30))
    (told,) = notices(abroad, REFERENT)
    assert "One check-in came late." in told
    shown = abroad.world.phone(REFERENT).messages[-1]
    assert (shown.at, shown.silent) == (march(2, 21, 30), False)


def test_a_prompt_never_sent_goes_out_with_the_full_time_to_answer(core: Core, abroad: Small) -> None:
    away(abroad, march(2, 17, 30), march(2, 21, 30))
    (check_in,) = rows(core, CheckIn, CheckIn.delivered_at.is_not(None), CheckIn.due_at > march(2, 17))
    assert check_in.delivered_at == march(2, 21, 30)
    assert check_in.deadline == march(2, 23, 30)


def test_a_question_of_a_day_that_is_over_is_not_asked_and_said_so(core: Core, abroad: Small) -> None:
    away(abroad, march(2, 17, 30), march(3, 8))
    (told,) = notices(abroad, REFERENT)
    assert "One check-in was not asked at all, because the day was over." in told


def test_nobody_abroad_means_nobody_is_told(core: Core, small: Small) -> None:
    small.join_staff()
    small.join()
    away(small, march(2, 12) - timedelta(days=20), march(2, 14) - timedelta(days=20))
    assert [row.state for row in rows(core, Outage)] == ["told"]
    assert notices(small, REFERENT) == []


def test_every_process_may_notice_and_one_notice_goes_out(core: Core, abroad: Small) -> None:
    away(abroad, march(2, 12), march(2, 14))
    twin = replace(core, owner="twin")
    outages.heard(twin, march(2, 14))
    run_due(twin, march(2, 14))
    abroad.world.turn()
    assert len(rows(core, Outage)) == 1
    assert len(notices(abroad, REFERENT)) == 1


def test_a_coordinator_hears_of_the_whole_cohort_once(core: Core, abroad: Small) -> None:
    add_staff(core, abroad, "ada", "Ada", "Coord", "coordinator", "C01")
    abroad.world.say(COORDINATOR, f"/start {abroad.tokens['ada']}")
    abroad.world.tap(COORDINATOR, "English")
    away(abroad, march(2, 12), march(2, 14))
    assert len(notices(abroad, COORDINATOR)) == 1


# --- Telegram is out of reach, and we know it -----------------------------------------------------


@pytest.fixture
def channels(core: Core) -> Small:
    """The small cohort abroad with both second channels; Claire has an e-mail address."""
    found = small_cohort(replace(core, channels=frozenset({"mail", "webhook"})), start=march(2, 11))
    found.join_staff()
    found.join()
    found.world.turn()
    set_person(core, found.people["claire"], email="claire@example.org")
    return found


def deaf(small: Small, minutes: int) -> None:
    """The schedule turns, Telegram is silent."""
    small.world.listening = small.world.telegram_up = False
    for _ in range(minutes * 2):
        small.world.clock.advance(timedelta(seconds=30))
        small.world.turn()


def second(core: Core) -> list[tuple[str, str]]:
    return [(row.channel, row.key.rpartition(":")[2] if row.channel == "webhook" else row.address)
            for row in rows(core, SecondMessage)]  # fmt: skip


def test_ten_minutes_of_silence_are_told_once_by_the_second_channels(core: Core, channels: Small) -> None:
    outages.heard(core, channels.world.now)
    deaf(channels, 10)
    assert second(core) == []
    deaf(channels, 20)
    assert second(core) == [("mail", "claire@example.org"), ("webhook", "began")]


def test_when_telegram_is_back_they_are_told_once_more(core: Core, channels: Small) -> None:
    outages.heard(core, channels.world.now)
    deaf(channels, 15)
    channels.world.telegram_up = True
    outages.heard(core, channels.world.now)
    channels.world.turn()
    channels.world.turn()
    assert second(core)[2:] == [("mail", "claire@example.org"), ("webhook", "over")]
    assert len(notices(channels, REFERENT)) == 1
    (outage,) = rows(core, Outage)
    assert (outage.state, outage.alarmed_at is not None) == ("told", True)


def test_a_start_after_a_night_switched_off_is_no_outage_of_telegrams(core: Core, channels: Small) -> None:
    outages.heard(core, channels.world.now)
    channels.world.clock.advance(timedelta(hours=9))
    deaf(channels, 9)
    assert second(core) == []
    deaf(channels, 3)
    assert len(second(core)) == 2


def test_messages_that_do_not_go_out_are_an_outage_too(core: Core, channels: Small) -> None:
    outages.sent(core, channels.world.now)
    channels.world.telegram_up = False
    channels.world.say(LEARNER, "/sos")
    for _ in range(25):
        channels.world.clock.advance(timedelta(seconds=30))
        outages.heard(core, channels.world.now)
        run_due(channels.world.core, channels.world.now)
        tried_in_vain(core)
    assert [row.what for row in rows(core, Outage)] == ["sending"]
    outages.sent(core, channels.world.now)
    channels.world.turn()
    channels.world.turn()
    assert [row.state for row in rows(core, Outage)] == ["told"]
    assert notices(channels, REFERENT) == [], "we heard everything"


def tried_in_vain(core: Core) -> None:
    with core.store.transaction() as session:
        session.connection().exec_driver_sql("UPDATE outbox SET attempts = 3 WHERE state = 'queued'")


def test_a_learner_who_left_concerns_nobody(core: Core, channels: Small) -> None:
    change_stay(core, channels, ended_on=march(1, 0).date())
    outages.heard(core, channels.world.now)
    deaf(channels, 15)
    assert second(core) == []
