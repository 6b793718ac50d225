"""Proof that the simulation finds bugs: each one planted is found within a few seeds."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.simulation.judging import judge
from tests.simulation.planted import PLANTS, Plant
from tests.simulation.planted_circle import CIRCLE_PLANTS
from tests.simulation.simulation import Enough, Setting, Simulation

MOST_SEEDS = 12  # the one on record is tried first; a bug that hides from twelve worlds is not found


def found_by(setting: Setting, plant: Plant, seed: int) -> list[str]:
    """The violations of one seed that give the plant away."""
    sim = Simulation(
        setting, seed, plant.size, plant.level, plant.rate, plant.processes, plant.surely, plant.deadly,
        plant.unattended, people=plant.people, rich=plant.rich,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        plant.plant(patch)
        try:
            sim.run()
            judge(sim)
        except Enough:
            pass  # what it had said before may be enough
        finally:
            sim.close()
    return [one for one in sim.violations if plant.finds in one]


def finding_seed(setting: Setting, plant: Plant, most: int = MOST_SEEDS) -> int | None:
    """The first seed that finds the plant; None when it hides from all of them."""
    logging.disable(logging.CRITICAL)
    try:
        return next((seed for seed in plant.seeds(most) if found_by(setting, plant, seed)), None)
    finally:
        logging.disable(logging.NOTSET)


def cases(*, postgresql: bool) -> list[Any]:
    """The plants of one database; those without a seed on record may take long to find."""
    return [
        pytest.param(one, id=one.name, marks=[pytest.mark.long] if one.seed is None else [])
        for one in (*PLANTS, *CIRCLE_PLANTS)
        if one.postgresql is postgresql
    ]


@pytest.mark.parametrize("plant", cases(postgresql=False))
def test_a_planted_bug_is_found(on_sqlite: Setting, plant: Plant) -> None:
    assert finding_seed(on_sqlite, plant) is not None


@pytest.mark.parametrize("plant", cases(postgresql=True))
def test_a_planted_race_is_found(on_postgresql: Setting, plant: Plant) -> None:
    assert finding_seed(on_postgresql, plant) is not None
