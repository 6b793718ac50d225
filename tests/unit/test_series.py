"""Series and inclusions: many steps from a few lines, each a step like any other."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.content.folder import SHIPPED, read_tree
from bot.content.schema import Include, Journey, Series
from tests.support import shipped


def series(**more: object) -> Series:
    given = {
        "id": "weekly", "kind": "challenge", "items": ["a", "b", "c", "d"], "first": 3, "at": "12:30", "worth": "9h",
        **more,
    }  # fmt: skip
    return Series.model_validate(given)


def test_items_follow_each_other_day_by_day() -> None:
    assert [step.when.days for step in series().steps()] == [3, 4, 5, 6]


def test_a_cycle_has_its_days_and_leaves_out_those_to_skip() -> None:
    found = series(cycle=7, on=[0, 2], skip=[5]).steps()
    assert [step.when.days for step in found] == [3, 10, 12, 17]


def test_each_step_waits_for_stays_that_are_long_enough() -> None:
    assert [step.conditions.min_nights for step in series(leave=6).steps()] == [9, 10, 11, 12]


def test_days_outside_the_cycle_are_refused() -> None:
    with pytest.raises(ValidationError, match="from 0 to 6"):
        series(cycle=7, on=[7])


def test_an_item_that_is_also_a_step_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="has a twice"):
        Journey.model_validate(
            {"id": "j", "path": "journeys/j", "title": "J", "roles": ["learner"], "steps": [
                {"id": "a", "kind": "challenge", "use": "a", "stage": "during", "worth": "9h",
                 "when": {"anchor": "arrival", "at": "12:30"}}], "series": [series().model_dump()]}
        )  # fmt: skip


def test_the_long_journey_takes_over_the_short_one_but_for_what_it_leaves_out() -> None:
    journeys = shipped.tree().models("journeys")
    short, long = journeys["learner-short"], journeys["learner-long"]
    left_out = set(long.include[0].leave_out) - {step.id for step in long.steps}
    missing = {step.id for step in short.steps} - {step.id for step in long.steps}
    assert missing == left_out


def test_only_the_stages_asked_for_are_taken_over() -> None:
    short = shipped.tree().models("journeys")["learner-short"]
    taken = Include.model_validate({"journey": "learner-short", "stages": ["after"]}).of(short)
    assert {step.stage for step in taken} == {"after"}


def test_a_journey_that_does_not_exist_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "journeys"
    folder.mkdir()
    (folder / "mine.yaml").write_text(
        "title: Mine\nroles: [learner]\ninclude:\n  - {journey: learner-shrot}\nsteps: []\n", "utf-8"
    )
    (fault,) = read_tree(SHIPPED, tmp_path).faults
    assert fault.where.endswith("mine.yaml:4")
    assert "learner-short" in fault.what
