"""Plain mode: short texts, figures instead of boxes, no pictures; where safety is at stake nothing is left out."""

from __future__ import annotations

import pytest

from bot.flows import kit, mood
from bot.flows.scene import MoodView, Scene
from bot.flows.vocabulary import Screen, Tap
from tests.support.scenes import NOW, Talk, buttons, scene, screens


def answer(topic: str, *, plain: bool, action: str = "t") -> Screen:
    return screens(kit.handle(scene(plain=plain), Tap(f"kit:{action}:{topic}", 1)))[0]


def test_a_long_answer_is_short_and_the_rest_a_tap_away() -> None:
    whole, short = answer("registration", plain=False), answer("registration", plain=True)
    assert len(whole.body) > len(short.body) == 1 + kit.AT_ONCE
    assert "kit:all:registration" in buttons(short)
    assert answer("registration", plain=True, action="all").body == whole.body


@pytest.mark.parametrize("topic", ["emergency_numbers", "police", "harassment", "hospital", "mental_health"])
def test_nothing_is_left_out_where_safety_or_health_is_at_stake(topic: str) -> None:
    assert answer(topic, plain=True).body == answer(topic, plain=False).body


@pytest.mark.parametrize(("plain", "told"), [(True, "4, 2"), (False, "▆▂")])
def test_days_are_numbers_instead_of_little_bars(plain: bool, told: str) -> None:
    days = {NOW.date().replace(day=1): 4, NOW.date(): 2}
    now: Scene = scene(plain=plain, moods=MoodView(True, days))
    assert told in Talk(now).html(mood.line(now)[0])
