"""Proof that the simulation finds bugs: each one planted is found by the seed on record."""

from __future__ import annotations

import logging

import pytest

from tests.simulation.judging import judge
from tests.simulation.planted import PLANTS, Plant
from tests.simulation.simulation import Setting, Simulation

# Minutes long, and the seeds on record belong to the code as it is: to be searched anew when the product changes.
pytestmark = pytest.mark.long


def found(setting: Setting, plant: Plant, patch: pytest.MonkeyPatch) -> list[str]:
    """The violations that give the plant away."""
    logging.disable(logging.CRITICAL)
    sim = Simulation(setting, plant.seed, plant.size, plant.level)
    plant.plant(patch)
    try:
        sim.run()
        judge(sim)
        return [one for one in sim.violations if plant.finds in one]
    finally:
        logging.disable(logging.NOTSET)
        sim.close()


@pytest.mark.parametrize("plant", [p for p in PLANTS if not p.postgresql], ids=lambda plant: plant.name)
def test_a_planted_bug_is_found(on_sqlite: Setting, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(on_sqlite, plant, monkeypatch)


@pytest.mark.parametrize("plant", [p for p in PLANTS if p.postgresql], ids=lambda plant: plant.name)
def test_a_planted_race_is_found(on_postgresql: Setting, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(on_postgresql, plant, monkeypatch)
