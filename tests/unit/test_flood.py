"""How much one chat may say at once, and what is never left out."""

from __future__ import annotations

import pytest

from bot.content.loader import Library
from bot.flows.urgent import cry
from bot.flows.vocabulary import Command, Edited, Event, Membership, Photo, Place, Start, Tap, Words
from bot.transport.flood import HEARD_FOR, WORDS, Bucket, Cries, Flood, weight_of
from tests.support import shipped


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def flood(clock: Clock) -> Flood:
    return Flood((Bucket(6, 1.0), Bucket(9, 100.0)), clock)


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped.library()


def test_so_much_fits_at_once_and_then_as_it_runs_off(flood: Flood, clock: Clock) -> None:
    assert [flood.take(1) for _ in range(8)] == [True] * 6 + [False] * 2
    clock.now += 2
    assert [flood.take(1) for _ in range(3)] == [True, True, False]


def test_words_take_more_room_than_taps(flood: Flood) -> None:
    assert [flood.take(1, WORDS) for _ in range(3)] == [True, True, False]


def test_long_texts_take_more_room_than_short_ones() -> None:
    assert [weight_of("x" * length) for length in (0, 999, 1000, 4096)] == [WORDS, WORDS, 2 * WORDS, 5 * WORDS]


def test_the_day_holds_where_the_minute_would_not(flood: Flood, clock: Clock) -> None:
    taken = 0
    for _ in range(20):
        clock.now += 10
        taken += sum(flood.take(1) for _ in range(6))
    assert taken <= 9 + 2


def test_one_chat_takes_no_room_of_another(flood: Flood) -> None:
    while flood.take(1):
        pass
    assert flood.take(2)


def test_what_could_not_be_stored_does_not_count_twice(flood: Flood) -> None:
    for _ in range(50):
        assert flood.take(1, WORDS)
        flood.give_back(1, WORDS)


def test_a_chat_is_told_once_until_a_while_has_passed(flood: Flood, clock: Clock) -> None:
    assert [flood.tell(1), flood.tell(1), flood.tell(2)] == [True, False, True]
    clock.now += 601
    assert flood.tell(1)


@pytest.mark.parametrize(
    "event",
    [
        Command("sos"), Command("checkin"), Tap("sos:help", 1), Tap("check_in:fine:3", 1), Tap("alerts:ack:3", 1),
        Words("I want to kill myself"), Words("help!"), Words("hilfe"), Words("my boss hit me"), Edited("/sos"),
        Place(37.4, -6.0), Membership(False),
    ],
)  # fmt: skip
def test_what_may_be_about_safety_is_never_left_out(library: Library, event: Event) -> None:
    assert cry(library, event)


@pytest.mark.parametrize(
    "event",
    [Words("hello"), Words("x" * 4096), Photo("id", ""), Start("guess"), Tap("kit:t:laundry", 1), Command("kit")],
)
def test_everything_else_waits_its_turn(library: Library, event: Event) -> None:
    assert cry(library, event) is None


def test_the_newest_of_several_like_cries_stands_for_all_that_wait(clock: Clock) -> None:
    cries = Cries(clock)
    for number in range(5):
        cries.comes(1, "crisis", number)
    cries.comes(1, "sos", 5)
    cries.comes(2, "crisis", 6)
    assert [cries.stands(1, "crisis", number) for number in range(5)] == [False] * 4 + [True]
    assert cries.stands(1, "sos", 5)
    assert cries.stands(2, "crisis", 6)


@pytest.mark.parametrize(
    ("between", "after", "answered"),
    [("crisis", 0.0, False), ("sos", 0.0, True), (None, 0.0, True), ("crisis", HEARD_FOR, True)],
)
def test_a_cry_that_was_just_answered_is_answered_again_after_a_while_or_after_something_else(
    clock: Clock, between: str | None, after: float, answered: bool
) -> None:
    cries = Cries(clock)
    cries.heard(1, "crisis")
    cries.heard(1, between)
    clock.now += after
    cries.comes(1, "crisis", 2)
    assert cries.stands(1, "crisis", 2) is answered


def test_what_is_cried_for_tells_cries_apart(library: Library) -> None:
    cries = [Words("I want to kill myself"), Words("my boss hit me"), Words("help!"), Command("sos"), Edited("/sos")]
    assert [cry(library, event) for event in cries] == ["crisis", "disclosure", "help", "sos", "sos"]
    assert cry(library, Tap("alerts:ack:3", 1)) != cry(library, Tap("alerts:ack:4", 1))
