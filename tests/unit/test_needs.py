"""What the most frequent updates need can be read for many people at once; what is urgent needs little."""

from __future__ import annotations

import pytest

from bot.flows import alerts, kit, menu
from bot.flows.vocabulary import Command, Tap
from bot.service.scenes import FOR_MANY


@pytest.mark.parametrize("flow", [menu, kit], ids=["menu", "kit"])
def test_menus_and_kit_questions_are_answered_together(flow: object) -> None:
    assert flow.NEEDS <= FOR_MANY  # type: ignore[attr-defined]


@pytest.mark.parametrize("data", ["alerts:ack:7", "alerts:all_res:7", "alerts:phone:7", "settle:no:7", "settle"])
def test_who_takes_or_closes_an_alert_waits_for_no_list_of_all_their_learners(data: str) -> None:
    assert alerts.needs(Tap(data)) == {"alert"}


@pytest.mark.parametrize(
    ("event", "needed"),
    [
        (Command("alerts"), {"alerts", "cases"}),
        (Tap("alerts:open"), {"alerts", "cases"}),
        (Tap("alerts:each:7"), {"alerts", "alert"}),
        (Tap("alerts:write:7"), {"alert", "learners"}),
    ],
)
def test_a_list_of_alerts_and_a_letter_need_more(event: Command | Tap, needed: set[str]) -> None:
    assert alerts.needs(event) == needed
    assert needed <= alerts.NEEDS
