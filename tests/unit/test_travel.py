"""The travel day as a table: from where, what happens, to where, what is to be done. Times are hours of the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.alert import Reason, Severity
from bot.rules.check_in import MOST_EXTENSION
from bot.rules.check_in_terms import Listening
from bot.rules.travel import step
from bot.rules.travel_terms import (
    Ask,
    AskHour,
    Delivered,
    Effect,
    Excused,
    LateWord,
    Missed,
    NotDelivered,
    Over,
    RaiseAlert,
    Remind,
    Reply,
    Said,
    State,
    TellArrived,
    TellDelay,
    TellNotThere,
    Tick,
    Travel,
    Trigger,
    Withdraw,
    Word,
    plan,
)

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NOT_ARRIVED = RaiseAlert(Reason.NOT_ARRIVED, Severity.RED)
COULD_NOT_ASK = RaiseAlert(Reason.COULD_NOT_ASK, Severity.AMBER)
BLOCKED = RaiseAlert(Reason.BLOCKED, Severity.AMBER)


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def next_morning(hours: float) -> datetime:
    return at(8 + 24 * ((hours - 8) // 24 + 1))


def tick(hours: float, *, ok: bool = True, heard: float | None = None) -> Tick:
    last = at(heard) if heard is not None else at(hours) if ok else None
    return Tick(at(hours), Listening(ok, last), next_morning(hours))


def said(hours: float, word: Word, expected: float | None = None) -> Said:
    return Said(at(hours), word, next_morning(max(hours, 8)), at(expected) if expected is not None else None)


def run(*triggers: Trigger, expected: float = 20) -> tuple[Travel, list[Effect]]:
    travel = plan(at(-6), at(8), at(expected))
    done: list[Effect] = []
    for trigger in triggers:
        travel, effects = step(travel, trigger)
        done += effects
    return travel, done


EVENING: tuple[Trigger, ...] = (tick(-6),)
ASKED: tuple[Trigger, ...] = (*EVENING, tick(8), Delivered(at(8.1)))
LEFT: tuple[Trigger, ...] = (*ASKED, said(9, Word.LEFT))
DELAYED: tuple[Trigger, ...] = (*LEFT, said(15, Word.DELAYED, 22))
REMINDED: tuple[Trigger, ...] = (*LEFT, tick(21))
ALERTED: tuple[Trigger, ...] = (*REMINDED, tick(23))
ARRIVED: tuple[Trigger, ...] = (*LEFT, said(19, Word.ARRIVED))
BEFORE: dict[str, tuple[Trigger, ...]] = {
    "planned": (), "evening": EVENING, "asked": ASKED, "left": LEFT, "delayed": DELAYED, "reminded": REMINDED,
    "alerted": ALERTED, "arrived": ARRIVED,
}  # fmt: skip

TABLE: list[tuple[str, Trigger, State, list[Effect]]] = [
    ("planned", tick(-7), State.PLANNED, []),
    ("planned", tick(-6), State.PLANNED, [AskHour()]),
    ("planned", tick(8), State.ASKED, [Ask()]),
    ("planned", tick(21.5), State.ASKED, [Ask()]),
    ("planned", tick(46), State.ASKED, [Ask()]),
    ("planned", tick(48), State.CLOSED, [Missed()]),
    ("evening", said(-5, Word.PLANNED, 17), State.PLANNED, [Reply(Word.PLANNED)]),
    ("evening", said(5, Word.LEFT), State.LEFT, [Reply(Word.LEFT)]),
    ("evening", said(5, Word.ARRIVED), State.ARRIVED, [Withdraw(), TellArrived(), Reply(Word.ARRIVED)]),
    ("evening", said(-5, Word.DELAYED, 23), State.PLANNED, [Reply(Word.DELAYED)]),
    ("asked", tick(12), State.ASKED, []),
    ("asked", said(9, Word.LEFT), State.LEFT, [Reply(Word.LEFT)]),
    ("asked", said(9, Word.DELAYED, 23), State.DELAYED, [Reply(Word.DELAYED)]),
    ("asked", said(9, Word.PLANNED, 16), State.DELAYED, [Reply(Word.DELAYED)]),
    ("asked", said(14, Word.ARRIVED), State.ARRIVED, [Withdraw(), TellArrived(), Reply(Word.ARRIVED)]),
    ("asked", tick(21), State.ASKED, [Remind()]),
    ("asked", NotDelivered(at(9), "failed"), State.ASKED, []),
    ("asked", NotDelivered(at(9), "blocked"), State.ASKED, [BLOCKED]),
    ("asked", Excused(at(9)), State.EXCUSED, [Withdraw()]),
    ("left", tick(20.9), State.LEFT, []),
    ("left", tick(21), State.LEFT, [Remind()]),
    ("left", said(12, Word.LEFT), State.LEFT, [Reply(Word.LEFT)]),
    ("left", said(15, Word.DELAYED, 32.5), State.DELAYED, [TellDelay(), Reply(Word.DELAYED)]),
    ("delayed", tick(21), State.DELAYED, []),
    ("delayed", tick(23), State.DELAYED, [Remind()]),
    ("delayed", said(16, Word.LEFT), State.DELAYED, [Reply(Word.LEFT)]),
    ("delayed", said(21, Word.ARRIVED), State.ARRIVED, [Withdraw(), TellArrived(), Reply(Word.ARRIVED)]),
    ("reminded", tick(22.9), State.LEFT, []),
    ("reminded", tick(23), State.ALERTED, [NOT_ARRIVED]),
    ("reminded", said(22, Word.ARRIVED), State.ARRIVED, [Withdraw(), TellArrived(), Reply(Word.ARRIVED)]),
    ("alerted", tick(30), State.ALERTED, []),
    ("alerted", Excused(at(30)), State.ALERTED, []),
    ("alerted", NotDelivered(at(30), "blocked"), State.ALERTED, []),
    ("alerted", said(24, Word.ARRIVED), State.ARRIVED, [Withdraw(), LateWord(Word.ARRIVED), Reply(Word.ARRIVED)]),
    ("alerted", said(24, Word.DELAYED, 26), State.DELAYED, [LateWord(Word.DELAYED), Reply(Word.DELAYED)]),
    ("alerted", said(24, Word.LEFT), State.LEFT, [LateWord(Word.LEFT), Reply(Word.LEFT)]),
    ("arrived", said(19.1, Word.ARRIVED), State.ARRIVED, [Reply(Word.ARRIVED, again=True)]),
    ("arrived", said(19.1, Word.LEFT), State.ARRIVED, [Reply(Word.ARRIVED, again=True)]),
    ("arrived", said(19.1, Word.DELAYED, 22), State.ARRIVED, [Reply(Word.ARRIVED, again=True)]),
    ("arrived", said(19.1, Word.STILL), State.LEFT, [TellNotThere(), Reply(Word.STILL)]),
    ("arrived", tick(30), State.ARRIVED, []),
    ("arrived", Excused(at(30)), State.ARRIVED, []),
]


@pytest.mark.parametrize(("before", "trigger", "after", "effects"), TABLE)
def test_what_happens_on_the_way(before: str, trigger: Trigger, after: State, effects: list[Effect]) -> None:
    travel, _ = run(*BEFORE[before])
    new, done = step(travel, trigger)
    assert (new.state, list(done)) == (after, effects)


@pytest.mark.parametrize("before", BEFORE)
def test_who_is_watched_is_looked_at_again_and_nobody_else(before: str) -> None:
    travel, _ = run(*BEFORE[before])
    assert (travel.wake_at is not None) is (travel.state not in (State.ALERTED, State.ARRIVED))


def test_the_deadline_is_three_hours_after_the_hour_they_gave() -> None:
    travel, done = run(*EVENING, said(-5, Word.PLANNED, 16), tick(8), Delivered(at(8)), tick(17), tick(19))
    assert travel.alerted_at == at(19)
    assert done[-2:] == [Remind(), NOT_ARRIVED]


def test_an_arrival_at_night_is_not_left_for_the_morning() -> None:
    _, done = run(*LEFT, said(22, Word.DELAYED, 26), tick(27), tick(29), expected=20)
    assert done[-1] == NOT_ARRIVED


def test_a_new_hour_brings_a_new_reminder() -> None:
    _, done = run(*REMINDED, said(21.5, Word.DELAYED, 24), tick(25))
    assert done.count(Remind()) == 2


def test_who_arrives_days_later_is_asked_again_every_morning() -> None:
    _, done = run(*ASKED, tick(32), tick(56), expected=68)
    assert done.count(Ask()) == 1
    assert done.count(Ask(again=True)) == 2


def test_who_left_before_the_question_is_not_asked_that_morning() -> None:
    travel, done = run(*EVENING, said(5, Word.LEFT), tick(8), tick(12))
    assert Ask() not in done
    assert travel.wake_at == at(21)


def test_a_long_delay_is_told_once_and_again_only_when_it_grows() -> None:
    _, done = run(
        *LEFT, said(15, Word.DELAYED, 33), said(16, Word.DELAYED, 33), said(17, Word.DELAYED, 32.5),
        said(18, Word.DELAYED, 40),
    )  # fmt: skip
    assert done.count(TellDelay()) == 2


def test_nobody_is_alerted_while_we_do_not_listen_and_the_time_is_added() -> None:
    travel, done = run(*REMINDED, tick(23, ok=False, heard=22), tick(23.1))
    assert NOT_ARRIVED not in done
    assert travel.wake_at == at(24)
    _, done = run(*REMINDED, tick(23, ok=False, heard=22), tick(23.1), tick(24))
    assert done[-1] == NOT_ARRIVED


def test_after_three_hours_more_it_alerts_all_the_same() -> None:
    deaf: list[Trigger] = [tick(23 + n / 60, ok=False, heard=22) for n in range(4 * 60)]
    travel, done = run(*REMINDED, *deaf)
    assert done.count(COULD_NOT_ASK) == 1
    assert travel.extended == MOST_EXTENSION


def test_a_question_that_never_went_out_is_called_just_that() -> None:
    _, done = run(*EVENING, tick(8), tick(21), tick(23))
    assert done[-1] == COULD_NOT_ASK


def test_after_an_outage_of_ours_over_the_whole_day_there_is_time_to_answer() -> None:
    travel, done = run(tick(26), Delivered(at(26)), tick(27.9))
    assert done == [Ask()]
    assert travel.deadline == at(28)


def test_who_wakes_after_the_deadline_reminds_before_it_alerts() -> None:
    _, done = run(*LEFT, tick(23.5), tick(25))
    assert done[-1] == Remind()
    _, done = run(*LEFT, tick(23.5), tick(25.5))
    assert done[-2:] == [Remind(), NOT_ARRIVED]


def test_a_question_that_came_late_leaves_time_to_answer() -> None:
    travel, done = run(*EVENING, tick(8), tick(21), Delivered(at(22.5)), tick(23))
    assert NOT_ARRIVED not in done
    assert travel.deadline == at(24.5)


def test_a_blocked_bot_is_told_at_once_and_red_at_the_deadline() -> None:
    _, done = run(*EVENING, tick(8), NotDelivered(at(8), "blocked"), NotDelivered(at(9), "blocked"), tick(21), tick(23))
    alerts = [effect for effect in done if isinstance(effect, RaiseAlert)]
    assert alerts == [BLOCKED, RaiseAlert(Reason.BLOCKED, Severity.RED)]


def test_who_unblocks_and_writes_is_watched_like_anybody() -> None:
    _, done = run(*ASKED, NotDelivered(at(9), "blocked"), said(10, Word.LEFT), tick(21), tick(23))
    assert LateWord(Word.LEFT) in done
    assert done[-1] == NOT_ARRIVED


def test_who_writes_after_the_alert_is_watched_again() -> None:
    travel, done = run(*ALERTED, said(24, Word.DELAYED, 26), tick(27), tick(29))
    assert travel.state is State.ALERTED
    assert done.count(NOT_ARRIVED) == 2


def test_a_slip_is_taken_back_and_the_arrival_awaited_anew() -> None:
    _, done = run(*ARRIVED, said(22.5, Word.STILL), tick(22.6), tick(23.5), tick(25.5))
    assert done[-4:] == [TellNotThere(), Reply(Word.STILL), Remind(), NOT_ARRIVED]


@pytest.mark.parametrize("word", list(Word))
def test_on_a_journey_that_was_called_off_there_is_nothing_to_say(word: Word) -> None:
    travel, _ = run(*ASKED, Excused(at(9)))
    assert step(travel, said(10, word, 12)) == (travel, (Over(),))


@pytest.mark.parametrize("before", BEFORE)
def test_a_stale_timer_changes_nothing(before: str) -> None:
    travel, _ = run(*BEFORE[before])
    again, done = step(travel, tick(-8))
    assert (again, done) == (travel, ())
