"""What the most frequent updates need can be read for many people at once."""

from __future__ import annotations

import pytest

from bot.flows import kit, menu
from bot.service.scenes import FOR_MANY


@pytest.mark.parametrize("flow", [menu, kit], ids=["menu", "kit"])
def test_menus_and_kit_questions_are_answered_together(flow: object) -> None:
    assert flow.NEEDS <= FOR_MANY  # type: ignore[attr-defined]
