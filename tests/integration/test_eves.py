"""Holidays and the first morning in use: told once, at their hour, within the budget, only abroad."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.service.core import Core
from bot.store.tables import DueStep
from tests.support.cohort import LEARNER, Small, small_cohort
from tests.support.looking import change_stay, rows


def december(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of December 2026 in UTC; Barcelona is an hour ahead."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def in_barcelona(core: Core, arrival: int, start: datetime, **more: object) -> Small:
    """Lea in Barcelona from that day of December, joined at `start`."""
    small = small_cohort(core, start=start, **more)
    first = date(2026, 12, arrival)
    change_stay(core, small, kit="barcelona", host_city="barcelona", departure_date=first, arrival_date=first,
                return_date=date(2027, 1, 3), tutor_name="Inés Ejemplo")  # fmt: skip
    small.join()
    small.world.turn()
    return small


def told(small: Small, words: str) -> list[datetime]:
    return [m.at for m in small.world.phone(LEARNER).messages if m.kind == "prompt" and words in m.text]


def test_a_holiday_is_told_once_on_the_evening_before_and_the_days_room_is_kept_for_it(core: Core) -> None:
    small = in_barcelona(core, 12, december(24, 11))
    small.world.travel(december(24, 16))
    small.world.turn()
    assert told(small, "public holidays") == [december(24, 16)]
    assert len(told(small, "")) == 1
    assert any((row.why or "").startswith("the day was full") for row in rows(core, DueStep))


def test_nobody_is_told_who_does_not_want_it(core: Core) -> None:
    small = in_barcelona(core, 10, december(24, 15))
    assert "eve~holiday~2026-12-25" in {row.step for row in rows(core, DueStep)}
    small.world.forge(LEARNER, "wishes:kind:holiday")
    small.world.travel(december(24, 16, 5))
    assert told(small, "public holidays") == []


def test_tomorrow_is_not_said_in_quiet_hours_nor_after_them(core: Core) -> None:
    small = in_barcelona(core, 10, december(24, 15), quiet_hours="16:30-09:00")
    small.world.travel(december(24, 16, 5))
    assert told(small, "public holidays") == []
    (row,) = rows(core, DueStep, DueStep.step == "eve~holiday~2026-12-25")
    assert (row.state, row.why) == ("expired", "quiet hours, and later is too late for it")


def test_the_first_morning_comes_on_the_evening_of_the_arrival_once_they_are_there(core: Core) -> None:
    small = in_barcelona(core, 13, december(13, 17, 30))
    small.world.travel(december(13, 18))
    assert told(small, "My first morning") == []
    small.world.tap(LEARNER, "I've arrived")
    small.world.travel(december(13, 18, 10))
    (said,) = [m.text for m in small.world.phone(LEARNER).messages if "My first morning" in m.text]
    assert "<b>Ask for</b> Inés Ejemplo, at Panadería de Ejemplo." in said
    assert "I don't know when you start: ask Claire Exemple today." in said
