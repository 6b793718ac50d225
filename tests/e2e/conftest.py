"""Fixtures of the end-to-end tests: a machine with an empty database, and one with a cohort that is abroad now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.cohort import set_up
from tests.e2e.machine import Machine
from tests.support.databases import Databases

Prepared = tuple[str, dict[str, str]]  # address of the database to copy, invite tokens by code


@pytest.fixture(scope="session")
def prepared(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Prepared]:
    """A database with the cohort in it, made once by the real commands."""
    made: dict[str, Prepared] = {}

    def prepare(kind: str) -> Prepared:
        if kind not in made:
            machine = Machine(tmp_path_factory.mktemp("prepared"), databases.fresh(kind))

            async def story() -> None:
                await set_up(machine)

            machine.play(story)
            made[kind] = machine.database_url, machine.tokens
        return made[kind]

    return prepare


@pytest.fixture
def database() -> str:
    """The kind of database; a test on both overrides it by parametrisation."""
    return "sqlite"


@pytest.fixture
def machine(database: str, databases: Databases, prepared: Callable[[str], Prepared], tmp_path: Path) -> Machine:
    """A machine with the cohort, nobody joined yet."""
    url, tokens = prepared(database)
    return Machine(tmp_path, databases.copy_of(url), dict(tokens))


@pytest.fixture
def empty_machine(tmp_path: Path) -> Machine:
    """A machine on which nothing was done yet; its database lies in the data folder."""
    return Machine(tmp_path, "")
