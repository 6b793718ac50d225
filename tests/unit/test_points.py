"""Sums over the ledger."""

from bot.rules.points import COMPETENCES, LedgerRow, by_competence, earned, total
from tests.support.journeys import journey, step

ROWS = [LedgerRow(10, ("digital", "personal")), LedgerRow(5, ("digital",)), LedgerRow(-5, ("personal",)), LedgerRow(3)]


def test_the_total_adds_every_row_once():
    assert total(ROWS) == 13


def test_a_row_counts_in_full_for_each_competence_it_serves():
    sums = by_competence(ROWS)
    assert (sums["digital"], sums["personal"], sums["stem"]) == (15, 5, 0)


def test_all_eight_key_competences_are_listed_in_their_order():
    assert tuple(by_competence([])) == COMPETENCES
    assert len(COMPETENCES) == 8


def test_a_finished_step_earns_what_the_journey_says():
    written = journey(step("a", 1, "12:30", points=10, competences=["citizenship"])).steps[0]
    assert earned(written) == LedgerRow(10, ("citizenship",))
