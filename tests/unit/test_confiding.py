"""Who hears what a learner confided, and who gets a case: the rules."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import BadInput
from bot.flows.confide import choose
from bot.flows.scene import ConfideView
from bot.rules.alert import AlertState, Ladder, Notify, Raised, Responder, Severity, Tick
from bot.rules.confiding import (
    MOST_CHOICES,
    CaseOutcome,
    Confidant,
    confided_ladder,
    leave_out,
    look_next,
    parse_case_outcome,
    receivers,
)
from bot.rules.escalation import step

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHOSEN, OTHER, LEFT_OUT, LEAD = 1, 2, 3, 9


def known(**changed: Responder) -> Ladder:
    people = {number: Responder(number) for number in (CHOSEN, OTHER, LEAD)}
    people |= {responder.id: responder for responder in changed.values()}
    return Ladder((), people, timedelta(minutes=30))


def rungs(ladder: Ladder) -> list[tuple[int, ...]]:
    return [rung.people for rung in ladder.rungs]


def test_all_chosen_are_told_together_then_the_leads() -> None:
    assert rungs(confided_ladder(known(), (CHOSEN, OTHER), (LEAD,))) == [(CHOSEN, OTHER), (LEAD,)]


def test_a_lead_who_was_chosen_is_told_at_once_and_only_once() -> None:
    assert rungs(confided_ladder(known(), (CHOSEN, LEAD), (LEAD,))) == [(CHOSEN, LEAD)]


def test_who_is_not_there_any_more_drops_out() -> None:
    assert rungs(confided_ladder(known(), (LEFT_OUT,), (LEAD,))) == [(LEAD,)]


@pytest.mark.parametrize(("why", "available"), [("off_duty", True), ("away", False)])
def test_the_hour_of_duty_does_not_count_but_an_absence_does(why: str, available: bool) -> None:
    ladder = confided_ladder(known(one=Responder(CHOSEN, on_duty=False, why=why)), (CHOSEN,), (LEAD,))
    assert ladder.who(CHOSEN).available is available


def test_nobody_who_was_left_out_is_told_however_long_it_stays_open() -> None:
    ladder, told = confided_ladder(known(), (CHOSEN,), (LEAD,)), set()
    state, effects = step(AlertState(Severity.AMBER, learner_answered_at=NOW), Raised(NOW), ladder)
    for hours in range(200):
        told |= {person for effect in effects if isinstance(effect, Notify) for person in effect.people}
        state, effects = step(state, Tick(NOW + timedelta(hours=hours)), ladder)
    assert told == {CHOSEN, LEAD}
    assert state.next_at is not None


def one(number: int, *, reached: bool = True) -> Confidant:
    return Confidant(number, number, f"Person {number}", "coordinator", reached)


@pytest.mark.parametrize(
    ("leads", "coordinators", "named", "expected"),
    [
        ([one(1)], [one(2)], None, [1]),
        ([one(1)], [one(2)], 1, [2]),
        ([one(1, reached=False)], [one(2)], 7, [2]),
        ([one(1), one(3)], [one(2)], 1, [3]),
        ([], [one(2)], 2, []),
        ([], [], None, []),
    ],
)
def test_a_case_goes_to_leads_else_to_coordinators_and_never_to_the_person_named(
    leads: list[Confidant], coordinators: list[Confidant], named: int | None, expected: list[int]
) -> None:
    assert [found.membership_id for found in receivers(leads, coordinators, named)] == expected


def test_a_tap_switches_one_on_or_off_in_the_order_of_the_list() -> None:
    assert leave_out((), 5, (4, 5, 6)) == (5,)
    assert leave_out((6,), 4, (4, 5, 6)) == (4, 6)
    assert leave_out((4, 6), 6, (4, 5, 6)) == (4,)
    assert leave_out((4, 77), 99, (4, 5, 6)) == (4,)


def test_a_case_is_looked_at_after_a_day_and_once_taken_after_a_week() -> None:
    assert look_next(NOW, taken=False) == NOW + timedelta(days=1)
    assert look_next(NOW, taken=True) == NOW + timedelta(days=7)


def test_an_outcome_is_one_of_the_list() -> None:
    assert parse_case_outcome(" Passed-On ") is CaseOutcome.PASSED_ON
    with pytest.raises(BadInput, match="choose one of supported, passed_on, changed, other"):
        parse_case_outcome("fine")


def test_seven_people_with_large_numbers_fit_into_a_button() -> None:
    people = tuple(Confidant(2_000_000_000 + n, n, f"Person {n}", "referent") for n in range(MOST_CHOICES))
    shown = choose(ConfideView(1, people, {}), [person.membership_id for person in people])
    assert all(len((one.data or "").encode()) <= 64 for row in shown.rows for one in row)
