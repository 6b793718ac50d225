"""The page for data protection officers names every table of the database, each in one place."""

from __future__ import annotations

import re
from pathlib import Path

from bot.rules.retention import ALERTS, ERASE_AFTER, MESSAGES
from bot.service import kept

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if line.startswith("| ")]


def test_every_table_about_a_person_has_its_place_in_the_record() -> None:
    named = [name for row in ROWS if len(row) == 6 for name in re.findall(r"`(\w+)`", row[1])]
    assert sorted(named) == sorted(one.name for one in kept.ALL if one.rows is not None)


def test_tables_that_hold_nothing_of_anybody_are_named_below_it() -> None:
    below = PAGE[PAGE.index("Not about a person:") : PAGE.index("## Who sees what")]
    assert sorted(re.findall(r"`(\w+)`", below)) == sorted(one.name for one in kept.ALL if one.rows is None)


def test_the_page_gives_the_times_that_are_kept() -> None:
    assert f"{ERASE_AFTER.days} days after the return" in PAGE
    assert f"details go {ALERTS.days} days after it was closed" in PAGE
    assert f"words go after {MESSAGES.days} days" in PAGE
