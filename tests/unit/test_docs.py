"""The pages in docs/ keep up with the product: every command, option-bearing group and setting is documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from admin_cli.main import program
from bot.flows.router import COMMANDS
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
OPERATORS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(command: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if below is None:
        yield " ".join(path)
        return
    for name, sub in below.items():
        yield from commands(sub, (*path, name))


@pytest.mark.parametrize("command", sorted(commands(get_command(program()))))
def test_every_command_is_on_the_operators_page(command: str) -> None:
    assert re.search(rf"`compagnon {re.escape(command)}\b", OPERATORS), f"document `compagnon {command}`"


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_every_setting_is_on_the_operators_page(setting: str) -> None:
    assert re.search(rf"\bCOMPAGNON_{setting.upper()}\b|`{setting.upper()}`", OPERATORS), f"document {setting.upper()}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_shown_in_a_page_exists(page: Path) -> None:
    known = set(commands(get_command(program())))
    groups = {name.split()[0] for name in known}
    shown = re.findall(r"compagnon ((?:[a-z]+)(?: [a-z]+(?:-[a-z]+)*)?)", page.read_text(encoding="utf-8"))
    unknown = [
        words
        for words in shown
        if words.split()[0] in groups
        and not any(words == k or words.startswith(k + " ") or k == words.split()[0] for k in known)
        and " " in words
    ]
    assert unknown == []


def test_every_chat_command_has_a_flow() -> None:
    everyday = {"menu", "sos", "checkin", "kit", "challenge", "journal", "progress", "language", "settings"}
    assert everyday | {"privacy", "help", "learners", "alerts"} <= set(COMMANDS)
