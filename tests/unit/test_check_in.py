"""The check-in as a table: from where, what happens, to where, what is to be done. Times are minutes after due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given, strategies as st

from bot.rules.alert import Reason, Severity
from bot.rules.check_in import (
    MOST_EXTENSION,
    Answer,
    Answered,
    Ask,
    CheckIn,
    Delivered,
    Due,
    Effect,
    Excused,
    LateAnswer,
    Listening,
    Missed,
    NotDelivered,
    OfferHelp,
    Policy,
    RaiseAlert,
    Remind,
    ReminderDelivered,
    State,
    Thank,
    Tick,
    TooEarly,
    Trigger,
    Withdraw,
    plan,
    step,
    was_missed,
)

DUE = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
POLICY = Policy(timedelta(hours=4), timedelta(hours=1), timedelta(hours=2))
HELP = (RaiseAlert(Reason.ASKED_FOR_HELP, Severity.RED), OfferHelp(urgent=True))
TALK = (RaiseAlert(Reason.WANTS_TO_TALK, Severity.AMBER), OfferHelp(urgent=False))
FINE, NEED_HELP, WANT_TO_TALK = Answer.FINE, Answer.NEED_HELP, Answer.WANT_TO_TALK


def at(minutes: float) -> datetime:
    return DUE + timedelta(minutes=minutes)


def tick(minutes: float, *, ok: bool = True, heard: float | None = None, **more: bool) -> Tick:
    last = at(heard) if heard is not None else (at(minutes) if ok else None)
    return Tick(at(minutes), Listening(ok, last), more.get("same_day", True), more.get("missed_before", False))


def answer(minutes: float, what: Answer = FINE) -> Answered:
    return Answered(at(minutes), what)


def alert(reason: Reason, severity: Severity = Severity.AMBER) -> RaiseAlert:
    return RaiseAlert(reason, severity)


def run(*triggers: Trigger, policy: Policy = POLICY) -> tuple[CheckIn, list[Effect]]:
    check_in = plan(DUE)
    said: list[Effect] = []
    for trigger in triggers:
        check_in, effects = step(check_in, trigger, policy)
        said += effects
    return check_in, said


ASKED: tuple[Trigger, ...] = (Due(at(0)),)
DELIVERED: tuple[Trigger, ...] = (*ASKED, Delivered(at(1)))
REMINDED: tuple[Trigger, ...] = (*DELIVERED, tick(61), ReminderDelivered(at(61)))
ALERTED: tuple[Trigger, ...] = (*REMINDED, tick(121))
ANSWERED: tuple[Trigger, ...] = (*DELIVERED, answer(10))
EXCUSED: tuple[Trigger, ...] = (Excused(at(-60), "travel"),)
CLOSED: tuple[Trigger, ...] = (Due(at(600), same_day=False),)
PLANNED: tuple[Trigger, ...] = ()

# before, trigger → state, effects, minutes of wake_at (None: nothing due any more)
TABLE: list[tuple[str, tuple[Trigger, ...], Trigger, State, tuple[Effect, ...], float | None]] = [
    ("due", PLANNED, Due(at(0)), State.ASKED, (Ask(),), 120),
    ("a due timer that is early", PLANNED, Due(at(-1)), State.PLANNED, (), 0),
    ("a tick that is early", PLANNED, tick(-1), State.PLANNED, (), 0),
    ("a tick at due asks as well", PLANNED, tick(0), State.ASKED, (Ask(),), 120),
    ("due twice", ASKED, Due(at(0)), State.ASKED, (), 120),
    ("asked a bit late: still due + grace", PLANNED, tick(4), State.ASKED, (Ask(),), 120),
    ("asked five minutes late: still on time", PLANNED, tick(5), State.ASKED, (Ask(),), 120),
    ("just grace over, day over", PLANNED, tick(120, same_day=False), State.ASKED, (Ask(),), 240),
    ("the reminder comes with the deadline: time to answer", DELIVERED, tick(121), State.REMINDED, (Remind(),), 181),
    ("stuck, looked at five minutes late", ASKED, tick(125), State.ALERTED, (alert(Reason.COULD_NOT_ASK),), None),
    ("asked half an hour late: a fresh window", PLANNED, tick(30), State.ASKED, (Ask(),), 150),
    ("asked after grace, same day", PLANNED, tick(200), State.ASKED, (Ask(),), 320),
    ("grace over, day over", PLANNED, tick(600, same_day=False), State.CLOSED, (Missed(Reason.COULD_NOT_ASK),), None),
    ("day over, grace not", PLANNED, tick(90, same_day=False), State.ASKED, (Ask(),), 210),
    ("delivered", ASKED, Delivered(at(7)), State.DELIVERED, (), 67),
    ("delivered twice", DELIVERED, Delivered(at(5)), State.DELIVERED, (), 61),
    ("never asked, so not delivered", PLANNED, Delivered(at(1)), State.PLANNED, (), 0),
    ("before the reminder", DELIVERED, tick(60), State.DELIVERED, (), 61),
    ("reminder", DELIVERED, tick(61), State.REMINDED, (Remind(),), 121),
    ("reminder while deaf", DELIVERED, tick(61, ok=False), State.REMINDED, (Remind(),), 121),
    ("before the deadline", REMINDED, tick(120), State.REMINDED, (), 121),
    ("deadline", REMINDED, tick(121), State.ALERTED, (alert(Reason.NOT_ANSWERED),), None),
    (
        "second miss in a row",
        REMINDED,
        tick(121, missed_before=True),
        State.ALERTED,
        (alert(Reason.NOT_ANSWERED, Severity.RED),),
        None,
    ),
    ("ticks after the alert", ALERTED, tick(200), State.ALERTED, (), None),
    ("blocked", ASKED, NotDelivered(at(1), "blocked"), State.ALERTED, (alert(Reason.BLOCKED),), None),
    ("failed", ASKED, NotDelivered(at(1), "failed"), State.ALERTED, (alert(Reason.NOT_DELIVERED),), None),
    (
        "blocked, second miss in a row",
        ASKED,
        NotDelivered(at(1), "blocked", missed_before=True),
        State.ALERTED,
        (alert(Reason.BLOCKED, Severity.RED),),
        None,
    ),
    (
        "blocked after delivery",
        REMINDED,
        NotDelivered(at(62), "blocked"),
        State.ALERTED,
        (alert(Reason.BLOCKED),),
        None,
    ),
    ("reminder failed", REMINDED, NotDelivered(at(62), "failed"), State.REMINDED, (), 121),
    ("failed after an answer", ANSWERED, NotDelivered(at(62), "blocked"), State.ANSWERED, (), None),
    ("stuck in the queue", ASKED, tick(120), State.ALERTED, (alert(Reason.COULD_NOT_ASK),), None),
    ("stuck, not over yet", ASKED, tick(119), State.ASKED, (), 120),
    (
        "our failure is never the learner's second miss",
        ASKED,
        tick(120, missed_before=True),
        State.ALERTED,
        (alert(Reason.COULD_NOT_ASK),),
        None,
    ),
    ("answered", DELIVERED, answer(10), State.ANSWERED, (Thank(),), None),
    ("answered after the reminder", REMINDED, answer(90), State.ANSWERED, (Thank(),), None),
    ("answered with a queued prompt", ASKED, answer(0), State.ANSWERED, (Withdraw(), Thank()), None),
    (
        "answered with a queued reminder",
        (*DELIVERED, tick(61)),
        answer(61),
        State.ANSWERED,
        (Withdraw(), Thank()),
        None,
    ),
    ("early, at the window's start", PLANNED, answer(-240), State.ANSWERED, (Thank(),), None),
    ("too early", PLANNED, answer(-241), State.PLANNED, (TooEarly(at(-240)),), 0),
    ("help, too early to count", PLANNED, answer(-600, NEED_HELP), State.PLANNED, HELP, 0),
    ("talk, too early to count", PLANNED, answer(-600, WANT_TO_TALK), State.PLANNED, TALK, 0),
    ("help, early", PLANNED, answer(-60, NEED_HELP), State.ANSWERED, HELP, None),
    ("help", DELIVERED, answer(10, NEED_HELP), State.ANSWERED, HELP, None),
    ("talk", DELIVERED, answer(10, WANT_TO_TALK), State.ANSWERED, TALK, None),
    ("no prompt after an early answer", (answer(-30),), Due(at(0)), State.ANSWERED, (), None),
    ("same answer twice", ANSWERED, answer(11), State.ANSWERED, (), None),
    ("fine, then help", ANSWERED, answer(11, NEED_HELP), State.ANSWERED, HELP, None),
    ("fine, then talk", ANSWERED, answer(11, WANT_TO_TALK), State.ANSWERED, TALK, None),
    (
        "help, then fine: those alerted hear it, nothing is closed",
        (*DELIVERED, answer(10, NEED_HELP)),
        answer(12),
        State.ANSWERED,
        (LateAnswer(FINE, at(12)), Thank(late=True)),
        None,
    ),
    ("late", ALERTED, answer(130), State.ANSWERED, (LateAnswer(FINE, at(130)), Thank(late=True)), None),
    ("late, for help", ALERTED, answer(130, NEED_HELP), State.ANSWERED, (LateAnswer(NEED_HELP, at(130)), *HELP), None),
    ("late twice", (*ALERTED, answer(130)), answer(131), State.ANSWERED, (), None),
    ("delivered after the alert", (*ASKED, tick(120)), Delivered(at(125)), State.ALERTED, (), None),
    ("excused before", PLANNED, Excused(at(-5), "travel"), State.EXCUSED, (), None),
    ("excused with a queued prompt", ASKED, Excused(at(1), "travel"), State.EXCUSED, (Withdraw(),), None),
    ("excused after delivery", DELIVERED, Excused(at(2), "moved"), State.EXCUSED, (), None),
    ("an alert is not excused away", ALERTED, Excused(at(130), "ended"), State.ALERTED, (), None),
    ("an answer is not excused away", ANSWERED, Excused(at(130), "ended"), State.ANSWERED, (), None),
    ("not asked when excused", EXCUSED, Due(at(0)), State.EXCUSED, (), None),
    ("fine when excused", EXCUSED, answer(5), State.EXCUSED, (Thank(),), None),
    ("help when excused", EXCUSED, answer(5, NEED_HELP), State.EXCUSED, HELP, None),
    ("help when closed", CLOSED, answer(700, NEED_HELP), State.CLOSED, HELP, None),
    ("not asked when closed", CLOSED, tick(700), State.CLOSED, (), None),
]


@pytest.mark.parametrize("before, trigger, state, effects, wake", [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_a_check_in_moves_as_agreed(
    before: tuple[Trigger, ...], trigger: Trigger, state: State, effects: tuple[Effect, ...], wake: float | None
) -> None:
    after, said = step(run(*before)[0], trigger, POLICY)
    assert (after.state, said) == (state, effects)
    assert after.wake_at == (None if wake is None else at(wake))


def test_the_deadline_counts_from_delivery_not_from_due() -> None:
    check_in, _ = run(*ASKED, Delivered(at(50)))
    assert (check_in.remind_at, check_in.deadline) == (at(110), at(170))


@pytest.mark.parametrize("minutes", [0, 120, 180])
def test_a_reminder_not_before_the_alert_is_left_out(minutes: int) -> None:
    policy = replace(POLICY, reminder_after=timedelta(minutes=minutes))
    check_in, said = run(*DELIVERED, tick(121), policy=policy)
    assert said == [Ask(), alert(Reason.NOT_ANSWERED)]
    assert check_in.reminded_at is None


def test_a_policy_without_grace_is_refused() -> None:
    with pytest.raises(ValueError, match="grace must be positive"):
        Policy(timedelta(0), timedelta(0), timedelta(0))


def test_no_deadline_is_judged_while_nobody_listens() -> None:
    check_in, said = run(*REMINDED, tick(121, ok=False, heard=111))
    assert check_in.state is State.REMINDED
    assert said == [Ask(), Remind()]
    assert (check_in.deadline, check_in.extended) == (at(131), timedelta(minutes=10))
    assert check_in.wake_at == at(122)


def test_what_was_missed_of_listening_is_added_once() -> None:
    deaf = [tick(m, ok=False, heard=111) for m in range(121, 131)]
    check_in, _ = run(*REMINDED, *deaf)
    assert check_in.extended == timedelta(minutes=19)  # deaf from 111 to 130
    check_in, said = step(check_in, tick(131), POLICY)
    assert (check_in.wake_at, said) == (at(140), ())
    check_in, said = step(check_in, tick(140), POLICY)
    assert said == (alert(Reason.NOT_ANSWERED),)


def test_a_second_gap_in_the_extension_is_added_too() -> None:
    check_in, _ = run(*REMINDED, tick(121, ok=False, heard=111), tick(122), tick(131, ok=False, heard=128))
    assert check_in.extended == timedelta(minutes=13)
    assert check_in.deadline == at(134)


def test_an_answer_in_the_backlog_is_in_time() -> None:
    check_in, said = run(*REMINDED, tick(121, ok=False, heard=100), answer(119), tick(150))
    assert check_in.state is State.ANSWERED
    assert said == [Ask(), Remind(), Thank()]


def test_listening_that_never_began_counts_from_delivery() -> None:
    check_in, _ = run(*REMINDED, tick(121, ok=False))
    assert check_in.extended == timedelta(minutes=120)


def test_extensions_add_up_to_three_hours_and_then_it_alerts() -> None:
    check_in, _ = run(*REMINDED)
    minute = 121
    said: tuple[Effect, ...] = ()
    while check_in.state is State.REMINDED:
        check_in, said = step(check_in, tick(minute, ok=False, heard=121), POLICY)
        minute += 1
    assert said == (alert(Reason.COULD_NOT_ASK),)
    assert check_in.alerted_at == at(121 + 180)


def test_a_prompt_that_cannot_go_out_alerts_three_hours_after_its_grace() -> None:
    check_in, _ = run(*ASKED)
    minute = 120
    said: tuple[Effect, ...] = ()
    while check_in.state is State.ASKED:
        check_in, said = step(check_in, tick(minute, ok=False, heard=0), POLICY)
        minute += 1
    assert said == (alert(Reason.COULD_NOT_ASK),)
    assert check_in.alerted_at == at(120 + 180)


def test_a_prompt_delivered_in_the_extension_gets_its_whole_grace_but_no_second_three_hours() -> None:
    check_in, _ = run(*ASKED, tick(120, ok=False, heard=0), Delivered(at(130)))
    assert check_in.deadline == at(250)
    assert check_in.extended == timedelta(hours=2)


def test_the_first_tick_after_a_long_outage_never_alerts_while_still_deaf() -> None:
    check_in, said = run(*REMINDED, tick(900, ok=False, heard=100))
    assert said == [Ask(), Remind()]
    assert check_in.wake_at == at(901)


def test_a_reminder_our_outage_swallowed_is_made_up_for_before_anybody_is_alarmed() -> None:
    check_in, said = run(*DELIVERED, tick(151))
    assert said == [Ask(), Remind()]
    assert check_in.deadline == check_in.wake_at == at(211)
    _, said_then = step(check_in, tick(211), POLICY)
    assert said_then == (alert(Reason.NOT_ANSWERED),)


def test_the_first_delivery_counts() -> None:
    assert run(*DELIVERED, Delivered(at(9)))[0].delivered_at == at(1)
    assert run(Delivered(at(1)))[0].delivered_at is None


def test_no_alert_before_an_extended_deadline_even_when_nothing_more_can_be_added() -> None:
    check_in, said = run(*REMINDED, tick(181, ok=False), tick(182, ok=False))
    assert said == [Ask(), Remind()]
    assert (check_in.extended, check_in.deadline) == (MOST_EXTENSION, at(301))


def test_being_deaf_counts_from_the_asking_when_we_asked_late() -> None:
    check_in, _ = run(tick(200), tick(320, ok=False))
    assert check_in.extended == timedelta(minutes=120)


def test_making_up_for_a_reminder_uses_only_what_is_left_of_three_hours() -> None:
    two_hours_used = (*ASKED, tick(120, ok=False, heard=0), Delivered(at(130)))  # deadline at 250
    made_up, _ = run(*two_hours_used, tick(280))
    assert (made_up.deadline, made_up.extended) == (at(310), MOST_EXTENSION)
    _, said = run(*two_hours_used, tick(320))
    assert said == [Ask(), alert(Reason.NOT_ANSWERED)]


def test_a_reminder_far_too_late_is_not_sent() -> None:
    _, said = run(*DELIVERED, tick(121 + 180))
    assert said == [Ask(), alert(Reason.NOT_ANSWERED)]


def test_making_up_for_a_reminder_stays_within_three_hours() -> None:
    check_in, _ = run(*DELIVERED, tick(121 + 170))
    assert check_in.deadline == at(121 + 180)
    assert check_in.extended == MOST_EXTENSION


def test_after_our_outage_the_queue_gets_a_moment_once() -> None:
    check_in, said = run(*ASKED, tick(150))
    assert (said, check_in.wake_at) == ([Ask()], at(155))
    _, said_then = step(check_in, tick(190), POLICY)
    assert said_then == (alert(Reason.COULD_NOT_ASK),)


@pytest.mark.parametrize(
    "triggers, missed",
    [
        (ALERTED, True),
        ((*ASKED, NotDelivered(at(1), "blocked")), True),
        ((*ASKED, tick(120)), False),  # we could not ask
        ((*ALERTED, answer(300)), False),
        (ANSWERED, False),
        (EXCUSED, False),
        (CLOSED, False),
    ],
)
def test_a_miss_is_the_learners_silence_only(triggers: tuple[Trigger, ...], missed: bool) -> None:
    assert was_missed(run(*triggers)[0]) is missed


# --- whatever happens, in whatever order ------------------------------------------------------------------------------

OPEN = {State.PLANNED, State.ASKED, State.DELIVERED, State.REMINDED}
WHYS: list[Literal["blocked", "failed"]] = ["blocked", "failed"]


KINDS: list[Callable[[datetime, datetime | None, bool, bool], Trigger]] = [
    lambda now, heard, yes, missed: Due(now, yes),
    lambda now, heard, yes, missed: Delivered(now),
    lambda now, heard, yes, missed: ReminderDelivered(now),
    lambda now, heard, yes, missed: NotDelivered(now, WHYS[yes], missed),
    lambda now, heard, yes, missed: Tick(now, Listening(True, heard), yes, missed),
    lambda now, heard, yes, missed: Tick(now, Listening(False, heard), yes, missed),
    lambda now, heard, yes, missed: Answered(now, FINE if yes else WANT_TO_TALK),
    lambda now, heard, yes, missed: Answered(now, NEED_HELP),
    lambda now, heard, yes, missed: Excused(now, "moved"),
]
EVENTS = st.tuples(
    st.integers(0, 90), st.sampled_from(KINDS), st.none() | st.integers(0, 400), st.booleans(), st.booleans()
)


def history_of(events: list[tuple[int, Callable[..., Trigger], int | None, bool, bool]]) -> list[Trigger]:
    minute, found = -300, list[Trigger]()
    for wait, kind, deaf, yes, missed in events:
        minute += wait
        found.append(kind(at(minute), None if deaf is None else at(minute - deaf), yes, missed))
    return found


histories = st.lists(EVENTS, max_size=20).map(history_of)


@given(histories)
def test_an_open_check_in_always_has_a_next_look_and_a_closed_one_never(history: list[Trigger]) -> None:
    check_in = plan(DUE)
    for trigger in history:
        check_in, _ = step(check_in, trigger, POLICY)
        assert (check_in.wake_at is not None) is (check_in.state in OPEN)
        assert timedelta(0) <= check_in.extended <= MOST_EXTENSION


@given(histories)
def test_a_call_for_help_always_alerts_red_unless_it_is_the_same_tap_again(history: list[Trigger]) -> None:
    check_in = plan(DUE)
    for trigger in history:
        before = check_in
        check_in, said = step(check_in, trigger, POLICY)
        if isinstance(trigger, Answered) and trigger.answer is NEED_HELP and before.answer is not NEED_HELP:
            assert alert(Reason.ASKED_FOR_HELP, Severity.RED) in said


@given(histories)
def test_silence_alerts_at_most_once_and_only_after_a_whole_grace(history: list[Trigger]) -> None:
    check_in, alarms = plan(DUE), 0
    for trigger in history:
        check_in, said = step(check_in, trigger, POLICY)
        silent = [e for e in said if isinstance(e, RaiseAlert) and e.reason is Reason.NOT_ANSWERED]
        alarms += len(silent)
        if silent:
            assert isinstance(trigger, Tick)
            assert trigger.listening.ok
            assert check_in.delivered_at is not None
            assert trigger.now - check_in.delivered_at >= POLICY.grace
    assert alarms <= 1


@given(histories)
def test_a_question_is_asked_once(history: list[Trigger]) -> None:
    _, said = run(*history)
    assert said.count(Ask()) <= 1
    assert said.count(Remind()) <= 1


@given(histories, st.booleans())
def test_whatever_happened_it_ends_when_looked_at_often_enough(history: list[Trigger], ok: bool) -> None:
    check_in, _ = run(*history)
    looks = 0
    while check_in.wake_at is not None:
        check_in, _ = step(check_in, Tick(check_in.wake_at, Listening(ok)), POLICY)
        looks += 1
        assert looks < 500
