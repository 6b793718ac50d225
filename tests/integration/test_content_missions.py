"""Missions that a teacher adds for a trade, in a folder of their own, without touching a shipped file."""

from __future__ import annotations

from pathlib import Path

from bot.content.folder import SHIPPED, read_tree
from bot.content.schema import Journey

MISSION = """\
source_language: en
title: Missions for bakers
roles: [learner]
adds_to: [{into}]
steps:
  - id: baker-oven
    kind: challenge
    use: baker-oven
    stage: during
    when: {{anchor: arrival, days: 6, at: "13:00"}}
    for: {{trades: [bakery]}}
    worth: 9h
    points: 10
"""
CHALLENGE = "source_language: en\ntitle: The oven\ntask: Ask how hot it is, and why.\ncompetence: stem\n"


def folder(tmp_path: Path, into: str) -> Path:
    for name in ("journeys", "challenges"):
        (tmp_path / name).mkdir()
    (tmp_path / "journeys" / "bakers.yaml").write_text(MISSION.format(into=into), "utf-8")
    (tmp_path / "challenges" / "baker-oven.yaml").write_text(CHALLENGE, "utf-8")
    return tmp_path


def test_its_steps_come_at_the_end_of_the_journeys_it_adds_to(tmp_path: Path) -> None:
    tree = read_tree(SHIPPED, folder(tmp_path, "learner-short, learner-long"))
    assert tree.faults == []
    for name in ("learner-short", "learner-long"):
        journey = tree.models("journeys")[name]
        assert isinstance(journey, Journey)
        assert [step.id for step in journey.steps].count("baker-oven") == 1
        assert journey.steps[-1].conditions.trades == ("bakery",)


def test_a_journey_that_is_not_there_is_named_with_what_was_meant(tmp_path: Path) -> None:
    (fault,) = read_tree(SHIPPED, folder(tmp_path, "learner-shortt")).faults
    assert "there is no journey 'learner-shortt' to add to" in fault.what
    assert "learner-short" in fault.what
