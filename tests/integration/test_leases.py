"""Who alone may do something, and how long."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.service import leases
from bot.service.core import Core
from tests.support.cohort import START as NOW


def test_the_first_to_take_a_lease_has_it(core: Core) -> None:
    other = replace(core, owner="other")
    assert leases.take(core, "poller", NOW, 30)
    assert not leases.take(other, "poller", NOW, 30)


def test_the_holder_prolongs_it(core: Core) -> None:
    other = replace(core, owner="other")
    leases.take(core, "poller", NOW, 30)
    assert leases.take(core, "poller", NOW + timedelta(seconds=20), 30)
    assert not leases.take(other, "poller", NOW + timedelta(seconds=49), 30)


def test_a_lapsed_lease_is_taken_over_and_the_old_holder_learns_it(core: Core) -> None:
    other = replace(core, owner="other")
    leases.take(core, "poller", NOW, 30)
    assert leases.take(other, "poller", NOW + timedelta(seconds=30), 30)
    assert not leases.take(core, "poller", NOW + timedelta(seconds=31), 30)


def test_a_dropped_lease_is_free_at_once(core: Core) -> None:
    leases.take(core, "poller", NOW, 30)
    leases.drop(core, "poller")
    assert leases.take(replace(core, owner="other"), "poller", NOW, 30)


def test_nobody_drops_a_lease_of_somebody_else(core: Core) -> None:
    other = replace(core, owner="other")
    leases.take(core, "poller", NOW, 30)
    leases.drop(other, "poller")
    assert not leases.take(other, "poller", NOW, 30)


def test_leases_of_different_jobs_do_not_meet(core: Core) -> None:
    leases.take(core, "poller", NOW, 30)
    assert leases.take(replace(core, owner="other"), "sender", NOW, 30)


@pytest.mark.parametrize("round_", range(3))
def test_of_many_at_once_exactly_one_gets_it(core: Core, round_: int) -> None:
    won: list[str] = []

    def work(owner: str) -> None:
        if leases.take(replace(core, owner=owner), f"job-{round_}", NOW, 30):
            won.append(owner)

    threads = [threading.Thread(target=work, args=(f"owner-{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(won) == 1
