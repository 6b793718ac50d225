"""The ladder as tables. Times are minutes after the alert was raised; 1 and 2 stand on rung 0, 3 on rung 1, 4 on 2."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.errors import BadInput
from bot.rules.alert import takes_words
from bot.rules.escalation import (
    Acknowledged,
    AlertState,
    AllClear,
    AlreadyTaken,
    AskSettled,
    BecameRed,
    ComeBack,
    Effect,
    Exhausted,
    Ladder,
    Lapsed,
    LearnerAnswered,
    News,
    NobodyOnDuty,
    Notify,
    NotSettled,
    Outcome,
    Raised,
    Resolved,
    Responder,
    Rung,
    Severity,
    Skipped,
    TellLearner,
    TellLearnerAnswered,
    TellOthersTaken,
    Tick,
    Trigger,
    parse_outcome,
    step,
)

START = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
AMBER, RED = AlertState(Severity.AMBER), AlertState(Severity.RED)
RUNGS = (Rung((1, 2)), Rung((3,)), Rung((4,)))


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def ladder(off_duty: Iterable[int] = (), blocked: Iterable[int] = ()) -> Ladder:
    off, cut = set(off_duty), set(blocked)
    return Ladder(RUNGS, {p: responder(p, off, cut) for p in (1, 2, 3, 4)}, timedelta(minutes=30))


def responder(person: int, off_duty: Iterable[int], blocked: Iterable[int]) -> Responder:
    why = "blocked" if person in blocked else "away" if person in off_duty else None
    return Responder(person, person not in off_duty, person not in blocked, why)


ALL = ladder()


def told(*people: int) -> TellLearner:
    return TellLearner(News.TOLD, people)


def nobody_yet(*people: int) -> TellLearner:
    return TellLearner(News.NOBODY_YET, people)


def run(alert: AlertState, *triggers: Trigger, on: Ladder = ALL) -> tuple[AlertState, tuple[Effect, ...]]:
    """The alert after all triggers, and what the last of them said."""
    said: tuple[Effect, ...] = ()
    for trigger in triggers:
        alert, said = step(alert, trigger, on)
    return alert, said


def minutes(alert: AlertState) -> float | None:
    return None if alert.next_at is None else (alert.next_at - START).total_seconds() / 60


RAISED = Raised(at(0))
DONE = Resolved(at(40), 1, Outcome.PHONE)

# alert, what came before, trigger → level, next look in minutes (None: never), what is said
TABLE: list[tuple[str, AlertState, tuple[Trigger, ...], Trigger, int, float | None, tuple[Effect, ...]]] = [
    ("amber tells the first rung", AMBER, (), RAISED, 0, 30, (Notify((1, 2)), told(1, 2))),
    ("raised twice", AMBER, (RAISED,), Raised(at(1)), 0, 30, ()),
    ("before the next rung", AMBER, (RAISED,), Tick(at(29)), 0, 30, ()),
    ("next rung", AMBER, (RAISED,), Tick(at(30)), 1, 60, (Notify((3,)), told(3))),
    ("last rung", AMBER, (RAISED, Tick(at(30))), Tick(at(60)), 2, 90, (Notify((4,)), told(4))),
    (
        "nobody took it: red, and all hear it",
        AMBER,
        (RAISED, Tick(at(30)), Tick(at(60))),
        Tick(at(90)),
        2,
        95,
        (BecameRed(), Exhausted((1, 2, 3, 4)), nobody_yet(1, 2, 3, 4)),
    ),
    ("a late tick climbs one rung, not all", AMBER, (RAISED,), Tick(at(500)), 1, 530, (Notify((3,)), told(3))),
    ("red tells everyone on duty", RED, (), RAISED, 2, 5, (Notify((1, 2, 3, 4)), told(1, 2, 3, 4))),
    ("red is repeated", RED, (RAISED,), Tick(at(5)), 2, 10, (Notify((1, 2, 3, 4), True), nobody_yet(1, 2, 3, 4))),
    (
        "red nobody took is exhausted, too",
        RED,
        (RAISED,),
        Tick(at(30)),
        2,
        35,
        (Exhausted((1, 2, 3, 4)), nobody_yet(1, 2, 3, 4)),
    ),
    ("taken", AMBER, (RAISED,), Acknowledged(at(3), 2), 0, 123, (TellOthersTaken(2), TellLearner(News.TAKEN, (2,)))),
    ("taken twice by the same", AMBER, (RAISED, Acknowledged(at(3), 2)), Acknowledged(at(4), 2), 0, 123, ()),
    (
        "taken by somebody else already",
        AMBER,
        (RAISED, Acknowledged(at(3), 2)),
        Acknowledged(at(4), 1),
        0,
        123,
        (AlreadyTaken(to=1, by=2),),
    ),
    ("taken: no more rungs", AMBER, (RAISED, Acknowledged(at(3), 2)), Tick(at(30)), 0, 123, ()),
    ("taken, still open", AMBER, (RAISED, Acknowledged(at(3), 2)), Tick(at(123)), 0, 153, (ComeBack(2),)),
    (
        "came back, taken on again",
        AMBER,
        (RAISED, Acknowledged(at(3), 2), Tick(at(123))),
        Acknowledged(at(130), 2),
        0,
        250,
        (),
    ),
    (
        "came back, no reaction: anybody's again",
        AMBER,
        (RAISED, Acknowledged(at(3), 2), Tick(at(123))),
        Tick(at(153)),
        2,
        183,
        (Lapsed(2, at(3)), TellLearner(News.LAPSED, (2,)), Notify((1, 2, 3, 4), True)),
    ),
    (
        "anybody's again, and nobody took it",
        AMBER,
        (RAISED, Acknowledged(at(3), 2), Tick(at(123)), Tick(at(153))),
        Tick(at(183)),
        2,
        188,
        (BecameRed(), Exhausted((1, 2, 3, 4)), nobody_yet(1, 2, 3, 4)),
    ),
    (
        "anybody's again, taken by another",
        AMBER,
        (RAISED, Acknowledged(at(3), 2), Tick(at(123)), Tick(at(153))),
        Acknowledged(at(160), 4),
        2,
        280,
        (TellOthersTaken(4), TellLearner(News.TAKEN, (4,))),
    ),
    ("resolved", AMBER, (RAISED, Acknowledged(at(3), 1)), DONE, 0, None, (AllClear(), AskSettled())),
    ("resolved without being taken", RED, (RAISED,), DONE, 2, None, (AllClear(), AskSettled())),
    (
        "resolved from the command line",
        RED,
        (RAISED,),
        Resolved(at(9), None, Outcome.OTHER),
        2,
        None,
        (AllClear(), AskSettled()),
    ),
    ("resolved twice", AMBER, (RAISED, DONE), Resolved(at(41), 2, Outcome.SPOKE), 0, None, ()),
    ("resolved: no more ticks", AMBER, (RAISED, DONE), Tick(at(500)), 0, None, ()),
    ("resolved: too late to take", AMBER, (RAISED, DONE), Acknowledged(at(50), 2), 0, None, ()),
    ("not settled: to somebody else", AMBER, (RAISED, DONE), NotSettled(at(50)), 0, 80, (Notify((2,)), told(2))),
    ("not settled while open", AMBER, (RAISED,), NotSettled(at(50)), 0, 30, ()),
    ("not settled, red", RED, (RAISED, DONE), NotSettled(at(50)), 2, 55, (Notify((2, 3, 4)), told(2, 3, 4))),
    ("the learner answered", AMBER, (RAISED,), LearnerAnswered(at(5)), 0, 30, (TellLearnerAnswered(),)),
    ("the learner answered twice", AMBER, (RAISED, LearnerAnswered(at(5))), LearnerAnswered(at(6)), 0, 30, ()),
    ("the learner answered after all was done", AMBER, (RAISED, DONE), LearnerAnswered(at(60)), 0, None, ()),
    ("answered: it climbs on", AMBER, (RAISED, LearnerAnswered(at(5))), Tick(at(30)), 1, 60, (Notify((3,)), told(3))),
    (
        "answered: at the end it asks again instead of alarming all",
        AMBER,
        (RAISED, LearnerAnswered(at(5)), Tick(at(30)), Tick(at(60))),
        Tick(at(90)),
        2,
        210,
        (Notify((1, 2, 3, 4), True),),
    ),
    (
        "SOS during amber",
        AMBER,
        (RAISED,),
        Raised(at(10), Severity.RED),
        2,
        15,
        (BecameRed(), Notify((1, 2, 3, 4)), told(1, 2, 3, 4)),
    ),
    (
        "SOS during amber that somebody has",
        AMBER,
        (RAISED, Acknowledged(at(3), 2)),
        Raised(at(10), Severity.RED),
        2,
        15,
        (BecameRed(), Notify((1, 2, 3, 4)), told(1, 2, 3, 4)),
    ),
    ("amber during red", RED, (RAISED,), Raised(at(2), Severity.AMBER), 2, 5, ()),
    ("a second SOS nobody took yet", RED, (RAISED,), Raised(at(2), Severity.RED), 2, 5, ()),
    (
        "a second SOS goes to who has it",
        RED,
        (RAISED, Acknowledged(at(1), 3)),
        Raised(at(2), Severity.RED),
        2,
        121,
        (Notify((3,), True),),
    ),
    (
        "raised again after it was resolved",
        AMBER,
        (RAISED, DONE),
        Raised(at(60), Severity.RED),
        2,
        65,
        (Notify((1, 2, 3, 4)), told(1, 2, 3, 4)),
    ),
    ("never raised: nothing to take", AMBER, (), Acknowledged(at(1), 1), 0, None, ()),
    ("never raised: nothing to tick", AMBER, (), Tick(at(1)), 0, None, ()),
]


@pytest.mark.parametrize(
    "alert, before, trigger, level, wake, effects", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_an_alert_moves_as_agreed(
    alert: AlertState,
    before: tuple[Trigger, ...],
    trigger: Trigger,
    level: int,
    wake: float | None,
    effects: tuple[Effect, ...],
) -> None:
    after, said = run(alert, *before, trigger)
    assert (after.level, minutes(after), said) == (level, wake, effects)


# who cannot answer, severity → whom the first notification reaches, the level, who was skipped
SKIPS: list[tuple[str, Ladder, AlertState, tuple[int, ...], int, tuple[int, ...]]] = [
    ("one of a rung is away", ladder(off_duty={1}), AMBER, (2,), 0, (1,)),
    ("a whole rung is away", ladder(off_duty={1, 2}), AMBER, (3,), 1, (1, 2)),
    ("blocked counts like away", ladder(off_duty={1}, blocked={2, 3}), AMBER, (4,), 2, (1, 2, 3)),
    ("red leaves out who is away", ladder(off_duty={2, 4}), RED, (1, 3), 2, (2, 4)),
]


@pytest.mark.parametrize("on, alert, people, level, skipped", [row[1:] for row in SKIPS], ids=[r[0] for r in SKIPS])
def test_who_cannot_answer_is_skipped_at_once_and_named(
    on: Ladder, alert: AlertState, people: tuple[int, ...], level: int, skipped: tuple[int, ...]
) -> None:
    after, said = run(alert, RAISED, on=on)
    assert after.level == level
    assert said == (Skipped(tuple(on.responders[p] for p in skipped)), Notify(people), told(*people))


def test_a_rung_that_went_off_duty_meanwhile_is_skipped() -> None:
    alert, _ = run(AMBER, RAISED)
    after, said = step(alert, Tick(at(30)), ladder(off_duty={3}))
    assert (after.level, said[1]) == (2, Notify((4,)))


def test_a_ladder_whose_upper_rungs_are_all_away_is_exhausted_at_once() -> None:
    on = ladder(off_duty={3}, blocked={4})
    alert, said = run(AMBER, RAISED, Tick(at(30)), on=on)
    assert alert.severity is Severity.RED
    assert said == (BecameRed(), Skipped((on.responders[4],)), Exhausted((1, 2, 3)), nobody_yet(1, 2, 3))


@pytest.mark.parametrize("alert, wake", [(AMBER, 30), (RED, 5)])
def test_when_nobody_is_on_duty_it_says_so_and_tells_everybody_linked(alert: AlertState, wake: int) -> None:
    on = ladder(off_duty={1, 2, 3, 4}, blocked={2})
    after, said = run(alert, RAISED, on=on)
    people = (1, 3, 4)
    assert said[0] == Skipped(tuple(on.responders.values()))
    assert said[1:] == (NobodyOnDuty(), Notify(people), TellLearner(News.NOBODY_ON_DUTY, people))
    assert minutes(after) == wake


def test_when_nobody_can_be_reached_it_is_sent_to_all_for_a_second_channel() -> None:
    _, said = run(RED, RAISED, on=ladder(blocked={1, 2, 3, 4}))
    assert Notify((1, 2, 3, 4)) in said


def test_nobody_on_duty_ends_like_a_ladder_nobody_took() -> None:
    alert, said = run(AMBER, RAISED, Tick(at(30)), on=ladder(off_duty={1, 2, 3, 4}))
    assert alert.severity is Severity.RED
    assert said == (BecameRed(), Exhausted((1, 2, 3, 4)), nobody_yet(1, 2, 3, 4))


def test_an_empty_ladder_still_tells_the_learner_and_keeps_looking() -> None:
    nobody = Ladder((), {}, timedelta(minutes=30))
    alert, said = run(AMBER, RAISED, on=nobody)
    assert said == (NobodyOnDuty(), TellLearner(News.NOBODY_ON_DUTY))
    assert minutes(alert) == 30


def test_a_person_nothing_is_known_about_counts_as_unreachable() -> None:
    on = Ladder((Rung((9,)), Rung((1,))), {1: Responder(1)}, timedelta(minutes=30))
    alert, said = run(AMBER, RAISED, on=on)
    assert alert.level == 1
    assert said[0] == Skipped((Responder(9, on_duty=False, reachable=False, why="unknown"),))


def test_a_red_alert_is_repeated_every_five_minutes_and_announced_half_hourly_after_the_first_hour() -> None:
    alert, _ = run(RED, RAISED)
    announced, repeated = [], []
    while alert.next_at is not None and alert.next_at <= at(200):
        alert, said = step(alert, Tick(alert.next_at), ladder(off_duty={4}))
        now = minutes(alert)
        assert now is not None
        if isinstance(said[0], Exhausted):
            assert said[0].people == (1, 2, 3, 4)
            announced.append(now - 5)
        else:
            assert said[0] == Notify((1, 2, 3), repeat=True)
            repeated.append(now - 5)
    assert announced == [*range(30, 91, 5), 120, 150, 180]
    assert sorted([*announced, *repeated]) == list(range(5, 201, 5))


def test_exhausted_alerts_can_still_be_taken() -> None:
    alert, said = run(AMBER, RAISED, Tick(at(30)), Tick(at(60)), Tick(at(90)), Acknowledged(at(91), 4))
    assert alert.acknowledged_by == 4
    assert TellOthersTaken(4) in said


def test_who_took_it_and_can_no_longer_be_reached_is_not_waited_for() -> None:
    alert, _ = run(AMBER, RAISED, Acknowledged(at(3), 2))
    after, said = step(alert, Tick(at(123)), ladder(blocked={2}))
    assert said == (Lapsed(2, at(3)), TellLearner(News.LAPSED, (2,)), Notify((1, 3, 4), repeat=True))
    assert after.acknowledged_by is None


def test_a_lapsed_alert_leaves_those_off_duty_in_peace_while_others_are_there() -> None:
    alert, _ = run(AMBER, RAISED, Acknowledged(at(3), 2), Tick(at(123)))
    assert step(alert, Tick(at(153)), ladder(off_duty={4}))[1][-1] == Notify((1, 2, 3), repeat=True)
    assert step(alert, Tick(at(153)), ladder(off_duty={1, 2, 3, 4}))[1][-1] == Notify((1, 2, 3, 4), repeat=True)


def test_an_answered_alert_asks_only_those_on_duty_while_there_are_any() -> None:
    alert, _ = run(AMBER, RAISED, LearnerAnswered(at(5)), Tick(at(30)), Tick(at(60)))
    assert step(alert, Tick(at(90)), ladder(off_duty={4}))[1] == (Notify((1, 2, 3), repeat=True),)
    assert step(alert, Tick(at(90)), ladder(off_duty={1, 2, 3, 4}))[1] == (Notify((1, 2, 3, 4), repeat=True),)


def test_raising_a_resolved_alert_counts_as_reopening() -> None:
    assert run(AMBER, RAISED, DONE, Raised(at(60)))[0].reopened == 1


def test_a_red_alert_that_lapsed_rings_again_every_five_minutes() -> None:
    alert, _ = run(RED, RAISED, Acknowledged(at(3), 2), Tick(at(123)), Tick(at(153)))
    assert minutes(alert) == 158


def test_the_first_acknowledgement_stays_on_record_when_it_is_renewed() -> None:
    alert, _ = run(AMBER, RAISED, Acknowledged(at(3), 2), Tick(at(123)), Acknowledged(at(130), 2))
    assert alert.acknowledged_at == at(3)


def test_resolving_records_who_when_and_how() -> None:
    alert, _ = run(AMBER, RAISED, DONE)
    assert (alert.resolved_by, alert.resolved_at, alert.outcome) == (1, at(40), Outcome.PHONE)


def test_reopening_starts_clean_and_counts() -> None:
    alert, _ = run(AMBER, RAISED, Acknowledged(at(3), 1), DONE, NotSettled(at(50)))
    assert (alert.acknowledged_by, alert.resolved_at, alert.outcome, alert.reopened) == (None, None, None, 1)
    assert alert.raised_at == at(0)


def test_who_resolved_it_is_asked_again_only_when_nobody_else_is_there() -> None:
    _, said = run(AMBER, RAISED, DONE, NotSettled(at(50)), on=ladder(off_duty={2, 3, 4}))
    assert Notify((1,)) in said


def test_who_resolved_it_is_left_out_on_the_way_up_but_not_from_the_last_announcement() -> None:
    alert, said = run(AMBER, RAISED, DONE, NotSettled(at(50)), Tick(at(80)), Tick(at(110)), Tick(at(140)))
    assert alert.severity is Severity.RED
    assert Exhausted((1, 2, 3, 4)) in said


def test_an_sos_after_a_late_answer_still_turns_red() -> None:
    alert, said = run(AMBER, RAISED, LearnerAnswered(at(5)), Raised(at(6), Severity.RED))
    assert alert.severity is Severity.RED
    assert BecameRed() in said


def test_somebody_on_two_rungs_hears_a_red_alert_once() -> None:
    on = Ladder((Rung((1,)), Rung((2, 1))), {1: Responder(1), 2: Responder(2)}, timedelta(minutes=30))
    assert Notify((1, 2)) in run(RED, RAISED, on=on)[1]


def test_a_short_escalation_also_shortens_the_first_look_at_a_red_alert() -> None:
    alert, _ = run(RED, RAISED, on=replace(ALL, escalate_after=timedelta(seconds=20)))
    assert alert.next_at == START + timedelta(seconds=20)


@pytest.mark.parametrize("text, outcome", [("spoke", Outcome.SPOKE), (" Via_Host ", Outcome.VIA_HOST)])
def test_outcomes_are_read(text: str, outcome: Outcome) -> None:
    assert parse_outcome(text) is outcome


@pytest.mark.parametrize("text", ["", "done"])
def test_nothing_is_resolved_without_an_outcome(text: str) -> None:
    with pytest.raises(BadInput, match="choose one of spoke, phone, via_host, other"):
        parse_outcome(text)


# --- whatever happens, in whatever order ------------------------------------------------------------------------------

KINDS: list[Callable[[datetime, int, bool], Trigger]] = [
    lambda now, who, yes: Raised(now, Severity.RED if yes else None),
    lambda now, who, yes: Tick(now),
    lambda now, who, yes: Tick(now),
    lambda now, who, yes: Acknowledged(now, who),
    lambda now, who, yes: Resolved(now, who, Outcome.SPOKE),
    lambda now, who, yes: NotSettled(now),
    lambda now, who, yes: LearnerAnswered(now),
]
PEOPLE = st.sets(st.integers(1, 4))
EVENTS = st.tuples(
    st.integers(0, 200), st.sampled_from(KINDS), st.integers(1, 4), st.booleans(), st.builds(ladder, PEOPLE, PEOPLE)
)


def walk(
    start: AlertState, events: list[tuple[int, Callable[..., Trigger], int, bool, Ladder]]
) -> list[tuple[AlertState, Trigger, Ladder, AlertState, tuple[Effect, ...]]]:
    alert, _ = step(start, RAISED, ALL)
    minute, found = 0, []
    for wait, kind, who, yes, on in events:
        minute += wait
        trigger = kind(at(minute), who, yes)
        after, said = step(alert, trigger, on)
        found.append((alert, trigger, on, after, said))
        alert = after
    return found


walks = st.builds(walk, st.sampled_from([AMBER, RED]), st.lists(EVENTS, max_size=20))
Walk = list[tuple[AlertState, Trigger, Ladder, AlertState, tuple[Effect, ...]]]


@given(walks)
def test_an_open_alert_always_has_a_next_look(steps: Walk) -> None:
    for _, trigger, _, after, _ in steps:
        assert (after.next_at is not None) is after.is_open
        if isinstance(trigger, Tick) and after.next_at is not None:
            assert after.next_at > trigger.now


@given(walks)
def test_severity_never_falls(steps: Walk) -> None:
    for before, _, _, after, _ in steps:
        assert not (before.severity is Severity.RED and after.severity is Severity.AMBER)


@given(walks)
def test_nobody_unreachable_is_told_while_somebody_else_could_be(steps: Walk) -> None:
    for before, _, on, _, said in steps:
        reachable = {r.id for r in on.everybody() if r.reachable}
        for effect in said:
            # A second SOS goes to who has it, by every channel there is.
            if isinstance(effect, Notify) and reachable and effect.people != (before.acknowledged_by,):
                assert set(effect.people) <= reachable


@given(walks)
def test_a_tick_that_is_due_on_an_untaken_alert_always_tells_somebody(steps: Walk) -> None:
    for before, trigger, _, _, said in steps:
        if isinstance(trigger, Tick) and before.next_at is not None and trigger.now >= before.next_at:
            assert any(isinstance(effect, Notify | Exhausted | ComeBack) for effect in said)


@given(walks)
def test_only_a_resolution_ends_an_alert(steps: Walk) -> None:
    for before, trigger, _, after, _ in steps:
        if before.is_open and not after.is_open:
            assert isinstance(trigger, Resolved)


@pytest.mark.parametrize(
    ("severity", "hours", "taken", "calm", "heard"),
    [
        (Severity.RED, 1, True, False, True), (Severity.RED, 12, True, False, False),
        (Severity.RED, 30, False, False, True), (Severity.RED, 1, False, True, False),
        (Severity.AMBER, 1, False, False, False),
    ],
)  # fmt: skip
def test_words_go_to_who_looks_for_somebody_as_long_as_they_look(
    severity: Severity, hours: int, taken: bool, calm: bool, heard: bool
) -> None:
    assert takes_words(severity, START, START + timedelta(hours=hours), taken=taken, calm=calm) is heard
