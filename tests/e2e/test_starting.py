"""Starting and stopping: a clean end within seconds, and one sentence when it cannot start."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest

from tests.e2e.machine import Machine, Outcome, free_port, webhook


def _one_sentence(outcome: Outcome, *words: str) -> None:
    """Failed as a request, with one sentence that has these words and nothing that frightens."""
    assert outcome.status == 1, outcome
    lines = [line for line in outcome.err.splitlines() if line.strip()]
    assert len(lines) == 1, outcome.err
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in lines[0], outcome.err


def _refused(machine: Machine, *words: str, **settings: str) -> None:
    async def story() -> None:
        _one_sentence(await machine.command("run", **settings), *words)

    machine.play(story)


def test_without_a_token_it_says_how_to_get_one(empty_machine: Machine) -> None:
    _refused(empty_machine, "COMPAGNON_TOKEN", "@BotFather", TOKEN="")


def test_a_wrong_token_is_named_and_not_shown(empty_machine: Machine) -> None:
    async def story() -> None:
        outcome = await empty_machine.command("run", TOKEN="7654321:AAWrongTokenOfNobody")
        _one_sentence(outcome, "token")
        assert "AAWrongTokenOfNobody" not in outcome.err + outcome.out

    empty_machine.play(story)


def test_an_unreachable_telegram_is_one_sentence(empty_machine: Machine) -> None:
    _refused(empty_machine, "Telegram", API_URL=f"http://127.0.0.1:{free_port()}")


def test_a_port_in_use_is_one_sentence(empty_machine: Machine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        _refused(empty_machine, "COMPAGNON_LISTEN", listen, WEBHOOK_URL=f"http://{listen}/", LISTEN=listen)


def test_a_data_folder_that_cannot_be_made_is_one_sentence(empty_machine: Machine) -> None:
    _refused(empty_machine, "data folder", DATABASE_URL="sqlite:////proc/nobody/compagnon.sqlite3")


def test_a_read_only_database_is_one_sentence(machine: Machine) -> None:
    path = machine.database_url.removeprefix("sqlite:///")
    Path(path).chmod(0o400)
    _refused(machine, "cannot be written to", DATABASE_URL=f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_locked_database_is_one_sentence(machine: Machine) -> None:
    with sqlite3.connect(machine.database_url.removeprefix("sqlite:///"), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        _refused(machine, "database", "locked")
        other.execute("ROLLBACK")


def test_a_database_server_that_is_not_there_is_one_sentence_without_the_password(empty_machine: Machine) -> None:
    async def story() -> None:
        url = f"postgresql://nobody:not-to-be-shown@127.0.0.1:{free_port()}/compagnon"
        outcome = await empty_machine.command("run", DATABASE_URL=url)
        _one_sentence(outcome, "database")
        assert "not-to-be-shown" not in outcome.err + outcome.out

    empty_machine.play(story)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_sigterm_ends_it_within_seconds_and_the_next_one_answers_at_once(machine: Machine, mode: str) -> None:
    async def story() -> None:
        settings = webhook() if mode == "webhook" else {}
        machine.installed = mode == "polling"
        running = await machine.start("run", **settings)
        noe = await machine.learner()
        status, seconds = await running.stop()
        assert (status, seconds < 10) == (0, True), (status, seconds, running.log())
        await machine.start("run", **settings)
        await noe.send("where can I wash my clothes?")
        await noe.wait_for("Washing clothes")
        assert not machine.doubled()

    machine.play(story)


def test_one_call_from_scratch_makes_the_database_and_serves(empty_machine: Machine) -> None:
    async def story() -> None:
        empty_machine.installed = True
        await empty_machine.start()
        stranger = await empty_machine.person("Zoë")
        await stranger.send("/start")
        await stranger.wait_for("you need an invite link")
        assert (empty_machine.folder / "data" / "compagnon.sqlite3").exists()

    empty_machine.play(story)
