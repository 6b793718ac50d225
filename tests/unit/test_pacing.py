"""Ceilings, pauses and turns, on a clock that is moved by hand."""

import asyncio
import itertools
import math

import pytest

from bot.transport.pacing import Pacing


class Hand:
    """Monotonic seconds; `asyncio.sleep` moves them instead of waiting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("bot.transport.pacing.asyncio.sleep", self._sleep)

    def __call__(self) -> float:
        return self.now

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    return Hand(monkeypatch)


def turns(pacing: Pacing, hand: Hand, count: int) -> list[float]:
    async def run() -> list[float]:
        at = []
        for _ in range(count):
            await pacing.bulk_turn()
            at.append(hand.now)
        return at

    return asyncio.run(run())


@pytest.mark.parametrize("rate", [0.5, 1, 3.5, 25, 30, 1000])
def test_no_second_holds_more_than_the_ceiling_and_nearly_all_of_it_is_used(hand: Hand, rate: float):
    count = max(4, int(rate * 4))
    at = turns(Pacing(rate, monotonic=hand), hand, count)
    window = max(1.0, 1 / rate)
    for start in at:
        assert sum(start <= instant < start + window - 1e-6 for instant in at) <= max(1, math.ceil(rate))
    steady = at[int(max(1, rate)) :]
    if len(steady) > 1:
        assert (len(at) - 1) / (at[-1] - at[0]) >= 0.98 * rate


def test_a_lifted_ceiling_never_waits(hand: Hand):
    assert turns(Pacing(None, monotonic=hand), hand, 5000)[-1] == 100.0


def test_a_chat_gets_three_at_once_and_then_one_a_second(hand: Hand):
    pacing = Pacing(25, monotonic=hand)
    assert [pacing.chat_wait(7) for _ in range(5)] == [0, 0, 0, 1, 2]
    assert pacing.chat_wait(8) == 0
    hand.now += 10
    assert pacing.chat_wait(7) == 0


def test_chats_that_are_quiet_are_forgotten(hand: Hand):
    pacing = Pacing(25, monotonic=hand)
    for chat in range(10_000):
        pacing.chat_wait(chat)
    hand.now += 5
    pacing.chat_wait(-1)
    assert len(pacing._chats) == 1


def test_429_stops_the_bulk_as_told_and_halves_its_speed_for_a_while(hand: Hand):
    pacing = Pacing(20, monotonic=hand)
    turns(pacing, hand, 20)
    pacing.too_many(7, 3)
    at = turns(pacing, hand, 40)
    assert at[0] >= 103
    assert sum(instant < 104 for instant in at) <= 20
    hand.now += 60
    fresh = turns(pacing, hand, 60)
    assert fresh[-1] - fresh[0] < 3.0


def test_429_of_one_chat_does_not_hold_up_answers_to_others(hand: Hand):
    pacing = Pacing(20, monotonic=hand)
    pacing.too_many(7, 30)
    pacing.too_many(7, 30)
    assert pacing.chat_wait(8) == 0


def test_429_of_two_chats_holds_up_everybody(hand: Hand):
    pacing = Pacing(20, monotonic=hand)
    pacing.too_many(7, 4)
    pacing.too_many(8, 4)
    assert pacing.chat_wait(9) == 4


def test_batches_are_a_quarter_of_a_second(hand: Hand):
    sizes = [Pacing(rate, monotonic=hand).batch for rate in (None, 1000, 25, 0.1)]
    assert sizes == [200, 200, 7, 1]
    assert list(itertools.accumulate(sizes))[-1] == 408
